//! A delivery that has not ended, as its zone sees it: what the engine, the rules of housekeeping and an operator's board need.
//!
//! It is derived from the delivery and written beside it, so it may lag a moment. Whatever is decided by it is checked by
//! the delivery's own condition.

use kernel::{CourierId, DeliveryId, OrderId, Position, RestaurantId, SignedDuration, Timestamp};

use super::cell::SEARCH_RADIUS_M;
use super::estimate::{APPROACH_USUAL, PICKUP_SERVICE, VEHICLE_USUAL};
use super::ride::{DROP_OFF_SERVICE, travel};
use super::{Delivery, OFFERS_BEFORE_ESCALATION, RETURN_WITHIN, State, WAIT_BEFORE_ESCALATION};

/// A courier who took a delivery, has not fetched it, and was not heard of for so long, is taken off it.
pub const COURIER_SILENT_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// A courier whom a kitchen keeps waiting beyond its planned time for so long is freed, if somebody else's order has nobody.
pub const KITCHEN_LATE_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// How long after the food is ready the search goes on. By then the order has long been ended as undeliverable.
pub const SEARCH_ENDS_AFTER: SignedDuration = SignedDuration::from_hours(2);
/// Of a row so much later than promised the delivery itself is read: the row may have been left behind.
pub const OVERDUE_AFTER: SignedDuration = SignedDuration::from_mins(10);

contracts::vocabulary! {
/// How far food is.
pub enum Food {
    /// It is being cooked, as planned when the order was accepted.
    Planned = "planned",
    /// It is being cooked, and the kitchen has said that it needs longer.
    Delayed = "delayed",
    /// It is ready.
    Ready = "ready",
}
}

/// A delivery that has not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenDelivery {
    pub delivery_id: DeliveryId,
    /// Its order.
    pub order_id: OrderId,
    /// Who cooks it.
    pub restaurant_id: RestaurantId,
    /// Where to fetch it.
    pub pickup: Position,
    /// Where to bring it.
    pub drop_off: Position,
    /// When the restaurant accepted it.
    pub begun_at: Timestamp,
    /// When the food is, or should be, ready.
    pub ready_at: Timestamp,
    /// How far the food is, as far as the row knows: it is not told that food is ready once somebody is bound.
    pub food: Food,
    /// By when it should arrive, hardly later.
    pub latest: Timestamp,
    /// Who is bound to it: asked, or on the way.
    pub courier_id: Option<CourierId>,
    /// How many offers were made.
    pub offers: u32,
    /// Whether it was noted that nobody is free.
    pub missed: bool,
    /// Whether an operator was told.
    pub escalated: bool,
    /// Who declined.
    pub declined: Vec<CourierId>,
    /// Who did not answer.
    pub silent: Vec<CourierId>,
    /// The delivery's last event when this was written.
    pub sequence: u32,
}

impl OpenDelivery {
    /// A delivery as its zone sees it; `None` after its end.
    #[must_use]
    pub fn of(delivery_id: DeliveryId, delivery: &Delivery, sequence: u32) -> Option<Self> {
        let (facts, progress) = (&delivery.facts, &delivery.progress);
        if progress.state.phase().is_end() {
            return None;
        }
        Some(Self {
            delivery_id,
            order_id: facts.order_id,
            restaurant_id: facts.restaurant_id,
            pickup: facts.pickup.position,
            drop_off: facts.drop_off.position,
            begun_at: facts.begun_at,
            ready_at: delivery.ready_at(),
            food: match (progress.ready_at, progress.delayed_to) {
                (Some(_), _) => Food::Ready,
                (None, Some(_)) => Food::Delayed,
                (None, None) => Food::Planned,
            },
            latest: progress.eta.latest,
            courier_id: progress.state.bound_courier(),
            offers: progress.search.offers,
            missed: progress.search.misses > 0,
            escalated: progress.search.escalated,
            declined: progress.search.declined.clone(),
            silent: progress.search.silent.clone(),
            sequence,
        })
    }

