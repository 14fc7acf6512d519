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
use crate::domain::estimate::{Remaining, arrival, remaining};
use crate::domain::event::Event;
use crate::domain::experience::{Experience, Lesson, Pupil, Town, pupil};
use crate::domain::itinerary::{detour, itinerary, stops_before};
use crate::domain::{Delivery, Eta};
use crate::router::{Router, Travel as _};
use crate::steps::Stepped;
use crate::store::{self, Found, KitchenRecord, TownRecord};

/// How long what was read of a kitchen holds: it may get busy. Of a zone less changes.
const KITCHEN_HOLDS: SignedDuration = SignedDuration::from_mins(1);
const TOWN_HOLDS: SignedDuration = SignedDuration::from_mins(10);
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

/// What is known when the arrival of what remains is estimated. `kitchen` is who cooks it, and `place` where.
pub async fn experience(
    app: &App,
    kitchen: Option<RestaurantId>,
    place: Position,
    remaining: &Remaining,
    now: Timestamp,
) -> Experience {
    let mut known = Experience::default();
    if let Remaining::HandOver = remaining {
        return known;
    }
    let kitchen = kitchen.filter(|_| remaining.is_cooking());
    let (town, cooks) = tokio::join!(town_of(app, place, now), kitchen_of(app, kitchen, now));
    (known.town, known.kitchen) = (town, cooks);
    for ride in remaining.rides() {
        known.rides.push(app.foresight.router.measure(ride, now).await);
    }
    known
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
    let ahead = itinerary(&jobs, position, assignment.vehicle, now);
    Ok(Before {
        stops: stops_before(&ahead, delivery_id),
        detour: detour(&jobs, delivery_id, position, assignment.vehicle, now),
    })
}

/// What is known when a delivery's arrival is estimated.
pub async fn known_of(app: &App, delivery: &Delivery, remaining: &Remaining, now: Timestamp) -> Experience {
    let facts = &delivery.facts;
    experience(app, Some(facts.restaurant_id), facts.pickup.position, remaining, now).await
}

async fn town_of(app: &App, place: Position, now: Timestamp) -> Town {
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

async fn kitchen_of(app: &App, restaurant: Option<RestaurantId>, now: Timestamp) -> eta::Kitchen {
    let Some(restaurant_id) = restaurant else {
        return eta::Kitchen::default();
    };
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
    let Some((lesson, zone)) = Lesson::of(delivery).zip(zone(place)) else {
        return Ok(());
    };
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
            let kitchen = kitchen_of(app, Some(restaurant_id), cause.now).await;
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
