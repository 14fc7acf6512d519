//! `POST /v1/deliveries/{delivery_id}/failed`.

use axum::extract::State;
use kernel::{DeliveryId, SignedDuration};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::DeliveryView;
use super::{By, about, by_courier_or_operator, close};
use crate::app::App;
use crate::domain::FailureReason;
use crate::domain::command::Command;

/// Why the food cannot be handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Why.
    reason: FailureReasonName,
}

/// Why the food cannot be handed over.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureReasonName {
    /// Nobody opens.
    CustomerAbsent,
    /// The address does not exist or is another.
    WrongAddress,
    /// The courier is in danger.
    Unsafe,
    /// The food is spoilt.
    Damaged,
    /// Anything else.
    Other,
}

impl From<FailureReasonName> for FailureReason {
    fn from(name: FailureReasonName) -> Self {
        match name {
            FailureReasonName::CustomerAbsent => Self::CustomerAbsent,
            FailureReasonName::WrongAddress => Self::WrongAddress,
            FailureReasonName::Unsafe => Self::Unsafe,
            FailureReasonName::Damaged => Self::Damaged,
            FailureReasonName::Other => Self::Other,
        }
    }
}

/// Give up on handing over
///
/// Only after the pick-up; before it, end the shift and somebody else takes over. `customer_absent` only after the waiting
/// time at the door, which begins with `arrived-at-customer`. Then bring the food back and say `returned`; what is `damaged`
/// need not be brought. The same reason again changes nothing. Operators may say it for a courier who is lost.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/failed", operation_id = "failed", tag = "deliveries",
    security(("token" = [])), request_body = Failure, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Noted; the order becomes undeliverable", body = DeliveryView),
    (status = 400, description = "`malformed_json`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: neither courier nor operator", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`wrong_state`, with the current `state`; for `customer_absent` `not_at_customer`, or `wait_longer` with `wait_until` and `Retry-After`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_body`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn failed(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Json(failure): Json<Failure>,
) -> Result<Json<DeliveryView>, Problem> {
    let reason = failure.reason.into();
    let (by, door_wait) = match by_courier_or_operator(&principal)? {
        // Nobody waits at a door for an operator.
        By::Operator => (By::Operator, SignedDuration::ZERO),
        by @ By::Courier(_) => (by, app.door_wait),
    };
    let command = |courier_id| Command::Fail {
        courier_id,
        reason,
        door_wait,
    };
    let stepped = close(&app, &about(&cause, delivery_id), delivery_id, by, &command).await?;
    Ok(Json(DeliveryView::new(delivery_id, &stepped.delivery)))
}
