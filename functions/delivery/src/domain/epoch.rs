//! One epoch of a zone: what is open and who could bring it, in the engine's words and back.
//!
//! The engine is the crate `dispatch`, the same that the public benchmark measures. Its tick is a second here. An offer
//! must be answered before the courier sets off, so the epoch that the engine looks ahead is the lead of an offer: a trip
//! is offered that much before its courier has to leave, and held until then, because a better courier or a companion for
//! the food may turn up.
//!
//! When food is ready is taken as known (`ready_spread` 0), though it is the learned estimate until the kitchen says so: an
//! offer is of a trip, and a courier who accepts one is not sent for another order in its place.

use std::collections::HashMap;

use dispatch::{Parameters, Service, Snapshot, Time, decline_debit, fair_credit};
use kernel::{CourierId, DeliveryId, Meters, Position, SignedDuration, Timestamp};

use super::Delivery;
use super::cell::{Cell, SEARCH_RADIUS_M, cell, cells_in_reach};
use super::courier::Courier;
use super::estimate::{PICKUP_SERVICE, VEHICLE_USUAL};
use super::itinerary::itinerary;
use super::open_delivery::OpenDelivery;
use super::ride::{DROP_OFF_SERVICE, Vehicle, travel};
use super::ways::{Spot, Ways};

/// A courier who was not seen for longer is not asked: the device is off.
pub const SEEN_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// How many of those nearest to an order are considered at a time.
pub const LOOKED_AT_MAX: usize = 12;
/// As long as fewer can be asked for an order, those farther away are considered: couriers who rest or are asked already are near, too.
pub const CHOICE_MIN: usize = 6;
/// Food is not older than the engine's limit when it arrives; of an order that was placed long ahead, as of one that is
/// wanted at once, the clock runs from so long before the food is ready at the earliest.
const CLOCK_RUNS_BEFORE_READY: SignedDuration = SignedDuration::from_mins(40);
/// A fair share of orders, for those who brought fewer to go first among equals.
const FAIR_ORDERS_PER_HOUR: f64 = 2.0;

/// A courier on shift, as last seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    pub courier_id: CourierId,
    /// What the courier rides.
    pub vehicle: Vehicle,
    pub position: Position,
    pub at: Timestamp,
    /// When the device was last heard of.
    pub heard_at: Timestamp,
}

/// A courier who may be offered a trip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    pub courier_id: CourierId,
    /// What the courier rides.
    pub vehicle: Vehicle,
    /// Where the courier is, or where the last stop is.
    pub place: Position,
    /// When the last stop is done; now, if there is none.
    pub free_at: Timestamp,
    /// When the shift ends: no food is fetched later.
    pub off_at: Timestamp,
    /// How many deliveries an offer may have.
    pub room: usize,
    /// How much is owed to the courier, in hundredths of a minute.
    pub credit: Time,
}

/// Who brings what, in the sequence of the drop-offs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    pub courier_id: CourierId,
    pub deliveries: Vec<DeliveryId>,
}

/// A trip to be offered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Who brings what.
    pub trip: Trip,
    /// What the courier rides.
    pub vehicle: Vehicle,
    /// The way to the restaurant, in metres.
    pub approach_m: Meters,
}

/// What an epoch starts from.
#[derive(Debug, Clone, Copy)]
pub struct Epoch<'a> {
    /// The present.
    pub now: Timestamp,
    /// How long before its courier has to leave a trip is offered.
    pub lead: SignedDuration,
    /// Every delivery of the zone that has not ended; those that nobody is bound to are to be placed, and all of them tell
    /// where demand is.
    pub open: &'a [OpenDelivery],
    /// Who may be asked.
    pub candidates: &'a [Candidate],
    /// What the last epoch held.
    pub plan: &'a [Trip],
    /// When food that is being cooked should be ready; of what is not in it, what the kitchen says holds.
    pub ready: &'a HashMap<DeliveryId, Timestamp>,
    /// How long ways take.
    pub ways: Ways<'a>,
}

/// What an epoch ends with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// To be offered now.
    pub offers: Vec<Proposal>,
    /// Held: not a promise, only where the next epoch begins.
    pub plan: Vec<Trip>,
    /// What nobody can bring as things stand.
    pub unplaced: Vec<DeliveryId>,
}

/// What waits and has too few couriers to choose from.
#[must_use]
pub fn short_of_candidates<'a>(open: &'a [OpenDelivery], candidates: &[Candidate]) -> Vec<&'a OpenDelivery> {
    let is_short = |order: &&OpenDelivery| {
        let choice = candidates.iter().filter(|candidate| candidate.may_bring(order));
        choice.count() < CHOICE_MIN
    };
    open.iter().filter(|order| order.waits()).filter(is_short).collect()
}

