//! Live connections: a ticket opens one, it follows topics that its owner may read over HTTP, and its followers are told as
//! things happen. What goes wrong on the way to a connection is not repaired: whoever reconnects asks for the present state
//! over HTTP.

pub mod access;
pub mod connect;
pub mod follow;
pub mod push;
pub mod sessions;
pub mod share_position;
pub mod tickets;

use ::store::{CommitError, SpendError, StoreError};

/// Why a request of a live connection is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// There is no such topic, or it is not the person's to follow.
    #[error("there is no such topic, or it is not the person's to follow")]
    NotFound,
    /// The connection follows as many topics as one may.
    #[error("the connection follows as many topics as one may")]
    TooManyTopics,
    /// The connection asked too often: the seconds until it may ask again.
    #[error("the connection may ask again in {0} seconds")]
    TooManyRequests(u32),
    /// The table does not answer.
    #[error("the table does not answer")]
    Unavailable,
}

impl From<StoreError> for LiveError {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = %error, "the table could not be used");
        Self::Unavailable
    }
}

impl From<CommitError> for LiveError {
    fn from(error: CommitError) -> Self {
        tracing::warn!(error = %error, "a commit did not happen");
        Self::Unavailable
    }
}

impl From<SpendError> for LiveError {
    fn from(error: SpendError) -> Self {
        match error {
            SpendError::Exhausted { retry_after_seconds } => Self::TooManyRequests(retry_after_seconds),
            SpendError::Store(error) => error.into(),
        }
    }
}
