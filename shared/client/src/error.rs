//! Why a request has no result.

use std::fmt;

/// Why a request has no result. It is shown to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// No answer came: nothing listens, it took too long, or the answer cannot be read.
    NoReply {
        /// What was asked.
        request: String,
        /// What the network says.
        reason: String,
    },
    /// The answer is an error.
    Refused {
        /// What was asked.
        request: String,
        /// The HTTP status.
        status: u16,
        /// The beginning of the answer.
        text: String,
    },
}

/// The result of a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// No answer to `request`, for this `reason`.
    pub fn no_reply(request: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::NoReply {
            request: request.into(),
            reason: reason.to_string(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoReply { request, reason } => write!(formatter, "{request} failed: {reason}"),
            Self::Refused { request, status, text } => {
                write!(formatter, "{request} was refused: status {status}, {}", text.trim())
            }
        }
    }
}

impl std::error::Error for Error {}
