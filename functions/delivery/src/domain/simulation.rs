//! A city's afternoon in the pure domain: couriers who decline, do not answer or go silent, kitchens that are late, and
//! customers who cancel. The rules are the runner's own; only the table is missing.

use contracts::vocabulary::{DeclineReason, Place};
use std::collections::{BTreeMap, HashMap};

use kernel::{CourierId, DeliveryId, OfferId, Position, SignedDuration, Timestamp};
use proptest::prelude::*;

use super::cast::{NOON, delivery, id, minutes, trattoria};
use super::command::{Command, Ending, ReleaseReason};
use super::courier::{Courier, CourierLink, Duty, Effect, LiveOffer, Shift};
use super::epoch::{Candidate, Epoch, Seen, Trip, decide as decide_epoch, nearest};
use super::evolution::evolve;
use super::itinerary::itinerary;
use super::learned_model::ZoneModel;
use super::lifecycle::decide;
use super::open_delivery::{OpenDelivery, is_fetching, is_kept_waiting, to_be_freed};
use super::presence::Presence;
use super::proof::Proof;
use super::rejection::Rejection;
use super::ride::Vehicle;
use super::ways::Ways;
use super::{Delivery, EPOCH_EVERY, Offer, State};

/// How long an offer lasts here: less than a minute, as in production.
const OFFER_LASTS: SignedDuration = SignedDuration::from_secs(45);
/// The order service gives an order up when nobody came for ready food for so long.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_mins(20);
/// How long a silent courier's phone is off.
const SILENCE: SignedDuration = SignedDuration::from_mins(60);

/// Somebody on the road.
struct Rider {
    courier: Courier,
    position: Position,
    /// Since when the courier is there, or goes on from there.
    since: Timestamp,
    seen_at: Timestamp,
    silent_until: Timestamp,
}

/// An order's food, and what happens to it.
struct Meal {
    delivery: Delivery,
    sequence: u32,
    really_ready_at: Timestamp,
    cancelled_at: Option<Timestamp>,
}

struct City {
    now: Timestamp,
    riders: BTreeMap<CourierId, Rider>,
    meals: BTreeMap<DeliveryId, Meal>,
    plan: Vec<Trip>,
    offers: u128,
    dice: u64,
}

impl City {
    /// Even enough for a story, and the same each time.
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    fn somewhere(&mut self, reach: u32) -> Position {
        let mut offset = || f64::from(u32::try_from(self.roll(2_000)).unwrap()) / 1_000.0 - 1.0;
        let (north, east) = (offset(), offset());
        let reach = f64::from(reach) / 111_195.0;
        Position::new(trattoria().lat() + north * reach, trattoria().lng() + east * reach).unwrap()
    }

    /// Does something with a delivery, and tells its courier.
    fn does(&mut self, delivery_id: DeliveryId, command: &Command<'_>) -> Result<(), Rejection> {
        let meal = self.meals.get_mut(&delivery_id).unwrap();
        for event in decide(&meal.delivery, command, self.now)? {
            let effect = Effect::of(&event, &meal.delivery.progress.state);
            meal.delivery.progress = evolve(meal.delivery.progress.clone(), &event);
            meal.sequence += 1;
            if let Some((courier_id, effect)) = effect {
                let rider = self.riders.get_mut(&courier_id).unwrap();
                let after = rider.courier.after(effect, delivery_id);
                rider.courier = after.unwrap_or_else(|| rider.courier.clone());
            }
        }
        Ok(())
    }

    fn open(&self) -> Vec<OpenDelivery> {
        let meals = self.meals.iter();
        meals
            .filter_map(|(id, meal)| OpenDelivery::of(*id, &meal.delivery, meal.sequence))
            .collect()
    }

