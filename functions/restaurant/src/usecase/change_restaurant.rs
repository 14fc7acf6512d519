//! Carries out a command on a restaurant.

use ::store::Stored;
use contracts::Cause;
use kernel::RestaurantId;

use super::UseCaseError;
use crate::app::App;
use crate::domain::{Caller, Command, Restaurant};
use crate::publish::publish;
use crate::store::{RestaurantRecord, change, restaurant_key};

/// Loads the restaurant, decides, commits what changes, and returns the restaurant after it.
///
/// # Errors
/// When there is no such restaurant, the rules reject the command, or the table does not answer.
pub async fn change_restaurant(
    app: &App,
    id: RestaurantId,
    caller: &Caller,
    cause: &Cause,
    command: &Command,
) -> Result<Restaurant, UseCaseError> {
    let cause = cause.clone().about(&id);
    let decide = |read: Stored<RestaurantRecord>| {
        let before = Restaurant::from(read.value.clone());
        let events = before.decide(command, caller, cause.now)?;
        let after = events.iter().fold(before.clone(), Restaurant::evolve);
        if events.is_empty() {
            return Ok((None, after));
        }
        let commit = change(&cause, &read, &before, &events, &after);
        let commit = events
            .iter()
            .fold(commit, |commit, event| publish(commit, event, &after));
        Ok::<_, UseCaseError>((Some(commit), after))
    };
    Ok(app.table.change(&restaurant_key(id), decide).await?)
}
