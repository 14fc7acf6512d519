//! A courier, or an operator for a courier who is lost, ends a delivery that did not work out.

use contracts::Cause;
use kernel::{CourierId, DeliveryId};

use crate::app::App;
use crate::domain::Facts;
use crate::domain::command::Command;
use crate::domain::rejection::Rejection;
use crate::domain::transitions::Verb;
use crate::store::Loaded;
use crate::usecase::advance_delivery::{AdvanceError, Advanced, advance, cause_for};
use crate::usecase::follow_up::follow_up;

/// Who ends a delivery.
#[derive(Debug, Clone, Copy)]
pub enum ClosedBy {
    /// Its courier.
    Courier(CourierId),
    /// An operator.
    Operator,
}

/// Carries out a command in the name of a delivery's courier, and what follows it.
///
/// # Errors
/// When no courier has, or had, the delivery; see also [`AdvanceError`].
pub async fn close_delivery(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    by: ClosedBy,
    command: &(dyn Fn(CourierId, &Facts) -> Command<'static> + Sync),
) -> Result<Advanced, AdvanceError> {
    let cause = cause_for(cause, delivery_id);
    let advanced = advance(app, &cause, delivery_id, |loaded: &Loaded| {
        let courier_id = match by {
            ClosedBy::Courier(courier_id) => Some(courier_id),
            ClosedBy::Operator => loaded.delivery.progress.state.carrier(),
        };
        courier_id.map(|courier_id| command(courier_id, &loaded.delivery.facts))
    })
    .await?;
    let state = &advanced.delivery.progress.state;
    if state.carrier().is_none() {
        let (phase, verb) = (state.phase(), Verb::Fail);
        return Err(Rejection::WrongState { phase, verb }.into());
    }
    follow_up(app, &cause, &[(delivery_id, advanced.clone())]).await;
    Ok(advanced)
}
