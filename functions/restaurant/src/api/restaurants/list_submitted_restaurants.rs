//! `GET /v1/admin/restaurants`

use axum::extract::State;
use kernel::Role;
use runtime::{Json, Listing, Paging, Principal, Problem, Query, RequestCause};

use super::views::ManagementView;
use crate::app::App;
use crate::store::{RestaurantRecord, submitted};

/// The restaurants that wait for approval, those that wait longest first.
#[utoipa::path(
    get,
    path = "/v1/admin/restaurants",
    tag = "restaurants",
    params(Paging),
    responses(
        (status = 200, description = "The restaurants", body = Listing<ManagementView>),
        (status = 403, description = "Not an operator", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn list_submitted_restaurants(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<ManagementView>>, Problem> {
    principal.require(Role::Operator)?;
    let query = submitted(paging.limit()?).after_cursor(&app.cursor_key, paging.cursor.as_deref())?;
    let page = app.table.query::<RestaurantRecord>(&query).await?;
    let next_cursor = query.cursor(&app.cursor_key, &page);
    let views = page
        .items
        .into_iter()
        .map(|read| ManagementView::new(&read.value.into(), cause.now));
    Ok(Json(Listing {
        items: views.collect(),
        next_cursor,
    }))
}
