//! Keeps the rows by which a zone knows its open deliveries in step with the deliveries. Each update costs one write.

use ::store::{Commit, CommitError, StoreError, Table};
use contracts::Cause;
use kernel::{DeliveryId, Position};

use crate::app::App;
use crate::domain::Delivery;
use crate::domain::cell::zone;
use crate::domain::event::Event;
use crate::domain::open_delivery::OpenDelivery;
use crate::store::{self, Found};
use crate::usecase::advance_delivery::Advanced;

/// Writes a row, unless a later one is there.
///
/// # Errors
/// When the table does not answer.
pub async fn show(table: &Table, cause: &Cause, open: &OpenDelivery) -> Result<(), StoreError> {
    let Some(zone) = zone(open.pickup) else {
        return Ok(());
    };
    let key = store::open_key(zone, open.delivery_id);
    let commit = Commit::new(cause).put_newer(&key, &store::OpenRecord::from(open), open.sequence);
    match table.commit(commit).await {
        Ok(()) | Err(CommitError::Duplicate) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn hide(table: &Table, cause: &Cause, delivery_id: DeliveryId, pickup: Position) -> Result<(), StoreError> {
    let Some(zone) = zone(pickup) else {
        return Ok(());
    };
    let key = store::open_key(zone, delivery_id);
    let commit = Commit::new(cause).also_delete(&key);
    Ok(table.commit(commit).await?)
}

/// Shows a delivery as it is, or hides it if it has ended. Gives its row.
///
/// # Errors
/// When the table does not answer.
pub async fn show_or_hide(
    table: &Table,
    cause: &Cause,
    delivery_id: DeliveryId,
    delivery: &Delivery,
    sequence: u32,
) -> Result<Option<OpenDelivery>, StoreError> {
    let open = OpenDelivery::of(delivery_id, delivery, sequence);
    match &open {
        Some(open) => show(table, cause, open).await?,
        None => hide(table, cause, delivery_id, delivery.facts.pickup.position).await?,
    }
    Ok(open)
}

/// Reads a delivery and corrects its row. Gives the row; empty if the delivery has ended or does not exist.
///
/// # Errors
/// When the table does not answer.
pub async fn refresh(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    pickup: Position,
) -> Result<Vec<OpenDelivery>, StoreError> {
    let open = match store::load(&app.table, delivery_id).await? {
        Found::Delivery(loaded) => {
            show_or_hide(&app.table, cause, delivery_id, &loaded.delivery, loaded.sequence).await?
        }
        Found::Nothing | Found::CalledOff => {
            hide(&app.table, cause, delivery_id, pickup).await?;
            None
        }
    };
    Ok(open.into_iter().collect())
}

/// Updates the rows of deliveries whose zones should know of their events. Gives the rows.
///
/// # Errors
/// When the table does not answer.
pub async fn update_rows(
    app: &App,
    cause: &Cause,
    steps: &[(DeliveryId, Advanced)],
) -> Result<Vec<OpenDelivery>, StoreError> {
    let mut rows = Vec::new();
    for (delivery_id, advanced) in steps {
        if advanced.events.iter().any(|event| concerns(event, &advanced.delivery)) {
            let Advanced { delivery, sequence, .. } = advanced;
            rows.extend(show_or_hide(&app.table, cause, *delivery_id, delivery, *sequence).await?);
        }
    }
    Ok(rows)
}

/// Whether a zone should know of an event. How far a delivery is that has a courier does not concern it.
fn concerns(event: &Event, after: &Delivery) -> bool {
    match event {
        Event::Offered(_)
        | Event::OfferEnded { .. }
        | Event::FoodDelayed { .. }
        | Event::Unmatched { .. }
        | Event::Released { .. }
        | Event::Escalated { .. }
        | Event::Delivered { .. }
        | Event::FailureReported { .. }
        | Event::Failed { .. }
        | Event::Returned { .. }
        | Event::Withdrawn { .. } => true,
        Event::FoodReady { .. } | Event::EtaChanged { .. } => after.progress.state.bound_courier().is_none(),
        Event::Assigned(_)
        | Event::Arrived { .. }
        | Event::SeenThere { .. }
        | Event::CodeRefused { .. }
        | Event::PickedUp { .. }
        | Event::PinRefused { .. } => false,
    }
}
