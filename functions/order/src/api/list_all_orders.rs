//! `GET /v1/admin/orders`

use axum::extract::State;
use kernel::Role;
use runtime::{Json, Listing, Principal, Problem, Query};

use super::listing::OrdersQuery;
use super::views::OrderSummary;
use crate::app::App;
use crate::store::Progress;
use crate::usecase::list_orders;

/// Names the list for its cursors.
const SCOPE: &str = "all orders";

/// All orders, newest first.
///
/// For operators.
#[utoipa::path(
    get,
    path = "/v1/admin/orders",
    tag = "operators",
    params(OrdersQuery),
    responses(
        (status = 200, description = "The orders", body = Listing<OrderSummary>),
        (status = 400, description = "A query that cannot be", body = Problem),
        (status = 403, description = "Not an operator", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn list_all_orders(
    State(app): State<App>,
    principal: Principal,
    Query(asked): Query<OrdersQuery>,
) -> Result<Json<Listing<OrderSummary>>, Problem> {
    principal.require(Role::Operator)?;
    let limit = asked.limit()?;
    let scope = format!("{SCOPE}|{:?}", asked.state);
    let mut progress = match asked.cursor.as_deref() {
        Some(cursor) => app.cursor_key.open(&scope, cursor)?,
        None => Progress::default(),
    };
    let orders = list_orders::list_all_orders(&app, &mut progress, asked.state, limit).await?;
    let next_cursor = if progress.is_over() {
        None
    } else {
        app.cursor_key.seal(&scope, &progress)
    };
    let items = orders.into_iter().map(OrderSummary::from).collect();
    Ok(Json(Listing { items, next_cursor }))
}
