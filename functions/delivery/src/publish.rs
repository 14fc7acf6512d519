//! What has happened, as others hear of it: domain events as contracts, and the deadlines they set.

use ::store::Published;
use contracts::vocabulary::{self, DeclineReason, FoodLeft, OfferEnding, Proof, ReleaseDetail};
use contracts::{Cause, Contract, Envelope, MalformedEnvelope, Timer};
use contracts::{courier, delivery as wire};
use kernel::{CourierId, DeliveryId, OrderId, Timestamp, UserId};

use crate::domain::command::{Ending, ReleaseReason};
use crate::domain::earnings::Earnings;
use crate::domain::event::Event;
use crate::domain::proof::Proven;
use crate::domain::{Assignment, Eta, Facts, Offer, RUN_SAFETY_NET, State, leaves_food};

/// The offer is over if nobody answered.
pub const OFFER_EXPIRED: &str = "offer_expired";
/// A failure was not judged in time.
pub const REVIEW: &str = "review";
/// A courier is looked for, if the process that should have begun to has crashed.
pub const SEARCH: &str = "search";
/// Every zone with an open delivery is dispatched. No event sets it: a schedule does, each minute.
pub const TICK: &str = "tick";
/// One list of those on shift is swept, by its number. The tick asks for it now and then.
pub const SHIFTS: &str = "shifts";
/// One zone is dispatched.
pub const ZONE: &str = "zone";
/// One zone is dispatched, and listed again if it still is in use: its place in the list ends soon.
pub const ZONE_ENDING: &str = "zone_ending";

/// The delivery that an event is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its id.
    pub delivery_id: DeliveryId,
    /// What never changes of it.
    pub facts: &'a Facts,
    /// The position among its events.
    pub sequence: u32,
    /// Why it happens.
    pub cause: &'a Cause,
}

impl From<Eta> for wire::Eta {
    fn from(eta: Eta) -> Self {
        Self {
            earliest: eta.earliest,
            likely: eta.likely,
            latest: eta.latest,
        }
    }
}

impl From<Earnings> for wire::Earned {
    fn from(earned: Earnings) -> Self {
        Self {
            base: earned.base,
            distance: earned.distance,
            waiting: earned.waiting,
            peak: earned.peak,
            tip: earned.tip,
            total: earned.total(),
        }
    }
}

macro_rules! payload {
    ($subject:ident, $name:ident { $($field:ident $(: $value:expr)?),* $(,)? }) => {
        $subject.wrap(&wire::$name {
            delivery_id: $subject.delivery_id,
            order_id: $subject.facts.order_id,
            customer_id: $subject.facts.customer_id,
            $($field $(: $value)?,)*
        })
    };
}

impl Subject<'_> {
    fn wrap<C: Contract>(&self, payload: &C) -> Result<Envelope, MalformedEnvelope> {
        Envelope::new(&self.delivery_id.to_string(), self.sequence, self.cause, payload)
    }
}

/// The event with which a delivery begins.
///
/// # Errors
/// When the payload cannot be written.
pub fn scheduled(subject: Subject<'_>, eta: Eta) -> Result<Published, MalformedEnvelope> {
    let envelope = payload!(subject, Scheduled { eta: eta.into() })?;
    let timers = Vec::new();
    Ok(Published { envelope, timers })
}

/// The event that calls off a delivery before it began.
///
/// # Errors
/// When the payload cannot be written.
pub fn called_off(
    cause: &Cause,
    delivery_id: DeliveryId,
    order_id: OrderId,
    customer_id: UserId,
) -> Result<Published, MalformedEnvelope> {
    let withdrawn = wire::Withdrawn {
        delivery_id,
        order_id,
        customer_id,
        courier_id: None,
        earned: None,
    };
    let envelope = Envelope::new(&delivery_id.to_string(), 1, cause, &withdrawn)?;
    let timers = Vec::new();
    Ok(Published { envelope, timers })
}

/// What an event publishes, with the deadlines that it sets, given the state that it led to; `None` for what nobody else needs
/// to hear.
///
/// # Errors
/// When the payload cannot be written.
pub fn published(subject: Subject<'_>, event: &Event, after: &State) -> Result<Option<Published>, MalformedEnvelope> {
    let assigned = after.assignment().map(|assignment| assignment.courier_id);
    let envelope = envelope(subject, event, assigned)?;
    Ok(envelope.map(|envelope| Published {
        timers: timers(event, after, &envelope),
        envelope,
    }))
}