    /// True while nobody is bound to it.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.courier_id.is_none()
    }

    /// When the search for a courier ends, and the zone does not consider it any more.
    #[must_use]
    pub fn search_ends_at(&self) -> Timestamp {
        self.ready_at + SEARCH_ENDS_AFTER
    }

    /// When the row is ignored, even if it was left behind: a courier may be lost with the food for a day.
    #[must_use]
    pub fn forgotten_at(&self) -> Timestamp {
        if self.waits() {
            self.search_ends_at()
        } else {
            self.search_ends_at() + SignedDuration::from_hours(24)
        }
    }

    /// Whoever must not be asked now.
    pub fn passed(&self) -> impl Iterator<Item = CourierId> + '_ {
        self.declined.iter().chain(&self.silent).copied()
    }

    /// True if it has to be noted that nobody is there for it. Of what has no place in the plan it is noted for the first
    /// time, and again when those who did not answer may be asked again. Once an operator has to be told it is noted in
    /// any case: a place in the plan that comes too late is none.
    #[must_use]
    pub fn to_be_missed(&self, is_unplaced: bool, now: Timestamp) -> bool {
        let is_news = is_unplaced && (!self.missed || !self.silent.is_empty());
        let to_be_told = escalation_due(self.offers, self.ready_at, now) && !self.escalated;
        self.waits() && (is_news || to_be_told)
    }

    /// True if it may be that the courier has gone silent before the pick-up; the delivery itself tells.
    #[must_use]
    pub fn is_silent(&self, heard_at: Timestamp, now: Timestamp) -> bool {
        !self.waits() && heard_at + COURIER_SILENT_AFTER < now
    }

    /// True if it may be that a courier waits for a kitchen that is late; the delivery itself tells.
    #[must_use]
    pub fn is_kitchen_late(&self, now: Timestamp) -> bool {
        !self.waits() && self.food != Food::Ready && self.ready_at + KITCHEN_LATE_AFTER < now
    }

    /// True if whoever is bound to this one could bring another, which nobody else can: near enough, not passed by, and not
    /// too late already.
    #[must_use]
    pub fn could_serve(&self, other: &Self, now: Timestamp) -> bool {
        let is_near = self.pickup.distance(other.pickup) <= SEARCH_RADIUS_M;
        let is_asked = self
            .courier_id
            .is_some_and(|own| other.passed().all(|passed| passed != own));
        is_near && is_asked && !other.is_overdue(now)
    }

    /// True if nobody could bring it any more by the time that was told last.
    #[must_use]
    pub fn cannot_make_it(&self, now: Timestamp) -> bool {
        let trip = travel(self.pickup.way(self.drop_off), VEHICLE_USUAL);
        let soonest = APPROACH_USUAL + PICKUP_SERVICE + trip + DROP_OFF_SERVICE;
        self.waits() && now.max(self.ready_at - APPROACH_USUAL) + soonest > self.latest
    }

    /// True if it may be that food which goes back has not come; the delivery itself tells.
    #[must_use]
    pub fn is_lost(&self, now: Timestamp) -> bool {
        !self.waits() && self.latest + RETURN_WITHIN < now
    }

    /// True if it should have arrived long ago.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.latest + OVERDUE_AFTER < now
    }
}

/// True when an operator must be told that nobody takes it: enough were asked, or the food waited long enough.
#[must_use]
pub fn escalation_due(offers: u32, ready_at: Timestamp, now: Timestamp) -> bool {
    offers >= OFFERS_BEFORE_ESCALATION || now >= ready_at + WAIT_BEFORE_ESCALATION
}

/// Whom a late kitchen keeps waiting: at the counter, and the food is not ready.
#[must_use]
pub fn is_kept_waiting(delivery: &Delivery) -> Option<CourierId> {
    match &delivery.progress.state {
        State::AtRestaurant(assignment) if delivery.progress.ready_at.is_none() => Some(assignment.courier_id),
        State::AtRestaurant(_)
        | State::Waiting
        | State::Offered(_)
        | State::Assigned(_)
        | State::PickedUp(_)
        | State::AtCustomer(_)
        | State::Delivered { .. }
        | State::Returning { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    }
}

/// Whose couriers are freed because a late kitchen keeps them waiting: one for each delivery that nobody else can bring.
#[must_use]
pub fn to_be_freed<'a>(open: &'a [OpenDelivery], unplaced: &[DeliveryId], now: Timestamp) -> Vec<&'a OpenDelivery> {
    let mut unplaced: Vec<&OpenDelivery> = open.iter().filter(|row| unplaced.contains(&row.delivery_id)).collect();
    let late = open.iter().filter(|row| row.is_kitchen_late(now));
    let freed = late.filter(|row| {
        let served = unplaced.iter().position(|other| row.could_serve(other, now));
        served.map(|at| unplaced.remove(at)).is_some()
    });
    freed.collect()
}

