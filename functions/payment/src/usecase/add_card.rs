//! A card is saved, here and at the provider.

use ::store::{Commit, CommitError, Index, Query, StoreError};
use contracts::Cause;
use kernel::{PaymentMethodId, TypedId as _, UserId};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::domain::ProviderToken;
use crate::store::{CustomerRecord, METHOD_PREFIX, MethodRecord, customer_key, method_key, methods_partition};
use crate::stripe::{Failure, SavedCard};

/// Cards that one person may save: more than anybody carries, and one page of a list.
const METHODS_MAX: usize = 20;

/// Why a card was not saved.
#[derive(Debug, thiserror::Error)]
pub enum AddCardError {
    /// The person has saved as many cards as they may.
    #[error("{0} cards are saved")]
    TooMany(usize),
    /// The bank or the provider does not take the card, or the provider does not answer.
    #[error("the card was refused: {0}")]
    Refused(Failure),
    /// The provider did not make a customer of the person.
    #[error(transparent)]
    Provider(#[from] Failure),
    /// What another request has just saved is not there any more.
    #[error("the record was removed meanwhile")]
    RemovedMeanwhile,
    /// The table.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl From<StoreError> for AddCardError {
    fn from(error: StoreError) -> Self {
        Self::Commit(error.into())
    }
}

/// Saves a card. The same card of the same person again is the same record.
///
/// # Errors
/// See [`AddCardError`].
pub async fn add_card(
    app: &App,
    user_id: UserId,
    token: &ProviderToken,
    cause: &Cause,
) -> Result<MethodRecord, AddCardError> {
    require_room(app, user_id).await?;
    let customer = customer(app, user_id, cause).await?;
    let card = app
        .stripe
        .attach(token, &customer)
        .await
        .map_err(AddCardError::Refused)?;
    save(app, user_id, customer, card, cause).await
}

async fn require_room(app: &App, user_id: UserId) -> Result<(), AddCardError> {
    let query = Query::new(Index::Table, methods_partition(user_id), METHODS_MAX).prefix(METHOD_PREFIX);
    let saved = app.table.query::<MethodRecord>(&query).await?.items.len();
    if saved < METHODS_MAX {
        Ok(())
    } else {
        Err(AddCardError::TooMany(saved))
    }
}

/// The provider's id of the person, which the first card makes.
async fn customer(app: &App, user_id: UserId, cause: &Cause) -> Result<String, AddCardError> {
    let key = customer_key(user_id);
    if let Some(stored) = app.table.get::<CustomerRecord>(&key).await? {
        return Ok(stored.value.provider_customer);
    }
    let provider_customer = app.stripe.create_customer(user_id).await?;
    let record = CustomerRecord { provider_customer };
    match app
        .table
        .commit(Commit::new(cause).create(&key, &user_id, &record))
        .await
    {
        Ok(()) => Ok(record.provider_customer),
        Err(CommitError::Conflict) => {
            // A second first card at the same moment: theirs counts.
            let stored = app.table.get::<CustomerRecord>(&key).await?;
            stored
                .map(|stored| stored.value.provider_customer)
                .ok_or(AddCardError::RemovedMeanwhile)
        }
        Err(error) => Err(error.into()),
    }
}

async fn save(
    app: &App,
    user_id: UserId,
    provider_customer: String,
    card: SavedCard,
    cause: &Cause,
) -> Result<MethodRecord, AddCardError> {
    let payment_method_id = method_id(user_id, &card.provider_method);
    let record = MethodRecord {
        payment_method_id,
        provider_method: card.provider_method,
        provider_customer,
        brand: card.brand,
        last4: card.last4,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        created_at: cause.now,
    };
    let key = method_key(user_id, payment_method_id);
    match app
        .table
        .commit(Commit::new(cause).create(&key, &payment_method_id, &record))
        .await
    {
        Ok(()) => Ok(record),
        // The same card was saved before, by this request's first try.
        Err(CommitError::Conflict) => {
            let stored = app.table.get::<MethodRecord>(&key).await?;
            stored.map(|stored| stored.value).ok_or(AddCardError::RemovedMeanwhile)
        }
        Err(error) => Err(error.into()),
    }
}

/// The id of a card follows from its owner and the provider's id of it, so saving it again changes nothing.
fn method_id(user_id: UserId, provider_method: &str) -> PaymentMethodId {
    let mut digest = Sha256::new();
    digest.update(user_id.uuid().as_bytes());
    digest.update(provider_method.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    PaymentMethodId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_card_of_the_same_person_is_the_same_method() {
        let [one, two] = [1, 2].map(|value| UserId::from_uuid(uuid::Uuid::from_u128(value)));
        assert_eq!(method_id(one, "pm_1"), method_id(one, "pm_1"));
        assert_ne!(method_id(one, "pm_1"), method_id(one, "pm_2"));
        assert_ne!(method_id(one, "pm_1"), method_id(two, "pm_1"));
    }
}
