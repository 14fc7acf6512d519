//! `POST /v1/deliveries/{delivery_id}/picked-up`.

use axum::extract::State;
use kernel::DeliveryId;
use runtime::{Json, Optional, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::DeliveryView;
use super::{about, courier_of, courier_step};
use crate::app::App;
use crate::domain::command::Command;

/// What the courier took.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickUp {
    /// What the bag says: the last four characters of the order's id. It is compared if it is given.
    order_code: Option<String>,
}

/// Say that you have the food
///
/// Saying it again changes nothing. The body may be left out.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/picked-up", operation_id = "picked_up", tag = "deliveries",
    security(("token" = [])), request_body = PickUp, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Noted", body = DeliveryView),
    (status = 400, description = "`malformed_json`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not a courier", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`wrong_state`, with the current `state`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_body`, such as `order_code_wrong`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn picked_up(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Optional(pick_up): Optional<PickUp>,
) -> Result<Json<DeliveryView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let command = Command::PickUp {
        courier_id,
        order_code: pick_up.order_code.as_deref(),
    };
    let stepped = courier_step(&app, &about(&cause, delivery_id), delivery_id, command).await?;
    Ok(Json(DeliveryView::new(delivery_id, &stepped.delivery)))
}
