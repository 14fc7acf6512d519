//! `GET /v1/orders/{order_id}/cancellation`

use axum::extract::State;
use kernel::{Money, OrderId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::see;
use crate::app::App;
use crate::domain::{CommandName, StateName};
use crate::usecase::cancel_order::show_cancellation;

/// Whether the caller may cancel an order now, and what it would cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct CancellationView {
    /// Whether the caller may.
    allowed: bool,
    /// Where the order stands.
    state: StateName,
    /// What would still be charged; only where it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<Money>,
    /// What would be given back: the rest of what was authorised; only where it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<Money>,
}

/// What cancelling would cost now.
///
/// Free for the customer until the restaurant accepts; from then on the food is charged; once it is ready, too late.
/// Free for the restaurant until the food is picked up, and for operators until the end. What the customer is shown is
/// remembered: cancelling never costs more without being shown again.
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
    RequestCause(cause): RequestCause,
    Path(order_id): Path<OrderId>,
) -> Result<Json<CancellationView>, Problem> {
    let seen = see(&app, &principal, order_id).await?;
    let by = seen.acting(CommandName::Cancel)?;
    let costs = show_cancellation(&app, &seen.loaded, by, &cause).await?;
    Ok(Json(CancellationView {
        allowed: costs.is_some(),
        state: seen.loaded.order.state.name(),
        fee: costs.map(|costs| costs.fee),
        refund: costs.map(|costs| costs.refund),
    }))
}
