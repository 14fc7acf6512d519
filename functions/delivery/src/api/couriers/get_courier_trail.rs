//! `GET /v1/couriers/{courier_id}/trail`.

use ::store::StoreError;
use axum::extract::State;
use kernel::{CourierId, Position, Role, Timestamp};
use runtime::{Json, Listing, Paging, Path, Principal, Problem, Query, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::trail::decode;
use crate::store::{self, TrailRecord};

/// What one report added to a trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stretch {
    /// Where the courier was, oldest first.
    points: Vec<TrailPoint>,
}

/// Where a courier was, to about a metre.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrailPoint {
    /// When.
    at: Timestamp,
    /// Where.
    position: Position,
}

/// Follow a courier's trail
///
/// Where a courier was on shift during the last 24 hours, to about a hundred metres or a minute, the latest stretch
/// first: for questions about a delivery.
#[utoipa::path(get, path = "/v1/couriers/{courier_id}/trail", operation_id = "get_courier_trail", tag = "couriers",
    security(("token" = [])), params(("courier_id" = CourierId, Path, description = "The courier"), Paging), responses(
    (status = 200, description = "The trail", body = Listing<Stretch>),
    (status = 400, description = "`invalid_query` or `invalid_cursor`", body = Problem),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub async fn get_courier_trail(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(courier_id): Path<CourierId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<Stretch>>, Problem> {
    principal.require(Role::Operator)?;
    let query = store::trail(courier_id, paging.limit()?).after_cursor(&app.cursor_key, paging.cursor.as_deref())?;
    let (page, courier) = tokio::try_join!(
        app.table.query::<TrailRecord>(&query),
        store::courier(&app.table, courier_id)
    )?;
    if courier.is_none() {
        return Err(Problem::not_found());
    }
    let next_cursor = query.cursor(&app.cursor_key, &page);
    let now = cause.now.as_second();
    let records = page.items.into_iter().map(|stored| stored.value);
    let items = records
        .filter(|record| record.expires_at > now)
        .map(|record| stretch(&record));
    let items = items.collect::<Result<_, StoreError>>()?;
    Ok(Json(Listing { items, next_cursor }))
}

fn stretch(record: &TrailRecord) -> Result<Stretch, StoreError> {
    let points = decode(&record.points).ok_or_else(|| StoreError::Corrupt(format!("no trail: {}", record.points)))?;
    let point = |sighting: crate::domain::track::Sighting| TrailPoint {
        at: sighting.at,
        position: sighting.position,
    };
    Ok(Stretch {
        points: points.into_iter().map(point).collect(),
    })
}
