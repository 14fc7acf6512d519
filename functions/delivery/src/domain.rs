//! The rules of delivering: who may be asked, who has won, what follows what, and when the food arrives.
//!
//! Pure values and functions. Nothing here reads a clock, draws randomness, knows a table, a queue or a wire format.

pub mod cell;
pub mod clock;
pub mod command;
pub mod courier;
pub mod earnings;
pub mod epoch;
pub mod estimate;
pub mod event;
pub mod evolution;
pub mod incident;
pub mod itinerary;
pub mod learned_model;
pub mod lifecycle;
pub mod open_delivery;
pub mod pace;
pub mod position_privacy;
pub mod presence;
pub mod proof;
pub mod rejection;
pub mod ride;
pub mod roster;
pub mod tariff;
pub mod track;
pub mod trail;
pub mod transitions;
pub mod ways;
pub mod whereabouts;
pub mod work;

use kernel::{CourierId, Meters, Money, OfferId, OrderId, Position, RestaurantId, SignedDuration, Timestamp, UserId};

use contracts::vocabulary::UndeliverableReason;
pub use contracts::vocabulary::{FailureReason, Fault};
pub use estimate::Eta;
use proof::PhotoId;
pub use ride::Vehicle;

/// How often a wrong PIN may be tried before the hand-over is locked: 1 of 2,000 guesses succeeds.
pub const PIN_ATTEMPTS_MAX: u8 = 5;
/// Couriers asked before an operator is told that nobody takes it.
pub const OFFERS_BEFORE_ESCALATION: u32 = 10;
/// How long ready food may wait without a courier before an operator is told.
pub const WAIT_BEFORE_ESCALATION: SignedDuration = SignedDuration::from_mins(10);
/// How often every zone with an open delivery is dispatched, whatever else happens.
pub const EPOCH_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// When a zone is dispatched that should have been at once, but was not because of a crash: see the timers.
pub const RUN_SAFETY_NET: SignedDuration = SignedDuration::from_secs(10);
/// How often a wrong code may be tried to fetch food that is not known to be ready: the code is on the bag.
pub const CODE_ATTEMPTS_MAX: u8 = 5;
/// Food that nobody took is back by so long after it should have arrived; else it is taken for lost, and its courier is free.
/// A bag that took an hour to the door takes no longer back, and the kitchen may have to open first.
pub const RETURN_WITHIN: SignedDuration = SignedDuration::from_hours(3);
/// Couriers that one delivery remembers as having declined; the oldest are forgotten, so that the record stays small.
pub const PASSED_REMEMBERED_MAX: usize = 20;

/// A place to go to.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Where it is.
    pub position: Position,
    /// One line: street, house number, city.
    pub address: String,
    /// Such as the floor.
    pub instructions: Option<String>,
    /// True where the customer wants the food to be left at the door.
    pub leave_at_door: bool,
}

/// What never changes of a delivery: it is known when the restaurant accepts the order.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Its order.
    pub order_id: OrderId,
    /// Who waits for it.
    pub customer_id: UserId,
    /// Who cooks it.
    pub restaurant_id: RestaurantId,
    /// What the courier looks for at the pick-up.
    pub restaurant_name: String,
    /// Where to fetch it.
    pub pickup: Place,
    /// Where to bring it.
    pub drop_off: Place,
    /// When the restaurant accepted the order.
    pub begun_at: Timestamp,
    /// When the kitchen meant to be done, as it accepted the order.
    pub planned_ready_at: Timestamp,
    /// The end of the window that was promised to the customer.
    pub promised_until: Timestamp,
    /// What the customer gives the courier on top.
    pub tip: Money,
    /// What the customer says to get the food: four digits.
    pub pin: String,
}

impl Facts {
    /// What the courier says to the kitchen to get the right bag: the end of the order's id.
    #[must_use]
    pub fn order_code(&self) -> String {
        let id = self.order_id.to_string();
        id[id.len() - 4..].to_uppercase()
    }
}

/// One courier is asked to take a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "every id says whose it is, here as everywhere")]
pub struct Offer {
    /// The offer, which is also the fencing token: an answer to any other offer changes nothing.
    pub offer_id: OfferId,
    /// Who is asked.
    pub courier_id: CourierId,
    /// What the courier rides.
    pub vehicle: Vehicle,
    /// The way to the restaurant, in metres.
    pub approach_m: Meters,
    /// Until when the offer, and with it the hold on the courier, lasts.
    pub expires_at: Timestamp,
}

