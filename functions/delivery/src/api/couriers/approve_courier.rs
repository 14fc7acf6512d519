//! `POST /v1/couriers/{courier_id}/approve`.

use axum::extract::State;
use kernel::{CourierId, Role};
use runtime::{Json, Optional, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::views::CourierView;
use crate::app::App;
use crate::domain::courier::Courier;
use crate::store::Documents;
use crate::usecase::couriers::review_courier::review_courier;

/// Which papers an operator has looked at.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookedAt {
    /// As listed. May be left out as long as the papers are the first.
    #[serde(default)]
    #[schema(minimum = 1, example = 2)]
    pub documents_version: Option<u32>,
}

/// Approve a courier
///
/// And the papers that were looked at. Approving again changes nothing. The body may be left out as long as the papers are the
/// first that were handed in.
#[utoipa::path(post, path = "/v1/couriers/{courier_id}/approve", operation_id = "approve_courier", tag = "couriers",
    security(("token" = [])), request_body = Option<LookedAt>, params(("courier_id" = CourierId, Path, description = "The courier")), responses(
    (status = 200, description = "Approved", body = CourierView),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`documents_changed`, with the _documents_version_ to look at", body = Problem),
))]
pub async fn approve_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(courier_id): Path<CourierId>,
    Optional(looked_at): Optional<LookedAt>,
) -> Result<Json<CourierView>, Problem> {
    principal.require(Role::Operator)?;
    let answer = |courier: &Courier, documents: Option<&Documents>| {
        Ok(courier.approve(documents.and_then(Documents::hold_until)))
    };
    let approved = review_courier(&app, &cause, courier_id, looked_at.documents_version, &answer).await?;
    Ok(Json(CourierView::new(courier_id, &approved)))
}
