//! Creates a restaurant.

use ::store::{Answer, CommitError, Precedent, RequestKey};
use contracts::Cause;

use crate::app::App;
use crate::domain::Restaurant;
use crate::store::{MembershipRecord, create, memberships};

/// Restaurants at which a person may work when creating another.
const RESTAURANTS_PER_PERSON_MAX: usize = 100;

/// Why a restaurant is not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The owner works at as many restaurants as a person may.
    #[error("the owner works at too many restaurants")]
    TooManyRestaurants,
    /// The idempotency key of the request was used before.
    #[error("the idempotency key is taken")]
    KeyTaken(Precedent),
    /// The commit failed.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Stores a new restaurant, unless its owner has too many. `request` is the key that makes it safe to send the request again,
/// with the answer to keep for it.
///
/// # Errors
/// See [`CreateError`].
pub async fn create_restaurant(
    app: &App,
    cause: &Cause,
    restaurant: &Restaurant,
    request: Option<(&RequestKey, &Answer)>,
) -> Result<(), CreateError> {
    for owner in restaurant.staff.members() {
        let query = memberships(owner.user_id, RESTAURANTS_PER_PERSON_MAX);
        let known = app.table.query::<MembershipRecord>(&query).await;
        if known.map_err(CommitError::from)?.items.len() >= RESTAURANTS_PER_PERSON_MAX {
            return Err(CreateError::TooManyRestaurants);
        }
    }
    let cause = cause.clone().about(&restaurant.id);
    let mut commit = create(&cause, restaurant);
    if let Some((key, answer)) = request {
        commit = commit.answer(key, answer);
    }
    match (app.table.commit(commit).await, request) {
        (Ok(()), _) => Ok(()),
        (Err(CommitError::KeyTaken(marker)), Some((key, _))) => {
            Err(CreateError::KeyTaken(key.judge(marker.as_ref(), cause.now)))
        }
        (Err(error), _) => Err(error.into()),
    }
}
