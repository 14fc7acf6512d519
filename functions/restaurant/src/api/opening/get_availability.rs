//! `GET /v1/restaurants/{restaurant_id}/availability`

use axum::extract::State;
use kernel::{RestaurantId, Timestamp};
use runtime::{Json, Path, Problem, Query, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::opening::{Shut, Situation};
use crate::usecase;

/// What is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Moment {
    /// The moment that is meant; by default now.
    at: Option<Timestamp>,
    /// How the food leaves the restaurant.
    #[serde(default, rename = "mode")]
    #[param(inline)]
    _mode: Mode,
}

/// How the food leaves the restaurant.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// With a courier.
    #[default]
    Delivery,
}

/// Whether a restaurant takes orders at a moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvailabilityView {
    open: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ShutReason>,
    /// When it takes orders again, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    opens_at: Option<Timestamp>,
    /// Until when it takes them; missing while it does not close.
    #[serde(skip_serializing_if = "Option::is_none")]
    closes_at: Option<Timestamp>,
    /// When an order placed as early as can be would be ready; null if none can be placed.
    earliest_ready_at: Option<Timestamp>,
}

/// Why a restaurant takes no orders.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShutReason {
    /// Outside its hours.
    Closed,
    /// It takes a break.
    Paused,
}

/// Whether a restaurant takes orders at a moment.
#[utoipa::path(
    get,
    path = "/v1/restaurants/{restaurant_id}/availability",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant"), Moment),
    responses(
        (status = 200, description = "Whether, and until or from when", body = AvailabilityView),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
    )
)]
pub async fn get_availability(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    Query(moment): Query<Moment>,
) -> Result<Json<AvailabilityView>, Problem> {
    let restaurant = usecase::read_public_restaurant(&app, id).await?;
    let situation = restaurant.timetable().at(moment.at.unwrap_or(cause.now));
    Ok(Json(situation.into()))
}

impl From<Situation> for AvailabilityView {
    fn from(situation: Situation) -> Self {
        match situation {
            Situation::Open { closes_at, ready_at } => Self {
                open: true,
                reason: None,
                opens_at: None,
                closes_at,
                earliest_ready_at: Some(ready_at),
            },
            Situation::Shut {
                why,
                opens_at,
                ready_at,
            } => Self {
                open: false,
                reason: Some(match why {
                    Shut::Closed => ShutReason::Closed,
                    Shut::Paused => ShutReason::Paused,
                }),
                opens_at,
                closes_at: None,
                earliest_ready_at: ready_at,
            },
        }
    }
}
