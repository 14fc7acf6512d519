//! `POST /v1/orders/{order_id}/reject`

use axum::extract::State;
use kernel::OrderId;
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::act;
use super::views::OrderView;
use crate::app::App;
use crate::domain::{Command, KitchenReason};

/// Why the kitchen does not take it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectBody {
    /// Why.
    reason: KitchenReason,
}

/// Does not take an order: the customer is not charged.
///
/// For the restaurant's staff, before it is accepted.
#[utoipa::path(
    post,
    path = "/v1/orders/{order_id}/reject",
    tag = "kitchen",
    params(("order_id" = OrderId, Path, description = "The order")),
    request_body = RejectBody,
    responses(
        (status = 200, description = "The order, which is rejected", body = OrderView),
        (status = 403, description = "Not the restaurant's staff", body = Problem),
        (status = 404, description = "No such order, or not yours", body = Problem),
        (status = 409, description = "`wrong_state`: it was answered before; _state_ says where it stands", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn reject_order(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(order_id): Path<OrderId>,
    Json(RejectBody { reason }): Json<RejectBody>,
) -> Result<Json<OrderView>, Problem> {
    let seen = act(&app, &principal, order_id, &Command::Reject { reason }, &cause).await?;
    Ok(Json(seen.into()))
}
