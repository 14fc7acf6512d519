//! What a command could not do, told to the person at the keyboard.

use std::fmt;

/// A step that did not work: what failed, why, and what the reader can do about it.
///
/// One paragraph on the terminal and exit code 1. It is not an error to be handled by code: whoever can handle one
/// does so before making a `Failure` of it.
#[derive(Debug)]
pub struct Failure {
    what: String,
    why: String,
    remedy: String,
}

/// The result of a step.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// Tells `what` failed, `why`, and the `remedy`; each a phrase without a final stop.
    pub fn new(what: impl Into<String>, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}.", self.what, self.why.trim_end())?;
        if self.remedy.is_empty() {
            Ok(())
        } else {
            write!(formatter, "\nWhat to do: {}.", self.remedy.trim_end())
        }
    }
}

/// A request that has no result, whatever it was for.
impl From<client::Error> for Failure {
    fn from(error: client::Error) -> Self {
        match error {
            client::Error::NoReply { request, reason } => Self::new(
                format!("{request} failed"),
                reason,
                "see `cargo local status`, and `cargo local logs` for the programs' own logs",
            ),
            client::Error::Refused { request, status, text } => Self::new(
                format!("{request} was refused"),
                format!("status {status}, {}", text.trim()),
                "see `cargo local status`",
            ),
        }
    }
}

/// Turns any error into a [`Failure`] where it happens.
pub trait OrFail<T> {
    /// Names what failed and what to do; the error itself is the reason.
    ///
    /// # Errors
    /// The given failure, if `self` is an error.
    fn or_fail(self, what: impl Into<String>, remedy: impl Into<String>) -> Outcome<T>;
}

impl<T, E: fmt::Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, what: impl Into<String>, remedy: impl Into<String>) -> Outcome<T> {
        self.map_err(|error| Failure::new(what, error.to_string(), remedy))
    }
}
