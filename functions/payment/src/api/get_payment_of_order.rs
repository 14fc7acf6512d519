//! `GET /v1/orders/{order_id}/payment`

use axum::extract::State;
use kernel::{OrderId, PaymentId, TypedId as _};
use runtime::{Json, Path, Principal, Problem};

use super::get_payment::show;
use super::views::PaymentView;
use crate::app::App;

/// Shows the payment of an order to its customer and to operators.
#[utoipa::path(
    get,
    path = "/v1/orders/{order_id}/payment",
    operation_id = "get_payment_of_order",
    tag = "payments",
    params(("order_id" = OrderId, Path, description = "The order.")),
    responses(
        (status = 200, description = "The payment.", body = PaymentView),
        (status = 404, description = "There is no such payment (a new order's takes a moment), or it is somebody else's.", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn get_payment_of_order(
    State(app): State<App>,
    principal: Principal,
    Path(order_id): Path<OrderId>,
) -> Result<Json<PaymentView>, Problem> {
    show(&app, &principal, PaymentId::from_uuid(order_id.uuid())).await
}
