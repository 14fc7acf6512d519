//! `GET /v1/couriers/me/route`.

use axum::extract::State;
use contracts::vocabulary::Place;
use kernel::{DeliveryId, OrderId, Position, Timestamp};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::callers::at_work;
use crate::api::shapes::{AddressLine, Instructions, OrderCode, RestaurantName, StateName};
use crate::api::views::StopKind;
use crate::app::App;
use crate::domain::State as DeliveryState;
use crate::domain::courier::{CourierLink, Shift};
use crate::domain::itinerary::{Ahead, itinerary};
use crate::domain::learned_model::ZoneModel;
use crate::domain::ways::Ways;
use crate::domain::{Delivery, Vehicle};
use crate::store::{self, Found};
use crate::usecase::estimates::zone_model_at;

/// Where to go.
#[derive(Debug, Serialize, ToSchema)]
pub struct Route {
    /// The stops that remain, in order.
    stops: Vec<RouteStop>,
}

/// A stop.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteStop {
    /// The delivery.
    delivery_id: DeliveryId,
    /// Its order.
    order_id: OrderId,
    /// Where the delivery stands.
    #[schema(value_type = StateName)]
    state: &'static str,
    /// What is done there.
    kind: StopKind,
    /// Where it is.
    position: Position,
    /// One line: street, house number, city.
    #[schema(value_type = AddressLine)]
    address: String,
    /// Such as the floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Instructions>)]
    instructions: Option<String>,
    /// True where the customer wants the food left at the door, which a photo proves.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    leave_at_door: bool,
    /// The restaurant's name, at the pick-up and for food that goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RestaurantName>)]
    name: Option<String>,
    /// What the bag should say, at the pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OrderCode>)]
    order_code: Option<String>,
    /// When the food is ready, at the pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<Timestamp>,
    /// When the courier should be there.
    eta: Timestamp,
}

/// See where to go
///
/// All stops of all deliveries, in the best sequence: food that is not ready is waited for as little as food aboard grows old
/// and promises are broken. It is found anew at every look.
#[utoipa::path(get, path = "/v1/couriers/me/route", operation_id = "get_route", tag = "couriers",
    security(("token" = [])), responses(
    (status = 200, description = "The stops that remain; none without a delivery", body = Route),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: apply first", body = Problem),
))]
pub async fn get_route(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Json<Route>, Problem> {
    let courier_id = at_work(&app, &principal).await?;
    let (found, seen) = tokio::try_join!(
        store::courier(&app.table, courier_id),
        store::position(&app.table, courier_id)
    )?;
    let Some((_, courier)) = found else {
        return Err(Problem::not_found());
    };
    let mut jobs = Vec::new();
    // The courier's record may lag behind the deliveries, which say themselves whose they are.
    for (delivery_id, offer_id) in courier.shift().into_iter().flat_map(Shift::links) {
        if let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await?
            && CourierLink::of(&loaded.delivery.progress.state, courier_id, offer_id) == CourierLink::Taken
        {
            jobs.push((delivery_id, loaded.delivery));
        }
    }
    let jobs: Vec<_> = jobs.iter().map(|(id, delivery)| (*id, delivery)).collect();
    let position = seen.map(|stored| stored.value.position);
    // The zone where the food comes from knows the ways.
    let zone_model = match jobs.first() {
        Some((_, delivery)) => zone_model_at(&app, delivery.facts.pickup.position, cause.now).await,
        None => ZoneModel::default(),
    };
    let ways = Ways::new(&zone_model, cause.now);
    Ok(Json(Route {
        stops: stops(&jobs, position, courier.vehicle, &ways),
    }))
}

fn stops(
    jobs: &[(DeliveryId, &Delivery)],
    position: Option<Position>,
    vehicle: Vehicle,
    ways: &Ways<'_>,
) -> Vec<RouteStop> {
    let ahead = itinerary(jobs, position, vehicle, ways).into_iter();
    ahead
        .filter_map(|ahead| {
            let (_, delivery) = jobs.iter().find(|(id, _)| *id == ahead.delivery_id)?;
            Some(stop(&ahead, delivery))
        })
        .collect()
}

fn stop(ahead: &Ahead, delivery: &Delivery) -> RouteStop {
    let facts = &delivery.facts;
    let to_restaurant = ahead.stop == Place::Restaurant;
    let returns = matches!(delivery.progress.state, DeliveryState::Returning { .. });
    let (kind, place) = match (to_restaurant, returns) {
        (true, true) => (StopKind::Return, &facts.pickup),
        (true, false) => (StopKind::Pickup, &facts.pickup),
        (false, _) => (StopKind::DropOff, &facts.drop_off),
    };
    RouteStop {
        delivery_id: ahead.delivery_id,
        order_id: facts.order_id,
        state: delivery.progress.state.phase().as_str(),
        kind,
        position: place.position,
        address: place.address.clone(),
        instructions: place.instructions.clone(),
        leave_at_door: place.leave_at_door,
        name: to_restaurant.then(|| facts.restaurant_name.clone()),
        order_code: to_restaurant.then(|| facts.order_code()),
        ready_at: (kind == StopKind::Pickup).then(|| delivery.ready_at()),
        eta: ahead.arrives_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FailureReason;
    use crate::domain::cast::{NOON, assignment, delivery, id, kerkstraat};

    #[test]
    fn the_restaurant_comes_before_the_customer_and_then_no_more() {
        let kinds = |state| {
            let delivery = delivery(state);
            let stops = stops(
                &[(id(1), &delivery)],
                Some(kerkstraat()),
                Vehicle::Bicycle,
                &Ways::new(&ZoneModel::default(), NOON),
            );
            assert!(stops.iter().all(|stop| stop.eta >= NOON));
            assert!(stops.is_sorted_by_key(|stop| stop.eta));
            assert!(
                stops
                    .iter()
                    .all(|stop| stop.name.is_some() == (stop.kind != StopKind::DropOff))
            );
            stops.into_iter().map(|stop| stop.kind).collect::<Vec<_>>()
        };
        let both = [StopKind::Pickup, StopKind::DropOff];
        assert_eq!(kinds(DeliveryState::Assigned(assignment())), both);
        assert_eq!(kinds(DeliveryState::AtRestaurant(assignment())), both);
        assert_eq!(kinds(DeliveryState::PickedUp(assignment())), [StopKind::DropOff]);
        assert_eq!(kinds(DeliveryState::AtCustomer(assignment())), [StopKind::DropOff]);
        let (assignment, reason) = (assignment(), FailureReason::WrongAddress);
        assert_eq!(
            kinds(DeliveryState::Returning { assignment, reason }),
            [StopKind::Return]
        );
        assert_eq!(kinds(DeliveryState::Waiting), []);
    }
}
