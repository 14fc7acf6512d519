//! `POST /v1/orders/{order_id}/cancel`

use axum::extract::State;
use kernel::{Money, OrderId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::see;
use super::view::CostsView;
use crate::app::App;
use crate::domain::decide::costs;
use crate::domain::{CancelReason, Command, CommandName, Party, StateName};

/// Why it is not wanted any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelBody {
    reason: CancelReason,
}

/// What cancelling cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct CancelledView {
    order_id: OrderId,
    state: StateName,
    #[serde(flatten)]
    costs: CostsView,
}

/// Cancels an order.
///
/// Free for the customer until the restaurant accepts; from then on the food is charged; once it is ready, too late.
/// Free for the restaurant until the food is picked up, and for operators until the end. `GET …/cancellation` tells the
/// cost beforehand. Cancelling it again for the same reason gives the same answer.
///
/// Customers say `changed_my_mind`, `ordered_by_mistake`, `wrong_address`, `too_slow` or `other`; restaurants `too_busy`,
/// `out_of_stock`, `closing` or `other`; operators any of these or `no_courier`.
#[utoipa::path(
    post,
    path = "/v1/orders/{order_id}/cancel",
    tag = "orders",
    params(("order_id" = OrderId, Path, description = "The order")),
    request_body = CancelBody,
    responses(
        (status = 200, description = "What it cost", body = CancelledView),
        (status = 403, description = "A courier does not cancel", body = Problem),
        (status = 404, description = "No such order, or not yours", body = Problem),
        (status = 409, description = "`order_not_cancellable`: too late; `state` says where it stands", body = Problem),
        (status = 422, description = "Values that cannot be, such as another party's reason", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn cancel_order(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(order_id): Path<OrderId>,
    Json(CancelBody { reason }): Json<CancelBody>,
) -> Result<Json<CancelledView>, Problem> {
    let seen = see(&app, &principal, order_id).await?;
    let by = seen.acting(CommandName::Cancel)?;
    if !reasons(by).contains(&reason) {
        let message = "Not one of the reasons that you may give.";
        return Err(Problem::invalid("/reason", "invalid", message));
    }
    let loaded = app
        .carry_out(seen.loaded, &Command::Cancel { reason }, by, &cause)
        .await?;
    let order = loaded.order;
    let fee = order.state.fee().unwrap_or(Money::zero(order.facts.total.currency()));
    Ok(Json(CancelledView {
        order_id,
        state: order.state.name(),
        costs: costs(&order, fee).into(),
    }))
}

fn reasons(by: Party) -> &'static [CancelReason] {
    match by {
        Party::Customer => CancelReason::OF_CUSTOMER,
        Party::Restaurant => CancelReason::OF_RESTAURANT,
        Party::Operator => CancelReason::OF_OPERATOR,
        Party::Courier | Party::Payment | Party::Delivery | Party::Platform => &[],
    }
}
