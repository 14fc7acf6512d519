//! The live channel, as an app holds it: a connection opened by a ticket that follows topics, in the few parts of WebSocket
//! (RFC 6455) that this needs.
//!
//! Frames are best effort. Whoever follows them also looks at the present state over HTTP now and then.

use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::api::Api;

/// How long the server may take for the rest of something that it has begun to send.
const REST_TIMEOUT: Duration = Duration::from_secs(10);

/// How soon a connection that was lost or not to be had is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// When a topic is asked for that cannot be followed yet: an order is known there a moment after it was placed. The pause
/// doubles with every refusal, since a connection may ask only so often.
const FIRST_ASKED_AFTER: Duration = Duration::from_millis(1200);

/// How often a connection shows that it is alive: API Gateway closes it after ten idle minutes.
const PING_EVERY: Duration = Duration::from_mins(4);

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
/// Lengths that say that the length stands in the next bytes.
const TWO_BYTES: u8 = 0x7e;
const EIGHT_BYTES: u8 = 0x7f;

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Frame {
    /// What, such as `order.accepted`.
    pub kind: String,
    /// The facts.
    pub data: Value,
    /// When; the present where the frame does not say.
    pub at: Timestamp,
}

/// What a person hears of some topics, over one connection after the other.
pub struct Feed {
    api: Api,
    topics: Vec<Topic>,
    line: Option<Line>,
    again_at: Instant,
}

struct Topic {
    name: String,
    is_followed: bool,
    ask_at: Instant,
    pause: Duration,
}

impl Feed {
    /// Hears of what a signed-in person may follow, and of nothing yet.
    pub fn new(api: Api) -> Self {
        Self {
            api,
            topics: Vec::new(),
            line: None,
            again_at: Instant::now(),
        }
    }

    /// Connects, if it is not connected, so that nothing is missed from now on.
    pub fn open(&mut self) {
        if self.line.is_none() && self.again_at <= Instant::now() {
            self.again_at = Instant::now() + AGAIN_AFTER;
            let ticket = self.api.call(&Method::POST, "/v1/live/tickets", Some(&json!({})));
            let ticket = ticket.ok().filter(crate::http::Answer::ok);
            self.line = ticket.and_then(|ticket| Line::open(&ticket.json()).ok());
            for topic in &mut self.topics {
                topic.is_followed = false;
                topic.ask_at = Instant::now();
            }
        }
        self.ask();
    }

    /// Follows one topic more, at once.
    pub fn follow(&mut self, name: String) {
        self.add(name, Instant::now());
        self.open();
    }

    /// Follows one topic more that begins to be in this moment.
    pub fn follow_soon(&mut self, name: String) {
        self.add(name, Instant::now() + FIRST_ASKED_AFTER);
    }

    fn add(&mut self, name: String, ask_at: Instant) {
        self.topics.push(Topic {
            name,
            is_followed: false,
            ask_at,
            pause: FIRST_ASKED_AFTER,
        });
    }

    /// Follows a topic no longer.
    pub fn leave(&mut self, name: &str) {
        let known = self.topics.iter().position(|topic| topic.name == name);
        if known.is_some_and(|place| self.topics.swap_remove(place).is_followed) {
            self.tell("unsubscribe", name);
        }
    }

    /// The next thing that happens, if anything does within `patience`. Without a connection it waits as long.
    pub fn next(&mut self, patience: Duration) -> Option<Frame> {
        self.open();
        let Some(line) = &mut self.line else {
            sleep(patience);
            return None;
        };
        let Ok(heard) = line.next(patience) else {
            self.line = None;
            return None;
        };
        let frame = heard?;
        match frame["type"].as_str().unwrap_or_default() {
            "closed" => self.line = None,
            "subscribed" => {
                let topic = self.topics.iter_mut().find(|topic| frame["topic"] == *topic.name);
                if let Some(topic) = topic {
                    topic.is_followed = true;
                }
            }
            _ => {}
        }
        let at = frame["at"].as_str().and_then(|at| at.parse().ok());
        Some(Frame {
            kind: frame["type"].as_str().unwrap_or_default().to_owned(),
            data: frame["data"].clone(),
            at: at.unwrap_or_else(crate::clock::now),
        })
    }

    /// Asks for the topics that it does not follow yet.
    fn ask(&mut self) {
        let now = Instant::now();
        let mut due = Vec::new();
        for topic in &mut self.topics {
            if !topic.is_followed && topic.ask_at <= now {
                topic.ask_at = now + topic.pause;
                topic.pause *= 2;
                due.push(topic.name.clone());
            }
        }
        for name in due {
            self.tell("subscribe", &name);
        }
    }

