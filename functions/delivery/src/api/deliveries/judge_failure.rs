//! `POST /v1/deliveries/{delivery_id}/review`.

use axum::extract::State;
use kernel::{DeliveryId, Role, Text};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::callers::carries;
use crate::api::shapes::FaultName;
use crate::api::shapes::{NOTE_LENGTH_MAX, Note};
use crate::api::views::DeliveryView;
use crate::app::App;
use crate::domain::Fault;
use crate::usecase::judge_failure;

/// Who is at fault.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Who bears the price: only `customer` is charged, and a courier who is at fault earns nothing.
    #[schema(value_type = FaultName)]
    fault: Fault,
    /// Why, among the delivery's incidents: at most 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<Note>)]
    note: Option<Text<NOTE_LENGTH_MAX>>,
}

/// Judge a failure
///
/// Of what a courier could not hand over, when nothing proves whose fault it is. The order ends by it, or by itself when the
/// time is over: then nobody is charged. The same judgement again changes nothing.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/review", operation_id = "judge_failure", tag = "deliveries",
    security(("token" = [])), request_body = Judgement, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Judged", body = DeliveryView),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`nothing_to_judge`: it has not failed, or was judged otherwise; `own_delivery`: ask another operator", body = Problem),
))]
pub async fn judge_failure(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Json(judgement): Json<Judgement>,
) -> Result<Json<DeliveryView>, Problem> {
    principal.require(Role::Operator)?;
    if carries(&app, &principal, delivery_id).await?.is_some() {
        let detail = "You carried it yourself: ask another operator.";
        return Err(Problem::conflict("own_delivery", detail));
    }
    let (operator, note) = (principal.user_id, judgement.note.map(String::from));
    let judged = judge_failure::judge_failure(&app, &cause, operator, delivery_id, judgement.fault, note).await?;
    Ok(Json(DeliveryView::new(delivery_id, &judged.delivery)))
}
