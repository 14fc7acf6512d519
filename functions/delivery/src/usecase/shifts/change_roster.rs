//! Plans and cancels shifts. The end of a shift that is worked by a plan follows the plan.

use ::store::{Attempts, Commit, Stored};
use contracts::Cause;
use kernel::{CourierId, ShiftId};

use crate::app::App;
use crate::domain::courier::{Courier, CourierRejection, Duty};
use crate::domain::roster::{Planned, Roster, Uncancellable, Unplannable};
use crate::domain::work::Span;
use crate::store::{self, CourierRecord, RosterFound};
use crate::usecase::advance_delivery::AdvanceError;

/// Why a roster was not changed.
#[derive(Debug)]
pub enum RosterError {
    /// It cannot be planned.
    Plan(Unplannable),
    /// It cannot be cancelled.
    Cancel(Uncancellable),
    /// The courier is unknown or not approved, or the table does not answer.
    Courier(AdvanceError),
}

impl<E: Into<AdvanceError>> From<E> for RosterError {
    fn from(error: E) -> Self {
        Self::Courier(error.into())
    }
}

/// An approved courier and what they have planned.
struct Approved {
    stored: Stored<CourierRecord>,
    courier: Courier,
    read: RosterFound,
}

/// Plans a shift. If the same shift is planned already, that one is returned.
///
/// # Errors
/// When the courier is not approved, a rule of planning is broken, or the table does not answer.
pub async fn plan_shift(app: &App, cause: &Cause, courier_id: CourierId, span: Span) -> Result<Planned, RosterError> {
    let shift = Planned {
        shift_id: runtime::ids::new(),
        span,
    };
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let approved = load(app, courier_id).await?;
        let mut worked = store::work(&app.table, courier_id).await?.spans();
        worked.extend(approved.courier.shift().and_then(|shift| shift.span(cause.now)));
        let roster = &approved.read.roster;
        let planned = roster.plan(approved.courier.rules(), &worked, shift, cause.now);
        let (longer, shift) = planned.map_err(RosterError::Plan)?;
        if longer == *roster || commit(app, cause, courier_id, &approved, &longer).await? {
            return Ok(shift);
        }
    }
}

/// Cancels a planned shift.
///
/// # Errors
/// When there is none, the courier works by it, or the table does not answer.
pub async fn cancel_shift(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    shift_id: ShiftId,
) -> Result<(), RosterError> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let approved = load(app, courier_id).await?;
        let works_until = approved.courier.shift().and_then(|shift| shift.planned_until);
        let shorter = approved.read.roster.cancel(shift_id, works_until, cause.now);
        let shorter = shorter.map_err(RosterError::Cancel)?;
        if commit(app, cause, courier_id, &approved, &shorter).await? {
            return Ok(());
        }
    }
}

async fn load(app: &App, courier_id: CourierId) -> Result<Approved, AdvanceError> {
    let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
        return Err(AdvanceError::Missing);
    };
    if courier.duty == Duty::Pending {
        return Err(CourierRejection::NotApproved.into());
    }
    let read = store::roster(&app.table, courier_id).await?;
    Ok(Approved { stored, courier, read })
}

/// Writes a roster, and the end of the shift that is worked by it; false after a lost race.
async fn commit(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    approved: &Approved,
    roster: &Roster,
) -> Result<bool, AdvanceError> {
    let mut write = store::put_roster(Commit::new(cause), courier_id, &approved.read, roster);
    if let Some(replanned) = approved.courier.replan(roster.works_until(cause.now)) {
        write = store::replace_courier(write, courier_id, &approved.stored, &replanned);
    }
    Ok(app.table.commit_if_current(write).await?)
}
