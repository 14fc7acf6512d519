//! The zone runner: look at a zone, let the engine decide, offer what it says, and keep what it holds.
//!
//! Whoever runs a zone holds its lease, so that two do not do the same work; nothing worse than that would come of it,
//! for an offer is made on condition that neither its courier nor its deliveries have changed since they were read. A run
//! may die anywhere: an offer is one commit, rows and records that were left behind are corrected when they are looked at
//! next, the lease ends by itself, and each minute every zone with an open delivery is looked at.

mod lease;
mod offers;
mod scene;
mod upkeep;

use ::store::Freshness;
use contracts::Cause;
use kernel::Position;

use crate::app::App;
use crate::domain::cell::{Zone, zone, zones_in_reach};
use crate::domain::epoch::{Epoch, Seen, decide};
use crate::domain::open::Open;
use crate::domain::ways::Ways;
use crate::foresight;
use crate::steps::Unstepped;
use crate::store::{self, Figures};
use lease::{Lease, Released};
use scene::Scene;

/// How often a run begins again because somebody was faster with what it decided on, or wants another. What is left then is
/// left to the next minute.
const ROUNDS_MAX: u32 = 6;

/// Why a zone is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A minute has passed.
    Tick,
    /// Something has just happened.
    Urgent,
}

/// Which zones around a position are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The one around the position.
    Own,
    /// All whose restaurants a courier there can serve.
    All,
}

/// What whoever wants a run has just written, and a list may not show yet.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Rows.
    pub open: Vec<Open>,
    /// A courier who has just been seen.
    pub seen: Option<Seen>,
}

impl Known {
    /// Rows that have just been written.
    #[must_use]
    pub const fn rows(open: Vec<Open>) -> Self {
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

/// Runs the zones around a position at once.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn run_around(
    app: &App,
    cause: &Cause,
    position: Position,
    reach: Reach,
    known: &Known,
) -> Result<(), Unstepped> {
    let zones = match reach {
        Reach::Own => zone(position).into_iter().collect(),
        Reach::All => zones_in_reach(position),
    };
    for zone in zones {
        // The future of a run is large, and most callers' own are small.
        Box::pin(run(app, cause, zone, Occasion::Urgent, known)).await?;
    }
    Ok(())
}

/// Runs a zone. If somebody else runs it at the moment, that run goes round again.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn run(app: &App, cause: &Cause, zone: Zone, occasion: Occasion, known: &Known) -> Result<(), Unstepped> {
    let mut open = rows(app, cause, zone, Freshness::Recent, known).await?;
    if occasion == Occasion::Tick {
        upkeep::look_after(app, cause, &mut open).await?;
    }
    if !open.iter().any(Open::waits) {
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

/// What became of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settled {
    /// Everything that was decided was done.
    Done,
    /// Something had changed meanwhile: look again.
    Again,
}

/// A zone's rows, with what has just been written.
async fn rows(
    app: &App,
    cause: &Cause,
    zone: Zone,
    freshness: Freshness,
    known: &Known,
) -> Result<Vec<Open>, Unstepped> {
    let mut open = store::open_of(&app.table, zone, freshness, cause.now).await?;
    for row in known.open.iter().filter(|row| self::zone(row.pickup) == Some(zone)) {
        match open.iter_mut().find(|listed| listed.delivery_id == row.delivery_id) {
            Some(listed) if listed.sequence < row.sequence => *listed = row.clone(),
            Some(_) => {}
            None => open.push(row.clone()),
        }
    }
    foresight::note_cooking(app, zone, &open, cause.now);
    Ok(open)
}

/// One epoch: decide on what is there, and do it.
async fn epoch(
    app: &App,
    cause: &Cause,
    open: &[Open],
    occasion: Occasion,
    known: &Known,
    lease: &mut Lease,
) -> Result<Settled, Unstepped> {
    let scene = Box::pin(Scene::look(app, cause, open, occasion, known)).await?;
    let plan = lease.plan();
    let ready = foresight::ready_times(app, &scene.open, &scene.town, cause.now).await;
    let outcome = decide(&Epoch {
        now: cause.now,
        lead: app.offer_lead,
        open: &scene.open,
        candidates: &scene.candidates,
        plan: &plan,
        ready: &ready,
        ways: Ways::new(&scene.town, cause.now),
    });
    let mut settled = Settled::Done;
    for proposal in &outcome.offers {
        if offers::make(app, cause, &scene, proposal).await? == Settled::Again {
            settled = Settled::Again;
        }
    }
    let offered: Vec<_> = outcome
        .offers
        .iter()
        .flat_map(|offer| offer.trip.deliveries.clone())
        .collect();
    let missed = upkeep::note_missed(app, cause, &scene, &offered, &outcome.unplaced).await?;
    let figures = Figures {
        waiting: scene.open.iter().filter(|open| open.waits()).count(),
        candidates: scene.candidates.len(),
        offered: outcome.offers.len(),
        held: outcome.plan.len(),
        unplaced: outcome.unplaced.len(),
    };
    tracing::debug!(?figures, "an epoch");
    lease.keep(&outcome.plan, figures);
    Ok(if missed == Settled::Again { missed } else { settled })
}
