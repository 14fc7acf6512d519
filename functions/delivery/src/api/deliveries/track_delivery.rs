//! `GET /v1/orders/{order_id}/delivery`.

use axum::extract::State;
use kernel::{CourierId, DeliveryId, OrderId, Position, Role, Timestamp, TypedId as _};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::problems::unavailable;
use crate::api::shapes::VehicleName;
use crate::api::shapes::{Pin, StateName};
use crate::api::views::EtaView;
use crate::app::App;
use crate::domain::Delivery;
use crate::domain::Vehicle;
use crate::domain::position_privacy::{Viewer, visible_position};
use crate::domain::proof::LOOK_LASTS;
use crate::store::{self, Found};
use crate::usecase::estimates::{before, eta_now};

/// Where an order's food is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tracking {
    /// The delivery.
    delivery_id: DeliveryId,
    /// The order.
    order_id: OrderId,
    /// Where the delivery stands.
    #[schema(value_type = StateName)]
    state: &'static str,
    /// Who brings it; nothing before somebody does and after the end.
    courier: Option<TrackedCourier>,
    /// When it should arrive; nothing after the end.
    eta: Option<EtaView>,
    /// How many others get theirs before.
    stops_before_you: u32,
    /// Where the photo of the hand-over is seen, for a quarter of an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri")]
    photo_url: Option<String>,
    /// What to say to the courier; only the customer sees it, and only until the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Pin>)]
    pin: Option<String>,
}

/// Who brings it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackedCourier {
    /// What the courier rides.
    #[schema(value_type = VehicleName)]
    vehicle: Vehicle,
    /// Where the courier was last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    /// True if the position is the middle of a square of 250 m that the courier is in: so a customer sees it before the
    /// pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    position_approximate: Option<bool>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    position_at: Option<Timestamp>,
}

/// Track an order's delivery
///
/// For its customer, the restaurant's staff, its courier and operators; the photo of the hand-over for the customer and
/// operators. The courier's position is shown only on shift and only while the courier
/// fetches or carries this very order; to the customer only roughly before the pick-up.
#[utoipa::path(get, path = "/v1/orders/{order_id}/delivery", operation_id = "track_delivery", tag = "deliveries",
    security(("token" = [])), params(("order_id" = OrderId, Path, description = "The order")), responses(
    (status = 200, description = "Where it is", body = Tracking),
    (status = 404, description = "`not_found`: no delivery (it begins when the restaurant accepts the order), or not yours", body = Problem),
))]
pub async fn track_delivery(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(order_id): Path<OrderId>,
) -> Result<Json<Tracking>, Problem> {
    let delivery_id = store::delivery_of(order_id);
    let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await? else {
        return Err(Problem::not_found());
    };
    let delivery = &loaded.delivery;
    if !may_see(&app, &principal, delivery).await? {
        return Err(Problem::not_found());
    }
    let assignment = delivery.progress.state.assignment();
    let seen = match assignment {
        Some(assignment) => store::position(&app.table, assignment.courier_id).await?,
        None => None,
    };
    let position = seen.as_ref().map(|stored| stored.value.position);
    let is_customer = principal.user_id == delivery.facts.customer_id;
    let viewer = if is_customer {
        Viewer::Customer
    } else {
        Viewer::Colleague
    };
    let sight = position.and_then(|position| visible_position(viewer, &delivery.progress.state, position));
    let is_over = delivery.progress.state.is_over_for_customer();
    // Whoever brings food back is none of the customer's business any more.
    let assignment = assignment.filter(|_| !(is_over && is_customer));
    let shows_photo = is_customer || principal.has(Role::Operator);
    let photo_url = match delivery.progress.photo.filter(|_| shows_photo) {
        Some(photo) => Some(look(&app, &photo.key(delivery_id)).await?),
        None => None,
    };
    let before = before(&app, delivery_id, delivery, position, cause.now).await?;
    let eta = eta_now(&app, delivery, position, before.detour, cause.now).await;
    Ok(Json(Tracking {
        delivery_id,
        order_id,
        state: delivery.progress.state.phase().as_str(),
        courier: assignment.map(|assignment| TrackedCourier {
            vehicle: assignment.vehicle,
            position: sight.map(|sight| sight.position),
            position_approximate: sight.map(|sight| sight.approximate),
            position_at: sight.and(seen).map(|stored| stored.value.at),
        }),
        eta: eta.map(EtaView::from),
        stops_before_you: before.stops,
        photo_url,
        pin: (is_customer && !is_over).then(|| delivery.facts.pin.clone()),
    }))
}

async fn look(app: &App, key: &str) -> Result<String, Problem> {
    let lasts = std::time::Duration::from_secs(LOOK_LASTS.as_secs().unsigned_abs());
    app.photos
        .download_url(key, lasts)
        .await
        .map_err(|error| unavailable(&error))
}

async fn may_see(app: &App, principal: &Principal, delivery: &Delivery) -> Result<bool, Problem> {
    let facts = &delivery.facts;
    let as_courier = CourierId::from_uuid(principal.user_id.uuid());
    let is_courier = principal.has(Role::Courier) && delivery.progress.state.carrier() == Some(as_courier);
    if principal.user_id == facts.customer_id || is_courier || principal.has(Role::Operator) {
        return Ok(true);
    }
    if principal.has(Role::Restaurant) {
        return Ok(store::works_at(&app.table, principal.user_id, facts.restaurant_id).await?);
    }
    Ok(false)
}
