//! A step of a delivery, or of several at once: read it, decide, commit it, and do what follows.

use ::store::{Attempts, Commit, Freshness, StoreError};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OrderId, Position, TypedId as _};

use crate::app::App;
use crate::bonds;
use crate::domain::command::Command;
use crate::domain::courier::{Effect, Refusal};
use crate::domain::event::Event;
use crate::domain::lifecycle::{Rejection, decide};
use crate::domain::{Delivery, Eta, State, estimate, leaves_food};
use crate::foresight;
use crate::rows;
use crate::runner::{self, Known, Reach};
use crate::store::{self, Found, Loaded};

/// What a step did.
#[derive(Debug, Clone, PartialEq)]
pub struct Stepped {
    /// The delivery afterwards.
    pub delivery: Delivery,
    /// Its last event afterwards.
    pub sequence: u32,
    /// What happened; nothing if it had been done before.
    pub events: Vec<Event>,
    /// What that does to whom.
    pub effect: Option<(CourierId, Effect)>,
}

impl Stepped {
    /// The delivery as if it had been read again.
    fn loaded(&self) -> Loaded {
        Loaded {
            delivery: self.delivery.clone(),
            sequence: self.sequence,
        }
    }
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

/// What is to be done, made from the delivery as it is at the moment; none: there is nothing to do. Behind a pointer, so that
/// a step is compiled once and not for each of its callers.
pub type Wanted<'c, 'a> = dyn Fn(&Loaded) -> Option<Command<'a>> + Sync + 'c;

/// Does a step, as often as somebody else is faster.
///
/// # Errors
/// See [`Unstepped`]; then nothing was written.
pub async fn step<'a>(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    command: impl Fn(&Loaded) -> Option<Command<'a>> + Sync,
) -> Result<Stepped, Unstepped> {
    let steps = step_all(app, cause, &[delivery_id], &command).await?;
    let stepped = steps.into_iter().next().map(|(_, stepped)| stepped);
    stepped.ok_or(Unstepped::Missing)
}

/// Does the same step with several deliveries at once, all or none. One that the step is not possible for is left out as
/// long as it is for another: a delivery may have been withdrawn out of a bundle.
///
/// # Errors
/// See [`Unstepped`]; then nothing was written.
pub async fn step_all(
    app: &App,
    cause: &Cause,
    deliveries: &[DeliveryId],
    command: &Wanted<'_, '_>,
) -> Result<Vec<(DeliveryId, Stepped)>, Unstepped> {
    let mut attempts = Attempts::default();
    loop {
        let freshness = attempts.next().await?;
        let mut commit = Commit::new(cause);
        let mut steps = Vec::new();
        let mut impossible = None;
        for delivery_id in deliveries {
            match decided(app, cause, *delivery_id, freshness, command).await? {
                Ok((loaded, events)) => {
                    let (longer, stepped) = add(commit, cause, *delivery_id, &loaded, events)?;
                    commit = longer;
                    steps.push((*delivery_id, stepped));
                }
                Err(reason) => impossible = Some(reason),
            }
        }
        if let Some(reason) = impossible {
            // Never reject on an eventually consistent read: reload first.
            if freshness == Freshness::Recent {
                continue;
            }
            if steps.is_empty() {
                return Err(reason);
            }
        }
        if app.table.commit_if_current(commit).await? {
            return Ok(steps);
        }
    }
}

/// What a step makes happen to a delivery, or why it may not be done.
async fn decided(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    freshness: Freshness,
    command: &Wanted<'_, '_>,
) -> Result<Result<(Box<Loaded>, Vec<Event>), Unstepped>, StoreError> {
    let loaded = match store::load_fresh(&app.table, delivery_id, freshness).await? {
        Found::Nothing => return Ok(Err(Unstepped::Missing)),
        Found::CalledOff => return Ok(Err(Unstepped::CalledOff)),
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

/// Adds what happened to a delivery to a commit.
///
/// # Errors
/// When it cannot be written: a defect.
pub fn add(
    commit: Commit,
    cause: &Cause,
    delivery_id: DeliveryId,
    loaded: &Loaded,
    events: Vec<Event>,
) -> Result<(Commit, Stepped), StoreError> {
    let before = &loaded.delivery.progress.state;
    let effect = events.iter().find_map(|event| Effect::of(event, before));
    let (commit, delivery) = store::append(commit, cause, delivery_id, loaded, &events)?;
    let sequence = loaded.sequence + u32::try_from(events.len()).unwrap_or(u32::MAX);
    let stepped = Stepped {
        delivery,
        sequence,
        events,
        effect,
    };
    Ok((commit, stepped))
}

/// The cause of a change of a delivery, whose order is what the chain is about.
#[must_use]
pub fn about(cause: &Cause, delivery_id: DeliveryId) -> Cause {
    Cause {
        correlation_id: OrderId::from_uuid(delivery_id.uuid()).to_string(),
        ..cause.clone()
    }
}

/// Does what should follow a step at once: the courier's record and the zone's rows say what happened, and a zone is run
/// whose food waits or whose courier became free.
///
/// Nothing here is lost if it fails or the process dies: timers and the zone's next epoch do the same a little later. So a
/// failure is logged and does not concern whoever asked for the step.
pub async fn follow_up(app: &App, cause: &Cause, steps: &[(DeliveryId, Stepped)]) {
    if let Err(error) = bonds::follow(app, cause, steps).await {
        tracing::warn!(%error, "a courier's record is left to whoever looks at it next");
    }
    let open = rows::follow(app, cause, steps).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a zone's row is left to whoever looks at it next");
        Vec::new()
    });
    foresight::learn(app, cause, steps).await;
    let known = Known::rows(open);
    let mut run = Vec::new();
    for (delivery_id, stepped) in steps {
        for event in &stepped.events {
            if let Err(error) = Box::pin(reestimate_after(app, cause, *delivery_id, stepped, event)).await {
                tracing::warn!(delivery.id = %delivery_id, %error, "the estimate is left to the next report");
            }
            let wanted = wants_run(event, &stepped.delivery);
            run.extend(wanted.filter(|wanted| !run.contains(wanted)));
        }
    }
    for (position, reach) in run {
        if let Err(error) = runner::run_around(app, cause, position, reach, &known).await {
            tracing::warn!(%error, "a zone is left to its next epoch");
        }
    }
}

