//! An operator takes a courier off a delivery before the pick-up.

use contracts::Cause;
use contracts::vocabulary::ReleaseDetail;
use kernel::DeliveryId;

use crate::app::App;
use crate::domain::command::{Command, ReleaseReason};
use crate::domain::rejection::Rejection;
use crate::domain::transitions::Verb;
use crate::store::Loaded;
use crate::usecase::advance_delivery::{AdvanceError, Advanced, cause_for};
use crate::usecase::follow_up::advance_and_follow_up;

/// Releases a delivery's courier, and what follows it.
///
/// # Errors
/// When no courier has taken the delivery; see also [`AdvanceError`].
pub async fn unassign_courier(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    reason: ReleaseDetail,
) -> Result<Advanced, AdvanceError> {
    let reason = ReleaseReason::Operator(reason);
    let command = |loaded: &Loaded| {
        let courier_id = loaded.delivery.progress.state.assignment()?.courier_id;
        Some(Command::Release { courier_id, reason })
    };
    let advanced = advance_and_follow_up(app, &cause_for(cause, delivery_id), delivery_id, &command).await?;
    if advanced.events.is_empty() {
        let (phase, verb) = (advanced.delivery.progress.state.phase(), Verb::Release);
        return Err(Rejection::WrongState { phase, verb }.into());
    }
    Ok(advanced)
}