    fn orders(&mut self, count: u64) {
        for _ in 0..count {
            let number = u128::from(u32::try_from(self.meals.len()).unwrap()) + 1;
            let mut new = delivery(State::Waiting);
            // A restaurant has one place, a kilometre from the next.
            let restaurant = u32::try_from(self.roll(4)).unwrap();
            new.facts.restaurant_id = id(u128::from(restaurant) + 1);
            let lat = trattoria().lat() + f64::from(restaurant) * 0.009;
            new.facts.pickup.position = Position::new(lat, trattoria().lng()).unwrap();
            new.facts.drop_off.position = self.somewhere(3_000);
            new.facts.begun_at = self.now;
            new.facts.planned_ready_at = self.now + minutes(10 + i64::try_from(self.roll(15)).unwrap());
            let late = if self.roll(8) == 0 { 40 } else { 0 };
            let cancelled_at = (self.roll(10) == 0).then(|| self.now + minutes(i64::try_from(self.roll(30)).unwrap()));
            let meal = Meal {
                really_ready_at: new.facts.planned_ready_at + minutes(late),
                delivery: new,
                sequence: 1,
                cancelled_at,
            };
            self.meals.insert(id(number), meal);
        }
    }

    /// Kitchens finish, customers cancel, and orders that nobody comes for are given up.
    fn orders_go_on(&mut self) {
        for delivery_id in self.meals.keys().copied().collect::<Vec<_>>() {
            let meal = &self.meals[&delivery_id];
            let now = self.now;
            let is_over = meal.delivery.progress.state.phase().is_end();
            let cancelled = meal.cancelled_at.is_some_and(|at| at <= now);
            let waits = meal.delivery.progress.state.assignment().is_none();
            let ready_at = meal.delivery.progress.ready_at;
            let given_up = waits && ready_at.is_some_and(|at| at + GIVEN_UP_AFTER <= now);
            let at = meal.really_ready_at;
            if !is_over && (cancelled || given_up) {
                self.does(delivery_id, &Command::Withdraw { is_paid: true }).unwrap();
            } else if !is_over && at <= now {
                self.does(delivery_id, &Command::NoteReady { at }).unwrap();
            }
        }
    }

    /// Couriers answer, or do not.
    fn answer(&mut self) {
        for courier_id in self.riders.keys().copied().collect::<Vec<_>>() {
            let rider = &self.riders[&courier_id];
            let Some(offer) = rider.courier.shift().and_then(|shift| shift.offer.clone()) else {
                continue;
            };
            let is_silent = rider.silent_until > self.now;
            let offer_id = offer.offer_id;
            let command = match self.roll(10) {
                0 => Command::EndOffer {
                    offer_id,
                    ending: Ending::Declined(DeclineReason::Other),
                },
                1 => Command::EndOffer {
                    offer_id,
                    ending: Ending::Expired,
                },
                _ if is_silent => Command::EndOffer {
                    offer_id,
                    ending: Ending::Expired,
                },
                _ => Command::Accept { offer_id, courier_id },
            };
            for delivery_id in offer.deliveries {
                self.does(delivery_id, &command).unwrap();
            }
            if matches!(command, Command::Accept { .. }) && self.roll(12) == 0 {
                self.riders.get_mut(&courier_id).unwrap().silent_until = self.now + SILENCE;
            }
        }
    }

    /// Couriers ride on to wherever their way leads, as far as they are by now.
    fn ride(&mut self) {
        for courier_id in self.riders.keys().copied().collect::<Vec<_>>() {
            while self.ride_on(courier_id) {}
            let rider = self.riders.get_mut(&courier_id).unwrap();
            if rider.silent_until <= self.now {
                rider.seen_at = self.now;
            }
        }
    }

