//! `POST /v1/couriers/{courier_id}/approve`.

use ::store::{COMMIT_ATTEMPTS_MAX, Commit, StoreError};
use axum::extract::State;
use kernel::{CourierId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};

use super::views::CourierView;
use crate::app::App;
use crate::steps::unexpected;
use crate::store::{self, Documents};

/// Approve a courier
///
/// And the papers that were handed in last. Approving again changes nothing.
#[utoipa::path(post, path = "/v1/couriers/{courier_id}/approve", operation_id = "approve_courier", tag = "couriers",
    security(("token" = [])), params(("courier_id" = CourierId, Path, description = "The courier")), responses(
    (status = 200, description = "Approved", body = CourierView),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an operator", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn approve_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(courier_id): Path<CourierId>,
) -> Result<Json<CourierView>, Problem> {
    principal.require(Role::Operator)?;
    for _ in 0..COMMIT_ATTEMPTS_MAX {
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Problem::not_found());
        };
        let documents = store::documents(&app.table, courier_id).await?;
        let approved = courier.approve(documents.as_ref().and_then(Documents::hold_until));
        if approved.is_none() && !documents.is_some_and(|documents| documents.wait()) {
            return Ok(Json(CourierView::new(courier_id, &courier)));
        }
        let approved = approved.unwrap_or(courier);
        let commit = store::replace_courier(Commit::new(&cause), courier_id, &stored, &approved);
        let commit = store::looked_at(commit, courier_id);
        match app.table.commit(commit).await {
            Ok(()) => return Ok(Json(CourierView::new(courier_id, &approved))),
            Err(error) if store::lost_race(&error) => {}
            Err(error) => return Err(unexpected(error).into()),
        }
    }
    Err(StoreError::Contended(COMMIT_ATTEMPTS_MAX).into())
}
