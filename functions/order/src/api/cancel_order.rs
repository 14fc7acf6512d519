//! `POST /v1/orders/{order_id}/cancel`

use axum::extract::State;
use kernel::{Money, OrderId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::see;
use super::views::CostsView;
use crate::app::App;
use crate::domain::decide::costs;
use crate::domain::reasons::who_may_give;
use crate::domain::{CancelReason, CommandName, StateName};
use crate::usecase::cancel_order as usecase;

/// Why it is not wanted any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelBody {
    reason: CancelReason,
    /// The fee that the customer was shown and agreed to: a higher one is refused. Without it, that is what `GET …/cancellation`
    /// answered last; if it was never asked, what cancelling costs at the moment the request arrives.
    #[serde(default)]
    fee: Option<Money>,
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
/// `GET …/cancellation` tells the fee beforehand. If it is a higher one by now, the answer is 409 `terms_changed` with the
/// new one, which the next request may name as `fee`. Free for the restaurant until the food is picked up, and for operators until the
/// end. Cancelling it again for the same reason gives the same answer.
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
        (status = 409, description = "`order_not_cancellable`: too late; _state_ says where it stands. `terms_changed`: it costs _fee_, which was not agreed to", body = Problem),
        (status = 422, description = "Values that cannot be, such as another party's reason", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn cancel_order(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(order_id): Path<OrderId>,
    Json(CancelBody { reason, fee }): Json<CancelBody>,
) -> Result<Json<CancelledView>, Problem> {
    let seen = see(&app, &principal, order_id).await?;
    let by = seen.acting(CommandName::Cancel)?;
    if !who_may_give(reason).contains(&by) {
        let message = "Not one of the reasons that you may give.";
        return Err(Problem::invalid("/reason", "invalid", message));
    }
    let currency = seen.loaded.order.facts.total.currency();
    if fee.is_some_and(|fee| fee.currency() != currency) {
        let message = format!("The order is in {}.", currency.code());
        return Err(Problem::invalid("/fee/currency", "invalid", message));
    }
    let loaded = usecase::cancel_order(&app, seen.loaded, by, reason, fee, &cause).await?;
    let order = loaded.order;
    let fee = order.state.fee().unwrap_or(Money::zero(order.facts.total.currency()));
    Ok(Json(CancelledView {
        order_id,
        state: order.state.name(),
        costs: costs(&order, fee).into(),
    }))
}