    /// One stop; false if the courier has none left, or is not done there yet.
    fn ride_on(&mut self, courier_id: CourierId) -> bool {
        let rider = &self.riders[&courier_id];
        let jobs: Vec<_> = rider
            .courier
            .jobs()
            .iter()
            .map(|job| (job.delivery_id, &self.meals[&job.delivery_id].delivery))
            .collect();
        let carries = jobs.iter().any(|(_, delivery)| is_fetching(delivery).is_none());
        if jobs.is_empty() {
            self.riders.get_mut(&courier_id).unwrap().since = self.now;
            return false;
        }
        let zone_model = ZoneModel::default();
        let ways = Ways::new(&zone_model, rider.since);
        let ahead = itinerary(&jobs, Some(rider.position), rider.courier.vehicle, &ways);
        let Some(next) = ahead.first().copied() else {
            return false;
        };
        // Whoever carries food brings it, whatever the phone does.
        if next.arrives_at > self.now || (rider.silent_until > self.now && !carries) {
            return false;
        }
        let delivery_id = next.delivery_id;
        match next.stop {
            Place::Restaurant => {
                let presence = Presence::Unseen;
                self.does(delivery_id, &Command::ArriveAtRestaurant { courier_id, presence })
                    .unwrap();
                let ready = self.meals[&delivery_id].delivery.progress.ready_at.is_some();
                if !ready || next.leaves_at > self.now {
                    return false;
                }
                let order_code = None;
                self.does(delivery_id, &Command::PickUp { courier_id, order_code })
                    .unwrap();
            }
            Place::Customer => {
                if next.leaves_at > self.now {
                    return false;
                }
                self.does(
                    delivery_id,
                    &Command::HandOver {
                        courier_id,
                        proof: Proof::Pin("4711"),
                        presence: Presence::Unseen,
                        door_wait: minutes(10),
                    },
                )
                .unwrap();
            }
        }
        let rider = self.riders.get_mut(&courier_id).unwrap();
        rider.position = next.position;
        rider.since = next.leaves_at.max(rider.since);
        true
    }

    /// What the runner does each minute.
    fn epoch(&mut self) {
        for row in self.open() {
            let Some(courier_id) = row.courier_id else { continue };
            if row.is_silent(self.riders[&courier_id].seen_at, self.now) {
                self.release(&row, ReleaseReason::Silent, is_fetching);
            }
        }
        let open = self.open();
        let seen: Vec<Seen> = self.riders.iter().map(|(id, rider)| seen(*id, rider)).collect();
        let zone_model = ZoneModel::default();
        let ways = Ways::new(&zone_model, self.now);
        let candidates: Vec<Candidate> = nearest(
            &open.iter().filter(|row| row.waits()).collect::<Vec<_>>(),
            &seen,
            self.now,
        )
        .iter()
        .filter_map(|seen| {
            let courier = &self.riders[&seen.courier_id].courier;
            let jobs = courier
                .jobs()
                .iter()
                .map(|job| (job.delivery_id, &self.meals[&job.delivery_id].delivery));
            Candidate::of(seen, courier, &jobs.collect::<Vec<_>>(), &ways)
        })
        .collect();
        let outcome = decide_epoch(&Epoch {
            now: self.now,
            lead: minutes(5),
            open: &open,
            candidates: &candidates,
            plan: &self.plan,
            ready: &HashMap::new(),
            ways,
        });
        for proposal in outcome.offers {
            self.offer(&proposal.trip, proposal.vehicle);
        }
        for row in self.open() {
            if row.to_be_missed(outcome.unplaced.contains(&row.delivery_id), self.now) {
                self.does(row.delivery_id, &Command::Miss).unwrap();
            }
        }
        let now = self.now;
        for row in to_be_freed(&open, &outcome.unplaced, now) {
            self.release(row, ReleaseReason::KitchenLate, is_kept_waiting);
        }
        self.plan = outcome.plan;
    }

    fn offer(&mut self, trip: &Trip, vehicle: Vehicle) {
        self.offers += 1;
        let offer = Offer {
            offer_id: id::<OfferId>(self.offers),
            courier_id: trip.courier_id,
            vehicle,
            approach_m: 0,
            expires_at: self.now + OFFER_LASTS,
        };
        let live = LiveOffer {
            offer_id: offer.offer_id,
            deliveries: trip.deliveries.clone(),
            expires_at: offer.expires_at,
        };
        let rider = self.riders.get_mut(&trip.courier_id).unwrap();
        rider.courier = rider.courier.consider(live).expect("the engine asks only whom it may");
        for delivery_id in &trip.deliveries {
            self.does(*delivery_id, &Command::Offer(offer)).unwrap();
        }
    }

    fn release(&mut self, row: &OpenDelivery, reason: ReleaseReason, whom: impl Fn(&Delivery) -> Option<CourierId>) {
        if let Some(courier_id) = whom(&self.meals[&row.delivery_id].delivery) {
            self.does(row.delivery_id, &Command::Release { courier_id, reason })
                .unwrap();
        }
    }

