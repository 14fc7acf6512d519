//! Ends a break.

use ::store::{Attempts, Commit};
use contracts::Cause;
use kernel::CourierId;

use crate::app::App;
use crate::domain::courier::Courier;
use crate::store;
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::dispatch_zone::{Known, ZoneScope, dispatch_around};

/// Ends a break; then dispatches the zones around, where something may wait.
///
/// # Errors
/// Off shift, when the working time is used up, or when the table does not answer.
pub async fn resume_shift(app: &App, cause: &Cause, courier_id: CourierId) -> Result<Courier, AdvanceError> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(AdvanceError::Missing);
        };
        let work = store::work(&app.table, courier_id).await?;
        let Some(working) = courier.resume(&work.spans(), cause.now)? else {
            return Ok(courier);
        };
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &working);
        if app.table.commit_if_current(commit).await? {
            dispatch_near(app, cause, courier_id).await;
            return Ok(working);
        }
    }
}

/// Dispatches the zones around a courier who is free again. A failure is logged: their next epochs do the same.
async fn dispatch_near(app: &App, cause: &Cause, courier_id: CourierId) {
    let dispatched = async {
        if let Some(position) = store::last_seen(&app.table, courier_id).await? {
            dispatch_around(app, cause, position, ZoneScope::InReach, &Known::default()).await?;
        }
        Ok::<_, AdvanceError>(())
    };
    if let Err(error) = dispatched.await {
        tracing::warn!(%error, "what waits near a break's end is left to the zones' next epochs");
    }
}
