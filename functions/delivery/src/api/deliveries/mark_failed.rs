//! `POST /v1/deliveries/{delivery_id}/failed`.

use ::store::Freshness;
use axum::extract::State;
use kernel::DeliveryId;
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::callers::courier_or_operator;
use crate::api::shapes::{FailureReasonName, FaultName};
use crate::api::views::DeliveryView;
use crate::app::App;
use crate::domain::command::{Command, Word};
use crate::domain::presence::presence;
use crate::domain::{Facts, FailureReason, Fault, leaves_food};
use crate::store;
use crate::usecase::close_delivery::{ClosedBy, close_delivery};

/// Why the food cannot be handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Why.
    #[schema(value_type = FailureReasonName)]
    reason: FailureReason,
    /// Who is at fault, by operators only; without it the courier for `damaged` food, and nobody else.
    #[serde(default)]
    #[schema(value_type = Option<FaultName>)]
    fault: Option<Fault>,
}

/// Give up on handing over
///
/// Only after the pick-up; before it, end the shift and somebody else takes over. `customer_absent` only after the waiting
/// time at the door, which begins with `arrived-at-customer`. It is the customer's fault if the reason says so, your reported
/// positions show you at the door when you came and now, and you have waited. `damaged` food is yours. Whatever else it is,
/// an operator judges it until `review_by`, and nobody is charged before. Bring the food back in any case and call `mark_returned`;
/// what is `damaged` need not be brought. The same reason again changes nothing. Operators may say it for a courier who is lost;
/// of what is reported already they judge.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/failed", operation_id = "mark_failed", tag = "deliveries",
    security(("token" = [])), request_body = Failure, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Noted; the order becomes undeliverable, with `review_by` once an operator has judged", body = DeliveryView),
    (status = 403, description = "`forbidden`: neither courier nor operator", body = Problem),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem),
    (status = 409, description = "`wrong_state`, with the current _state_; for a customer who is absent `not_at_customer`, or `wait_longer` with _wait_until_ and _Retry-After_", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `not_allowed`", body = Problem),
))]
pub async fn mark_failed(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Json(failure): Json<Failure>,
) -> Result<Json<DeliveryView>, Problem> {
    let reason = failure.reason;
    let by = courier_or_operator(&app, &principal, delivery_id).await?;
    let seen = match by {
        ClosedBy::Courier(_) if failure.fault.is_some() => {
            let message = "Only an operator says who is at fault.";
            return Err(Problem::invalid("/fault", "not_allowed", message));
        }
        ClosedBy::Courier(courier_id) => store::whereabouts(&app.table, courier_id, Freshness::Latest).await?,
        ClosedBy::Operator => None,
    };
    let by_default = if leaves_food(reason) {
        Fault::Platform
    } else {
        Fault::Courier
    };
    let fault = failure.fault.unwrap_or(by_default);
    let command = |courier_id, facts: &Facts| Command::Fail {
        courier_id,
        reason,
        word: match by {
            ClosedBy::Operator => Word::Operator(fault),
            ClosedBy::Courier(_) => Word::Courier {
                presence: presence(seen.as_ref(), facts.drop_off.position, cause.now),
                door_wait: app.door_wait,
                review_lasts: app.review_lasts,
            },
        },
    };
    let advanced = close_delivery(&app, &cause, delivery_id, by, &command).await?;
    Ok(Json(DeliveryView::new(delivery_id, &advanced.delivery)))
}
