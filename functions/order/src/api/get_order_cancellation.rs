//! `GET /v1/orders/{order_id}/cancellation`

use axum::extract::State;
use kernel::OrderId;
use runtime::{Json, Path, Principal, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::see;
use super::view::CostsView;
use crate::app::App;
use crate::domain::{CommandName, StateName, cancellation};

/// Whether the caller may cancel an order now, and what it would cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct CancellationView {
    /// Whether the caller may.
    allowed: bool,
    /// Where the order stands.
    state: StateName,
    /// What it would cost; only where it is allowed.
    #[serde(flatten)]
    costs: Option<CostsView>,
}

/// What cancelling would cost now.
///
/// Free for the customer until the restaurant accepts; from then on the food is charged; once it is ready, too late.
/// Free for the restaurant until the food is picked up, and for operators until the end.
#[utoipa::path(
    get,
    path = "/v1/orders/{order_id}/cancellation",
    tag = "orders",
    params(("order_id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "Whether, and at what cost", body = CancellationView),
        (status = 403, description = "A courier does not cancel", body = Problem),
        (status = 404, description = "No such order, or not yours", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn get_order_cancellation(
    State(app): State<App>,
    principal: Principal,
    Path(order_id): Path<OrderId>,
) -> Result<Json<CancellationView>, Problem> {
    let seen = see(&app, &principal, order_id).await?;
    let by = seen.acting(CommandName::Cancel)?;
    let costs = cancellation(&seen.loaded.order, by);
    Ok(Json(CancellationView {
        allowed: costs.is_some(),
        state: seen.loaded.order.state.name(),
        costs: costs.map(CostsView::from),
    }))
}
