//! `POST /v1/restaurants/{restaurant_id}/staff/accept`

use axum::extract::State;
use contracts::restaurant::StaffMember;
use kernel::RestaurantId;
use runtime::{Json, Path, Problem, RequestCause};

use crate::app::App;
use crate::domain::{Caller, Command};
use crate::usecase;

/// Works at a restaurant from now on, as its owner invited the caller to. Accepting again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/restaurants/{restaurant_id}/staff/accept",
    tag = "staff",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    responses(
        (status = 200, description = "What the caller does there", body = StaffMember),
        (status = 403, description = "Not invited, or too long ago", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn accept_invitation(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
) -> Result<Json<StaffMember>, Problem> {
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &Command::AcceptInvitation).await?;
    let role = restaurant.staff.role(caller.user_id).ok_or_else(Problem::forbidden)?;
    let user_id = caller.user_id;
    Ok(Json(StaffMember { user_id, role }))
}
