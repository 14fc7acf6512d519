//! Others' events: each leads to a use case.

use contracts::user::{PreferencesChanged, ProfileChanged, Registered, RolesChanged, SignUpRepeated};
use contracts::{Cause, Contract as _, Envelope, delivery, restaurant};
use runtime::{Consumed, Done, once};

use crate::app::InboxApp;
use crate::domain::{Notice, OrderEvent, Recipient};
use crate::usecase::announce_offer::{announce_end, announce_offer};
use crate::usecase::change_roles::change_roles;
use crate::usecase::contacts;
use crate::usecase::handle_order_event::handle_order_event;
use crate::usecase::keep_staff::keep_staff;
use crate::usecase::send_notice::send_notice;

/// Handles one event. Events of other types are passed over.
///
/// # Errors
/// When the event must come again, or is not what its type claims.
pub async fn handle(app: &InboxApp, event: &Envelope, cause: &Cause) -> Consumed {
    match event.event_type.as_str() {
        Registered::TYPE => {
            let Registered { user_id, .. } = event.data()?;
            contacts::refresh(app, user_id, cause).await?;
        }
        ProfileChanged::TYPE => {
            let ProfileChanged { user_id, .. } = event.data()?;
            contacts::refresh(app, user_id, cause).await?;
        }
        PreferencesChanged::TYPE => contacts::keep_preferences(&app.table, event, &event.data()?, cause).await?,
        RolesChanged::TYPE => change_roles(app, event, cause).await?,
        SignUpRepeated::TYPE => {
            let SignUpRepeated { user_id, .. } = event.data()?;
            send_notice(
                app,
                event,
                cause,
                Recipient::Person(user_id),
                &Notice::SignUpRepeated,
                None,
            )
            .await?;
        }
        restaurant::Approved::TYPE => {
            let restaurant::Approved { restaurant } = event.data()?;
            return once(keep_staff(&app.table, event, restaurant, cause).await);
        }
        restaurant::Changed::TYPE => {
            let restaurant::Changed { restaurant } = event.data()?;
            return once(keep_staff(&app.table, event, restaurant, cause).await);
        }
        delivery::Offered::TYPE => announce_offer(app, event, &event.data()?, cause).await?,
        delivery::OfferEnded::TYPE => announce_end(app, event, &event.data()?, cause).await?,
        _ => {
            if let Some(order_event) = OrderEvent::read(event)? {
                handle_order_event(app, event, &order_event, cause).await?;
            }
        }
    }
    Ok(Done)
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
        let mut handled: Vec<_> = OrderEvent::TYPES.to_vec();
        handled.extend([
            Registered::TYPE,
            RolesChanged::TYPE,
            ProfileChanged::TYPE,
            PreferencesChanged::TYPE,
            SignUpRepeated::TYPE,
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
