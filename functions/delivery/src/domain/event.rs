//! What may have happened to a delivery.

use contracts::vocabulary::{EscalationReason, Place, ReturnOutcome};
use kernel::{CourierId, Timestamp};

use super::command::{Ending, ReleaseReason};
use super::earnings::Earnings;
use super::presence::Presence;
use super::proof::Proven;
use super::{Assignment, Eta, FailureReason, Fault, Offer, Review};

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A courier is asked.
    Offered(Offer),
    /// The courier who was asked did not take it.
    OfferEnded {
        /// The offer.
        offer: Offer,
        /// How it ended.
        ending: Ending,
    },
    /// No courier is free.
    Unmatched {
        /// When it is tried again; `None` means that it is given up.
        retry_at: Option<Timestamp>,
    },
    /// A courier took it.
    Assigned(Assignment),
    /// The courier who had taken it is free of it again.
    Released {
        courier_id: CourierId,
        /// Why.
        reason: ReleaseReason,
    },
    /// The kitchen needs longer than it meant to.
    FoodDelayed {
        /// When it now means to be done.
        ready_at: Timestamp,
    },
    /// The food is ready.
    FoodReady {
        /// Since when.
        at: Timestamp,
    },
    /// The estimate moved.
    EtaChanged {
        /// To where.
        eta: Eta,
    },
    /// The courier arrived.
    Arrived {
        courier_id: CourierId,
        stop: Place,
        /// Since when.
        at: Timestamp,
        /// Whether the courier was seen there.
        seen: bool,
    },
    /// The courier had said that they have arrived, and is seen there only now.
    SeenThere {
        /// Since when.
        at: Timestamp,
    },
    /// The courier said another order's code.
    CodeRefused {
        /// How often it may be tried again.
        attempts_left: u8,
    },
    /// The courier has the food.
    PickedUp {
        courier_id: CourierId,
        /// Since when.
        at: Timestamp,
    },
    /// The courier said a wrong PIN.
    PinRefused {
        courier_id: CourierId,
        /// How often it may be tried again.
        attempts_left: u8,
    },
    /// The customer has the food.
    Delivered {
        /// Who brought it.
        courier_id: CourierId,
        /// Since when.
        at: Timestamp,
        /// What proved it.
        proven: Proven,
        /// What the courier earned with it.
        earned: Earnings,
    },
    /// The courier says that it cannot be handed over, and nothing else does. The food goes back; an operator judges.
    FailureReported {
        /// Who says so.
        courier_id: CourierId,
        /// Why not.
        reason: FailureReason,
        /// What is to be judged.
        review: Review,
        /// Where the courier was.
        presence: Presence,
    },
    /// It was not handed over, and it is known who is at fault. The food goes back, unless the reason leaves none.
    Failed {
        /// Who tried.
        courier_id: CourierId,
        /// Why not.
        reason: FailureReason,
        /// Who bears the price.
        fault: Fault,
        /// Whether that was judged after a report.
        judged: bool,
        /// What the courier earned all the same: nothing, if it is the courier's fault.
        earned: Option<Earnings>,
    },
    /// Food that nobody took is back, or was thrown away.
    Returned {
        /// Who brought it.
        courier_id: CourierId,
        /// What became of it.
        outcome: ReturnOutcome,
        /// What the courier earned with the way back.
        earned: Option<Earnings>,
    },
    /// An operator should look.
    Escalated {
        /// How many couriers were asked.
        offers: u32,
        /// Why.
        why: EscalationReason,
    },
    /// The order ended before the food arrived.
    Withdrawn {
        /// Who was asked or on the way.
        courier_id: Option<CourierId>,
        /// What the courier earned until then, if anything.
        earned: Option<Earnings>,
    },
}
