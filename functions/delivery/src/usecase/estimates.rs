//! Estimates of arrival from what has been learned, which is read when it is needed and held for a while.
//!
//! An estimate never fails because a model cannot be read: then it is that of a new kitchen in a new zone.

use std::collections::HashMap;

use ::store::{Freshness, StoreError, Stored};
use kernel::{DeliveryId, Position, RestaurantId, SignedDuration, Timestamp};

use crate::app::App;
use crate::domain::cell::{Zone, zone};
use crate::domain::estimate::{Food, Remaining, VEHICLE_USUAL, arrival, ready_at, remaining};
use crate::domain::itinerary::{detour, itinerary, stops_before};
use crate::domain::learned_model::{LearnedModel, ZoneModel, minutes};
use crate::domain::open_delivery::{self, OpenDelivery};
use crate::domain::ride::Ride;
use crate::domain::ways::Ways;
use crate::domain::{Delivery, Eta};
use crate::learned_cache::Cooking;
use crate::router::Travel as _;
use crate::store::{self, Found, KitchenRecord, ZoneModelRecord};

/// The subject of an estimate.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Who cooks it.
    pub kitchen: Option<RestaurantId>,
    /// The delivery, which does not wait for itself in the kitchen's queue.
    pub delivery_id: Option<DeliveryId>,
    /// Where it is cooked.
    pub place: Position,
}

/// The estimate of a delivery that has no courier yet, from a kitchen that begins at `begun_at` and plans for
/// `planned_ready_at`.
pub async fn first_eta(
    app: &App,
    about: About,
    drop_off: Position,
    (begun_at, planned_ready_at): (Timestamp, Timestamp),
    now: Timestamp,
) -> Eta {
    let remaining = Remaining::Everything {
        food: Food::Cooking {
            begun_at,
            planned_ready_at,
            delayed_to: None,
        },
        trip: Ride::new(about.place, drop_off, VEHICLE_USUAL),
    };
    let known = Box::pin(model(app, about, &remaining, now)).await;
    arrival(&remaining, &known, now)
}

/// What is known when the arrival of what remains is estimated.
async fn model(app: &App, about: About, remaining: &Remaining, now: Timestamp) -> LearnedModel {
    let mut known = LearnedModel::default();
    if let Remaining::HandOver = remaining {
        return known;
    }
    known.zone_model = zone_model_at(app, about.place, now).await;
    if remaining.is_cooking() {
        add_kitchen(app, about, now, &mut known).await;
    }
    for ride in remaining.rides() {
        known.rides.push(app.router.measure(ride, now).await);
    }
    known
}

/// Replaces what the model says of its kitchen by what is known of the kitchen in question.
async fn add_kitchen(app: &App, about: About, now: Timestamp, known: &mut LearnedModel) {
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
pub async fn ready_times(
    app: &App,
    open: &[OpenDelivery],
    zone_model: &ZoneModel,
    now: Timestamp,
) -> HashMap<DeliveryId, Timestamp> {
    let mut ready = HashMap::new();
    let mut known = LearnedModel {
        zone_model: zone_model.clone(),
        ..LearnedModel::default()
    };
    for row in open
        .iter()
        .filter(|row| row.waits() && row.food != open_delivery::Food::Ready)
    {
        let about = About {
            kitchen: Some(row.restaurant_id),
            delivery_id: Some(row.delivery_id),
            place: row.pickup,
        };
        add_kitchen(app, about, now, &mut known).await;
        let food = Food::Cooking {
            begun_at: row.begun_at,
            planned_ready_at: row.ready_at,
            delayed_to: (row.food == open_delivery::Food::Delayed).then_some(row.ready_at),
        };
        ready.insert(row.delivery_id, ready_at(food, row.pickup.lng(), &known, now));
    }
    ready
}

/// The estimate of this moment; `None` after the end.
pub async fn eta_now(
    app: &App,
    delivery: &Delivery,
    position: Option<Position>,
    detour: SignedDuration,
    now: Timestamp,
) -> Option<Eta> {
    let remaining = remaining(delivery, position)?;
    let mut known = Box::pin(model_for(app, delivery, &remaining, now)).await;
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
    let zone_model = zone_model_at(app, delivery.facts.pickup.position, now).await;
    let ways = Ways::new(&zone_model, now);
    let ahead = itinerary(&jobs, position, assignment.vehicle, &ways);
    Ok(Before {
        stops: stops_before(&ahead, delivery_id),
        detour: detour(&jobs, delivery_id, position, assignment.vehicle, &ways),
    })
}

/// What is known when a delivery's arrival is estimated.
pub async fn model_for(app: &App, delivery: &Delivery, remaining: &Remaining, now: Timestamp) -> LearnedModel {
    let facts = &delivery.facts;
    let about = About {
        kitchen: Some(facts.restaurant_id),
        // A delivery has its order's id.
        delivery_id: Some(store::delivery_of(facts.order_id)),
        place: facts.pickup.position,
    };
    model(app, about, remaining, now).await
}

/// Notes what is being cooked in a zone, from its rows as they were just read. The row of a delivery that has a courier does
/// not say whether the food is ready: then it counts until it should be.
pub fn note_cooking(app: &App, zone: Zone, open: &[OpenDelivery], now: Timestamp) {
    let cooking = open.iter().filter(|row| {
        row.food != open_delivery::Food::Ready && row.begun_at <= now && (row.waits() || now < row.ready_at)
    });
    let cooking = cooking.map(|row| Cooking {
        restaurant_id: row.restaurant_id,
        delivery_id: row.delivery_id,
        begun_at: row.begun_at,
    });
    app.learned.cooking.put(zone, cooking.collect(), now);
}

async fn cooking_in(app: &App, place: Position, now: Timestamp) -> Vec<Cooking> {
    let Some(zone) = zone(place) else {
        return Vec::new();
    };
    if let Some(cooking) = app.learned.cooking.get(&zone, now) {
        return cooking;
    }
    match store::open_of(&app.table, zone, Freshness::Recent, now).await {
        Ok(open) => note_cooking(app, zone, &open, now),
        Err(error) => tracing::warn!(%error, "the estimate does without the kitchen's queue"),
    }
    app.learned.cooking.get(&zone, now).unwrap_or_default()
}

/// What was learned of the zone around a place.
pub async fn zone_model_at(app: &App, place: Position, now: Timestamp) -> ZoneModel {
    let Some(zone) = zone(place) else {
        return ZoneModel::default();
    };
    if let Some(model) = app.learned.zones.get(&zone, now) {
        return model;
    }
    let read = store::learned::<ZoneModelRecord>(&app.table, &store::zone_model_key(zone)).await;
    let model: ZoneModel = logged(read).map_or_else(Default::default, |stored| stored.value.into());
    app.learned.zones.put(zone, model.clone(), now);
    model
}

/// What was learned of a kitchen.
pub async fn kitchen_of(app: &App, restaurant_id: RestaurantId, now: Timestamp) -> eta::Kitchen {
    if let Some(kitchen) = app.learned.kitchens.get(&restaurant_id, now) {
        return kitchen;
    }
    let read = store::learned::<KitchenRecord>(&app.table, &store::kitchen_key(restaurant_id)).await;
    let kitchen: eta::Kitchen = logged(read).map_or_else(Default::default, |stored| stored.value.into());
    app.learned.kitchens.put(restaurant_id, kitchen.clone(), now);
    kitchen
}

fn logged<T>(read: Result<Option<Stored<T>>, StoreError>) -> Option<Stored<T>> {
    read.unwrap_or_else(|error| {
        tracing::warn!(%error, "the estimate does without what was learned");
        None
    })
}
