//! A live connection, as an app holds it. Every frame is held against the AsyncAPI document, and so is every command that is
//! carried out.

use std::time::{Duration, Instant};

use client::{Closed, Error, Socket};
use serde_json::{Value, json};

use crate::asyncapi::Described;
use crate::{PATIENCE, Person, eventually};

/// How long one look for a frame takes.
const LOOK: Duration = Duration::from_secs(1);

/// A connection that follows a topic.
#[derive(Debug)]
pub struct Live {
    socket: Socket,
    /// What the document says against the last command: it must be refused.
    objection: Option<String>,
}

impl Live {
    /// Opens a person's connection with a ticket, and follows a topic as soon as the person may: who works at a restaurant is
    /// known to the live channel a moment after the restaurant is.
    ///
    /// # Panics
    /// When the connection is refused, or the topic until patience ends.
    #[must_use]
    pub fn follow(person: &Person, topic: &str) -> Self {
        let mut live = Self::open(&Self::ticket(person)).unwrap_or_else(|status| panic!("refused with {status}"));
        eventually("a topic that may be followed", || {
            live.subscribe(topic);
            match live.anything(PATIENCE) {
                Some(frame) if frame["type"] == "subscribed" => Ok(()),
                answer => Err(format!("{topic}: {answer:?}")),
            }
        });
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

    /// Opens a connection with a ticket.
    ///
    /// # Errors
    /// The HTTP status with which the server refuses.
    ///
    /// # Panics
    /// When nobody listens there.
    pub fn open(ticket: &Value) -> Result<Self, u16> {
        match Socket::open(ticket) {
            Ok(socket) => Ok(Self {
                socket,
                objection: None,
            }),
            Err(Error::Refused { status, .. }) => Err(status),
            Err(error @ Error::NoReply { .. }) => panic!("{error}"),
        }
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

    /// Sends a command.
    ///
    /// # Panics
    /// When the connection is gone.
    pub fn send(&mut self, command: &Value) {
        self.objection = Described::live().complaint("action", command);
        let sent = self.socket.send(command);
        assert_eq!(sent, Ok(()), "the connection was closed before {command}");
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
            match self.socket.next(LOOK) {
                Ok(frame) => drop(frame.map(|frame| self.described(frame))),
                Err(Closed) => return,
            }
        }
        panic!("the connection stays open");
    }

    /// The next frame; nothing if none comes within a second.
    fn next(&mut self) -> Option<Value> {
        match self.socket.next(LOOK) {
            Ok(frame) => frame.map(|frame| self.described(frame)),
            Err(Closed) => panic!("the connection was closed"),
        }
    }

    /// A frame, which must be as it is described. What the document does not allow to be sent may have no other answer than
    /// that it is refused.
    fn described(&mut self, frame: Value) -> Value {
        if let Some(complaint) = Described::live().complaint("type", &frame) {
            panic!("{complaint}\n{frame}");
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
