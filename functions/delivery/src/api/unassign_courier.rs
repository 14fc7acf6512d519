//! `POST /v1/deliveries/{delivery_id}/unassign`.

use axum::extract::State;
use contracts::vocabulary::ReleaseDetail;
use kernel::{DeliveryId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::shapes::UnassignReasonName;
use super::views::DeliveryView;
use crate::app::App;
use crate::domain::command::{Command, ReleaseReason};
use crate::domain::lifecycle::Rejection;
use crate::domain::transitions::Verb;
use crate::steps::{Unstepped, about, follow_up, step};
use crate::store::Loaded;

/// Why a courier is taken off a delivery.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unassignment {
    /// Why.
    #[schema(value_type = UnassignReasonName)]
    reason: ReleaseDetail,
}

/// Take a courier off a delivery
///
/// Only before the pick-up. The delivery goes to somebody else at once, and is not offered to this courier again.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/unassign", operation_id = "unassign_courier", tag = "deliveries",
    security(("token" = [])), request_body = Unassignment, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Somebody else is looked for", body = DeliveryView),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`wrong_state`, with the current _state_: nobody has taken it, or the food was fetched", body = Problem),
))]
pub async fn unassign_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Json(unassignment): Json<Unassignment>,
) -> Result<Json<DeliveryView>, Problem> {
    principal.require(Role::Operator)?;
    let cause = about(&cause, delivery_id);
    let reason = ReleaseReason::Operator(unassignment.reason);
    let command = |loaded: &Loaded| {
        let courier_id = loaded.delivery.progress.state.assignment()?.courier_id;
        Some(Command::Release { courier_id, reason })
    };
    let stepped = step(&app, &cause, delivery_id, command).await?;
    if stepped.events.is_empty() {
        let phase = stepped.delivery.progress.state.phase();
        let verb = Verb::Release;
        return Err(Unstepped::from(Rejection::WrongState { phase, verb }).into());
    }
    let view = DeliveryView::new(delivery_id, &stepped.delivery);
    follow_up(&app, &cause, &[(delivery_id, stepped)]).await;
    Ok(Json(view))
}
