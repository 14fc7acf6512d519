//! A live connection, as an app holds it: the few parts of WebSocket (RFC 6455) that a test needs. Every frame is held against
//! the AsyncAPI document, and so is every command that is carried out.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::asyncapi::Described;
use crate::{PATIENCE, Person};

/// Frames are short; a longer one would be told apart by its length's first byte.
const LENGTH_MAX: usize = 65_535;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;

/// A connection that follows a topic.
#[derive(Debug)]
pub struct Live {
    stream: BufReader<TcpStream>,
    /// What the document says against the last command: it must be refused.
    objection: Option<String>,
}

impl Live {
    /// Opens a person's connection with a ticket, and follows a topic.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    pub fn follow(person: &Person, topic: &str) -> Self {
        let mut live = Self::open(&Self::ticket(person)).unwrap_or_else(|answer| panic!("{answer}"));
        live.subscribe(topic);
        drop(live.awaits("subscribed"));
        live
    }

    /// A ticket that opens a connection of a person's, once.
    ///
    /// # Panics
    /// When there is none to be had.
    #[must_use]
    pub fn ticket(person: &Person) -> Value {
        person.post("/v1/live/tickets", &json!({})).expect(201)
    }

    /// Opens a connection with a ticket; the answer if it is refused.
    ///
    /// # Errors
    /// What the server says instead of shaking hands.
    ///
    /// # Panics
    /// When nobody listens there.
    pub fn open(ticket: &Value) -> Result<Self, String> {
        let text = |name: &str| ticket[name].as_str().unwrap_or_default().to_owned();
        let url = text("url");
        let address = url.trim_start_matches("ws://");
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let mut stream = TcpStream::connect(host).unwrap_or_else(|error| panic!("{url}: {error}"));
        let timeout = stream.set_read_timeout(Some(Duration::from_secs(1)));
        timeout.unwrap_or_else(|error| panic!("{url}: {error}"));
        let request = format!(
            "GET /{path}?ticket={} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            text("ticket")
        );
        let sent = stream.write_all(request.as_bytes());
        sent.unwrap_or_else(|error| panic!("{url}: {error}"));
        let mut live = Self {
            stream: BufReader::new(stream),
            objection: None,
        };
        live.shake_hands()?;
        Ok(live)
    }

    /// Asks to follow a topic. The answer is the frame `subscribed` or `error`.
    pub fn subscribe(&mut self, topic: &str) {
        self.send(&json!({"action": "subscribe", "topic": topic}));
    }

    /// Asks to follow a topic no more. The answer is the frame `unsubscribed` or `error`.
    pub fn unsubscribe(&mut self, topic: &str) {
        self.send(&json!({"action": "unsubscribe", "topic": topic}));
    }

    /// Shows that the connection is alive. The answer is the frame `pong`.
    pub fn ping(&mut self) {
        self.send(&json!({"action": "ping"}));
    }

    fn shake_hands(&mut self) -> Result<(), String> {
        let started = Instant::now();
        let mut answer = String::new();
        while !answer.ends_with("\r\n\r\n") {
            assert!(started.elapsed() < PATIENCE, "no connection: {answer}");
            // A read that times out gives what it has and goes on.
            if matches!(self.stream.read_line(&mut answer), Ok(0)) {
                break;
            }
        }
        if answer.starts_with("HTTP/1.1 101") {
            Ok(())
        } else {
            Err(answer)
        }
    }

    /// Sends a command. A client's frames are masked; a mask of zeros leaves the text as it is.
    ///
    /// # Panics
    /// When it is too long for a short frame, or the connection is gone.
    pub fn send(&mut self, command: &Value) {
        self.objection = Described::live().complaint("action", command);
        let text = command.to_string();
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 126);
        let length = length.unwrap_or_else(|| panic!("too long: {text}"));
        let mut frame = vec![0x80 | TEXT, 0x80 | length, 0, 0, 0, 0];
        frame.extend(text.as_bytes());
        let sent = self.stream.get_mut().write_all(&frame);
        sent.unwrap_or_else(|error| panic!("{command}: {error}"));
    }

    /// Waits for a frame of a type, and gives it; others are left aside.
    ///
    /// # Panics
    /// When none comes.
    #[must_use]
    pub fn awaits(&mut self, kind: &str) -> Value {
        let frame = self.next_of(kind, PATIENCE);
        frame.unwrap_or_else(|| panic!("no {kind}"))
    }

    /// The next frame of a type, if one comes in time; others are left aside.
    pub fn next_of(&mut self, kind: &str, patience: Duration) -> Option<Value> {
        let started = Instant::now();
        while started.elapsed() < patience {
            let frame = self.next().filter(|frame| frame["type"] == kind);
            if frame.is_some() {
                return frame;
            }
        }
        None
    }

    /// The next frame of whatever type, if one comes in time.
    pub fn anything(&mut self, patience: Duration) -> Option<Value> {
        let started = Instant::now();
        while started.elapsed() < patience {
            let frame = self.next();
            if frame.is_some() {
                return frame;
            }
        }
        None
    }

    /// All that was sent before now, oldest first: whatever comes in before the answer to a ping.
    ///
    /// # Panics
    /// When the ping is not answered.
    pub fn until_now(&mut self) -> Vec<Value> {
        self.ping();
        let mut frames = Vec::new();
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.next() {
                Some(frame) if frame["type"] == "pong" => return frames,
                frame => frames.extend(frame),
            }
        }
        panic!("no pong, but {frames:?}")
    }

    /// Waits until the server closes the connection.
    ///
    /// # Panics
    /// When it stays open.
    pub fn until_closed(&mut self) {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.stream.fill_buf() {
                // Frames come whole: the first byte of what is there begins one.
                Ok(bytes) if bytes.first().is_none_or(|first| first & 0x0f == CLOSE) => return,
                Ok(_) => drop(self.next()),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return,
                Err(_) => {}
            }
        }
        panic!("the connection stays open");
    }

    /// The next frame; nothing if none comes within a second.
    fn next(&mut self) -> Option<Value> {
        assert!(!self.stream.fill_buf().ok()?.is_empty(), "the connection was closed");
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).ok()?;
        let mut length = usize::from(head[1] & 0x7f);
        assert!(length <= 126, "a frame longer than {LENGTH_MAX} bytes");
        if length == 126 {
            let mut long = [0; 2];
            self.stream.read_exact(&mut long).ok()?;
            length = usize::from(u16::from_be_bytes(long));
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        (head[0] & 0x0f == TEXT).then(|| self.described(&body))
    }

    /// A frame, which must be as it is described. What the document does not allow to be sent may have no other answer than
    /// that it is refused.
    fn described(&mut self, text: &[u8]) -> Value {
        let frame = serde_json::from_slice(text).unwrap_or_default();
        if let Some(complaint) = Described::live().complaint("type", &frame) {
            panic!("{complaint}\n{}", String::from_utf8_lossy(text));
        }
        match frame["type"].as_str() {
            Some("error") => self.objection = None,
            Some("subscribed" | "unsubscribed" | "pong") => {
                let objection = self.objection.take();
                assert_eq!(objection, None, "what is not described was carried out: {frame}");
            }
            _ => {}
        }
        frame
    }
}
