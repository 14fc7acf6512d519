//! `DELETE /v1/payment-methods/{payment_method_id}`

use ::store::{Commit, CommitError};
use axum::extract::State;
use http::StatusCode;
use kernel::{PaymentMethodId, Role};
use runtime::{Path, Principal, Problem, RequestCause};

use crate::app::App;
use crate::store::{MethodRecord, method_key};
use crate::stripe::Failure;

/// Why the record is not there any more: another removal was faster.
const GONE: &str = "gone";

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
    let key = method_key(principal.user_id, payment_method_id);
    let stored = app
        .table
        .get::<MethodRecord>(&key)
        .await?
        .ok_or_else(Problem::not_found)?;
    match app.stripe.detach(&stored.value.provider_method).await {
        // Refused: it is detached already, by a first try whose removal here did not come through.
        Ok(()) | Err(Failure::Refused { .. } | Failure::Declined { .. }) => {}
        Err(failure @ Failure::Unavailable(_)) => return Err(failure.into()),
    }
    let commit = Commit::new(&cause).also_remove(&key, GONE);
    match app.table.commit(commit).await {
        Ok(()) | Err(CommitError::Refused(GONE)) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(error.into()),
    }
}
