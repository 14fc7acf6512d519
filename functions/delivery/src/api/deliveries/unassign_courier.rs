//! `POST /v1/deliveries/{delivery_id}/unassign`.

use axum::extract::State;
use contracts::vocabulary::ReleaseDetail;
use kernel::{DeliveryId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::shapes::UnassignReasonName;
use crate::api::views::DeliveryView;
use crate::app::App;
use crate::usecase::unassign_courier;

/// Why a courier is taken off a delivery.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unassignment {
    /// Why.
    #[schema(value_type = UnassignReasonName)]
    reason: ReleaseDetail,
}

/// Take a courier off a delivery
///
/// Only before the pick-up. The delivery goes to somebody else at once, and is not offered to this courier again.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/unassign", operation_id = "unassign_courier", tag = "deliveries",
    security(("token" = [])), request_body = Unassignment, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Somebody else is looked for", body = DeliveryView),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`wrong_state`, with the current _state_: nobody has taken it, or the food was fetched", body = Problem),
))]
pub async fn unassign_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Json(unassignment): Json<Unassignment>,
) -> Result<Json<DeliveryView>, Problem> {
    principal.require(Role::Operator)?;
    let reason = unassignment.reason;
    let advanced = unassign_courier::unassign_courier(&app, &cause, delivery_id, reason).await?;
    Ok(Json(DeliveryView::new(delivery_id, &advanced.delivery)))
}