/// The couriers near enough to some orders to be considered, of those who were seen lately: by cells first, then the nearest
/// few of each order.
#[must_use]
pub fn nearest(orders: &[&OpenDelivery], seen: &[Seen], now: Timestamp) -> Vec<Seen> {
    let mut by_cell: HashMap<Cell, Vec<&Seen>> = HashMap::new();
    for courier in seen.iter().filter(|seen| seen.at >= now - SEEN_WITHIN) {
        if let Some(cell) = cell(courier.position) {
            by_cell.entry(cell).or_default().push(courier);
        }
    }
    let mut near: Vec<Seen> = Vec::new();
    for order in orders {
        let cells = cells_in_reach(order.pickup);
        let mut ranked: Vec<_> = cells
            .iter()
            .filter_map(|cell| by_cell.get(cell))
            .flatten()
            .filter(|seen| order.passed().all(|passed| passed != seen.courier_id))
            .filter(|seen| seen.position.distance(order.pickup) <= SEARCH_RADIUS_M)
            .map(|seen| {
                (
                    travel(seen.position.way(order.pickup), seen.vehicle),
                    seen.courier_id,
                    **seen,
                )
            })
            .collect();
        ranked.sort_by_key(|(approach, courier_id, _)| (*approach, *courier_id));
        ranked.truncate(LOOKED_AT_MAX);
        near.extend(ranked.into_iter().map(|(_, _, seen)| seen));
    }
    near.sort_by_key(|seen| seen.courier_id);
    near.dedup_by_key(|seen| seen.courier_id);
    near
}

impl Candidate {
    /// True if the courier may be asked to bring an order: near enough, and not passed by.
    #[must_use]
    pub fn may_bring(&self, open: &OpenDelivery) -> bool {
        let passed = open.passed().any(|passed| passed == self.courier_id);
        !passed && self.place.distance(open.pickup) <= SEARCH_RADIUS_M
    }

    /// A courier as the engine may use them; `None` without room for an offer. `jobs` are the deliveries that the courier
    /// has taken.
    #[must_use]
    pub fn of(seen: &Seen, courier: &Courier, jobs: &[(DeliveryId, &Delivery)], ways: &Ways<'_>) -> Option<Self> {
        let now = ways.now;
        // Whose working time or shift is over ends what was taken, and gets no more.
        let off_at = courier.ends_at(now).filter(|ends_at| now < *ends_at)?;
        let shift = courier.shift()?;
        let room = shift.room(courier.vehicle);
        let last = itinerary(jobs, Some(seen.position), courier.vehicle, ways).pop();
        let minutes = i32::try_from(shift.worked(now).as_mins()).unwrap_or(i32::MAX);
        let held = u32::try_from(shift.jobs.len()).unwrap_or(u32::MAX);
        let orders = shift.brought.saturating_add(held);
        (room > 0).then(|| Self {
            courier_id: seen.courier_id,
            vehicle: courier.vehicle,
            place: last.map_or(seen.position, |ahead| ahead.position),
            free_at: last.map_or(now, |ahead| ahead.leaves_at),
            off_at,
            room,
            credit: fair_credit(minutes, orders, FAIR_ORDERS_PER_HOUR) - decline_debit(shift.declined),
        })
    }
}

