//! Others' events: what is remembered of them, and who is told.

mod offers;
mod orders;
mod restaurants;
mod users;

use contracts::{Cause, Contract as _, Envelope, delivery, restaurant, user};
use runtime::{Consumed, Done};

use crate::app::Desk;
use crate::domain::Happening;

/// Handles one event. Those that this service does not know are none of its business.
///
/// # Errors
/// When the event must come again, or is not what its type claims.
pub async fn handle(desk: &Desk, event: &Envelope, cause: &Cause) -> Consumed {
    match event.event_type.as_str() {
        user::Registered::TYPE => users::registered(desk, &event.data()?, cause).await,
        user::RolesChanged::TYPE => users::roles_changed(desk, event, cause).await,
        user::ProfileChanged::TYPE => users::profile_changed(desk, &event.data()?, cause).await,
        user::PreferencesChanged::TYPE => users::preferences_changed(desk, event, &event.data()?, cause).await,
        user::SignUpRepeated::TYPE => users::sign_up_repeated(desk, event, &event.data()?, cause).await,
        restaurant::Approved::TYPE => {
            let restaurant::Approved { restaurant } = event.data()?;
            restaurants::changed(desk, event, restaurant, cause).await
        }
        restaurant::Changed::TYPE => {
            let restaurant::Changed { restaurant } = event.data()?;
            restaurants::changed(desk, event, restaurant, cause).await
        }
        delivery::Offered::TYPE => offers::made(desk, event, &event.data()?, cause).await,
        delivery::OfferEnded::TYPE => offers::ended(desk, event, &event.data()?, cause).await,
        _ => match Happening::read(event)? {
            Some(happening) => orders::happened(desk, event, &happening, cause).await,
            None => Ok(Done),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the template subscribes to is what is handled, no more and no less.
    #[test]
    fn the_filter_policies_are_in_step() {
        let template = include_str!("../../../infra/notification.yaml");
        let subscribed = |line: &&str| line.starts_with("- ") && line.contains(".v1");
        let mut subscribed: Vec<_> = template
            .lines()
            .map(str::trim)
            .filter(subscribed)
            .map(|line| &line[2..])
            .collect();
        subscribed.sort_unstable();
        let mut handled: Vec<_> = Happening::TYPES.to_vec();
        handled.extend([
            user::Registered::TYPE,
            user::RolesChanged::TYPE,
            user::ProfileChanged::TYPE,
            user::PreferencesChanged::TYPE,
            user::SignUpRepeated::TYPE,
            restaurant::Approved::TYPE,
            restaurant::Changed::TYPE,
            delivery::Offered::TYPE,
            delivery::OfferEnded::TYPE,
            // The stream, which the function `moves` handles.
            contracts::courier::Moved::TYPE,
        ]);
        handled.sort_unstable();
        assert_eq!(subscribed, handled);
    }
}
