//! Estimates of arrival from what has been learned: read when it is needed, held for a while, and taught by deliveries.
//!
//! An estimate never fails for want of what was learned: without it, it is that of a new kitchen in a new zone.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ::store::{Freshness, StoreError, Stored};
use contracts::Cause;
use kernel::{DeliveryId, Position, RestaurantId, SignedDuration, Timestamp, TypedId as _};

use crate::app::App;
use crate::domain::cell::{Zone, zone};
use crate::domain::estimate::{Food, Remaining, arrival, ready_at, remaining};
use crate::domain::event::Event;
use crate::domain::experience::{Experience, Lesson, Pupil, Town, minutes, pupil};
use crate::domain::itinerary::{detour, itinerary, stops_before};
use crate::domain::open::{self, Open};
use crate::domain::ways::Ways;
use crate::domain::{Delivery, Eta};
use crate::router::{Router, Travel as _};
use crate::steps::Stepped;
use crate::store::{self, Found, KitchenRecord, TownRecord};

/// How long what was read of a kitchen holds: it may get busy. Of a zone less changes.
const KITCHEN_HOLDS: SignedDuration = SignedDuration::from_mins(1);
const TOWN_HOLDS: SignedDuration = SignedDuration::from_mins(10);
/// How long a zone's list of what is being cooked holds.
const COOKING_HOLDS: SignedDuration = SignedDuration::from_secs(30);
/// How many of each are held.
const HELD_MAX: usize = 500;

/// What this environment remembers of what was learned, and who tells ways.
#[derive(Debug)]
pub struct Foresight {
    router: Router,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    kitchens: HashMap<RestaurantId, (Timestamp, eta::Kitchen)>,
    towns: HashMap<Zone, (Timestamp, Town)>,
    cooking: HashMap<Zone, (Timestamp, Vec<Cooking>)>,
}

/// What a kitchen cooks.
#[derive(Debug, Clone, Copy)]
struct Cooking {
    restaurant_id: RestaurantId,
    delivery_id: DeliveryId,
    begun_at: Timestamp,
}

