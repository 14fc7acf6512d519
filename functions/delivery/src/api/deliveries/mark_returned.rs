//! `POST /v1/deliveries/{delivery_id}/returned`.

use axum::extract::State;
use contracts::vocabulary::ReturnOutcome;
use kernel::DeliveryId;
use runtime::{Json, Optional, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::callers::courier_or_operator;
use crate::api::shapes::ReturnOutcomeName;
use crate::api::views::DeliveryView;
use crate::app::App;
use crate::domain::command::Command;
use crate::usecase::close_delivery::close_delivery;

/// What became of the food.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// By default `handed_back`.
    #[serde(default = "handed_back")]
    #[schema(value_type = ReturnOutcomeName)]
    outcome: ReturnOutcome,
}

impl Default for Return {
    fn default() -> Self {
        Self { outcome: handed_back() }
    }
}

const fn handed_back() -> ReturnOutcome {
    ReturnOutcome::HandedBack
}

/// Bring food back
///
/// After `failed`, unless the food is damaged. From then on you are free again. The same again changes nothing. Operators may say it for a
/// courier who is lost.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/returned", operation_id = "mark_returned", tag = "deliveries",
    security(("token" = [])), request_body = Option<Return>, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Noted", body = DeliveryView),
    (status = 403, description = "`forbidden`: neither courier nor operator", body = Problem),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem),
    (status = 409, description = "`wrong_state`, with the current _state_", body = Problem),
))]
pub async fn mark_returned(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Optional(body): Optional<Return>,
) -> Result<Json<DeliveryView>, Problem> {
    let outcome = body.outcome;
    let by = courier_or_operator(&app, &principal, delivery_id).await?;
    let command = |courier_id, _: &_| Command::Return { courier_id, outcome };
    let advanced = close_delivery(&app, &cause, delivery_id, by, &command).await?;
    Ok(Json(DeliveryView::new(delivery_id, &advanced.delivery)))
}
