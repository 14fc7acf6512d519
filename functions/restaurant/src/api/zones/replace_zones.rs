//! `PUT /v1/restaurants/{restaurant_id}/zones`

use axum::extract::State;
use axum::response::Response;
use kernel::RestaurantId;
use runtime::{Json, Path, Problem, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::geojson::FeatureCollection;
use crate::api::restaurants::views::{ManagementView, tagged};
use crate::app::App;
use crate::domain::Caller;
use crate::domain::simplify::Simplification;
use crate::usecase;

/// A restaurant with its new zones.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplacedZones {
    #[serde(flatten)]
    restaurant: ManagementView,
    /// What is not kept as it was drawn, because it has too many corners.
    simplified: Vec<SimplifiedZone>,
}

/// What was simplified of a zone. Every place for which it matters lies within the tolerance of the border that was drawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimplifiedZone {
    /// Which zone, as a JSON pointer.
    #[schema(format = "json-pointer", example = "/features/0")]
    pointer: String,
    /// Corners as it was sent, those included that close a ring.
    corners_before: usize,
    /// Corners as it is kept.
    corners_after: usize,
    /// By how many metres the border might be moved.
    #[schema(minimum = 1, maximum = 50)]
    tolerance_m: u32,
    /// By how many metres it was moved at most.
    moved_m: f64,
    /// Parts that were smaller than the tolerance and are gone.
    parts_dropped: usize,
    /// Holes that were smaller than the tolerance and belong to the zone now.
    holes_dropped: usize,
}

impl From<Simplification> for SimplifiedZone {
    fn from(told: Simplification) -> Self {
        Self {
            pointer: format!("/features/{}", told.zone),
            corners_before: told.corners_before,
            corners_after: told.corners_after,
            tolerance_m: told.tolerance_m,
            moved_m: told.moved_m,
            parts_dropped: told.parts_dropped,
            holes_dropped: told.holes_dropped,
        }
    }
}

/// Sets where a restaurant delivers and on what terms.
///
/// Borders with more corners than can be kept lose those that matter least: the answer says how many, and how far that moved
/// the border.
#[utoipa::path(
    put,
    path = "/v1/restaurants/{restaurant_id}/zones",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    request_body = FeatureCollection,
    responses(
        (status = 200, description = "Replaced", body = ReplacedZones),
        (status = 403, description = "Not a manager of this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `amount_too_fine`, `invalid_polygon`, `too_many`, `wrong_currency`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn replace_zones(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    Json(body): Json<FeatureCollection>,
) -> Result<Response, Problem> {
    let (restaurant, simplified) = usecase::replace_zones(&app, id, &caller, &cause, body.into()).await?;
    let answer = ReplacedZones {
        restaurant: ManagementView::new(&restaurant, cause.now),
        simplified: simplified.into_iter().map(SimplifiedZone::from).collect(),
    };
    Ok(tagged(&restaurant, answer))
}