/// Decides what to offer now and what to hold.
#[must_use]
pub fn decide(epoch: &Epoch<'_>) -> Outcome {
    let open: Vec<&OpenDelivery> = epoch.open.iter().filter(|open| open.waits()).collect();
    let ticks = |at: Timestamp| seconds(at.duration_since(epoch.now));
    let numbers = Numbers::new(epoch, &open);
    let couriers: Vec<_> = (0_u32..)
        .zip(epoch.candidates)
        .map(|(id, candidate)| dispatch::Courier {
            id,
            place: epoch.ways.spot(candidate.place),
            free_at: ticks(candidate.free_at),
            off_at: ticks(candidate.off_at),
            capacity: candidate.room,
            pace_percent: pace_percent(candidate.vehicle),
            credit: candidate.credit,
        })
        .collect();
    let ready_at = |open: &OpenDelivery| epoch.ready.get(&open.delivery_id).copied().unwrap_or(open.ready_at);
    let orders: Vec<_> = (0_u32..)
        .zip(&open)
        .map(|(id, open)| dispatch::Order {
            id,
            restaurant: numbers.restaurant(open),
            pickup: epoch.ways.spot(open.pickup),
            drop_off: epoch.ways.spot(open.drop_off),
            placed_at: ticks(open.begun_at.max(open.ready_at - CLOCK_RUNS_BEFORE_READY)),
            ready_at: ticks(ready_at(open)),
            ready_spread: 0,
        })
        .collect();
    let demand: Vec<(Spot, u32)> = demand(epoch.open)
        .into_iter()
        .map(|(place, count)| (epoch.ways.spot(place), count))
        .collect();
    let snapshot = Snapshot {
        now: 0,
        couriers: &couriers,
        orders: &orders,
        refusals: &refusals(epoch.candidates, &open),
        service: Service {
            before_pickup: 0,
            after_pickup: seconds(PICKUP_SERVICE),
            before_drop_off: seconds(DROP_OFF_SERVICE),
            after_drop_off: 0,
        },
        demand: &demand,
        plan: &numbers.plan(epoch.plan),
    };
    let parameters = Parameters {
        epoch: seconds(epoch.lead),
        ..Parameters::in_seconds()
    };
    let usual = |from: Spot, to: Spot| seconds(epoch.ways.takes(&from, &to, VEHICLE_USUAL));
    told(
        epoch.candidates,
        &open,
        &dispatch::decide(&snapshot, &usual, &parameters),
    )
}

/// The engine's numbers for what has an id.
struct Numbers<'a> {
    couriers: HashMap<CourierId, u32>,
    orders: HashMap<DeliveryId, u32>,
    open: &'a [&'a OpenDelivery],
}

