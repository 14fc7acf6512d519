//! `GET /v1/restaurants/mine`

use axum::extract::State;
use contracts::restaurant::StaffRole;
use kernel::Timestamp;
use runtime::{Json, Listing, Paging, Principal, Problem, Query, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use super::views::RestaurantView;
use crate::app::App;
use crate::store::memberships;
use crate::usecase;

/// A restaurant at which the caller works, or is invited to.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyRestaurant {
    #[serde(flatten)]
    restaurant: RestaurantView,
    /// What the caller does there.
    role: StaffRole,
    /// Until when the caller may accept the invitation to it; missing for who works there.
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_until: Option<Timestamp>,
}

/// The restaurants at which the caller works or is invited to, the newest first.
#[utoipa::path(
    get,
    path = "/v1/restaurants/mine",
    tag = "restaurants",
    params(Paging),
    responses((status = 200, description = "The restaurants", body = Listing<MyRestaurant>)),
    security(("token" = []))
)]
pub async fn list_my_restaurants(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<MyRestaurant>>, Problem> {
    let query = memberships(principal.user_id, paging.limit()?)
        .newest_first()
        .after_cursor(&app.cursor_key, paging.cursor.as_deref())?;
    let page = usecase::list_my_restaurants(&app, &query, cause.now).await?;
    let items = page.items.iter().map(|(membership, restaurant)| MyRestaurant {
        restaurant: RestaurantView::new(restaurant, cause.now),
        role: membership.role,
        invited_until: membership.invited_until,
    });
    Ok(Json(Listing {
        items: items.collect(),
        next_cursor: page.next_cursor,
    }))
}
