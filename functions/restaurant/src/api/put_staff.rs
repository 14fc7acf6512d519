//! `PUT /v1/restaurants/{restaurant_id}/staff/{user_id}`

use axum::extract::State;
use contracts::restaurant::{StaffMember, StaffRole};
use kernel::{RestaurantId, UserId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::Command;

/// What a person may do at a restaurant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Employment {
    role: StaffRole,
}

/// Adds a person to a restaurant's staff, or changes the role. An owner may do everything, a manager all but the staff,
/// others take orders, pause, and say what is sold out.
#[utoipa::path(
    put,
    path = "/v1/restaurants/{restaurant_id}/staff/{user_id}",
    tag = "staff",
    params(("restaurant_id" = RestaurantId, Path), ("user_id" = UserId, Path)),
    request_body = Employment,
    responses(
        (status = 200, description = "Done, or so already", body = StaffMember),
        (status = 403, description = "Not an owner of this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 409, description = "`last_owner`, `too_many_staff`", body = Problem),
        (status = 422, description = "Invalid values", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn put_staff(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path((id, user_id)): Path<(RestaurantId, UserId)>,
    Json(body): Json<Employment>,
) -> Result<Json<StaffMember>, Problem> {
    let role = body.role;
    let member = StaffMember { user_id, role };
    app.execute(id, &principal, &cause, &Command::PutStaff(member)).await?;
    Ok(Json(member))
}
