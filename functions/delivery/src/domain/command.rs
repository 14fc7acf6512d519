//! What may be asked of a delivery.

use contracts::vocabulary::{DeclineReason, ReleaseDetail, ReturnOutcome};
use kernel::{CourierId, OfferId, SignedDuration, Timestamp};

use super::presence::Presence;
use super::proof::Proof;
use super::transitions::Verb;
use super::{Eta, FailureReason, Fault, Offer, leaves_food};

/// How an offer ended without being taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The courier does not want it.
    Declined(DeclineReason),
    /// The courier did not answer in time.
    Expired,
    /// The courier stopped working.
    ShiftEnded,
}

/// Why a courier who had taken a delivery is freed of it before the pick-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseReason {
    /// The courier stopped working.
    ShiftEnded,
    /// The courier was not seen for too long.
    Silent,
    /// The kitchen is late, and the courier is needed elsewhere.
    KitchenLate,
    /// An operator decided so.
    Operator(ReleaseDetail),
}

/// Whose word it is that food cannot be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The courier's, who gains by it: it is compared with what else is known.
    Courier {
        /// Where the courier was seen.
        presence: Presence,
        /// How long a courier waits at a door.
        door_wait: SignedDuration,
        /// How long an operator has to judge what is not proven.
        review_lasts: SignedDuration,
    },
    /// An operator's, who says who is at fault.
    Operator(Fault),
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// Ask a courier.
    Offer(Offer),
    /// Note that nobody is free.
    Miss,
    /// Take the offer.
    Accept {
        /// The offer.
        offer_id: OfferId,
        /// By whom.
        courier_id: CourierId,
    },
    /// End an offer that was not taken.
    EndOffer {
        /// The offer.
        offer_id: OfferId,
        /// How it ended.
        ending: Ending,
    },
    /// Free the courier before the pick-up.
    Release {
        /// Whom.
        courier_id: CourierId,
        /// Why.
        reason: ReleaseReason,
    },
    /// Note that the food is long overdue with the courier who has taken it.
    NoteOverdue,
    /// Note that the kitchen needs longer than it meant to.
    NoteDelay {
        /// When it now means to be done.
        ready_at: Timestamp,
    },
    /// Note that the food is ready.
    NoteReady {
        /// Since when.
        at: Timestamp,
    },
    /// Note a new estimate, if it moved enough.
    Reestimate {
        /// The estimate.
        eta: Eta,
    },
    /// Stand at the restaurant.
    ArriveAtRestaurant {
        courier_id: CourierId,
        /// Where the courier was seen.
        presence: Presence,
    },
    /// Take the food.
    PickUp {
        courier_id: CourierId,
        /// What the courier read on the bag, if anything.
        order_code: Option<&'a str>,
    },
    /// Stand at the door.
    ArriveAtCustomer {
        courier_id: CourierId,
        /// Where the courier was seen.
        presence: Presence,
    },
    /// Give the food to the customer.
    HandOver {
        courier_id: CourierId,
        /// What shows that it is the customer's.
        proof: Proof<'a>,
        /// Where the courier was seen, as far as a photo hangs on it.
        presence: Presence,
        /// How long a courier waits at a door.
        door_wait: SignedDuration,
    },
    /// Give up on handing over.
    Fail {
        courier_id: CourierId,
        /// Why.
        reason: FailureReason,
        /// Who says so.
        word: Word,
    },
    /// Be done with food that goes back.
    Return {
        courier_id: CourierId,
        /// What became of it.
        outcome: ReturnOutcome,
    },
    /// Judge who is at fault.
    Judge { fault: Fault },
    /// Leave it open who is at fault: nobody has judged in time, and nobody is charged.
    LeaveUnjudged,
    /// End the delivery with its order.
    Withdraw {
        /// False for food that went missing with its courier: nobody is paid for that.
        is_paid: bool,
    },
}

impl Command<'_> {
    /// The command without its data.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Offer(_) => Verb::Offer,
            Self::Miss => Verb::Miss,
            Self::Accept { .. } => Verb::Accept,
            Self::EndOffer { .. } => Verb::EndOffer,
            Self::Release { .. } => Verb::Release,
            Self::NoteOverdue => Verb::NoteOverdue,
            Self::NoteDelay { .. } => Verb::NoteDelay,
            Self::NoteReady { .. } => Verb::NoteReady,
            Self::Reestimate { .. } => Verb::Reestimate,
            Self::ArriveAtRestaurant { .. } => Verb::ArriveAtRestaurant,
            Self::PickUp { .. } => Verb::PickUp,
            Self::ArriveAtCustomer { .. } => Verb::ArriveAtCustomer,
            Self::HandOver { .. } => Verb::HandOver,
            Self::Fail { reason, .. } if leaves_food(*reason) => Verb::Fail,
            Self::Fail { .. } => Verb::Discard,
            Self::Return { .. } => Verb::Return,
            Self::Judge { .. } | Self::LeaveUnjudged => Verb::Judge,
            Self::Withdraw { .. } => Verb::Withdraw,
        }
    }

    /// Whose assignment the command presumes.
    #[must_use]
    pub const fn assignee(&self) -> Option<CourierId> {
        match self {
            Self::Release { courier_id, .. }
            | Self::ArriveAtRestaurant { courier_id, .. }
            | Self::PickUp { courier_id, .. }
            | Self::ArriveAtCustomer { courier_id, .. }
            | Self::HandOver { courier_id, .. }
            | Self::Fail { courier_id, .. }
            | Self::Return { courier_id, .. } => Some(*courier_id),
            Self::Offer(_)
            | Self::Miss
            | Self::Accept { .. }
            | Self::EndOffer { .. }
            | Self::NoteOverdue
            | Self::NoteDelay { .. }
            | Self::NoteReady { .. }
            | Self::Reestimate { .. }
            | Self::Judge { .. }
            | Self::LeaveUnjudged
            | Self::Withdraw { .. } => None,
        }
    }
}