/// Who should have brought food back.
#[must_use]
pub fn is_returning(delivery: &Delivery) -> Option<CourierId> {
    match &delivery.progress.state {
        State::Returning { assignment, .. } => Some(assignment.courier_id),
        State::Waiting
        | State::Offered(_)
        | State::Assigned(_)
        | State::AtRestaurant(_)
        | State::PickedUp(_)
        | State::AtCustomer(_)
        | State::Delivered { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    }
}

/// Who has taken a delivery and not fetched the food yet.
#[must_use]
pub fn is_fetching(delivery: &Delivery) -> Option<CourierId> {
    match &delivery.progress.state {
        State::Assigned(assignment) | State::AtRestaurant(assignment) => Some(assignment.courier_id),
        State::Waiting
        | State::Offered(_)
        | State::PickedUp(_)
        | State::AtCustomer(_)
        | State::Delivered { .. }
        | State::Returning { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Assignment;
    use crate::domain::cast::{NOON, ada, assignment, ben, delivery, id, minutes, offer};

    fn open(state: State) -> OpenDelivery {
        OpenDelivery::of(id(1), &delivery(state), 1).unwrap()
    }

    #[test]
    fn a_row_knows_who_is_bound_and_ends_with_its_delivery() {
        assert!(open(State::Waiting).waits());
        assert_eq!(open(State::Offered(offer())).courier_id, Some(ada()));
        assert_eq!(open(State::PickedUp(assignment())).courier_id, Some(ada()));
        let delivered = State::Delivered {
            courier_id: ada(),
            at: NOON,
        };
        assert_eq!(OpenDelivery::of(id(1), &delivery(delivered), 9), None);
    }

    #[test]
    fn it_is_noted_once_that_nobody_is_free() {
        let mut waiting = open(State::Waiting);
        assert!(waiting.to_be_missed(true, NOON) && !waiting.to_be_missed(false, NOON));
        waiting.missed = true;
        assert!(!waiting.to_be_missed(true, NOON));
        waiting.silent = vec![ben()];
        assert!(waiting.to_be_missed(true, NOON));
        waiting.silent.clear();
        let late = waiting.ready_at + WAIT_BEFORE_ESCALATION;
        assert!(waiting.to_be_missed(true, late) && waiting.to_be_missed(false, late));
        waiting.escalated = true;
        assert!(!waiting.to_be_missed(true, late));
        assert!(!open(State::Assigned(assignment())).to_be_missed(false, late));
    }

    #[test]
    fn who_is_silent_or_kept_waiting_is_looked_at() {
        let taken = open(State::Assigned(assignment()));
        assert!(!taken.is_silent(NOON, NOON + COURIER_SILENT_AFTER));
        assert!(taken.is_silent(NOON, NOON + COURIER_SILENT_AFTER + minutes(1)));
        assert!(!open(State::Waiting).is_silent(NOON, NOON + minutes(60)));
        let late = taken.ready_at + KITCHEN_LATE_AFTER + minutes(1);
        assert!(taken.is_kitchen_late(late) && !taken.is_kitchen_late(taken.ready_at));
        let mut other = open(State::Waiting);
        assert!(taken.could_serve(&other, NOON) && !other.could_serve(&taken, NOON));
        assert!(!taken.could_serve(&other, other.latest + OVERDUE_AFTER + minutes(1)));
        other.declined = vec![ada()];
        assert!(!taken.could_serve(&other, NOON));
        let there = delivery(State::AtRestaurant(assignment()));
        assert_eq!(is_kept_waiting(&there), Some(ada()));
        assert_eq!(is_fetching(&there), Some(ada()));
        let mut ready = there;
        ready.progress.ready_at = Some(NOON);
        assert_eq!(is_kept_waiting(&ready), None);
        assert_eq!(is_fetching(&delivery(State::PickedUp(assignment()))), None);
    }

    #[test]
    fn one_courier_is_freed_for_each_order_that_nobody_can_bring() {
        let late = |number, courier_id| OpenDelivery {
            delivery_id: id(number),
            ..open(State::AtRestaurant(Assignment {
                courier_id,
                ..assignment()
            }))
        };
        let waiting = |number| OpenDelivery {
            delivery_id: id(number),
            ..open(State::Waiting)
        };
        let now = NOON + minutes(36);
        let rows = [late(1, ada()), late(2, ben()), waiting(3), waiting(4)];
        let freed = |unplaced: &[u128]| {
            let unplaced: Vec<DeliveryId> = unplaced.iter().map(|number| id(*number)).collect();
            to_be_freed(&rows, &unplaced, now).len()
        };
        assert_eq!((freed(&[]), freed(&[3]), freed(&[3, 4])), (0, 1, 2));
    }
}
