//! `POST /v1/couriers/{courier_id}/suspend`.

use axum::extract::State;
use kernel::{CourierId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::shapes::SuspendName;
use crate::api::views::CourierView;
use crate::app::App;
use crate::domain::courier::SuspendReason;
use crate::usecase::couriers::bar_courier::bar_courier;

/// Why somebody may not work for now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Why.
    #[schema(value_type = SuspendName)]
    reason: SuspendReason,
}

/// Suspend an approved courier
///
/// No shift starts and nothing is offered until the courier is reinstated. A running shift ends at once, and what was not
/// fetched goes to somebody else; food in the bag is brought first. The same reason again changes nothing.
#[utoipa::path(post, path = "/v1/couriers/{courier_id}/suspend", operation_id = "suspend_courier", tag = "couriers",
    security(("token" = [])), request_body = Suspension, params(("courier_id" = CourierId, Path, description = "The courier")), responses(
    (status = 200, description = "Suspended", body = CourierView),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`courier_not_approved`: reject the application instead", body = Problem),
))]
pub async fn suspend_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(courier_id): Path<CourierId>,
    Json(suspension): Json<Suspension>,
) -> Result<Json<CourierView>, Problem> {
    principal.require(Role::Operator)?;
    let reason = suspension.reason;
    let suspended = bar_courier(&app, &cause, courier_id, &|courier| courier.suspend(reason)).await?;
    Ok(Json(CourierView::new(courier_id, &suspended)))
}
