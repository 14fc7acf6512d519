//! `POST /v1/deliveries/{delivery_id}/incidents`.

use ::store::{Answer, Commit};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use kernel::{CourierId, DeliveryId, Role, Text, TypedId as _};
use runtime::{IdempotencyKey, Json, Path, Principal, Problem, RequestCause, replay};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::incidents::IncidentView;
use crate::api::shapes::{IncidentName, NOTE_LENGTH_MAX, Note};
use crate::app::App;
use crate::domain::Delivery;
use crate::domain::incident::{INCIDENTS_MAX, IncidentKind, Reporter};
use crate::store::{self, Found, Incident, IncidentItem};

/// Something that went wrong.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentReport {
    /// What.
    #[schema(value_type = IncidentName)]
    kind: IncidentKind,
    /// In your words: at most 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<Note>)]
    note: Option<Text<NOTE_LENGTH_MAX>>,
}

/// Report an incident
///
/// By the courier, the restaurant's staff or an operator; at most 50 for one delivery. Operators read them.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/incidents", operation_id = "report_incident", tag = "deliveries",
    security(("token" = [])), request_body = IncidentReport, params(
        ("delivery_id" = DeliveryId, Path, description = "The delivery"),
        ("Idempotency-Key" = String, Header, description = "New for each incident")), responses(
    (status = 201, description = "Noted", body = IncidentView),
    (status = 400, description = "`malformed_json`, `idempotency_key_missing` or `idempotency_key_invalid`", body = Problem),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem),
    (status = 409, description = "`too_many_incidents`, or `request_in_progress`", body = Problem),
    (status = 422, description = "`invalid_body`, or `idempotency_key_reused`", body = Problem),
))]
pub async fn report_incident(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    key: IdempotencyKey,
    Path(delivery_id): Path<DeliveryId>,
    Json(report): Json<IncidentReport>,
) -> Result<Response, Problem> {
    let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await? else {
        return Err(Problem::not_found());
    };
    let by = reporter(&app, &principal, &loaded.delivery).await?;
    let by = by.ok_or_else(Problem::not_found)?;
    let request = key.request(&principal, "report_incident", &report);
    if let Some(answer) = replay(app.table.precedent(&request, cause.now).await?)? {
        return Ok(answer);
    }
    if store::incidents(&app.table, delivery_id, INCIDENTS_MAX).await? >= INCIDENTS_MAX {
        let detail = format!("A delivery keeps {INCIDENTS_MAX} incidents.");
        return Err(Problem::conflict("too_many_incidents", detail));
    }
    let incident = Incident {
        kind: report.kind,
        note: report.note.map(String::from).unwrap_or_default(),
        by,
        user_id: principal.user_id,
        at: cause.now,
    };
    let body = serde_json::to_string(&IncidentView::from(&incident)).map_err(|_| Problem::internal())?;
    let answer = Answer {
        status: StatusCode::CREATED.as_u16(),
        body: body.clone(),
    };
    let key = store::incident_key(delivery_id, cause.now, &runtime::ids::random().simple());
    let commit = Commit::new(&cause)
        .also_put(&key, &IncidentItem::from(incident))
        .answer(&request, &answer);
    match app.table.commit(commit).await {
        Ok(()) => Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], body).into_response()),
        // The same request was faster than itself.
        Err(error) => Err(error.into()),
    }
}

/// As what somebody may report; `None` for who has nothing to do with the delivery, its customer included.
async fn reporter(app: &App, principal: &Principal, delivery: &Delivery) -> Result<Option<Reporter>, Problem> {
    if principal.has(Role::Operator) {
        return Ok(Some(Reporter::Operator));
    }
    let as_courier = CourierId::from_uuid(principal.user_id.uuid());
    if principal.has(Role::Courier) && delivery.progress.state.carrier() == Some(as_courier) {
        return Ok(Some(Reporter::Courier));
    }
    let restaurant_id = delivery.facts.restaurant_id;
    if principal.has(Role::Restaurant) && store::works_at(&app.table, principal.user_id, restaurant_id).await? {
        return Ok(Some(Reporter::Restaurant));
    }
    Ok(None)
}