impl<'a> Numbers<'a> {
    fn new(epoch: &Epoch<'_>, open: &'a [&'a OpenDelivery]) -> Self {
        let couriers = epoch.candidates.iter().map(|candidate| candidate.courier_id);
        Self {
            couriers: couriers.zip(0_u32..).collect(),
            orders: open.iter().map(|open| open.delivery_id).zip(0_u32..).collect(),
            open,
        }
    }

    /// A restaurant's number is that of the first order that it cooks.
    fn restaurant(&self, of: &OpenDelivery) -> u32 {
        let mut numbered = (0_u32..).zip(self.open);
        let first = numbered.find(|(_, open)| open.restaurant_id == of.restaurant_id && open.pickup == of.pickup);
        first.map_or(u32::MAX, |(number, _)| number)
    }

    fn plan(&self, plan: &[Trip]) -> Vec<dispatch::Trip> {
        let trips = plan.iter().filter_map(|trip| {
            let orders = trip
                .deliveries
                .iter()
                .filter_map(|delivery_id| self.orders.get(delivery_id));
            Some(dispatch::Trip {
                courier: *self.couriers.get(&trip.courier_id)?,
                orders: orders.copied().collect(),
            })
        });
        trips.collect()
    }
}

/// Pairs that must not come together: passed by, or too far.
fn refusals(candidates: &[Candidate], open: &[&OpenDelivery]) -> Vec<(u32, u32)> {
    let mut refusals = Vec::new();
    for (courier, candidate) in (0_u32..).zip(candidates) {
        for (order, open) in (0_u32..).zip(open) {
            if !candidate.may_bring(open) {
                refusals.push((courier, order));
            }
        }
    }
    refusals
}

/// Where orders come from lately, and how many.
fn demand(open: &[OpenDelivery]) -> Vec<(Position, u32)> {
    let mut demand: Vec<(Position, u32)> = Vec::new();
    for order in open {
        match demand.iter_mut().find(|(position, _)| *position == order.pickup) {
            Some((_, count)) => *count += 1,
            None => demand.push((order.pickup, 1)),
        }
    }
    demand
}

/// The engine's decisions, by ids.
fn told(candidates: &[Candidate], open: &[&OpenDelivery], decisions: &dispatch::Decisions) -> Outcome {
    let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let delivery = |number: u32| open.get(index(number)).copied();
    let trip = |trip: &dispatch::Trip| {
        let candidate = candidates.get(index(trip.courier))?;
        let deliveries = trip.orders.iter().filter_map(|number| delivery(*number));
        let trip = Trip {
            courier_id: candidate.courier_id,
            deliveries: deliveries.map(|open| open.delivery_id).collect(),
        };
        Some((candidate, trip))
    };
    let offers = decisions.commit.iter().filter_map(|commitment| {
        let (candidate, proposed) = trip(&commitment.trip)?;
        let pickup = delivery(*commitment.trip.orders.first()?)?.pickup;
        Some(Proposal {
            trip: proposed,
            vehicle: candidate.vehicle,
            approach_m: candidate.place.way(pickup),
        })
    });
    Outcome {
        offers: offers.collect(),
        plan: decisions.plan.iter().filter_map(|held| Some(trip(held)?.1)).collect(),
        unplaced: decisions
            .unplaced
            .iter()
            .filter_map(|number| Some(delivery(*number)?.delivery_id))
            .collect(),
    }
}

fn seconds(duration: SignedDuration) -> Time {
    Time::try_from(duration.as_secs()).unwrap_or(if duration.is_negative() {
        Time::MIN / 4
    } else {
        Time::MAX / 4
    })
}

/// A vehicle's time for a way, in percent of the usual one's.
fn pace_percent(vehicle: Vehicle) -> Time {
    let percent = 100 * VEHICLE_USUAL.meters_per_minute() / vehicle.meters_per_minute();
    Time::try_from(percent).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::State;
    use crate::domain::cast::{NOON, ada, assignment, ben, delivery, id, kerkstraat, minutes, trattoria};
    use crate::domain::courier::{Duty, Effect, LiveOffer, Shift};
    use crate::domain::learned_model::ZoneModel;

    /// An order of the trattoria, whose food is ready at 12:20.
    fn open(number: u128) -> OpenDelivery {
        OpenDelivery::of(id(number), &delivery(State::Waiting), 1).unwrap()
    }

    fn candidate(courier_id: CourierId) -> Candidate {
        Candidate {
            courier_id,
            vehicle: Vehicle::Bicycle,
            place: trattoria(),
            free_at: NOON,
            off_at: Timestamp::MAX,
            room: 3,
            credit: 0,
        }
    }

    fn at(now: Timestamp, open: &[OpenDelivery], candidates: &[Candidate]) -> Outcome {
        decided(now, open, candidates, &HashMap::new())
    }

    fn decided(
        now: Timestamp,
        open: &[OpenDelivery],
        candidates: &[Candidate],
        ready: &HashMap<DeliveryId, Timestamp>,
    ) -> Outcome {
        decide(&Epoch {
            now,
            lead: minutes(5),
            open,
            candidates,
            plan: &[],
            ready,
            ways: Ways::new(&ZoneModel::default(), now),
        })
    }

    fn trip(courier_id: CourierId, deliveries: &[u128]) -> Trip {
        let deliveries = deliveries.iter().map(|number| id(*number)).collect();
        Trip { courier_id, deliveries }
    }

    fn offered(outcome: &Outcome) -> Vec<Trip> {
        outcome.offers.iter().map(|offer| offer.trip.clone()).collect()
    }

    #[test]
    fn a_trip_is_held_until_its_courier_has_to_be_asked() {
        let (open, here) = ([open(1)], [candidate(ada())]);
        let early = at(NOON, &open, &here);
        assert_eq!((offered(&early), early.plan), (vec![], vec![trip(ada(), &[1])]));
        let due = at(NOON + minutes(16), &open, &here);
        assert_eq!((offered(&due), due.plan), (vec![trip(ada(), &[1])], vec![]));
    }

    #[test]
    fn neighbours_orders_of_one_restaurant_go_together_as_far_as_there_is_room() {
        let orders = [open(1), open(2)];
        let asked = |room| {
            let courier = Candidate {
                room,
                ..candidate(ada())
            };
            offered(&at(NOON + minutes(16), &orders, &[courier]))
        };
        assert_eq!(asked(3)[0].deliveries.len(), 2);
        assert_eq!(asked(1)[0].deliveries.len(), 1);
    }

    #[test]
    fn a_slow_kitchen_s_food_is_offered_later() {
        let (now, orders, here) = (NOON + minutes(16), [open(1)], [candidate(ada())]);
        let offers = |ready_at| {
            let ready = HashMap::from([(id(1), ready_at)]);
            offered(&decided(now, &orders, &here, &ready)).len()
        };
        assert_eq!((offers(NOON + minutes(20)), offers(NOON + minutes(32))), (1, 0));
    }

    #[test]
    fn nobody_fetches_food_after_the_shift() {
        let asked = |off_at| {
            let courier = Candidate {
                off_at,
                ..candidate(ada())
            };
            offered(&at(NOON + minutes(16), &[open(1)], &[courier]))
        };
        assert_eq!(asked(NOON + minutes(40)), [trip(ada(), &[1])]);
        assert_eq!(asked(NOON + minutes(19)), []);
    }

    #[test]
    fn who_declined_or_is_too_far_is_not_asked() {
        let mut order = open(1);
        order.declined = vec![ada()];
        order.silent = vec![ben()];
        let utrecht = Candidate {
            place: Position::new(52.0894, 5.1101).unwrap(),
            ..candidate(id(3))
        };
        let outcome = at(
            NOON + minutes(16),
            &[order],
            &[candidate(ada()), candidate(ben()), utrecht],
        );
        assert_eq!((offered(&outcome), outcome.unplaced), (vec![], vec![id(1)]));
    }

    #[test]
    fn what_somebody_is_bound_to_is_not_offered_and_what_is_gone_is_forgotten() {
        let mut taken = open(1);
        taken.courier_id = Some(ben());
        let plan = [trip(ada(), &[1]), trip(ben(), &[9])];
        let outcome = decide(&Epoch {
            now: NOON,
            lead: minutes(60),
            open: &[taken],
            candidates: &[candidate(ada())],
            plan: &plan,
            ready: &HashMap::new(),
            ways: Ways::new(&ZoneModel::default(), NOON),
        });
        assert_eq!(outcome, Outcome::default());
    }

    #[test]
    fn the_nearest_few_who_were_seen_lately_are_looked_at() {
        let seen = |number, position, at| Seen {
            courier_id: id(number),
            vehicle: Vehicle::Bicycle,
            position,
            at,
            heard_at: at,
        };
        let mut crowd: Vec<_> = (10..40).map(|number| seen(number, kerkstraat(), NOON)).collect();
        crowd.push(seen(1, trattoria(), NOON));
        crowd.push(seen(2, trattoria(), NOON - minutes(31)));
        crowd.push(seen(3, Position::new(52.0894, 5.1101).unwrap(), NOON));
        let order = open(1);
        let near = nearest(&[&order], &crowd, NOON);
        assert_eq!(near.len(), LOOKED_AT_MAX);
        assert_eq!(near[0].courier_id, id(1));
        assert!(near.iter().all(|seen| ![id(2), id(3)].contains(&seen.courier_id)));
    }

    #[test]
    fn more_are_looked_at_until_there_is_a_choice() {
        let orders = [open(1), open(2)];
        let mut declined = open(3);
        declined.declined = vec![id(10)];
        let mut taken = open(4);
        taken.courier_id = Some(ben());
        let orders = [orders[0].clone(), orders[1].clone(), declined, taken];
        let short = |couriers: u128| {
            let candidates: Vec<_> = (10..10 + couriers).map(|number| candidate(id(number))).collect();
            let short = short_of_candidates(&orders, &candidates).into_iter();
            short.map(|order| order.delivery_id).collect::<Vec<_>>()
        };
        assert_eq!(short(5), [id(1), id(2), id(3)]);
        assert_eq!(short(6), [id(3)]);
        assert_eq!(short(7), []);
    }

    #[test]
    fn a_busy_courier_is_free_at_the_last_door_and_a_decliner_is_owed_less() {
        let seen = Seen {
            courier_id: ada(),
            vehicle: Vehicle::Bicycle,
            position: trattoria(),
            at: NOON,
            heard_at: NOON,
        };
        let zone_model = ZoneModel::default();
        let ways = Ways::new(&zone_model, NOON);
        let mut shift = Shift::beginning(NOON - minutes(60));
        let on_shift = |shift: &Shift| Courier {
            duty: Duty::OnShift(shift.clone()),
            ..Courier::apply(Vehicle::Bicycle)
        };
        let free = Candidate::of(&seen, &on_shift(&shift), &[], &ways).unwrap();
        assert_eq!((free.place, free.free_at, free.room), (trattoria(), NOON, 3));
        shift.rested = minutes(30);
        let rested = Candidate::of(&seen, &on_shift(&shift), &[], &ways).unwrap();
        assert!(rested.credit < free.credit, "nobody is owed orders for a break");
        shift.rested = SignedDuration::ZERO;
        shift.declined = 1;
        let decliner = Candidate::of(&seen, &on_shift(&shift), &[], &ways).unwrap();
        assert!(decliner.credit < free.credit);
        let asked = on_shift(&shift).consider(LiveOffer {
            offer_id: assignment().offer_id,
            deliveries: vec![id(1)],
            expires_at: NOON + minutes(1),
        });
        let asked = asked.unwrap();
        assert_eq!(Candidate::of(&seen, &asked, &[], &ways), None);
        let busy = asked.after(Effect::Engage(assignment().offer_id), id(1)).unwrap();
        let carried = delivery(State::PickedUp(assignment()));
        let busy = Candidate::of(&seen, &busy, &[(id(1), &carried)], &ways).unwrap();
        assert_eq!((busy.place, busy.room), (kerkstraat(), 2));
        assert!(busy.free_at > NOON + DROP_OFF_SERVICE);
    }
}