/// Where zones should be run after an event: where food waits for a courier, and where a courier waits for food.
fn wants_run(event: &Event, after: &Delivery) -> Option<(Position, Reach)> {
    let facts = &after.facts;
    match event {
        Event::OfferEnded { .. } | Event::Released { .. } => Some((facts.pickup.position, Reach::Own)),
        Event::FoodReady { .. } if after.progress.state == State::Waiting => Some((facts.pickup.position, Reach::Own)),
        // Whoever brings food back is not free before it is back.
        Event::Failed { reason, .. } if leaves_food(*reason) => None,
        // The zones next to it, where hardly anybody waits who is nearer to this courier than to others, have their minute.
        Event::Delivered { .. } | Event::Failed { .. } => Some((facts.drop_off.position, Reach::Own)),
        Event::Returned { .. }
        | Event::Withdrawn {
            courier_id: Some(_), ..
        } => Some((facts.pickup.position, Reach::All)),
        Event::Offered(_)
        | Event::Unmatched { .. }
        | Event::Assigned(_)
        | Event::FoodDelayed { .. }
        | Event::FoodReady { .. }
        | Event::EtaChanged { .. }
        | Event::Arrived { .. }
        | Event::SeenThere { .. }
        | Event::CodeRefused { .. }
        | Event::PickedUp { .. }
        | Event::PinRefused { .. }
        | Event::FailureReported { .. }
        | Event::Escalated { .. }
        | Event::Withdrawn { courier_id: None, .. } => None,
    }
}

async fn reestimate_after(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    stepped: &Stepped,
    event: &Event,
) -> Result<(), Unstepped> {
    match event {
        Event::FoodDelayed { .. } | Event::FoodReady { .. } | Event::Released { .. } => {
            reestimate_last_seen(app, cause, delivery_id, &stepped.loaded()).await
        }
        Event::PickedUp { .. } => {
            let pickup = stepped.delivery.facts.pickup.position;
            reestimate(app, cause, delivery_id, &stepped.loaded(), Some(pickup), false)
                .await
                .map(drop)
        }
        Event::Offered(_)
        | Event::OfferEnded { .. }
        | Event::Unmatched { .. }
        | Event::Assigned(_)
        | Event::EtaChanged { .. }
        | Event::Arrived { .. }
        | Event::SeenThere { .. }
        | Event::CodeRefused { .. }
        | Event::PinRefused { .. }
        | Event::Delivered { .. }
        | Event::FailureReported { .. }
        | Event::Failed { .. }
        | Event::Returned { .. }
        | Event::Escalated { .. }
        | Event::Withdrawn { .. } => Ok(()),
    }
}

async fn reestimate_last_seen(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    loaded: &Loaded,
) -> Result<(), Unstepped> {
    let position = match loaded.delivery.progress.state.assignment() {
        Some(assignment) => store::last_seen(&app.table, assignment.courier_id).await?,
        None => None,
    };
    reestimate(app, cause, delivery_id, loaded, position, false)
        .await
        .map(drop)
}

/// Estimates the arrival of a delivery that was just read anew, from where its courier is, and tells it if it moved enough: then true.
/// `shared` is whether the courier is known to have others' deliveries, too; who does not know that finds out if it matters.
///
/// # Errors
/// See [`Unstepped`].
pub async fn reestimate(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    loaded: &Loaded,
    position: Option<Position>,
    shared: bool,
) -> Result<bool, Unstepped> {
    let delivery = &loaded.delivery;
    let Some(remaining) = estimate::remaining(delivery, position) else {
        return Ok(false);
    };
    let mut known = Box::pin(foresight::known_of(app, delivery, &remaining, cause.now)).await;
    let moved = |eta: Eta| estimate::moved(delivery.progress.eta, eta);
    // Nearly always nothing has moved enough, and then nothing is read again.
    if !shared && !moved(estimate::arrival(&remaining, &known, cause.now)) {
        return Ok(false);
    }
    known.detour = foresight::before(app, delivery_id, delivery, position, cause.now)
        .await?
        .detour;
    if !moved(estimate::arrival(&remaining, &known, cause.now)) {
        return Ok(false);
    }
    let eta = |delivery: &Delivery| {
        let remaining = estimate::remaining(delivery, position)?;
        Some(estimate::arrival(&remaining, &known, cause.now))
    };
    let command = |loaded: &Loaded| eta(&loaded.delivery).map(|eta| Command::Reestimate { eta });
    if let Some(command) = command(loaded) {
        let events = decide(delivery, &command, cause.now)?;
        let (commit, _) = add(Commit::new(cause), cause, delivery_id, loaded, events)?;
        if app.table.commit_if_current(commit).await? {
            return Ok(true);
        }
    }
    step(app, cause, delivery_id, command).await.map(|_| true)
}