impl Foresight {
    /// With a router at a URL, or the built-in model.
    #[must_use]
    pub fn new(router_url: Option<&str>) -> Self {
        Self {
            router: Router::at(router_url),
            held: Mutex::default(),
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an estimate is about.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Who cooks it.
    pub kitchen: Option<RestaurantId>,
    /// The delivery, which is not in its own way.
    pub delivery_id: Option<DeliveryId>,
    /// Where it is cooked.
    pub place: Position,
}

/// What is known when the arrival of what remains is estimated.
pub async fn experience(app: &App, about: About, remaining: &Remaining, now: Timestamp) -> Experience {
    let mut known = Experience::default();
    if let Remaining::HandOver = remaining {
        return known;
    }
    known.town = town_of(app, about.place, now).await;
    if remaining.is_cooking() {
        cooks(app, about, now, &mut known).await;
    }
    for ride in remaining.rides() {
        known.rides.push(app.foresight.router.measure(ride, now).await);
    }
    known
}

/// Puts what is known of a kitchen in place of what was known of another.
async fn cooks(app: &App, about: About, now: Timestamp, known: &mut Experience) {
    let Some(restaurant_id) = about.kitchen else {
        return;
    };
    known.kitchen = kitchen_of(app, restaurant_id, now).await;
    let queue = cooking_in(app, about.place, now).await;
    let queue = queue
        .iter()
        .filter(|cooking| cooking.restaurant_id == restaurant_id && Some(cooking.delivery_id) != about.delivery_id);
    known.queue = queue
        .map(|cooking| minutes(now.duration_since(cooking.begun_at)))
        .collect();
}

/// When the food of what waits in a zone should be ready, where the kitchen has not said that it is.
pub async fn ready_times(app: &App, open: &[Open], town: &Town, now: Timestamp) -> HashMap<DeliveryId, Timestamp> {
    let mut ready = HashMap::new();
    let mut known = Experience {
        town: town.clone(),
        ..Experience::default()
    };
    for row in open.iter().filter(|row| row.waits() && row.food != open::Food::Ready) {
        let about = About {
            kitchen: Some(row.restaurant_id),
            delivery_id: Some(row.delivery_id),
            place: row.pickup,
        };
        cooks(app, about, now, &mut known).await;
        let food = Food::Cooking {
            begun_at: row.begun_at,
            planned_ready_at: row.ready_at,
            delayed_to: (row.food == open::Food::Delayed).then_some(row.ready_at),
        };
        ready.insert(row.delivery_id, ready_at(food, row.pickup.lng(), &known, now));
    }
    ready
}

/// The estimate of this moment; nothing after the end.
pub async fn eta_now(
    app: &App,
    delivery: &Delivery,
    position: Option<Position>,
    detour: SignedDuration,
    now: Timestamp,
) -> Option<Eta> {
    let remaining = remaining(delivery, position)?;
    let mut known = Box::pin(known_of(app, delivery, &remaining, now)).await;
    known.detour = detour;
    Some(arrival(&remaining, &known, now))
}

/// What a courier does before a delivery arrives.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Before {
    /// How many others get theirs first.
    pub stops: u32,
    /// How much later it gets because of the courier's other stops.
    pub detour: SignedDuration,
}

/// What the courier does before a delivery arrives. The courier's other deliveries are read as they were a moment ago.
///
/// # Errors
/// When the table does not answer.
pub async fn before(
    app: &App,
    delivery_id: DeliveryId,
    delivery: &Delivery,
    position: Option<Position>,
    now: Timestamp,
) -> Result<Before, StoreError> {
    let Some(assignment) = delivery.progress.state.assignment() else {
        return Ok(Before::default());
    };
    let courier_id = assignment.courier_id;
    let Some((_, courier)) = store::courier_fresh(&app.table, courier_id, Freshness::Recent).await? else {
        return Ok(Before::default());
    };
    let mut jobs = vec![(delivery_id, delivery.clone())];
    for job in courier.jobs().iter().filter(|job| job.delivery_id != delivery_id) {
        let found = store::load_fresh(&app.table, job.delivery_id, Freshness::Recent).await?;
        if let Found::Delivery(loaded) = found {
            jobs.push((job.delivery_id, loaded.delivery));
        }
    }
    let jobs: Vec<_> = jobs.iter().map(|(id, delivery)| (*id, delivery)).collect();
    let town = town_of(app, delivery.facts.pickup.position, now).await;
    let ways = Ways::new(&town, now);
    let ahead = itinerary(&jobs, position, assignment.vehicle, &ways);
    Ok(Before {
        stops: stops_before(&ahead, delivery_id),
        detour: detour(&jobs, delivery_id, position, assignment.vehicle, &ways),
    })
}

/// What is known when a delivery's arrival is estimated.
pub async fn known_of(app: &App, delivery: &Delivery, remaining: &Remaining, now: Timestamp) -> Experience {
    let facts = &delivery.facts;
    let about = About {
        kitchen: Some(facts.restaurant_id),
        // A delivery has its order's id.
        delivery_id: Some(store::delivery_of(facts.order_id)),
        place: facts.pickup.position,
    };
    experience(app, about, remaining, now).await
}

/// Notes what is being cooked in a zone, for whoever has just read its rows. Of what somebody is bound to the row does not
/// say whether it is ready: then it counts until it should be.
pub fn note_cooking(app: &App, zone: Zone, open: &[Open], now: Timestamp) {
    let cooking = open
        .iter()
        .filter(|row| row.food != open::Food::Ready && row.begun_at <= now && (row.waits() || now < row.ready_at));
    let cooking = cooking.map(|row| Cooking {
        restaurant_id: row.restaurant_id,
        delivery_id: row.delivery_id,
        begun_at: row.begun_at,
    });
    let mut held = app.foresight.held();
    if held.cooking.len() >= HELD_MAX {
        held.cooking.clear();
    }
    held.cooking.insert(zone, (now, cooking.collect()));
}

async fn cooking_in(app: &App, place: Position, now: Timestamp) -> Vec<Cooking> {
    let Some(zone) = zone(place) else {
        return Vec::new();
    };
    let held = |app: &App| match app.foresight.held().cooking.get(&zone) {
        Some((at, cooking)) if now <= *at + COOKING_HOLDS => Some(cooking.clone()),
        Some(_) | None => None,
    };
    if let Some(cooking) = held(app) {
        return cooking;
    }
    match store::open_of(&app.table, zone, Freshness::Recent, now).await {
        Ok(open) => note_cooking(app, zone, &open, now),
        Err(error) => tracing::warn!(%error, "the estimate does without the kitchen's queue"),
    }
    held(app).unwrap_or_default()
}

/// What was learned of the zone around a place.
pub async fn town_of(app: &App, place: Position, now: Timestamp) -> Town {
    let Some(zone) = zone(place) else {
        return Town::default();
    };
    if let Some((at, town)) = app.foresight.held().towns.get(&zone)
        && now <= *at + TOWN_HOLDS
    {
        return town.clone();
    }
    let read = store::learned::<TownRecord>(&app.table, &store::town_key(zone)).await;
    let town = told(read).map_or_else(Town::default, |stored| stored.value.into());
    let mut held = app.foresight.held();
    if held.towns.len() >= HELD_MAX {
        held.towns.clear();
    }
    held.towns.insert(zone, (now, town.clone()));
    town
}

async fn kitchen_of(app: &App, restaurant_id: RestaurantId, now: Timestamp) -> eta::Kitchen {
    if let Some((at, kitchen)) = app.foresight.held().kitchens.get(&restaurant_id)
        && now <= *at + KITCHEN_HOLDS
    {
        return kitchen.clone();
    }
    let read = store::learned::<KitchenRecord>(&app.table, &store::kitchen_key(restaurant_id)).await;
    let kitchen: eta::Kitchen = told(read).map_or_else(Default::default, |stored| stored.value.into());
    let mut held = app.foresight.held();
    if held.kitchens.len() >= HELD_MAX {
        held.kitchens.clear();
    }
    held.kitchens.insert(restaurant_id, (now, kitchen.clone()));
    kitchen
}

fn told<T>(read: Result<Option<Stored<T>>, StoreError>) -> Option<Stored<T>> {
    read.unwrap_or_else(|error| {
        tracing::warn!(%error, "the estimate does without what was learned");
        None
    })
}

/// Learns from deliveries that were handed over. A step is new only once, so each teaches once; one that is lost between the
/// step and this teaches nothing, and nobody will miss it.
pub async fn learn(app: &App, cause: &Cause, steps: &[(DeliveryId, Stepped)]) {
    for (delivery_id, stepped) in steps {
        let handed_over = stepped
            .events
            .iter()
            .any(|event| matches!(event, Event::Delivered { .. }));
        if handed_over && let Err(error) = Box::pin(learn_one(app, cause, *delivery_id, &stepped.delivery)).await {
            tracing::warn!(delivery.id = %delivery_id, %error, "nothing is learned from a delivery");
        }
    }
}

async fn learn_one(app: &App, cause: &Cause, delivery_id: DeliveryId, delivery: &Delivery) -> Result<(), StoreError> {
    let (place, restaurant_id) = (delivery.facts.pickup.position, delivery.facts.restaurant_id);
    let Some((mut lesson, zone)) = Lesson::of(delivery).zip(zone(place)) else {
        return Ok(());
    };
    // What is learned corrects whatever said beforehand how long the way takes.
    if let Some(ride) = lesson.ride_mut() {
        *ride = app.foresight.router.measure(*ride, cause.now).await;
    }
    // The last bits of an id are random, whatever its version.
    match pupil(delivery_id.uuid().as_u128()) {
        Some(Pupil::Kitchen) => {
            let town = town_of(app, place, cause.now).await;
            let key = store::kitchen_key(restaurant_id);
            let read = store::learned::<KitchenRecord>(&app.table, &key).await?;
            let mut kitchen = read
                .as_ref()
                .map_or_else(Default::default, |read| read.value.clone().into());
            if lesson.teach_kitchen(&mut kitchen, &town, place.lng()) {
                store::teach(&app.table, cause, &key, read.as_ref(), &KitchenRecord::from(&kitchen)).await?;
            }
        }
        Some(Pupil::Town) => {
            let kitchen = kitchen_of(app, restaurant_id, cause.now).await;
            let key = store::town_key(zone);
            let read = store::learned::<TownRecord>(&app.table, &key).await?;
            let mut town = read
                .as_ref()
                .map_or_else(Town::default, |read| read.value.clone().into());
            if lesson.teach_town(&mut town, &kitchen, place.lng()) {
                store::teach(&app.table, cause, &key, read.as_ref(), &TownRecord::from(&town)).await?;
            }
        }
        None => {}
    }
    Ok(())
}
