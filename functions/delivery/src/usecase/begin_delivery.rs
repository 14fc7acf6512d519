//! A restaurant accepts an order: its delivery begins, and a courier is looked for.

use ::store::StoreError;
use contracts::Cause;
use kernel::DeliveryId;

use crate::app::App;
use crate::domain::open_delivery::OpenDelivery;
use crate::domain::{Delivery, Facts, Progress};
use crate::publish::{self, Subject};
use crate::store;
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::dispatch_zone::{Known, ZoneScope, dispatch_around};
use crate::usecase::estimates::{About, first_eta};
use crate::usecase::open_deliveries;

/// Begins a delivery and dispatches its zone. If it has begun before, only its row is corrected and its zone dispatched.
///
/// The row in the zone is written first: so the zone knows every delivery that has begun.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn begin_delivery(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    facts: Facts,
) -> Result<(), AdvanceError> {
    let about = About {
        kitchen: Some(facts.restaurant_id),
        delivery_id: Some(delivery_id),
        place: facts.pickup.position,
    };
    let cooking = (facts.begun_at, facts.planned_ready_at);
    let eta = first_eta(app, about, facts.drop_off.position, cooking, cause.now).await;
    let delivery = Delivery {
        facts,
        progress: Progress::beginning(eta),
    };
    let Some(open) = OpenDelivery::of(delivery_id, &delivery, 1) else {
        return Ok(());
    };
    open_deliveries::show(&app.table, cause, &open).await?;
    let mut known = vec![open];
    let subject = Subject {
        delivery_id,
        facts: &delivery.facts,
        sequence: 1,
        cause,
    };
    let published = publish::scheduled(subject, eta).map_err(StoreError::from)?;
    let commit = store::begin(cause, delivery_id, &delivery, published)?;
    let pickup = delivery.facts.pickup.position;
    if !app.table.commit_if_current(commit).await? {
        // Begun before, or called off before it began.
        known = open_deliveries::refresh(app, cause, delivery_id, pickup).await?;
    }
    dispatch_around(app, cause, pickup, ZoneScope::Own, &Known::rows(known)).await
}
