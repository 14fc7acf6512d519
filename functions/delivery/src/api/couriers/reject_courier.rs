//! `POST /v1/couriers/{courier_id}/reject`.

use axum::extract::State;
use kernel::{CourierId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::shapes::RejectName;
use crate::api::views::CourierView;
use crate::app::App;
use crate::domain::courier::Courier;
use crate::domain::courier::RejectReason;
use crate::store::Documents;
use crate::usecase::couriers::review_courier::review_courier;

/// Why somebody is not approved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionBody {
    /// Why.
    #[schema(value_type = RejectName)]
    reason: RejectReason,
    /// Which papers were looked at, as listed. May be left out as long as the papers are the first.
    #[serde(default)]
    #[schema(minimum = 1, example = 2)]
    documents_version: Option<u32>,
}

/// Reject an applicant
///
/// The courier hears why, and may apply again. Of a courier who is approved, new papers can be rejected; the approved ones hold
/// on. The same reason again changes nothing.
#[utoipa::path(post, path = "/v1/couriers/{courier_id}/reject", operation_id = "reject_courier", tag = "couriers",
    security(("token" = [])), request_body = RejectionBody, params(("courier_id" = CourierId, Path, description = "The courier")), responses(
    (status = 200, description = "Rejected", body = CourierView),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`courier_approved`, and no new papers wait; `documents_changed`, with the _documents_version_ to look at", body = Problem),
))]
pub async fn reject_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(courier_id): Path<CourierId>,
    Json(body): Json<RejectionBody>,
) -> Result<Json<CourierView>, Problem> {
    principal.require(Role::Operator)?;
    let reason = body.reason;
    let answer = |courier: &Courier, documents: Option<&Documents>| {
        courier.reject(reason, documents.is_some_and(Documents::wait))
    };
    let rejected = review_courier(&app, &cause, courier_id, body.documents_version, &answer).await?;
    Ok(Json(CourierView::new(courier_id, &rejected)))
}
