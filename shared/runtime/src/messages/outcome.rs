//! What a consumer answers.

use contracts::MalformedEnvelope;
use store::{ChangeError, CommitError, SpendError, StoreError};

use crate::CallError;

/// The message is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done;

/// The message is not dealt with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandlerError {
    /// It came early, or something it needs is down: it should come back.
    #[error("retry: {0}")]
    Retry(String),
    /// It will never work: to the dead letters, with the reason.
    #[error("park: {0}")]
    Park(String),
}

/// What a consumer answers.
pub type Consumed = Result<Done, HandlerError>;

/// A commit by a consumer: having been carried out before is as good as being carried out.
///
/// # Errors
/// When the message is not dealt with.
pub fn once(result: Result<(), CommitError>) -> Consumed {
    match result {
        Ok(()) | Err(CommitError::Duplicate) => Ok(Done),
        Err(error) => Err(error.into()),
    }
}

impl From<StoreError> for HandlerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Contended(_) => Self::Retry(error.to_string()),
            StoreError::Corrupt(_) => Self::Park(error.to_string()),
        }
    }
}

/// There is room again when the next window begins, so the message comes back.
impl From<SpendError> for HandlerError {
    fn from(error: SpendError) -> Self {
        match error {
            SpendError::Exhausted { .. } => Self::Retry(error.to_string()),
            SpendError::Store(error) => error.into(),
        }
    }
}

impl From<CommitError> for HandlerError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => error.into(),
            CommitError::Conflict | CommitError::Duplicate | CommitError::KeyTaken(_) | CommitError::Refused(_) => {
                Self::Retry(error.to_string())
            }
        }
    }
}

/// A rejection by the rules will be one again, so the message is parked; who knows better maps it first.
impl<R: std::fmt::Display> From<ChangeError<R>> for HandlerError {
    fn from(error: ChangeError<R>) -> Self {
        match error {
            ChangeError::Missing => Self::Retry("the aggregate is not there yet".to_owned()),
            ChangeError::Rejected(rejection) => Self::Park(rejection.to_string()),
            ChangeError::Commit(error) => error.into(),
            ChangeError::Store(error) => error.into(),
        }
    }
}

impl From<MalformedEnvelope> for HandlerError {
    fn from(error: MalformedEnvelope) -> Self {
        Self::Park(format!("malformed: {error}"))
    }
}

impl From<CallError> for HandlerError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unavailable { .. } => Self::Retry(error.to_string()),
            CallError::NotFound(_) | CallError::Refused { .. } => Self::Park(error.to_string()),
        }
    }
}
