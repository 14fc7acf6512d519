//! `DELETE /v1/payment-methods/{payment_method_id}`

use axum::extract::State;
use http::StatusCode;
use kernel::{PaymentMethodId, Role};
use runtime::{Path, Principal, Problem, RequestCause};

use crate::app::App;
use crate::usecase::remove_card::remove_card;

/// Removes a saved card, here and at the provider. What was authorised with it stays so.
#[utoipa::path(
    delete,
    path = "/v1/payment-methods/{payment_method_id}",
    operation_id = "remove_payment_method",
    tag = "payment methods",
    params(("payment_method_id" = PaymentMethodId, Path, description = "The saved card.")),
    responses(
        (status = 204, description = "The card is removed."),
        (status = 403, description = "Only customers have payment methods.", body = Problem),
        (status = 404, description = "There is no such card, or it is somebody else's.", body = Problem),
        (status = 503, description = "The provider does not answer: try again.", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn remove_payment_method(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(payment_method_id): Path<PaymentMethodId>,
) -> Result<StatusCode, Problem> {
    principal.require(Role::Customer)?;
    remove_card(&app, principal.user_id, payment_method_id, &cause).await?;
    Ok(StatusCode::NO_CONTENT)
}
