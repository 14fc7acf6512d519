//! `POST /v1/orders/{order_id}/ready`

use axum::extract::State;
use kernel::OrderId;
use runtime::{Json, Path, Principal, Problem, RequestCause};

use super::access::act;
use super::views::OrderView;
use crate::app::App;
use crate::domain::Command;

/// Says that the food can be fetched.
///
/// For the restaurant's staff. Saying it again does nothing.
#[utoipa::path(
    post,
    path = "/v1/orders/{order_id}/ready",
    tag = "kitchen",
    params(("order_id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The order, which is ready", body = OrderView),
        (status = 403, description = "Not the restaurant's staff", body = Problem),
        (status = 404, description = "No such order, or not yours", body = Problem),
        (status = 409, description = "`wrong_state`: it is not being prepared; _state_ says where it stands", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn mark_order_ready(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(order_id): Path<OrderId>,
) -> Result<Json<OrderView>, Problem> {
    let seen = act(&app, &principal, order_id, &Command::MarkReady, &cause).await?;
    Ok(Json(seen.into()))
}
