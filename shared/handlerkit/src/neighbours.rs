//! Other systems that are called over HTTP: the other services, and what else a test starts.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::Value;

/// What the authorization of an internal call, its signature, begins with.
pub(crate) const SIGNATURE: &str = "AWS4-HMAC-SHA256 ";

/// An HTTP server that answers as a test lets it. What no answer is known for is answered with 503, as of a system that is
/// down; what is not authorized, with 403.
#[derive(Debug, Clone)]
pub struct Neighbours {
    url: String,
    authorization: &'static str,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    answers: BTreeMap<String, Answer>,
    asked: Vec<(String, Value)>,
}

#[derive(Debug, Clone)]
struct Answer {
    status: u16,
    content_type: String,
    /// What a part of an object is a part of, as `Content-Range` has it.
    content_range: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    #[expect(clippy::needless_pass_by_value, reason = "whoever prepares an answer gives it away")]
    fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            content_type: "application/json".to_owned(),
            content_range: None,
            body: body.to_string().into_bytes(),
        }
    }

    fn head(&self) -> String {
        let range = self.content_range.as_ref();
        let range = range.map_or_else(String::new, |range| format!("content-range: {range}\r\n"));
        format!(
            "HTTP/1.1 {} .\r\ncontent-type: {}\r\n{range}content-length: {}\r\nconnection: close\r\n\r\n",
            self.status,
            self.content_type,
            self.body.len()
        )
    }
}

impl Neighbours {
    /// Starts a server, which lets in the requests whose `Authorization` begins so. What a service calls itself is at
    /// [`Service::neighbours`](crate::Service::neighbours) already.
    ///
    /// # Panics
    /// When there is no port to listen on.
    #[must_use]
    pub fn start(authorization: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("no port to listen on: {error}"));
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("no address: {error}"));
        let neighbours = Self {
            url: format!("http://{address}"),
            authorization,
            state: Arc::default(),
        };
        let served = neighbours.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                thread::spawn(move || served.serve(stream));
            }
        });
        neighbours
    }

    /// Where they are found: of the other services, what `INTERNAL_API_URL` is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on, a request such as `GET /internal/users/usr_1/contact` is answered so.
    pub fn answer(&self, request: &str, status: u16, body: Value) {
        self.lock()
            .answers
            .insert(request.to_owned(), Answer::json(status, body));
    }

    /// From now on, a request such as `GET /photos/1` is answered with the first bytes of an object of `size` bytes, as S3
    /// answers a range.
    pub fn answer_part(&self, request: &str, content_type: &str, first: &[u8], size: usize) {
        let answer = Answer {
            status: 206,
            content_type: content_type.to_owned(),
            content_range: Some(format!("bytes 0-{}/{size}", first.len().saturating_sub(1))),
            body: first.to_vec(),
        };
        self.lock().answers.insert(request.to_owned(), answer);
    }

    /// What was asked until now, with the bodies: JSON, or a text.
    #[must_use]
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.lock().asked.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some((request, authorization, body)) = read(&mut stream) else {
            return;
        };
        let answer = {
            let mut state = self.lock();
            state.asked.push((request.clone(), body));
            let known = state.answers.get(&request).cloned();
            if authorization.starts_with(self.authorization) {
                known.unwrap_or_else(|| Answer::json(503, Value::Null))
            } else {
                Answer::json(403, Value::Null)
            }
        };
        // Who no longer listens needs no answer.
        let answer = [answer.head().into_bytes(), answer.body].concat();
        stream.write_all(&answer).unwrap_or_default();
    }
}

/// Reads a request: its method and path, its authorization, and its body.
fn read(stream: &mut TcpStream) -> Option<(String, String, Value)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let request = line.rsplit_once(' ')?.0.to_owned();
    let (mut length, mut authorization) = (0, String::new());
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" => value.trim().clone_into(&mut authorization),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let text = || Value::from(String::from_utf8_lossy(&body));
    let body = serde_json::from_slice(&body).unwrap_or_else(|_| text());
    Some((request, authorization, body))
}