    fn tell(&mut self, action: &str, topic: &str) {
        let command = json!({"action": action, "topic": topic});
        if let Some(line) = &mut self.line
            && line.send(TEXT, command.to_string().as_bytes()).is_err()
        {
            self.line = None;
        }
    }
}

/// A connection.
struct Line {
    stream: BufReader<TcpStream>,
    sent_at: Instant,
}

impl Line {
    /// Connects with a ticket.
    fn open(ticket: &Value) -> std::io::Result<Self> {
        let text = |name: &str| ticket[name].as_str().unwrap_or_default();
        let address = text("url").trim_start_matches("ws://");
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let mut stream = BufReader::new(TcpStream::connect(host)?);
        stream.get_ref().set_read_timeout(Some(REST_TIMEOUT))?;
        // The key only shows that the server speaks WebSocket, which is known here.
        let request = format!(
            "GET /{path}?ticket={} HTTP/1.1\r\nhost: {host}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGlmZmluLWxvY2FsLWRlbQ==\r\n\r\n",
            text("ticket")
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let mut status = String::new();
        stream.read_line(&mut status)?;
        let mut header = String::new();
        while stream.read_line(&mut header)? > 2 {
            header.clear();
        }
        if status.starts_with("HTTP/1.1 101") {
            let sent_at = Instant::now();
            Ok(Self { stream, sent_at })
        } else {
            Err(std::io::Error::other(status))
        }
    }

    /// Sends a frame. A client's frames are masked; a mask of zeros leaves the text as it is.
    fn send(&mut self, kind: u8, body: &[u8]) -> std::io::Result<()> {
        let mut frame = vec![FINAL | kind];
        match u8::try_from(body.len()) {
            Ok(length) if length < TWO_BYTES => frame.push(MASKED | length),
            Ok(_) | Err(_) => {
                let length = u16::try_from(body.len()).map_err(std::io::Error::other)?;
                frame.push(MASKED | TWO_BYTES);
                frame.extend(length.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(body);
        self.sent_at = Instant::now();
        self.stream.get_mut().write_all(&frame)
    }

    /// The next text; `None` if none comes in time, an error if the connection is gone.
    fn next(&mut self, patience: Duration) -> std::io::Result<Option<Value>> {
        if self.sent_at.elapsed() > PING_EVERY {
            self.send(TEXT, json!({"action": "ping"}).to_string().as_bytes())?;
        }
        // A timeout of nothing would wait for ever.
        let patience = patience.max(Duration::from_millis(1));
        self.stream.get_ref().set_read_timeout(Some(patience))?;
        match self.stream.fill_buf() {
            Ok([]) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return Ok(None),
            Err(error) => return Err(error),
        }
        self.stream.get_ref().set_read_timeout(Some(REST_TIMEOUT))?;
        let (kind, body) = read_frame(&mut self.stream)?;
        match kind {
            TEXT => Ok(serde_json::from_slice(&body).ok()),
            PING => self.send(PONG, &body).map(|()| None),
            CLOSE => Err(ErrorKind::ConnectionAborted.into()),
            _ => Ok(None),
        }
    }
}

/// One whole frame: its kind and what it carries. A server's frames are not masked.
fn read_frame(stream: &mut impl std::io::Read) -> std::io::Result<(u8, Vec<u8>)> {
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let length = match head[1] & 0x7f {
        TWO_BYTES => {
            let mut long = [0; 2];
            stream.read_exact(&mut long)?;
            u16::from_be_bytes(long).into()
        }
        // The server sends no message of more than 32 KiB.
        EIGHT_BYTES => return Err(ErrorKind::InvalidData.into()),
        short => short.into(),
    };
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((head[0] & 0x0f, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_frames_are_read_one_after_the_other() {
        let mut bytes = vec![FINAL | TEXT, 2, b'h', b'i', FINAL | TEXT, 126, 1, 0];
        bytes.extend([b'x'; 256]);
        bytes.extend([FINAL | CLOSE, 0]);
        let mut stream = bytes.as_slice();
        assert_eq!(read_frame(&mut stream).unwrap(), (TEXT, b"hi".to_vec()));
        assert_eq!(read_frame(&mut stream).unwrap(), (TEXT, vec![b'x'; 256]));
        assert_eq!(read_frame(&mut stream).unwrap(), (CLOSE, Vec::new()));
        assert!(read_frame(&mut stream).is_err());
    }
}
