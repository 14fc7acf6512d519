//! Dispatches a zone: load what waits and who could bring it, let the engine decide, make the offers, and keep the plan.
//!
//! Whoever dispatches a zone holds its lease, so that two processes do not do the same work; nothing worse would come of it,
//! because an offer is committed on condition that neither its courier nor its deliveries have changed since they were read.
//! The process may crash anywhere: an offer is one commit, rows and records that were left behind are corrected when they are
//! next read, the lease ends by itself, and every zone with an open delivery is dispatched each minute.

mod housekeeping;
mod inputs;
mod lease;
mod offer;

use ::store::Freshness;
use contracts::Cause;
use kernel::Position;

use crate::app::App;
use crate::domain::cell::{Zone, zone, zones_in_reach};
use crate::domain::epoch::{Epoch, Seen, decide};
use crate::domain::open_delivery::OpenDelivery;
use crate::domain::ways::Ways;
use crate::store::{self, Figures};
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::estimates;
use inputs::Inputs;
use lease::{Lease, Released};

/// Rounds of one run, which begins again after a lost race or when another run is wanted. What is left then waits for the
/// next minute.
const ROUNDS_MAX: u32 = 6;

/// Why a zone is dispatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A minute has passed.
    Tick,
    /// Something has just happened.
    Urgent,
}

/// Which zones around a position are dispatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneScope {
    /// The one around the position.
    Own,
    /// All whose restaurants a courier there can serve.
    InReach,
}

/// What the caller has just written, which eventually consistent reads may not show yet.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Rows.
    pub open: Vec<OpenDelivery>,
    /// A courier who has just been seen.
    pub seen: Option<Seen>,
}

impl Known {
    /// Rows that have just been written.
    #[must_use]
    pub const fn rows(open: Vec<OpenDelivery>) -> Self {
        Self { open, seen: None }
    }

    /// A courier who has just been seen.
    #[must_use]
    pub const fn seen(seen: Seen) -> Self {
        Self {
            open: Vec::new(),
            seen: Some(seen),
        }
    }
}

/// Dispatches the zones around a position at once.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn dispatch_around(
    app: &App,
    cause: &Cause,
    position: Position,
    scope: ZoneScope,
    known: &Known,
) -> Result<(), AdvanceError> {
    let zones = match scope {
        ZoneScope::Own => zone(position).into_iter().collect(),
        ZoneScope::InReach => zones_in_reach(position),
    };
    for zone in zones {
        // The future of a run is large, and most callers' own are small.
        Box::pin(dispatch_zone(app, cause, zone, Occasion::Urgent, known)).await?;
    }
    Ok(())
}

/// Dispatches a zone. If another process does at the moment, that one goes round again.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn dispatch_zone(
    app: &App,
    cause: &Cause,
    zone: Zone,
    occasion: Occasion,
    known: &Known,
) -> Result<(), AdvanceError> {
    let mut open = rows(app, cause, zone, Freshness::Recent, known).await?;
    if occasion == Occasion::Tick {
        housekeeping::correct_bound(app, cause, &mut open).await?;
    }
    if !open.iter().any(OpenDelivery::waits) {
        return Ok(());
    }
    let Some(mut lease) = Lease::take(app, cause, zone).await? else {
        return Ok(());
    };
    for round in 0..ROUNDS_MAX {
        if round > 0 {
            open = rows(app, cause, zone, Freshness::Latest, &Known::default()).await?;
        }
        match Box::pin(epoch(app, cause, &open, occasion, known, &mut lease)).await {
            Ok(Settled::Again) => {}
            Ok(Settled::Done) => match lease.release(app, cause).await? {
                Released::Done | Released::Lost => return Ok(()),
                Released::Wanted => {}
            },
            Err(error) => {
                lease.give_up(app, cause).await;
                return Err(error);
            }
        }
    }
    lease.give_up(app, cause).await;
    Ok(())
}

/// How an epoch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settled {
    /// Everything that was decided was done.
    Done,
    /// Something had changed meanwhile: load again.
    Again,
}

/// A zone's rows, with what has just been written.
async fn rows(
    app: &App,
    cause: &Cause,
    zone: Zone,
    freshness: Freshness,
    known: &Known,
) -> Result<Vec<OpenDelivery>, AdvanceError> {
    let mut open = store::open_of(&app.table, zone, freshness, cause.now).await?;
    for row in known.open.iter().filter(|row| self::zone(row.pickup) == Some(zone)) {
        match open.iter_mut().find(|listed| listed.delivery_id == row.delivery_id) {
            Some(listed) if listed.sequence < row.sequence => *listed = row.clone(),
            Some(_) => {}
            None => open.push(row.clone()),
        }
    }
    estimates::note_cooking(app, zone, &open, cause.now);
    Ok(open)
}

/// One epoch: decide on what is there, and do it.
async fn epoch(
    app: &App,
    cause: &Cause,
    open: &[OpenDelivery],
    occasion: Occasion,
    known: &Known,
    lease: &mut Lease,
) -> Result<Settled, AdvanceError> {
    let inputs = Box::pin(Inputs::load(app, cause, open, occasion, known)).await?;
    let plan = lease.plan();
    let ready = estimates::ready_times(app, &inputs.open, &inputs.zone_model, cause.now).await;
    let outcome = decide(&Epoch {
        now: cause.now,
        lead: app.offer_lead,
        open: &inputs.open,
        candidates: &inputs.candidates,
        plan: &plan,
        ready: &ready,
        ways: Ways::new(&inputs.zone_model, cause.now),
    });
    let mut settled = Settled::Done;
    for proposal in &outcome.offers {
        if offer::make(app, cause, &inputs, proposal).await? == Settled::Again {
            settled = Settled::Again;
        }
    }
    let offered: Vec<_> = outcome
        .offers
        .iter()
        .flat_map(|offer| offer.trip.deliveries.clone())
        .collect();
    let missed = housekeeping::note_missed(app, cause, &inputs, &offered, &outcome.unplaced).await?;
    let figures = Figures {
        waiting: inputs.open.iter().filter(|open| open.waits()).count(),
        candidates: inputs.candidates.len(),
        offered: outcome.offers.len(),
        held: outcome.plan.len(),
        unplaced: outcome.unplaced.len(),
    };
    tracing::debug!(?figures, "an epoch");
    lease.keep(&outcome.plan, figures);
    Ok(if missed == Settled::Again { missed } else { settled })
}
