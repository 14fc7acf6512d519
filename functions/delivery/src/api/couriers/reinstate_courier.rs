//! `POST /v1/couriers/{courier_id}/reinstate`.

use axum::extract::State;
use kernel::{CourierId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};

use crate::api::views::CourierView;
use crate::app::App;
use crate::usecase::couriers::bar_courier::bar_courier;

/// Let a suspended courier work again
///
/// The same again changes nothing.
#[utoipa::path(post, path = "/v1/couriers/{courier_id}/reinstate", operation_id = "reinstate_courier", tag = "couriers",
    security(("token" = [])), params(("courier_id" = CourierId, Path, description = "The courier")), responses(
    (status = 200, description = "As it is now", body = CourierView),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub async fn reinstate_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(courier_id): Path<CourierId>,
) -> Result<Json<CourierView>, Problem> {
    principal.require(Role::Operator)?;
    let reinstated = bar_courier(&app, &cause, courier_id, &|courier| Ok(courier.reinstate())).await?;
    Ok(Json(CourierView::new(courier_id, &reinstated)))
}
