//! `GET /v1/restaurants/{restaurant_id}/orders`

use ::store::Index;
use axum::extract::State;
use kernel::{RestaurantId, Role};
use runtime::{Json, Listing, Path, Principal, Problem, Query};

use super::access::works_at;
use super::listing::{OrdersQuery, page};
use super::views::OrderSummary;
use crate::app::App;
use crate::store::restaurants_orders;

/// A restaurant's orders, newest first.
///
/// For its staff, and for operators.
#[utoipa::path(
    get,
    path = "/v1/restaurants/{restaurant_id}/orders",
    tag = "kitchen",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant"), OrdersQuery),
    responses(
        (status = 200, description = "The orders", body = Listing<OrderSummary>),
        (status = 400, description = "A query that cannot be", body = Problem),
        (status = 403, description = "Nobody who works at a restaurant", body = Problem),
        (status = 404, description = "Not your restaurant", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn list_restaurant_orders(
    State(app): State<App>,
    principal: Principal,
    Path(restaurant_id): Path<RestaurantId>,
    Query(asked): Query<OrdersQuery>,
) -> Result<Json<Listing<OrderSummary>>, Problem> {
    if !principal.has(Role::Operator) {
        principal.require(Role::Restaurant)?;
        if !works_at(&app, &principal, restaurant_id).await? {
            return Err(Problem::not_found());
        }
    }
    let list = |limit| restaurants_orders(restaurant_id, limit);
    Ok(Json(page(&app, list, Index::Gsi2, &asked).await?))
}
