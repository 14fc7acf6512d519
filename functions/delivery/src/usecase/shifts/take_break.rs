//! Begins a break.

use ::store::{Attempts, Commit};
use contracts::Cause;
use kernel::CourierId;

use crate::app::App;
use crate::domain::courier::Courier;
use crate::store;
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::shifts::end_shift::note_work;

/// Begins a break: no offers until its end.
///
/// # Errors
/// Off shift, with an offer or a delivery, or when the table does not answer.
pub async fn take_break(app: &App, cause: &Cause, courier_id: CourierId) -> Result<Courier, AdvanceError> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(AdvanceError::Missing);
        };
        let (Some(resting), Some(shift)) = (courier.take_break(cause.now)?, courier.shift()) else {
            return Ok(courier);
        };
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &resting);
        let commit = note_work(app, commit, courier_id, shift, cause.now).await?;
        if app.table.commit_if_current(commit).await? {
            return Ok(resting);
        }
    }
}
