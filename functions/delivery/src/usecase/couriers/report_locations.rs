//! Takes a courier's report: keeps the position, extends the trail, and publishes the move to those who wait.
//!
//! The position is one conditional put, which the rest of the platform reads. The trail and the published move are separate
//! and may be lost: a trail with a gap still answers questions, and the next move is published a few seconds later.

use ::store::{Attempts, Commit, Freshness, StoreError};
use contracts::Cause;
use contracts::courier::Sight;
use kernel::{CourierId, DeliveryId, Position};

use crate::app::App;
use crate::domain::courier::Courier;
use crate::domain::pace::TooOften;
use crate::domain::position_privacy::{Viewer, visible_position};
use crate::domain::track::{Batch, Sighting};
use crate::domain::trail::{KEPT_FOR, encode};
use crate::domain::whereabouts::Followed;
use crate::publish;
use crate::store::{self, Found, PositionRecord, TrailRecord};
use crate::usecase::advance_delivery::{AdvanceError, cause_for};
use crate::usecase::reestimate::reestimate;

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The positions of couriers off shift are not kept.
    #[error("the courier is off shift")]
    OffShift,
    /// Reports come too fast.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// A failure that is nobody's decision.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a courier's report.
///
/// # Errors
/// See [`ReportError`]; then nothing was kept of it.
pub async fn report_locations(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    batch: &Batch,
) -> Result<Followed, ReportError> {
    let (followed, courier) = keep_position(app, cause, courier_id, batch).await?;
    if let Some(first) = followed.stretch.first() {
        extend_trail(app, cause, courier_id, *first, &followed.stretch).await;
    }
    if followed.accepted > 0 {
        let latest = followed.whereabouts.latest;
        let sights = reestimate_all(app, cause, courier_id, &courier, latest.position).await;
        if followed.tell && !sights.is_empty() {
            publish_move(app, cause, courier_id, latest, sights).await;
        }
    }
    Ok(followed)
}

/// Keeps the latest believable point, if the courier is on shift.
async fn keep_position(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    batch: &Batch,
) -> Result<(Followed, Courier), ReportError> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let (seen, courier) = tokio::try_join!(
            store::position(&app.table, courier_id),
            store::courier(&app.table, courier_id)
        )?;
        let (Some(seen), Some((_, courier))) = (seen, courier) else {
            return Err(ReportError::OffShift);
        };
        let has_job = !courier.jobs().is_empty();
        let followed = seen.value.whereabouts().follow(batch, has_job, cause.now)?;
        let record = PositionRecord::new(courier_id, courier.vehicle, &followed.whereabouts);
        let key = store::position_key(courier_id);
        // The end of the shift deletes the record; the condition then fails instead of bringing it back.
        let commit = Commit::new(cause).also_replace(&key, &seen, &record);
        if app.table.commit_if_current(commit).await? {
            return Ok((followed, courier));
        }
    }
}

async fn extend_trail(app: &App, cause: &Cause, courier_id: CourierId, first: Sighting, stretch: &[Sighting]) {
    let record = TrailRecord {
        points: encode(stretch),
        expires_at: (cause.now + KEPT_FOR).as_second(),
    };
    let commit = Commit::new(cause).also_put(&store::trail_key(courier_id, first.at), &record);
    if let Err(error) = app.table.commit(commit).await {
        tracing::warn!(%error, "a trail has a gap");
    }
}

/// Estimates the arrivals anew, and gives what each customer may see of the courier. The next report does it again, so a
/// failure is logged and no more.
async fn reestimate_all(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    courier: &Courier,
    position: Position,
) -> Vec<Sight> {
    let mut sights = Vec::new();
    let shared = courier.jobs().len() > 1;
    for job in courier.jobs() {
        let delivery_id = job.delivery_id;
        let cause = cause_for(cause, delivery_id);
        match reestimate_one(app, &cause, courier_id, delivery_id, position, shared).await {
            Ok(sight) => sights.extend(sight),
            Err(error) => {
                tracing::warn!(delivery.id = %delivery_id, %error, "the estimate is left to the next report");
            }
        }
    }
    sights
}

/// Estimates one delivery of a courier who moved, and gives what its customer may see. The courier's record may still hold a
/// delivery that is somebody else's by now, so the delivery itself decides.
async fn reestimate_one(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    delivery_id: DeliveryId,
    position: Position,
    shared: bool,
) -> Result<Option<Sight>, AdvanceError> {
    let Found::Delivery(loaded) = store::load_fresh(&app.table, delivery_id, Freshness::Recent).await? else {
        return Ok(None);
    };
    let state = &loaded.delivery.progress.state;
    let taken = state.assignment().is_some_and(|taken| taken.courier_id == courier_id);
    if !taken {
        return Ok(None);
    }
    reestimate(app, cause, delivery_id, &loaded, Some(position), shared).await?;
    let sight = visible_position(Viewer::Customer, state, position);
    Ok(sight.map(|sight| Sight {
        delivery_id,
        order_id: loaded.delivery.facts.order_id,
        position: sight.position,
        approximate: sight.approximate,
    }))
}

async fn publish_move(app: &App, cause: &Cause, courier_id: CourierId, latest: Sighting, sights: Vec<Sight>) {
    match publish::moved(cause, courier_id, latest.at, sights) {
        Ok(event) => app.moves.publish(&event).await,
        Err(error) => tracing::error!(%error, "a move cannot be written: a defect"),
    }
}
