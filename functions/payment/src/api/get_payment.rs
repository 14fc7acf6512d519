//! `GET /v1/payments/{payment_id}`

use axum::extract::State;
use kernel::{PaymentId, Role};
use runtime::{Json, Path, Principal, Problem};

use super::views::{PaymentView, Viewer};
use crate::app::App;
use crate::store::load;

/// Shows a payment to its customer and to operators.
#[utoipa::path(
    get,
    path = "/v1/payments/{payment_id}",
    operation_id = "get_payment",
    tag = "payments",
    params(("payment_id" = PaymentId, Path, description = "The payment.")),
    responses(
        (status = 200, description = "The payment.", body = PaymentView),
        (status = 404, description = "There is no such payment, or it is somebody else's.", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn get_payment(
    State(app): State<App>,
    principal: Principal,
    Path(payment_id): Path<PaymentId>,
) -> Result<Json<PaymentView>, Problem> {
    show(&app, &principal, payment_id).await
}

/// Shows a payment to whom it may be shown.
///
/// # Errors
/// 404 if there is none or it is somebody else's.
pub async fn show(app: &App, principal: &Principal, payment_id: PaymentId) -> Result<Json<PaymentView>, Problem> {
    let loaded = load(&app.table, payment_id).await?;
    let payment = loaded.ok_or_else(Problem::not_found)?.payment;
    let viewer = if payment.customer_id == principal.user_id {
        Viewer::Customer
    } else if principal.has(Role::Operator) {
        Viewer::Operator
    } else {
        return Err(Problem::not_found());
    };
    PaymentView::of(payment_id, &payment.state, viewer)
        .map(Json)
        .ok_or_else(Problem::not_found)
}
