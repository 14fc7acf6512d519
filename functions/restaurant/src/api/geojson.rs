//! Delivery zones as GeoJSON (RFC 7946).

use std::fmt;

use kernel::{Meters, Money, Price, Ring, Zone};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema};

use crate::domain::Area;
use crate::domain::area::{DISTANCE_DEFAULT, DISTANCE_MAX, ZONE_MINUTES_MAX, ZONES_MAX};

/// Corners of a ring, at least, the closing one included: RFC 7946 (3.1.6).
const RING_CORNERS_MIN: usize = 4;

/// Delivery zones as GeoJSON (RFC 7946), with the farthest distance as a further member.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeatureCollection {
    #[serde(rename = "type")]
    kind: FeatureCollectionType,
    /// The zones: at most 20. The first that contains an address sets its terms; without any, only the distance counts. Up
    /// to 500 corners a ring and 1,000 together are kept as they are drawn; up to 50,000 are simplified until they fit, and
    /// `simplified` says by how much.
    #[schema(max_items = 20)]
    features: Vec<Feature>,
    /// The farthest delivery, by default 5000.
    #[serde(default = "default_distance")]
    #[schema(value_type = u32, minimum = 1, maximum = 20000, default = 5000, example = 5000)]
    max_distance_m: Meters,
    /// Ignored: many tools write it, and it says nothing new.
    #[serde(default, skip_serializing_if = "is_told_to_nobody")]
    #[schema(example = json!([4.88, 52.36, 4.92, 52.38]))]
    bbox: Option<Vec<f64>>,
}

/// One zone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    #[serde(rename = "type")]
    kind: FeatureType,
    #[schema(schema_with = closed_geometry)]
    geometry: Geometry,
    #[serde(default, deserialize_with = "object_or_null")]
    properties: Option<Terms>,
    /// Ignored: many tools write it, and it says nothing new.
    #[serde(default, skip_serializing_if = "is_told_to_nobody")]
    id: Option<serde_json::Value>,
    /// Ignored: many tools write it, and it says nothing new.
    #[serde(default, skip_serializing_if = "is_told_to_nobody")]
    #[schema(example = json!([4.88, 52.36, 4.92, 52.38]))]
    bbox: Option<Vec<f64>>,
}

/// The shape of a zone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Geometry {
    /// An outline and its holes, as closed rings of `[longitude, latitude]` corners.
    Polygon {
        /// The outline first.
        #[schema(schema_with = polygon)]
        coordinates: Vec<Ring>,
    },
    /// Several of them, such as islands: the zone is all of them together. One alone is shown as a polygon.
    MultiPolygon {
        /// The polygons.
        #[schema(schema_with = polygons)]
        coordinates: Vec<Vec<Ring>>,
    },
}

/// The terms of a zone.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What the customer pays for a delivery into it; without, the platform's estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Price>)]
    fee: Option<Money>,
    /// The smallest basket delivered into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Price>)]
    minimum_order: Option<Money>,
    /// The longest promise into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 240, example = 45)]
    max_minutes: Option<u32>,
}

const _: () = assert!(
    ZONES_MAX == 20 && DISTANCE_MAX == 20_000 && DISTANCE_DEFAULT == 5_000 && ZONE_MINUTES_MAX == 240,
    "the schemas above say so"
);

const fn is_told_to_nobody<T>(_: &T) -> bool {
    true
}

/// A geometry has no members but its own.
fn closed_geometry() -> RefOr<Schema> {
    let mut schema = Geometry::schema();
    if let RefOr::T(Schema::OneOf(kinds)) = &mut schema {
        for kind in &mut kinds.items {
            if let RefOr::T(Schema::Object(kind)) = kind {
                kind.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
    }
    schema
}

/// Terms that may be null, as GeoJSON has it, but no list of values in the order of the members.
fn object_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Terms>, D::Error> {
    struct ObjectOrNull;
    impl<'de> Visitor<'de> for ObjectOrNull {
        type Value = Option<Terms>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object or null")
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Terms::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }
    }
    deserializer.deserialize_any(ObjectOrNull)
}

fn polygon() -> ArrayBuilder {
    let degrees = |most: i32| {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(-most))
            .maximum(Some(most))
    };
    let corner = ArrayBuilder::new()
        .prefix_items([degrees(180), degrees(90)].map(Schema::from))
        .items(ArrayItems::False)
        .min_items(Some(2))
        .max_items(Some(2));
    let ring = ArrayBuilder::new().items(corner).min_items(Some(RING_CORNERS_MIN));
    ArrayBuilder::new()
        .items(ring)
        .min_items(Some(1))
        .description(Some("The outline first, then its holes."))
        .examples([json!([[[4.88, 52.36], [4.92, 52.36], [4.92, 52.38], [4.88, 52.36]]])])
}

fn polygons() -> ArrayBuilder {
    ArrayBuilder::new()
        .items(polygon())
        .min_items(Some(1))
        .description(Some("The polygons."))
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

impl From<FeatureCollection> for Area {
    fn from(collection: FeatureCollection) -> Self {
        let zone = |feature: Feature| {
            let (rings, more_parts) = match feature.geometry {
                Geometry::Polygon { coordinates } => (coordinates, Vec::new()),
                Geometry::MultiPolygon { coordinates } => {
                    let mut parts = coordinates.into_iter();
                    (parts.next().unwrap_or_default(), parts.collect())
                }
            };
            let terms = feature.properties.unwrap_or_default();
            Zone {
                rings,
                more_parts,
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
            geometry: if zone.more_parts.is_empty() {
                let coordinates = zone.rings.clone();
                Geometry::Polygon { coordinates }
            } else {
                let coordinates = zone.parts().map(<[Ring]>::to_vec).collect();
                Geometry::MultiPolygon { coordinates }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn collection(geometry: &serde_json::Value) -> FeatureCollection {
        let feature = json!({"type": "Feature", "geometry": geometry, "properties": null});
        serde_json::from_value(json!({"type": "FeatureCollection", "features": [feature]})).unwrap()
    }

    fn shown(geometry: &serde_json::Value) -> serde_json::Value {
        let area = Area::from(collection(geometry));
        serde_json::to_value(FeatureCollection::from(&area)).unwrap()["features"][0]["geometry"].clone()
    }

    #[test]
    fn polygons_and_several_of_them_are_shown_as_they_were_sent() {
        let part = json!([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]);
        let polygon = json!({"type": "Polygon", "coordinates": part});
        let several = json!({"type": "MultiPolygon", "coordinates": [part, part, part]});
        assert_eq!(shown(&polygon), polygon);
        assert_eq!(shown(&several), several);
        let one = json!({"type": "MultiPolygon", "coordinates": [part]});
        assert_eq!(shown(&one), polygon);
        // Refused by the check.
        let nothing = collection(&json!({"type": "MultiPolygon", "coordinates": []}));
        assert!(Area::from(nothing).zones[0].check().is_err());
    }
}
