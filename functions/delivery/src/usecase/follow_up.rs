//! What follows a step of a delivery at once: the courier's record and the zone's rows are updated, the zone's model learns,
//! the arrival is estimated anew, and a zone is dispatched whose food waits or whose courier became free.
//!
//! Nothing here is lost if it fails or the process crashes: timers and the zone's next epoch do the same a little later. So a
//! failure is logged, and whoever asked for the step hears nothing of it.

use contracts::Cause;
use kernel::{DeliveryId, Position};

use crate::app::App;
use crate::domain::event::Event;
use crate::domain::{Delivery, State, leaves_food};
use crate::usecase::advance_delivery::{AdvanceError, Advanced, BuildCommand, advance};
use crate::usecase::dispatch_zone::{Known, ZoneScope, dispatch_around};
use crate::usecase::reestimate::{reestimate, reestimate_last_seen};
use crate::usecase::{courier_sync, learn, open_deliveries};

/// Carries out a command on a delivery, and what follows it.
///
/// # Errors
/// See [`AdvanceError`]; then nothing was written.
pub async fn advance_and_follow_up(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    command: &BuildCommand<'_, '_>,
) -> Result<Advanced, AdvanceError> {
    let advanced = advance(app, cause, delivery_id, command).await?;
    follow_up(app, cause, &[(delivery_id, advanced.clone())]).await;
    Ok(advanced)
}

/// Carries out a command on a delivery, and what follows it, for an event or a deadline: a delivery that was called off before
/// it began ignores these.
///
/// # Errors
/// See [`AdvanceError`]; then nothing was written.
pub async fn advance_unless_called_off(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    command: &BuildCommand<'_, '_>,
) -> Result<(), AdvanceError> {
    match advance_and_follow_up(app, cause, delivery_id, command).await {
        Ok(_) | Err(AdvanceError::CalledOff) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Does what follows some steps.
pub async fn follow_up(app: &App, cause: &Cause, steps: &[(DeliveryId, Advanced)]) {
    if let Err(error) = courier_sync::update_couriers(app, cause, steps).await {
        tracing::warn!(%error, "a courier's record is left to the next sweep or epoch");
    }
    let open = open_deliveries::update_rows(app, cause, steps)
        .await
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "a zone's row is left to the next epoch");
            Vec::new()
        });
    learn::learn(app, cause, steps).await;
    let known = Known::rows(open);
    let mut run = Vec::new();
    for (delivery_id, advanced) in steps {
        for event in &advanced.events {
            if let Err(error) = Box::pin(reestimate_after(app, cause, *delivery_id, advanced, event)).await {
                tracing::warn!(delivery.id = %delivery_id, %error, "the estimate is left to the next report");
            }
            let wanted = wants_run(event, &advanced.delivery);
            run.extend(wanted.filter(|wanted| !run.contains(wanted)));
        }
    }
    for (position, scope) in run {
        if let Err(error) = dispatch_around(app, cause, position, scope, &known).await {
            tracing::warn!(%error, "a zone is left to its next epoch");
        }
    }
}

/// Where zones should be run after an event: where food waits for a courier, and where a courier waits for food.
fn wants_run(event: &Event, after: &Delivery) -> Option<(Position, ZoneScope)> {
    let facts = &after.facts;
    match event {
        Event::OfferEnded { .. } | Event::Released { .. } => Some((facts.pickup.position, ZoneScope::Own)),
        Event::FoodReady { .. } if after.progress.state == State::Waiting => {
            Some((facts.pickup.position, ZoneScope::Own))
        }
        // A courier who brings food back is not free before it is back.
        Event::Failed { reason, .. } if leaves_food(*reason) => None,
        // The zones next to it, where hardly anybody waits who is nearer to this courier than to others, have their minute.
        Event::Delivered { .. } | Event::Failed { .. } => Some((facts.drop_off.position, ZoneScope::Own)),
        Event::Returned { .. }
        | Event::Withdrawn {
            courier_id: Some(_), ..
        } => Some((facts.pickup.position, ZoneScope::InReach)),
        Event::Offered(_)
        | Event::Unmatched { .. }
        | Event::Assigned(_)
        | Event::FoodDelayed { .. }
        | Event::FoodReady { .. }
        | Event::EtaChanged { .. }
        | Event::Arrived { .. }
        | Event::SeenThere { .. }
        | Event::CodeRefused { .. }
        | Event::PickedUp { .. }
        | Event::PinRefused { .. }
        | Event::FailureReported { .. }
        | Event::Escalated { .. }
        | Event::Withdrawn { courier_id: None, .. } => None,
    }
}

async fn reestimate_after(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    advanced: &Advanced,
    event: &Event,
) -> Result<(), AdvanceError> {
    match event {
        Event::FoodDelayed { .. } | Event::FoodReady { .. } | Event::Released { .. } => {
            reestimate_last_seen(app, cause, delivery_id, &advanced.loaded())
                .await
                .map(drop)
        }
        Event::PickedUp { .. } => {
            let pickup = advanced.delivery.facts.pickup.position;
            reestimate(app, cause, delivery_id, &advanced.loaded(), Some(pickup), false)
                .await
                .map(drop)
        }
        Event::Offered(_)
        | Event::OfferEnded { .. }
        | Event::Unmatched { .. }
        | Event::Assigned(_)
        | Event::EtaChanged { .. }
        | Event::Arrived { .. }
        | Event::SeenThere { .. }
        | Event::CodeRefused { .. }
        | Event::PinRefused { .. }
        | Event::Delivered { .. }
        | Event::FailureReported { .. }
        | Event::Failed { .. }
        | Event::Returned { .. }
        | Event::Escalated { .. }
        | Event::Withdrawn { .. } => Ok(()),
    }
}