/// An event as a contract; `None` for what nobody else needs to hear. `assigned` is who comes for the food, if somebody does.
#[expect(clippy::too_many_lines, reason = "one short arm for each event")]
fn envelope(
    subject: Subject<'_>,
    event: &Event,
    assigned: Option<CourierId>,
) -> Result<Option<Envelope>, MalformedEnvelope> {
    let envelope = match *event {
        Event::Offered(Offer {
            courier_id,
            offer_id,
            expires_at,
            ..
        }) => payload!(
            subject,
            Offered {
                courier_id,
                offer_id,
                expires_at
            }
        ),
        Event::OfferEnded { offer, ending } => {
            let (courier_id, offer_id) = (offer.courier_id, offer.offer_id);
            let (ending, reason) = ended(ending);
            let (ending, reason) = (ending.into(), reason.map(Into::into));
            payload!(
                subject,
                OfferEnded {
                    courier_id,
                    offer_id,
                    ending,
                    reason
                }
            )
        }
        Event::Unmatched { retry_at } => payload!(subject, Unmatched { retry_at }),
        Event::Assigned(Assignment { courier_id, .. }) => payload!(subject, Assigned { courier_id }),
        Event::Released { courier_id, reason } => {
            let (reason, detail) = released(reason);
            let (reason, detail) = (Some(reason.into()), detail.map(Into::into));
            payload!(
                subject,
                Released {
                    courier_id,
                    reason,
                    detail
                }
            )
        }
        // The order's event has said so; and what a courier had said already is no news.
        Event::FoodDelayed { .. } | Event::SeenThere { .. } | Event::CodeRefused { .. } => return Ok(None),
        Event::FoodReady { at: ready_at } => {
            let courier_id = assigned;
            payload!(subject, FoodReady { ready_at, courier_id })
        }
        Event::EtaChanged { eta } => payload!(subject, EtaChanged { eta: eta.into() }),
        Event::Arrived { courier_id, stop, .. } => {
            let place = stop.into();
            payload!(subject, CourierArrived { courier_id, place })
        }
        Event::PickedUp {
            courier_id,
            at: picked_up_at,
        } => payload!(
            subject,
            PickedUp {
                courier_id,
                picked_up_at
            }
        ),
        Event::PinRefused {
            courier_id,
            attempts_left,
        } => {
            let attempts_left = u32::from(attempts_left);
            payload!(
                subject,
                PinRefused {
                    courier_id,
                    attempts_left
                }
            )
        }
        Event::Delivered {
            courier_id,
            at: delivered_at,
            proven,
            earned,
        } => {
            let proof = Some(proof(proven).into());
            let earned = Some(earned.into());
            payload!(
                subject,
                Delivered {
                    courier_id,
                    delivered_at,
                    proof,
                    earned
                }
            )
        }
        Event::FailureReported {
            courier_id,
            reason,
            review,
            ..
        } => payload!(
            subject,
            FailureReported {
                courier_id,
                reason: reason.into(),
                review_by: review.until
            }
        ),
        Event::Failed {
            courier_id,
            reason,
            fault,
            earned,
            ..
        } => {
            let food = if leaves_food(reason) {
                FoodLeft::Returning
            } else {
                FoodLeft::Disposed
            };
            payload!(
                subject,
                Failed {
                    courier_id,
                    reason: reason.into(),
                    fault: Some(fault.into()),
                    food: Some(food.into()),
                    earned: earned.map(Into::into),
                }
            )
        }
        Event::Returned {
            courier_id,
            outcome,
            earned,
        } => {
            let outcome = outcome.into();
            let earned = earned.map(Into::into);
            payload!(
                subject,
                Returned {
                    courier_id,
                    outcome,
                    earned
                }
            )
        }
        Event::Escalated { offers, why } => {
            let reason = Some(why.into());
            payload!(subject, Escalated { offers, reason })
        }
        Event::Withdrawn { courier_id, earned } => {
            let earned = earned.map(Into::into);
            payload!(subject, Withdrawn { courier_id, earned })
        }
    };
    envelope.map(Some)
}

/// Where a courier is, for those who wait: the one event that no commit writes. It is worthless a moment later, so it is
/// published at once by whoever notes the position, and may be lost. `sights` are the deliveries that the courier is on,
/// each with what its customer may see; its place in time is its number.
///
/// # Errors
/// When the payload cannot be written.
pub fn moved(
    cause: &Cause,
    courier_id: CourierId,
    at: Timestamp,
    sights: Vec<courier::Sight>,
) -> Result<Envelope, MalformedEnvelope> {
    let sequence = u32::try_from(cause.now.as_second()).unwrap_or(u32::MAX);
    let moved = courier::Moved { courier_id, at, sights };
    Envelope::new(&courier_id.to_string(), sequence, cause, &moved)
}

/// The deadlines that an event sets, given the state that it led to.
///
/// After what leaves a delivery without a courier, or makes it urgent, the zone is run at once by whoever did it: the timer
/// is the safety net for when that process crashes in between. Everything else waits for the zone's next epoch.
fn timers(event: &Event, after: &State, envelope: &Envelope) -> Vec<Timer> {
    let due = match (event, after) {
        (Event::Offered(offer), _) => Some((OFFER_EXPIRED, offer.expires_at)),
        (Event::OfferEnded { .. } | Event::Released { .. } | Event::FoodReady { .. }, State::Waiting) => {
            Some((SEARCH, envelope.time + RUN_SAFETY_NET))
        }
        (Event::FailureReported { review, .. }, _) => Some((REVIEW, review.until)),
        _ => None,
    };
    let timer = |(name, due_at): (&str, Timestamp)| Timer {
        name: name.to_owned(),
        subject: envelope.subject.clone(),
        sequence: envelope.sequence,
        due_at,
        correlationid: envelope.correlationid.clone(),
    };
    due.map(timer).into_iter().collect()
}

/// How an offer ended, and why if it was declined.
const fn ended(ending: Ending) -> (OfferEnding, Option<DeclineReason>) {
    match ending {
        Ending::Declined(reason) => (OfferEnding::Declined, Some(reason)),
        Ending::Expired => (OfferEnding::Expired, None),
        Ending::ShiftEnded => (OfferEnding::ShiftEnded, None),
    }
}

/// Why a courier is free again, and what an operator said of it.
const fn released(reason: ReleaseReason) -> (vocabulary::ReleaseReason, Option<ReleaseDetail>) {
    match reason {
        ReleaseReason::ShiftEnded => (vocabulary::ReleaseReason::ShiftEnded, None),
        ReleaseReason::Silent => (vocabulary::ReleaseReason::Silent, None),
        ReleaseReason::KitchenLate => (vocabulary::ReleaseReason::KitchenLate, None),
        ReleaseReason::Operator(detail) => (vocabulary::ReleaseReason::Operator, Some(detail)),
    }
}

const fn proof(proven: Proven) -> Proof {
    match proven {
        Proven::ByPin => Proof::Pin,
        Proven::ByPhoto(_) => Proof::Photo,
    }
}
