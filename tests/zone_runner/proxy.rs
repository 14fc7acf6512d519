//! A proxy between a process and the emulated AWS, which kills the process after so many writes, and keeps what passes.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

/// Stands between a process and the emulated AWS, and kills the process after so many writes to a table.
pub struct Proxy {
    pub url: String,
    state: Arc<State>,
}

struct State {
    behind: String,
    table: String,
    writes_left: AtomicU32,
    victim: OnceLock<u32>,
    passed: Mutex<Vec<Call>>,
}

/// A call that passed.
#[derive(Clone)]
pub struct Call {
    /// Such as `AmazonSQS.SendMessageBatch`.
    pub operation: String,
    pub body: String,
}

impl Proxy {
    /// Kills nobody before it knows whom.
    pub fn start(endpoint: &str, table: &str, writes: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            behind: endpoint.trim_start_matches("http://").to_owned(),
            table: table.to_owned(),
            writes_left: AtomicU32::new(writes),
            victim: OnceLock::new(),
            passed: Mutex::default(),
        });
        let passing = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming() {
                let passing = Arc::clone(&passing);
                thread::spawn(move || passing.pass_on(client.unwrap()));
            }
        });
        Self { url, state }
    }

    /// Whom to kill.
    pub fn aim_at(&self, pid: u32) {
        self.state.victim.set(pid).unwrap();
    }

    /// What has passed so far.
    pub fn passed(&self) -> Vec<Call> {
        self.state.passed.lock().unwrap().clone()
    }
}

impl State {
    /// Passes one request on, and its answer back, unless it is the last write.
    fn pass_on(&self, mut client: TcpStream) {
        let Some((head, body)) = request(&mut client) else {
            return;
        };
        // One request a connection keeps this simple.
        let lines = head
            .lines()
            .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
        let head = lines.collect::<Vec<_>>().join("\r\n");
        let mut server = TcpStream::connect(&self.behind).unwrap();
        server
            .write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes())
            .unwrap();
        server.write_all(&body).unwrap();
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).unwrap();
        let call = Call {
            operation: header(&head, "x-amz-target").unwrap_or_default(),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let is_write = ["PutItem", "DeleteItem", "UpdateItem", "TransactWriteItems"]
            .iter()
            .any(|operation| call.operation == format!("DynamoDB_20120810.{operation}"));
        let is_ours = call.body.contains(&self.table);
        self.passed.lock().unwrap().push(call);
        if is_write && is_ours && self.writes_left.fetch_sub(1, Ordering::SeqCst) == 1 {
            let pid = self.victim.get().unwrap().to_string();
            assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
            return;
        }
        // Whoever was killed does not listen.
        drop(client.write_all(&answer));
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn request(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut read = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).into_owned();
            let length = header(&head, "content-length").map(|value| value.parse::<usize>().unwrap());
            let body_at = end + 4;
            if read.len() >= body_at + length.unwrap_or_default() {
                return Some((head, read.split_off(body_at)));
            }
        }
        match client.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&chunk[..count]),
        }
    }
}
