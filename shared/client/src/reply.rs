//! What a server answered.

use serde_json::Value;

use crate::{Error, Result};

/// The longest part of a refusal's text that a message shows.
const TEXT_CHARS_MAX: usize = 600;

/// What a server answered, whatever its status.
///
/// A program takes what was served by [`Reply::served`]; a test demands what should have happened by [`Reply::expect`],
/// [`Reply::is`] and [`Reply::refused`], which panic when it did not.
#[derive(Debug, Clone)]
pub struct Reply {
    /// What was asked: the method and the URL, for messages.
    pub request: String,
    /// The beginning of the body that was sent, for messages.
    pub sent: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers, by name in lower case.
    pub headers: Vec<(String, String)>,
    /// The JSON body; null where there is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Reply {
    /// Whether the status says that the request was served.
    #[must_use]
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body, if the request was served.
    ///
    /// # Errors
    /// When it was not.
    pub fn served(self) -> Result<Value> {
        if self.ok() {
            Ok(self.body)
        } else {
            Err(self.refusal(&self.request))
        }
    }

    /// The error that this answer to a request is, by a name for the request.
    #[must_use]
    pub fn refusal(&self, request: &str) -> Error {
        Error::Refused {
            request: request.to_owned(),
            status: self.status,
            text: self.text.chars().take(TEXT_CHARS_MAX).collect(),
        }
    }

    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body of a request that should have this status.
    ///
    /// # Panics
    /// When it has another.
    #[must_use]
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.shown());
        self.body
    }

    /// Demands a status.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    pub fn is(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.shown());
    }

    /// Demands a refusal as a problem with a status and a code, and gives the problem.
    ///
    /// # Panics
    /// When it is something else.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "the demand is what it is called for")]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, self.body["code"].as_str().unwrap_or_default()),
            (status, code),
            "{}",
            self.shown()
        );
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.shown()
        );
        self.body
    }

    /// All of it, for the message of a test.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{} {}\n{}", self.request, self.sent, self.text)
    }
}
