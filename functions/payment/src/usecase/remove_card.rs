//! A saved card is removed, here and at the provider.

use ::store::{Commit, CommitError, StoreError};
use contracts::Cause;
use kernel::{PaymentMethodId, UserId};

use crate::app::App;
use crate::store::{MethodRecord, method_key};
use crate::stripe::Failure;

/// The refusal of a removal: another one was faster.
const GONE: &str = "gone";

/// Why a card was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveCardError {
    /// The person has no such card.
    #[error("there is no such card")]
    Missing,
    /// The provider does not answer.
    #[error(transparent)]
    Provider(Failure),
    /// The table.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl From<StoreError> for RemoveCardError {
    fn from(error: StoreError) -> Self {
        Self::Commit(error.into())
    }
}

/// Removes a saved card. What was authorised with it stays so.
///
/// # Errors
/// See [`RemoveCardError`].
pub async fn remove_card(
    app: &App,
    user_id: UserId,
    payment_method_id: PaymentMethodId,
    cause: &Cause,
) -> Result<(), RemoveCardError> {
    let key = method_key(user_id, payment_method_id);
    let stored = app.table.get::<MethodRecord>(&key).await?;
    let stored = stored.ok_or(RemoveCardError::Missing)?;
    match app.stripe.detach(&stored.value.provider_method).await {
        // Refused: it is detached already, by a first try whose removal here did not come through.
        Ok(()) | Err(Failure::Refused { .. } | Failure::Declined { .. }) => {}
        Err(failure @ Failure::Unavailable(_)) => return Err(RemoveCardError::Provider(failure)),
    }
    let commit = Commit::new(cause).also_remove(&key, GONE);
    match app.table.commit(commit).await {
        Ok(()) | Err(CommitError::Refused(GONE)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
