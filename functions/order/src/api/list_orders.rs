//! `GET /v1/orders`

use ::store::Index;
use axum::extract::State;
use kernel::Role;
use runtime::{Json, Listing, Principal, Problem, Query};

use super::listing::{OrdersQuery, page};
use super::views::OrderSummary;
use crate::app::App;
use crate::store::customers_orders;

/// The caller's own orders, newest first.
#[utoipa::path(
    get,
    path = "/v1/orders",
    tag = "orders",
    params(OrdersQuery),
    responses(
        (status = 200, description = "The orders", body = Listing<OrderSummary>),
        (status = 400, description = "A query that cannot be", body = Problem),
        (status = 403, description = "Not a customer", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn list_orders(
    State(app): State<App>,
    principal: Principal,
    Query(asked): Query<OrdersQuery>,
) -> Result<Json<Listing<OrderSummary>>, Problem> {
    principal.require(Role::Customer)?;
    let list = |limit| customers_orders(principal.user_id, limit);
    Ok(Json(page(&app, list, Index::Gsi1, &asked).await?))
}
