//! Advances a delivery, or several at once: load, decide, commit.

use ::store::{Attempts, Commit, Freshness, StoreError};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OrderId, TypedId as _};

use crate::app::App;
use crate::domain::Delivery;
use crate::domain::command::Command;
use crate::domain::courier::{CourierRejection, Effect};
use crate::domain::event::Event;
use crate::domain::evolution::evolve;
use crate::domain::lifecycle::decide;
use crate::domain::rejection::Rejection;
use crate::publish::{self, Subject};
use crate::store::{self, Found, Loaded};

/// A delivery after a command was carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Advanced {
    /// The delivery afterwards.
    pub delivery: Delivery,
    /// The number of its last event afterwards.
    pub sequence: u32,
    /// What happened; empty if the command had been carried out before.
    pub events: Vec<Event>,
    /// What the events change for a courier, and for which.
    pub effect: Option<(CourierId, Effect)>,
}

impl Advanced {
    /// The delivery as if it had been read again.
    #[must_use]
    pub fn loaded(&self) -> Loaded {
        Loaded {
            delivery: self.delivery.clone(),
            sequence: self.sequence,
        }
    }
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// There is no such delivery or courier.
    #[error("there is no such delivery")]
    Missing,
    /// The order ended before the delivery began.
    #[error("the delivery was called off before it began")]
    CalledOff,
    /// A rule of deliveries forbids it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// A rule of couriers forbids it.
    #[error(transparent)]
    CourierRejected(#[from] CourierRejection),
    /// The table failed, or a record cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Builds the command from the current delivery; `None` means there is nothing to do. It is a trait object so that the loop
/// below is compiled once and not for each of its callers.
pub type BuildCommand<'c, 'a> = dyn Fn(&Loaded) -> Option<Command<'a>> + Sync + 'c;

/// Carries out a command on a delivery, and tries again after a lost race.
///
/// # Errors
/// See [`AdvanceError`]; then nothing was written.
pub async fn advance<'a>(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    command: impl Fn(&Loaded) -> Option<Command<'a>> + Sync,
) -> Result<Advanced, AdvanceError> {
    let all = advance_all(app, cause, &[delivery_id], &command).await?;
    let advanced = all.into_iter().next().map(|(_, advanced)| advanced);
    advanced.ok_or(AdvanceError::Missing)
}

/// Carries out the same command on several deliveries in one commit. A delivery that rejects it is left out as long as
/// another accepts it: a delivery may have been withdrawn out of a bundle.
///
/// # Errors
/// See [`AdvanceError`]; then nothing was written.
pub async fn advance_all(
    app: &App,
    cause: &Cause,
    deliveries: &[DeliveryId],
    command: &BuildCommand<'_, '_>,
) -> Result<Vec<(DeliveryId, Advanced)>, AdvanceError> {
    let mut attempts = Attempts::default();
    loop {
        let freshness = attempts.next().await?;
        let mut commit = Commit::new(cause);
        let mut all = Vec::new();
        let mut rejected = None;
        for delivery_id in deliveries {
            match decide_one(app, cause, *delivery_id, freshness, command).await? {
                Ok((loaded, events)) => {
                    let (longer, advanced) = append_events(commit, cause, *delivery_id, &loaded, events)?;
                    commit = longer;
                    all.push((*delivery_id, advanced));
                }
                Err(reason) => rejected = Some(reason),
            }
        }
        if let Some(reason) = rejected {
            // Never reject on an eventually consistent read: reload first.
            if freshness == Freshness::Recent {
                continue;
            }
            if all.is_empty() {
                return Err(reason);
            }
        }
        if app.table.commit_if_current(commit).await? {
            return Ok(all);
        }
    }
}

/// The events of a command on a delivery, or why the delivery rejects it.
async fn decide_one(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    freshness: Freshness,
    command: &BuildCommand<'_, '_>,
) -> Result<Result<(Box<Loaded>, Vec<Event>), AdvanceError>, StoreError> {
    let loaded = match store::load_fresh(&app.table, delivery_id, freshness).await? {
        Found::Nothing => return Ok(Err(AdvanceError::Missing)),
        Found::CalledOff => return Ok(Err(AdvanceError::CalledOff)),
        Found::Delivery(loaded) => loaded,
    };
    let Some(command) = command(&loaded) else {
        return Ok(Ok((loaded, Vec::new())));
    };
    Ok(match decide(&loaded.delivery, &command, cause.now) {
        Ok(events) => Ok((loaded, events)),
        Err(rejection) => Err(rejection.into()),
    })
}

/// Adds the next events of a delivery to a commit, each with what it publishes and what operators look at.
///
/// # Errors
/// When an event cannot be written: a defect.
pub fn append_events(
    mut commit: Commit,
    cause: &Cause,
    delivery_id: DeliveryId,
    loaded: &Loaded,
    events: Vec<Event>,
) -> Result<(Commit, Advanced), StoreError> {
    let facts = &loaded.delivery.facts;
    let mut progress = loaded.delivery.progress.clone();
    let effect = events.iter().find_map(|event| Effect::of(event, &progress.state));
    let mut sequence = loaded.sequence;
    for event in &events {
        sequence += 1;
        progress = evolve(progress, event);
        let subject = Subject {
            delivery_id,
            facts,
            sequence,
            cause,
        };
        let published = publish::published(subject, event, &progress.state)?;
        commit = store::append(commit, delivery_id, sequence, published, &progress)?;
        commit = store::note_conduct(commit, cause, delivery_id, facts, event);
    }
    let delivery = Delivery {
        facts: facts.clone(),
        progress,
    };
    let advanced = Advanced {
        delivery,
        sequence,
        events,
        effect,
    };
    Ok((commit, advanced))
}

/// The cause of a change of a delivery: its chain of events belongs to the delivery's order.
#[must_use]
pub fn cause_for(cause: &Cause, delivery_id: DeliveryId) -> Cause {
    Cause {
        correlation_id: OrderId::from_uuid(delivery_id.uuid()).to_string(),
        ..cause.clone()
    }
}
