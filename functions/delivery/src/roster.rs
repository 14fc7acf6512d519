//! Changes of what a courier has planned; a running shift follows when its end changes.

use ::store::{Attempts, Commit, Stored};
use contracts::Cause;
use kernel::{CourierId, ShiftId};

use crate::app::App;
use crate::domain::courier::{Courier, Duty, Refusal};
use crate::domain::roster::{Planned, Roster, Uncancellable, Unplannable};
use crate::domain::work::Span;
use crate::steps::Unstepped;
use crate::store::{self, CourierRecord, RosterFound};

/// Why a roster was not changed.
#[derive(Debug)]
pub enum Unchanged {
    /// It cannot be planned.
    Plan(Unplannable),
    /// It cannot be cancelled.
    Cancel(Uncancellable),
    /// The courier is unknown or not approved, or the table does not answer.
    Courier(Unstepped),
}

impl<E: Into<Unstepped>> From<E> for Unchanged {
    fn from(error: E) -> Self {
        Self::Courier(error.into())
    }
}

/// An approved courier and what is planned.
struct Looked {
    stored: Stored<CourierRecord>,
    courier: Courier,
    read: RosterFound,
}

/// Plans a shift. The same again is the one that is there.
///
/// # Errors
/// When the courier is not approved, a rule of planning is broken, or the table does not answer.
pub async fn plan(app: &App, cause: &Cause, courier_id: CourierId, span: Span) -> Result<Planned, Unchanged> {
    let shift = Planned {
        shift_id: runtime::ids::new(),
        span,
    };
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let looked = look(app, courier_id).await?;
        let mut worked = store::work(&app.table, courier_id).await?.spans();
        worked.extend(looked.courier.shift().and_then(|shift| shift.span(cause.now)));
        let roster = &looked.read.roster;
        let planned = roster.plan(looked.courier.rules(), &worked, shift, cause.now);
        let (longer, shift) = planned.map_err(Unchanged::Plan)?;
        if longer == *roster || keep(app, cause, courier_id, &looked, &longer).await? {
            return Ok(shift);
        }
    }
}

/// Cancels a planned shift.
///
/// # Errors
/// When there is none, the courier works by it, or the table does not answer.
pub async fn cancel(app: &App, cause: &Cause, courier_id: CourierId, shift_id: ShiftId) -> Result<(), Unchanged> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let looked = look(app, courier_id).await?;
        let works_until = looked.courier.shift().and_then(|shift| shift.planned_until);
        let shorter = looked.read.roster.cancel(shift_id, works_until, cause.now);
        let shorter = shorter.map_err(Unchanged::Cancel)?;
        if keep(app, cause, courier_id, &looked, &shorter).await? {
            return Ok(());
        }
    }
}

async fn look(app: &App, courier_id: CourierId) -> Result<Looked, Unstepped> {
    let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
        return Err(Unstepped::Missing);
    };
    if courier.duty == Duty::Pending {
        return Err(Refusal::NotApproved.into());
    }
    let read = store::roster(&app.table, courier_id).await?;
    Ok(Looked { stored, courier, read })
}

/// Writes a roster, and the end of the shift that is worked by it; false if somebody else was faster.
async fn keep(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    looked: &Looked,
    roster: &Roster,
) -> Result<bool, Unstepped> {
    let mut commit = store::put_roster(Commit::new(cause), courier_id, &looked.read, roster);
    if let Some(replanned) = looked.courier.replan(roster.works_until(cause.now)) {
        commit = store::replace_courier(commit, courier_id, &looked.stored, &replanned);
    }
    Ok(app.table.commit_if_current(commit).await?)
}
