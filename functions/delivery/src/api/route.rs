//! `GET /v1/couriers/me/route`.

use axum::extract::State;
use kernel::{DeliveryId, OrderId, Position, Timestamp};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use super::courier_of;
use super::views::{StopKind, eta_now};
use crate::app::App;
use crate::domain::estimate::{DROP_OFF_SERVICE, travel, way};
use crate::domain::{Delivery, Place, State as DeliveryState};
use crate::store::{self, Found};

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
    #[schema(example = "assigned")]
    state: &'static str,
    /// What is done there.
    kind: StopKind,
    /// Where it is.
    position: Position,
    /// One line: street, house number, city.
    address: String,
    /// Such as the floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<String>,
    /// The restaurant's name, at the pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What the bag should say, at the pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_code: Option<String>,
    /// When the food is ready, at the pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<Timestamp>,
    /// When the courier should be there.
    eta: Timestamp,
}

/// See where to go
#[utoipa::path(get, path = "/v1/couriers/me/route", operation_id = "get_route", tag = "couriers",
    security(("token" = [])), responses(
    (status = 200, description = "The stops that remain; none without a delivery", body = Route),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not a courier", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: apply first", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_route(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Json<Route>, Problem> {
    let courier_id = courier_of(&principal)?;
    let (found, seen) = tokio::try_join!(
        store::courier(&app.table, courier_id),
        store::position(&app.table, courier_id)
    )?;
    let Some((_, courier)) = found else {
        return Err(Problem::not_found());
    };
    let mut route = Route { stops: Vec::new() };
    let position = seen.map(|stored| stored.value.position);
    for job in courier.jobs() {
        if let Found::Delivery(loaded) = store::load(&app.table, job.delivery_id).await? {
            route
                .stops
                .extend(stops(job.delivery_id, &loaded.delivery, position, cause.now));
        }
    }
    Ok(Json(route))
}

fn stops(delivery_id: DeliveryId, delivery: &Delivery, position: Option<Position>, now: Timestamp) -> Vec<RouteStop> {
    let facts = &delivery.facts;
    let state = &delivery.progress.state;
    let (Some(taken), Some(eta)) = (state.assignment(), eta_now(delivery, position, now)) else {
        return Vec::new();
    };
    let stop = |kind, place: &Place, eta| RouteStop {
        delivery_id,
        order_id: facts.order_id,
        state: state.phase().as_str(),
        kind,
        position: place.position,
        address: place.address.clone(),
        instructions: place.instructions.clone(),
        name: None,
        order_code: None,
        ready_at: None,
        eta,
    };
    let mut stops = Vec::new();
    if matches!(state, DeliveryState::Assigned(_) | DeliveryState::AtRestaurant(_)) {
        let on_the_way = position.filter(|_| matches!(state, DeliveryState::Assigned(_)));
        let approach_m = on_the_way.map_or(0, |position| way(position, facts.pickup.position));
        let eta = now + travel(approach_m, taken.vehicle);
        stops.push(RouteStop {
            name: Some(facts.restaurant_name.clone()),
            order_code: Some(facts.order_code()),
            ready_at: Some(delivery.ready_at()),
            ..stop(StopKind::Pickup, &facts.pickup, eta)
        });
    }
    // The arrival at the door: the estimate says when the food is in the customer's hands.
    stops.push(stop(
        StopKind::DropOff,
        &facts.drop_off,
        now.max(eta.likely - DROP_OFF_SERVICE),
    ));
    stops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, assignment, delivery, id, kerkstraat};

    #[test]
    fn the_restaurant_comes_before_the_customer_and_then_no_more() {
        let kinds = |state| {
            let stops = stops(id(1), &delivery(state), Some(kerkstraat()), NOON);
            assert!(stops.iter().all(|stop| stop.eta >= NOON));
            assert!(stops.is_sorted_by_key(|stop| stop.eta));
            stops.into_iter().map(|stop| stop.kind).collect::<Vec<_>>()
        };
        let both = [StopKind::Pickup, StopKind::DropOff];
        assert_eq!(kinds(DeliveryState::Assigned(assignment())), both);
        assert_eq!(kinds(DeliveryState::AtRestaurant(assignment())), both);
        assert_eq!(kinds(DeliveryState::PickedUp(assignment())), [StopKind::DropOff]);
        assert_eq!(kinds(DeliveryState::AtCustomer(assignment())), [StopKind::DropOff]);
        assert_eq!(kinds(DeliveryState::Waiting), []);
    }
}
