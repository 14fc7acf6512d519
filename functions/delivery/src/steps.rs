//! A step of a delivery: read it, decide, and commit it together with what it does to its courier.

use std::time::Duration;

use ::store::{Commit, CommitError, Freshness, StoreError};
use contracts::Cause;
use kernel::{DeliveryId, Position};

use crate::app::App;
use crate::domain::command::Command;
use crate::domain::courier::{Effect, Refusal};
use crate::domain::event::Event;
use crate::domain::lifecycle::{Rejection, decide};
use crate::domain::{Delivery, estimate};
use crate::search;
use crate::store::{self, Found, Loaded};

/// How often a step is decided before the caller hears that others are faster: of a crowd that answers one offer at once,
/// the losers' transactions also get in each other's way.
const ATTEMPTS_MAX: u32 = 6;
/// The pause before a step is decided again, times the attempt.
const CONFLICT_PAUSE: Duration = Duration::from_millis(15);

/// What a step did.
#[derive(Debug, Clone, PartialEq)]
pub struct Stepped {
    /// The delivery afterwards.
    pub delivery: Delivery,
    /// What happened; nothing if it had been done before.
    pub events: Vec<Event>,
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub enum Unstepped {
    /// There is no such delivery.
    #[error("there is no such delivery")]
    Missing,
    /// The order ended before the delivery began.
    #[error("the delivery was called off before it began")]
    CalledOff,
    /// The delivery's rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The courier's rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A failure that is nobody's decision.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Does a step, as often as somebody else is faster. `command` is made from the delivery as it is at the moment; none:
/// there is nothing to do.
///
/// # Errors
/// See [`Unstepped`]; then nothing was written.
pub async fn step<'a>(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    command: impl Fn(&Loaded) -> Option<Command<'a>>,
) -> Result<Stepped, Unstepped> {
    for attempt in 1..=ATTEMPTS_MAX {
        let freshness = if attempt == 1 {
            Freshness::Recent
        } else {
            Freshness::Latest
        };
        let loaded = match store::load_fresh(&app.table, delivery_id, freshness).await? {
            Found::Nothing | Found::CalledOff if freshness == Freshness::Recent => continue,
            Found::Nothing => return Err(Unstepped::Missing),
            Found::CalledOff => return Err(Unstepped::CalledOff),
            Found::Delivery(loaded) => *loaded,
        };
        let events = match command(&loaded).map(|command| decide(&loaded.delivery, &command, cause.now)) {
            None => Vec::new(),
            Some(Ok(events)) => events,
            // Nobody is refused by what was a moment ago.
            Some(Err(_)) if freshness == Freshness::Recent => continue,
            Some(Err(rejection)) => return Err(rejection.into()),
        };
        if events.is_empty() {
            let delivery = loaded.delivery;
            return Ok(Stepped { delivery, events });
        }
        let (commit, delivery) = store::append(Commit::new(cause), cause, delivery_id, &loaded, &events)?;
        let commit = with_courier(app, cause, commit, delivery_id, &loaded.delivery, &events).await?;
        match app.table.commit(commit).await {
            Ok(()) => return Ok(Stepped { delivery, events }),
            Err(error) if store::lost_race(&error) => tokio::time::sleep(CONFLICT_PAUSE * attempt).await,
            Err(error) => return Err(unexpected(error).into()),
        }
    }
    Err(StoreError::Contended(ATTEMPTS_MAX).into())
}

/// Adds what the events do to the courier.
async fn with_courier(
    app: &App,
    cause: &Cause,
    commit: Commit,
    delivery_id: DeliveryId,
    before: &Delivery,
    events: &[Event],
) -> Result<Commit, Unstepped> {
    let effect = events
        .iter()
        .find_map(|event| Effect::of(event, &before.progress.state));
    let Some((courier_id, effect)) = effect else {
        return Ok(commit);
    };
    let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
        return Err(StoreError::Corrupt(format!("{delivery_id} is bound to {courier_id}, who is not there")).into());
    };
    Ok(match courier.after(effect, delivery_id, cause.now)? {
        Some(changed) => store::replace_courier(commit, courier_id, &stored, &changed),
        None => commit,
    })
}

/// What a commit should never say here: a defect, or the table's failure.
pub fn unexpected(error: CommitError) -> StoreError {
    match error {
        CommitError::Store(error) => error,
        CommitError::Conflict | CommitError::Duplicate | CommitError::KeyTaken(_) | CommitError::Refused(_) => {
            StoreError::Corrupt(error.to_string())
        }
    }
}

/// Does what should follow a step at once: the next courier is asked, and a courier who became free is shown what waits.
///
/// Nothing here is lost if it fails or the process dies: the step's timers and those of waiting deliveries do the same a
/// little later. So a failure is logged and does not concern whoever asked for the step.
pub async fn follow_up(app: &App, cause: &Cause, delivery_id: DeliveryId, stepped: &Stepped) {
    for event in &stepped.events {
        let outcome = match event {
            Event::OfferEnded { .. } | Event::Released { .. } => search::dispatch(app, cause, delivery_id).await,
            Event::Delivered { courier_id, .. }
            | Event::Failed { courier_id, .. }
            | Event::Withdrawn {
                courier_id: Some(courier_id),
            } => search::serve_waiting(app, cause, *courier_id).await,
            Event::FoodReady { .. } => reestimate_last_seen(app, cause, delivery_id, &stepped.delivery).await,
            Event::PickedUp { .. } => {
                let pickup = stepped.delivery.facts.pickup.position;
                reestimate(app, cause, delivery_id, &stepped.delivery, Some(pickup)).await
            }
            Event::Offered(_)
            | Event::Unmatched { .. }
            | Event::Assigned(_)
            | Event::EtaChanged { .. }
            | Event::Arrived { .. }
            | Event::PinRefused { .. }
            | Event::Escalated { .. }
            | Event::Withdrawn { courier_id: None } => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::warn!(delivery.id = %delivery_id, %error, "what follows a step is left to its timers");
        }
    }
}

async fn reestimate_last_seen(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    delivery: &Delivery,
) -> Result<(), Unstepped> {
    let position = match delivery.progress.state.assignment() {
        Some(assignment) => store::last_seen(&app.table, assignment.courier_id).await?,
        None => None,
    };
    reestimate(app, cause, delivery_id, delivery, position).await
}

/// Estimates the arrival of a delivery that was just read anew, from where its courier is, and tells it if it moved enough.
///
/// # Errors
/// See [`Unstepped`].
pub async fn reestimate(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    delivery: &Delivery,
    position: Option<Position>,
) -> Result<(), Unstepped> {
    let eta = |delivery: &Delivery| {
        let remaining = estimate::remaining(delivery, position)?;
        Some(estimate::arrival(remaining, cause.now))
    };
    // Nearly always nothing has moved enough, and then nothing is read again.
    if eta(delivery).is_none_or(|eta| !estimate::moved(delivery.progress.eta, eta)) {
        return Ok(());
    }
    let command = |loaded: &Loaded| eta(&loaded.delivery).map(|eta| Command::Reestimate { eta });
    step(app, cause, delivery_id, command).await.map(drop)
}