/// The courier who took a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    pub courier_id: CourierId,
    /// By which offer.
    pub offer_id: OfferId,
    /// What the courier rides.
    pub vehicle: Vehicle,
}

/// A failure that an operator has to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// When the courier reported it.
    pub reported_at: Timestamp,
    /// Until when an operator may decide; afterwards nobody is charged.
    pub until: Timestamp,
    /// Whether the courier was seen at the door then: who was not, and whom nobody believes, earns nothing.
    pub seen: bool,
}

/// True where the courier says that it is the customer's fault.
#[must_use]
pub const fn blames_customer(reason: FailureReason) -> bool {
    match reason {
        FailureReason::CustomerAbsent | FailureReason::WrongAddress => true,
        FailureReason::Unsafe | FailureReason::Damaged | FailureReason::Other => false,
    }
}

/// True if there is food that can be brought back.
#[must_use]
pub const fn leaves_food(reason: FailureReason) -> bool {
    match reason {
        FailureReason::CustomerAbsent | FailureReason::WrongAddress | FailureReason::Unsafe | FailureReason::Other => {
            true
        }
        FailureReason::Damaged => false,
    }
}

/// Whether the courier is paid for an order that was not handed over: not where nobody heard of its food any more.
#[must_use]
pub const fn pays_courier(reason: UndeliverableReason) -> bool {
    match reason {
        UndeliverableReason::CustomerAbsent
        | UndeliverableReason::WrongAddress
        | UndeliverableReason::Unsafe
        | UndeliverableReason::Damaged
        | UndeliverableReason::Other => true,
        UndeliverableReason::Overdue => false,
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody is asked at the moment.
    Waiting,
    /// One courier is asked.
    Offered(Offer),
    /// A courier is on the way to the restaurant.
    Assigned(Assignment),
    /// The courier stands at the restaurant.
    AtRestaurant(Assignment),
    /// The courier has the food.
    PickedUp(Assignment),
    /// The courier stands at the door.
    AtCustomer(Assignment),
    /// The customer has the food.
    Delivered {
        /// Who brought it.
        courier_id: CourierId,
        /// Since when.
        at: Timestamp,
    },
    /// The courier could not hand it over, and brings it back to the restaurant.
    Returning {
        /// Who brings it back.
        assignment: Assignment,
        /// Why.
        reason: FailureReason,
    },
    /// The courier could not hand it over, and brought it back or, where that made no sense, threw it away.
    Returned {
        courier_id: CourierId,
        /// Why it was not handed over.
        reason: FailureReason,
    },
    /// The courier could not hand it over, and nothing is left to bring back.
    Failed {
        /// Who tried.
        courier_id: CourierId,
        /// Why not.
        reason: FailureReason,
    },
    /// The order ended before the food arrived.
    Withdrawn {
        /// Who was asked or on the way.
        courier_id: Option<CourierId>,
    },
}

impl State {
    /// The courier who has taken the delivery and not ended it yet.
    #[must_use]
    pub const fn assignment(&self) -> Option<&Assignment> {
        match self {
            Self::Assigned(assignment)
            | Self::AtRestaurant(assignment)
            | Self::PickedUp(assignment)
            | Self::AtCustomer(assignment)
            | Self::Returning { assignment, .. } => Some(assignment),
            Self::Waiting
            | Self::Offered(_)
            | Self::Delivered { .. }
            | Self::Returned { .. }
            | Self::Failed { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// The offer that somebody may answer at the moment.
    #[must_use]
    pub const fn offer(&self) -> Option<&Offer> {
        match self {
            Self::Offered(offer) => Some(offer),
            Self::Waiting
            | Self::Assigned(_)
            | Self::AtRestaurant(_)
            | Self::PickedUp(_)
            | Self::AtCustomer(_)
            | Self::Returning { .. }
            | Self::Returned { .. }
            | Self::Delivered { .. }
            | Self::Failed { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// Who is bound to the delivery at the moment: asked, or on the way.
    #[must_use]
    pub const fn bound_courier(&self) -> Option<CourierId> {
        match self {
            Self::Offered(offer) => Some(offer.courier_id),
            Self::Assigned(assignment)
            | Self::AtRestaurant(assignment)
            | Self::PickedUp(assignment)
            | Self::AtCustomer(assignment)
            | Self::Returning { assignment, .. } => Some(assignment.courier_id),
            Self::Waiting
            | Self::Delivered { .. }
            | Self::Returned { .. }
            | Self::Failed { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// Whose the delivery is or, after its end, was.
    #[must_use]
    pub const fn carrier(&self) -> Option<CourierId> {
        match self {
            Self::Assigned(assignment)
            | Self::AtRestaurant(assignment)
            | Self::PickedUp(assignment)
            | Self::AtCustomer(assignment)
            | Self::Returning { assignment, .. } => Some(assignment.courier_id),
            Self::Delivered { courier_id, .. }
            | Self::Returned { courier_id, .. }
            | Self::Failed { courier_id, .. } => Some(*courier_id),
            Self::Withdrawn { courier_id } => *courier_id,
            Self::Waiting | Self::Offered(_) => None,
        }
    }

    /// True once the food will not come to the customer any more, or has.
    #[must_use]
    pub const fn is_over_for_customer(&self) -> bool {
        match self {
            Self::Waiting
            | Self::Offered(_)
            | Self::Assigned(_)
            | Self::AtRestaurant(_)
            | Self::PickedUp(_)
            | Self::AtCustomer(_) => false,
            Self::Delivered { .. }
            | Self::Returning { .. }
            | Self::Returned { .. }
            | Self::Failed { .. }
            | Self::Withdrawn { .. } => true,
        }
    }
}

/// What the search for a courier remembers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// How many offers were made.
    pub offers: u32,
    /// How often in a row nobody was free.
    pub misses: u32,
    /// Who declined: not asked again.
    pub declined: Vec<CourierId>,
    /// Who let an offer expire: asked again only after everybody else.
    pub silent: Vec<CourierId>,
    /// Set once an operator was told.
    pub escalated: bool,
}

/// How food is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Since when.
    pub since: Timestamp,
    /// On what.
    pub vehicle: Vehicle,
}

/// What changes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// When the kitchen means to be done, once it has said that it needs longer.
    pub delayed_to: Option<Timestamp>,
    /// When the food was ready, once it is.
    pub ready_at: Option<Timestamp>,
    /// How the food is, or was, carried, once it is.
    pub carried: Option<Carried>,
    /// When it should arrive, as last published.
    pub eta: Eta,
    /// The search for a courier.
    pub search: Search,
    /// Wrong PINs so far.
    pub wrong_pins: u8,
    /// Wrong order codes so far.
    pub wrong_codes: u8,
    /// Since when the courier stands at the restaurant or at the door; `None` on the way.
    pub there_since: Option<Timestamp>,
    /// Whether the courier was seen there: what nobody saw earns no waiting and proves nothing.
    pub there_seen: bool,
    /// How long the courier stood at the restaurant, in seconds.
    pub waited_s: u32,
    /// The photo of the hand-over, if one proved it.
    pub photo: Option<PhotoId>,
    /// What an operator has to judge, if anything.
    pub review: Option<Review>,
    /// Who bears the price, once food was not handed over and that is known.
    pub fault: Option<Fault>,
}

impl Progress {
    /// How a delivery begins.
    #[must_use]
    pub fn beginning(eta: Eta) -> Self {
        Self {
            state: State::Waiting,
            delayed_to: None,
            ready_at: None,
            carried: None,
            eta,
            search: Search::default(),
            wrong_pins: 0,
            wrong_codes: 0,
            there_since: None,
            there_seen: false,
            waited_s: 0,
            photo: None,
            review: None,
            fault: None,
        }
    }

    /// What stands for a delivery whose order ended before it began.
    #[must_use]
    pub fn called_off(now: Timestamp) -> Self {
        let eta = Eta {
            earliest: now,
            likely: now,
            latest: now,
        };
        Self {
            state: State::Withdrawn { courier_id: None },
            ..Self::beginning(eta)
        }
    }
}

/// A delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// What never changes.
    pub facts: Facts,
    /// What does.
    pub progress: Progress,
}

impl Delivery {
    /// When the food is, or should be, ready.
    #[must_use]
    pub fn ready_at(&self) -> Timestamp {
        let said = self.progress.delayed_to.unwrap_or(self.facts.planned_ready_at);
        self.progress.ready_at.unwrap_or(said)
    }
}

#[cfg(test)]
pub mod cast;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