    /// Nobody holds too much, nothing is held twice, and records and deliveries say the same.
    fn check(&self) {
        let mut held: Vec<DeliveryId> = Vec::new();
        for (courier_id, rider) in &self.riders {
            let shift = rider.courier.shift().unwrap();
            let links: Vec<_> = shift.links().collect();
            assert!(links.len() <= rider.courier.vehicle.capacity(), "{links:?}");
            for (delivery_id, offer_id) in links {
                let state = &self.meals[&delivery_id].delivery.progress.state;
                assert_ne!(
                    CourierLink::of(state, *courier_id, offer_id),
                    CourierLink::None,
                    "{delivery_id} {state:?}"
                );
                held.push(delivery_id);
            }
        }
        let count = held.len();
        held.sort_unstable();
        held.dedup();
        assert_eq!(held.len(), count, "a delivery is held twice");
        let bound = self
            .meals
            .values()
            .filter(|meal| meal.delivery.progress.state.bound_courier().is_some());
        assert_eq!(
            bound.count(),
            count,
            "a delivery is bound to somebody who does not know"
        );
    }
}

fn seen(courier_id: CourierId, rider: &Rider) -> Seen {
    Seen {
        courier_id,
        vehicle: rider.courier.vehicle,
        position: rider.position,
        at: rider.seen_at,
        heard_at: rider.seen_at,
    }
}

/// An afternoon with so many couriers; gives how many were delivered, and how many were escalated.
fn afternoon(couriers: u128, dice: u64) -> (usize, usize) {
    let mut city = City {
        now: NOON,
        riders: BTreeMap::new(),
        meals: BTreeMap::new(),
        plan: Vec::new(),
        offers: 1_000,
        dice,
    };
    let vehicles = [Vehicle::Bicycle, Vehicle::Scooter, Vehicle::Car, Vehicle::Foot];
    for number in 0..couriers {
        let vehicle = vehicles[usize::try_from(number).unwrap() % vehicles.len()];
        let rider = Rider {
            courier: Courier {
                duty: Duty::OnShift(Shift::beginning(NOON)),
                ..Courier::apply(vehicle)
            },
            position: city.somewhere(2_000),
            since: NOON,
            seen_at: NOON,
            silent_until: NOON,
        };
        city.riders.insert(id(number + 1), rider);
    }
    for minute in 0..300 {
        if minute < 90 {
            let count = city.roll(3);
            city.orders(count);
        }
        city.orders_go_on();
        city.check();
        city.answer();
        city.check();
        city.ride();
        city.epoch();
        city.check();
        city.now += EPOCH_EVERY;
    }
    let ended = |meal: &&Meal| meal.delivery.progress.state.phase().is_end();
    let is_delivered = |meal: &&Meal| matches!(meal.delivery.progress.state, State::Delivered { .. });
    for meal in city.meals.values() {
        let cancelled = meal.cancelled_at.is_some();
        let search = &meal.delivery.progress.search;
        assert!(ended(&meal), "{:?}", meal.delivery.progress);
        assert!(
            is_delivered(&meal) || cancelled || search.escalated,
            "{:?}",
            meal.delivery.progress
        );
    }
    let delivered = city.meals.values().filter(is_delivered).count();
    let escalated = city
        .meals
        .values()
        .filter(|meal| meal.delivery.progress.search.escalated)
        .count();
    (delivered, escalated)
}

#[test]
fn a_city_with_couriers_enough_delivers_nearly_all() {
    let (delivered, escalated) = afternoon(16, 7);
    assert!(delivered > 60, "{delivered} delivered, {escalated} escalated");
}

#[test]
fn a_city_without_couriers_tells_an_operator_of_every_order() {
    let (delivered, escalated) = afternoon(0, 7);
    assert!(
        delivered == 0 && escalated > 50,
        "{delivered} delivered, {escalated} escalated"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Whatever couriers, kitchens and customers do: every order ends delivered, cancelled or with an operator told.
    #[test]
    fn every_order_ends(couriers in 0_u128..14, dice in any::<u64>()) {
        afternoon(couriers, dice);
    }
}
