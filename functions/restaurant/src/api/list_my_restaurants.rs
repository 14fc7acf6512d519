//! `GET /v1/restaurants/mine`

use ::store::Stored;
use axum::extract::State;
use contracts::restaurant::StaffRole;
use kernel::Timestamp;
use runtime::{Json, Listing, Paging, Principal, Problem, Query, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::RestaurantView;
use crate::app::App;
use crate::store::{MembershipRecord, RestaurantRecord, memberships, restaurant_key};

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
    let page = app.table.query::<MembershipRecord>(&query).await?;
    let keys: Vec<_> = page
        .items
        .iter()
        .map(|member| restaurant_key(member.value.restaurant_id))
        .collect();
    let found = app.table.get_all(&keys).await?;
    let mut items = Vec::with_capacity(found.len());
    for (item, member) in found.into_iter().zip(&page.items) {
        let invited_until = member.value.invited_until;
        let Some(item) = item.filter(|_| invited_until.is_none_or(|until| cause.now < until)) else {
            continue;
        };
        let read: Stored<RestaurantRecord> = ::store::read(item)?;
        let restaurant = read.value.into();
        items.push(MyRestaurant {
            restaurant: RestaurantView::new(&restaurant, cause.now),
            role: member.value.role,
            invited_until,
        });
    }
    let next_cursor = query.cursor(&app.cursor_key, &page);
    Ok(Json(Listing { items, next_cursor }))
}
