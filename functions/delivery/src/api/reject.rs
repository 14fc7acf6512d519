//! `POST /v1/couriers/{courier_id}/reject`.

use ::store::{COMMIT_ATTEMPTS_MAX, Commit, StoreError};
use axum::extract::State;
use kernel::{CourierId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refused;
use super::views::{CourierView, RejectName};
use crate::app::App;
use crate::steps::unexpected;
use crate::store;

/// Why somebody is not approved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionBody {
    /// Why.
    reason: RejectName,
}

/// Reject an applicant
///
/// The courier hears why, and may apply again. Of a courier who is approved, new papers can be rejected; the approved ones hold
/// on. The same reason again changes nothing.
#[utoipa::path(post, path = "/v1/couriers/{courier_id}/reject", operation_id = "reject_courier", tag = "couriers",
    security(("token" = [])), request_body = RejectionBody, params(("courier_id" = CourierId, Path, description = "The courier")), responses(
    (status = 200, description = "Rejected", body = CourierView),
    (status = 400, description = "`malformed_json`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an operator", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`courier_approved`, and no new papers wait", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_body`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn reject_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(courier_id): Path<CourierId>,
    Json(body): Json<RejectionBody>,
) -> Result<Json<CourierView>, Problem> {
    principal.require(Role::Operator)?;
    for _ in 0..COMMIT_ATTEMPTS_MAX {
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Problem::not_found());
        };
        let documents = store::documents(&app.table, courier_id).await?;
        let waiting = documents.is_some_and(|documents| documents.wait());
        let rejected = courier.reject(body.reason.into(), waiting).map_err(refused)?;
        if rejected.is_none() && !waiting {
            return Ok(Json(CourierView::new(courier_id, &courier)));
        }
        let rejected = rejected.unwrap_or(courier);
        let commit = store::replace_courier(Commit::new(&cause), courier_id, &stored, &rejected);
        let commit = store::looked_at(commit, courier_id);
        match app.table.commit(commit).await {
            Ok(()) => return Ok(Json(CourierView::new(courier_id, &rejected))),
            Err(error) if store::lost_race(&error) => {}
            Err(error) => return Err(unexpected(error).into()),
        }
    }
    Err(StoreError::Contended(COMMIT_ATTEMPTS_MAX).into())
}
