//! `PUT /v1/restaurants/{restaurant_id}/zones`

use axum::extract::State;
use axum::response::Response;
use kernel::{Meters, Money, RestaurantId, Ring, Zone};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{ManagementView, managed};
use crate::app::App;
use crate::domain::area::DISTANCE_DEFAULT;
use crate::domain::{Area, Command};

/// Delivery zones as GeoJSON (RFC 7946), with the farthest distance as a further member.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeatureCollection {
    #[serde(rename = "type")]
    kind: FeatureCollectionType,
    /// The zones: at most 20 with 1,000 corners together. The first that contains an address sets its terms; without
    /// any, only the distance counts.
    #[schema(max_items = 20)]
    features: Vec<Feature>,
    /// The farthest delivery, by default 5000.
    #[serde(default = "default_distance")]
    #[schema(minimum = 1, maximum = 20000)]
    max_distance_m: Meters,
    /// Ignored.
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "many tools write it, and it says nothing new")]
    bbox: Option<Vec<f64>>,
}

/// One zone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    #[serde(rename = "type")]
    kind: FeatureType,
    geometry: Geometry,
    #[serde(default)]
    properties: Option<Terms>,
    /// Ignored.
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "many tools write it, and it says nothing new")]
    id: Option<serde_json::Value>,
    /// Ignored.
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "many tools write it, and it says nothing new")]
    bbox: Option<Vec<f64>>,
}

/// The shape of a zone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Geometry {
    /// An outline and its holes, as closed rings of `[longitude, latitude]` corners.
    Polygon {
        /// At most 10 rings of at most 500 corners.
        #[schema(value_type = Vec<Vec<Vec<f64>>>)]
        coordinates: Vec<Ring>,
    },
}

/// The terms of a zone.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What the customer pays for a delivery into it; without, the platform's estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fee: Option<Money>,
    /// The smallest basket delivered into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minimum_order: Option<Money>,
    /// The longest promise into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 240)]
    max_minutes: Option<u32>,
}

/// Always `FeatureCollection`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub enum FeatureCollectionType {
    /// The only value.
    FeatureCollection,
}

/// Always `Feature`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub enum FeatureType {
    /// The only value.
    Feature,
}

const fn default_distance() -> Meters {
    DISTANCE_DEFAULT
}

/// Sets where a restaurant delivers and on what terms.
#[utoipa::path(
    put,
    path = "/v1/restaurants/{restaurant_id}/zones",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path)),
    request_body = FeatureCollection,
    responses(
        (status = 200, description = "Replaced", body = ManagementView),
        (status = 403, description = "Not a manager of this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 422, description = "Invalid values", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn replace_zones(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    Json(body): Json<FeatureCollection>,
) -> Result<Response, Problem> {
    let command = Command::ReplaceArea(body.into());
    let restaurant = app.execute(id, &principal, &cause, &command).await?;
    Ok(managed(&restaurant, cause.now))
}

impl From<FeatureCollection> for Area {
    fn from(collection: FeatureCollection) -> Self {
        let zone = |feature: Feature| {
            let Geometry::Polygon { coordinates: rings } = feature.geometry;
            let terms = feature.properties.unwrap_or_default();
            Zone {
                rings,
                fee: terms.fee,
                minimum_order: terms.minimum_order,
                max_minutes: terms.max_minutes,
            }
        };
        Self {
            zones: collection.features.into_iter().map(zone).collect(),
            max_distance_m: collection.max_distance_m,
        }
    }
}

impl From<&Area> for FeatureCollection {
    fn from(area: &Area) -> Self {
        let feature = |zone: &Zone| Feature {
            kind: FeatureType::Feature,
            geometry: Geometry::Polygon {
                coordinates: zone.rings.clone(),
            },
            properties: Some(Terms {
                fee: zone.fee,
                minimum_order: zone.minimum_order,
                max_minutes: zone.max_minutes,
            }),
            id: None,
            bbox: None,
        };
        Self {
            kind: FeatureCollectionType::FeatureCollection,
            features: area.zones.iter().map(feature).collect(),
            max_distance_m: area.max_distance_m,
            bbox: None,
        }
    }
}
