//! The live channel, as an app holds it: a connection opened by a ticket that follows topics.
//!
//! Frames are best effort. Whoever follows them also looks at the present state over HTTP now and then.

use std::thread::sleep;
use std::time::{Duration, Instant};

use client::{Api, Closed, Method, Reply, Socket};
use jiff::Timestamp;
use serde_json::{Value, json};

/// How soon a connection that was lost or not to be had is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// When a topic is asked for that cannot be followed yet: an order is known there a moment after it was placed. The pause
/// doubles with every refusal, since a connection may ask only so often.
const FIRST_ASKED_AFTER: Duration = Duration::from_millis(1200);

/// How often a connection shows that it is alive: API Gateway closes it after ten idle minutes.
const PING_EVERY: Duration = Duration::from_mins(4);

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
            let ticket = ticket.ok().filter(Reply::ok);
            self.line = ticket.and_then(|ticket| Line::open(&ticket.body).ok());
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
            && line.send(&command).is_err()
        {
            self.line = None;
        }
    }
}

/// A connection.
struct Line {
    socket: Socket,
    sent_at: Instant,
}

impl Line {
    /// Connects with a ticket.
    fn open(ticket: &Value) -> client::Result<Self> {
        let socket = Socket::open(ticket)?;
        let sent_at = Instant::now();
        Ok(Self { socket, sent_at })
    }

    fn send(&mut self, command: &Value) -> Result<(), Closed> {
        self.sent_at = Instant::now();
        self.socket.send(command)
    }

    /// The next frame; `None` if none comes in time.
    fn next(&mut self, patience: Duration) -> Result<Option<Value>, Closed> {
        if self.sent_at.elapsed() > PING_EVERY {
            self.send(&json!({"action": "ping"}))?;
        }
        self.socket.next(patience)
    }
}
