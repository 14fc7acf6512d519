//! What can go wrong, by what the caller should do about it.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata as _, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;

use crate::Item;

/// A failure that is nobody's decision.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The table did not answer, or not in time: the same again may work.
    #[error("the table is not available: {0}")]
    Unavailable(String),
    /// Others changed the same thing each time it was tried: the same again may work.
    #[error("lost the race {0} times")]
    Contended(u32),
    /// An item is not what the code expects, or a request is one that DynamoDB never takes: a defect.
    #[error("an item cannot be read or written: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// Sorts a client error: what DynamoDB refuses as invalid is a defect, everything else passes.
    pub(crate) fn from_sdk<E>(error: SdkError<E>) -> Self
    where
        E: std::error::Error + aws_sdk_dynamodb::error::ProvideErrorMetadata + Send + Sync + 'static,
    {
        let refused = matches!(
            error.code(),
            Some("ValidationException" | "ResourceNotFoundException" | "AccessDeniedException")
        );
        let text = DisplayErrorContext(error).to_string();
        if refused {
            Self::Corrupt(text)
        } else {
            Self::Unavailable(text)
        }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl From<contracts::MalformedEnvelope> for StoreError {
    fn from(error: contracts::MalformedEnvelope) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// Why a commit changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The aggregate is no longer what was read: read it and decide again.
    #[error("the aggregate changed since it was read")]
    Conflict,
    /// The event was consumed before: there is nothing to do.
    #[error("the event was consumed before")]
    Duplicate,
    /// The client's idempotency key is taken: judge the stored request.
    #[error("the idempotency key is taken")]
    KeyTaken(Option<Item>),
    /// A further condition does not hold; the text is the one that [`crate::Commit`] was given for it.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// A failure that is nobody's decision.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a change by [`crate::Table::change`] did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError<R> {
    /// There is no such aggregate.
    #[error("there is no such aggregate")]
    Missing,
    /// The rules say no.
    #[error("rejected")]
    Rejected(R),
    /// The commit was refused for another reason than a lost race.
    #[error(transparent)]
    Commit(CommitError),
    /// A failure that is nobody's decision.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// For commits that nothing but a lost race can refuse: any other refusal is a defect.
impl From<CommitError> for StoreError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => error,
            CommitError::Conflict => Self::Contended(1),
            CommitError::Duplicate | CommitError::KeyTaken(_) | CommitError::Refused(_) => {
                Self::Corrupt(error.to_string())
            }
        }
    }
}

impl<R> From<CommitError> for ChangeError<R> {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => Self::Store(error),
            CommitError::Conflict | CommitError::Duplicate | CommitError::KeyTaken(_) | CommitError::Refused(_) => {
                Self::Commit(error)
            }
        }
    }
}

pub(crate) fn text_attribute(item: &Item, name: &str) -> Option<String> {
    item.get(name).and_then(|value| value.as_s().ok()).cloned()
}

pub(crate) fn number_attribute<N: std::str::FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name)
        .map(AttributeValue::as_n)
        .and_then(Result::ok)
        .and_then(|text| text.parse().ok())
}
