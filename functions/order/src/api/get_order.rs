//! `GET /v1/orders/{order_id}`

use axum::extract::State;
use kernel::OrderId;
use runtime::{Json, Path, Principal, Problem};

use super::access::see;
use super::views::OrderView;
use crate::app::App;

/// An order.
///
/// For its customer, its restaurant, the courier assigned to it, and operators.
#[utoipa::path(
    get,
    path = "/v1/orders/{order_id}",
    tag = "orders",
    params(("order_id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 404, description = "No such order, or not yours", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn get_order(
    State(app): State<App>,
    principal: Principal,
    Path(order_id): Path<OrderId>,
) -> Result<Json<OrderView>, Problem> {
    let seen = see(&app, &principal, order_id).await?;
    Ok(Json(seen.into()))
}
