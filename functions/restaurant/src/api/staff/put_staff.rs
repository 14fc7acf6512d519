//! `PUT /v1/restaurants/{restaurant_id}/staff/{user_id}`

use axum::extract::State;
use contracts::restaurant::{StaffMember, StaffRole};
use kernel::{RestaurantId, UserId};
use runtime::{Json, Path, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::restaurants::views::StaffView;
use crate::app::App;
use crate::domain::{Caller, Command};
use crate::usecase;

/// What a person may do at a restaurant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Employment {
    role: StaffRole,
}

/// Invites a person to a restaurant's staff, or changes the role of one who works there. An owner may do everything, a manager
/// all but the staff, others take orders, pause, and say what is sold out. An invitation lasts 14 days, and whoever accepts it
/// works there.
#[utoipa::path(
    put,
    path = "/v1/restaurants/{restaurant_id}/staff/{user_id}",
    tag = "staff",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant"), ("user_id" = UserId, Path, description = "The person")),
    request_body = Employment,
    responses(
        (status = 200, description = "Done, or so already", body = StaffView),
        (status = 403, description = "Not an owner of this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 409, description = "`last_owner`, `too_many_staff`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn put_staff(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path((id, user_id)): Path<(RestaurantId, UserId)>,
    Json(body): Json<Employment>,
) -> Result<Json<StaffView>, Problem> {
    let role = body.role;
    let member = StaffMember { user_id, role };
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &Command::PutStaff(member)).await?;
    let invitation = restaurant.invitations.of(user_id, cause.now);
    Ok(Json(StaffView {
        member,
        invited_until: invitation.map(|invitation| invitation.until),
    }))
}
