//! `GET /v1/zones`.

use ::store::Freshness;
use axum::extract::State;
use http::StatusCode;
use kernel::{Position, Role};
use runtime::{Json, Listing, Principal, Problem, Query, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::shapes::{LatLng, ZoneId};
use crate::app::App;
use crate::domain::cell::{zone, zones_in_reach};
use crate::store;

/// Where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Near {
    /// Latitude and longitude: `52.37,4.90`.
    #[param(inline, value_type = LatLng, required = true)]
    #[serde(default)]
    near: String,
}

/// A zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZoneView {
    /// The zone: H3's index of a cell of resolution 5.
    #[schema(value_type = ZoneId)]
    zone_id: String,
    /// Deliveries that have not ended.
    open: usize,
    /// Those that nobody is bound to.
    waiting: usize,
}

/// Find zones
///
/// For operators. The zone around a position first, then those whose couriers may serve a restaurant there.
#[utoipa::path(get, path = "/v1/zones", operation_id = "find_zones", tag = "zones",
    security(("token" = [])), params(Near), responses(
    (status = 200, description = "One to four zones", body = Listing<ZoneView>),
    (status = 400, description = "`invalid_query`", body = Problem),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
))]
pub async fn find_zones(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Query(near): Query<Near>,
) -> Result<Json<Listing<ZoneView>>, Problem> {
    principal.require(Role::Operator)?;
    let position = position(&near.near).ok_or_else(|| {
        let detail = "`near` must be latitude and longitude in degrees, such as 52.37,4.90.";
        Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail)
    })?;
    let mut zones = zones_in_reach(position);
    zones.sort_by_key(|one| zone(position) != Some(*one));
    let mut items = Vec::new();
    for zone in zones {
        let open = store::open_of(&app.table, zone, Freshness::Recent, cause.now).await?;
        items.push(ZoneView {
            zone_id: zone.to_string(),
            open: open.len(),
            waiting: open.iter().filter(|open| open.waits()).count(),
        });
    }
    let next_cursor = None;
    Ok(Json(Listing { items, next_cursor }))
}

fn position(text: &str) -> Option<Position> {
    let (lat, lng) = text.split_once(',')?;
    Position::new(lat.trim().parse().ok()?, lng.trim().parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn a_position_is_two_numbers_on_the_globe() {
        assert!(position("52.37, 4.90").is_some());
        for wrong in ["", "52.37", "91,4.90", "nan,4.90", "a,b", "1,2,3"] {
            assert!(position(wrong).is_none(), "{wrong}");
        }
    }
}
