//! `POST /v1/deliveries/{delivery_id}/arrived-at-restaurant`.

use axum::extract::State;
use kernel::DeliveryId;
use runtime::{Json, Path, Principal, Problem, RequestCause};

use crate::api::callers::carrier_of;
use crate::api::views::DeliveryView;
use crate::app::App;
use crate::usecase::arrive::arrive;
use contracts::vocabulary::Place;

/// Say that you are at the restaurant
///
/// If your last reported position, not older than three minutes, is not there, it is noted, and earns no pay for waiting.
/// Saying it again changes nothing, unless you are seen there only now: then you wait from now on.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/arrived-at-restaurant", operation_id = "mark_arrived_at_restaurant", tag = "deliveries",
    security(("token" = [])), params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Noted", body = DeliveryView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem),
    (status = 409, description = "`wrong_state`, with the current _state_", body = Problem),
))]
pub async fn mark_arrived_at_restaurant(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
) -> Result<Json<DeliveryView>, Problem> {
    let courier_id = carrier_of(&app, &principal, delivery_id).await?;
    let advanced = arrive(&app, &cause, courier_id, delivery_id, Place::Restaurant).await?;
    Ok(Json(DeliveryView::new(delivery_id, &advanced.delivery)))
}
