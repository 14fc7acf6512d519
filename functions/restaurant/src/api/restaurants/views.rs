//! A restaurant as its readers see it: everybody, or those who run it.

use axum::response::{IntoResponse, Response};
use contracts::restaurant::{Capacity, Pause, StaffMember, Status, Tax};
use http::header::ETAG;
use kernel::{Currency, Meters, Money, OpeningHours, Position, RestaurantId, TimeZone, Timestamp};
use phone::Phone;
use runtime::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::address::Address;
use crate::api::geojson::FeatureCollection;
use crate::api::shapes::{
    Cuisine, InternationalPhone, NationalPhone, RestaurantDescription, RestaurantName, SuspensionReason,
};
use crate::domain::search::Rating;
use crate::domain::{Invitation, Restaurant, Stage};
use crate::publish::status;

/// What everybody may know of a restaurant.
#[derive(Debug, Serialize, ToSchema)]
pub struct RestaurantView {
    restaurant_id: RestaurantId,
    #[schema(value_type = RestaurantName)]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RestaurantDescription>)]
    description: Option<String>,
    /// Kinds of kitchen, in lower case.
    #[schema(value_type = Vec<Cuisine>)]
    cuisines: Vec<String>,
    phone: Phone,
    /// The number as it is dialled within its country, such as `020 555 0101`.
    #[schema(value_type = NationalPhone)]
    phone_national: String,
    /// The number as it is written for people elsewhere, such as `+31 20 555 0101`.
    #[schema(value_type = InternationalPhone)]
    phone_international: String,
    address: Address,
    position: Position,
    /// The IANA time zone of its hours.
    #[schema(value_type = TimeZone)]
    time_zone: String,
    /// The currency of all its prices.
    currency: Currency,
    tax: Tax,
    /// How long it usually cooks.
    prep_time_minutes: u32,
    /// The smallest basket it takes, before fees.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum_order: Option<Money>,
    hours: OpeningHours,
    /// The farthest delivery.
    #[schema(value_type = u32)]
    max_distance_m: Meters,
    status: Status,
    /// Whether it takes orders now.
    open_now: bool,
    /// When that changes, as far as is known.
    next_change_at: Option<Timestamp>,
    /// Set while it takes no orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<Pause>,
    /// The published menu; null before the first.
    menu_version: Option<u32>,
    /// Counts its changes: send it as `If-Match` with a change.
    version: u64,
}

/// A restaurant as everybody sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicView {
    #[serde(flatten)]
    restaurant: RestaurantView,
    rating: RatingView,
}

/// What customers think of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingView {
    /// 1 to 5, to two decimals; null before the first rating.
    #[schema(minimum = 1, maximum = 5)]
    average: Option<f64>,
    /// How many ratings there are.
    count: u64,
}

/// A restaurant as those who run it see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManagementView {
    #[serde(flatten)]
    restaurant: RestaurantView,
    created_at: Timestamp,
    /// Where it delivers, as GeoJSON.
    zones: FeatureCollection,
    /// How much it cooks at a time; null: no limit.
    capacity: Option<Capacity>,
    /// Who works there.
    staff: Vec<StaffMember>,
    /// Who is invited to.
    invitations: Vec<StaffView>,
    /// Why it is suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SuspensionReason>)]
    suspension_reason: Option<String>,
    /// What it still needs before it can take orders.
    missing: Vec<MissingPart>,
}

/// What a restaurant needs before it can take orders.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingPart {
    /// When it is open.
    Hours,
    /// A published menu.
    Menu,
}

/// A person who works at a restaurant, or is invited to.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffView {
    /// Who, and as what.
    #[serde(flatten)]
    pub member: StaffMember,
    /// Until when the invitation may be accepted; missing for who works there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_until: Option<Timestamp>,
}

impl From<&Invitation> for StaffView {
    fn from(invitation: &Invitation) -> Self {
        Self {
            member: invitation.member,
            invited_until: Some(invitation.until),
        }
    }
}

impl RestaurantView {
    /// A restaurant at a moment.
    pub fn new(restaurant: &Restaurant, now: Timestamp) -> Self {
        let profile = restaurant.profile.clone();
        let situation = restaurant.timetable().at(now);
        let is_public = restaurant.stage.is_public();
        Self {
            restaurant_id: restaurant.id,
            name: profile.name.into(),
            description: profile.description.map(String::from),
            cuisines: profile.cuisines,
            phone_national: profile.phone.national(),
            phone_international: profile.phone.international(),
            phone: profile.phone,
            address: profile.address.into(),
            position: profile.position,
            time_zone: profile.time_zone.name().to_owned(),
            currency: profile.currency,
            tax: profile.tax,
            prep_time_minutes: profile.prep_time_minutes,
            minimum_order: profile.minimum_order,
            hours: restaurant.hours.clone(),
            max_distance_m: restaurant.area.max_distance_m,
            status: status(&restaurant.stage),
            open_now: is_public && situation.is_open(),
            next_change_at: situation.next_change_at().filter(|_| is_public),
            pause: restaurant.stage.pause(now).cloned(),
            menu_version: restaurant.menu.as_ref().map(|menu| menu.version),
            version: restaurant.revision,
        }
    }
}

impl PublicView {
    /// A restaurant and its rating at a moment.
    pub fn new(restaurant: &Restaurant, rating: Rating, now: Timestamp) -> Self {
        Self {
            restaurant: RestaurantView::new(restaurant, now),
            rating: rating.into(),
        }
    }
}

impl From<Rating> for RatingView {
    fn from(rating: Rating) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "100 to 500 hundredths")]
        let average = rating.average_hundredths().map(|hundredths| hundredths as f64 / 100.0);
        Self {
            average,
            count: rating.count,
        }
    }
}

impl ManagementView {
    /// A restaurant at a moment.
    pub fn new(restaurant: &Restaurant, now: Timestamp) -> Self {
        let suspension_reason = match &restaurant.stage {
            Stage::Suspended { reason, .. } => reason.clone(),
            Stage::Draft | Stage::Submitted { .. } | Stage::Approved { .. } => None,
        };
        let situation = restaurant.timetable().at(now);
        let has_hours = situation.is_open() || situation.next_change_at().is_some();
        let needs = [
            (MissingPart::Hours, has_hours),
            (MissingPart::Menu, restaurant.menu.is_some()),
        ];
        Self {
            restaurant: RestaurantView::new(restaurant, now),
            created_at: restaurant.created_at,
            zones: FeatureCollection::from(&restaurant.area),
            capacity: restaurant.capacity,
            staff: restaurant.staff.members().to_vec(),
            invitations: restaurant.invitations.open(now).map(StaffView::from).collect(),
            suspension_reason,
            missing: needs
                .into_iter()
                .filter(|(_, has)| !has)
                .map(|(part, _)| part)
                .collect(),
        }
    }
}

/// A restaurant for those who run it, with its version as the entity tag.
pub fn managed(restaurant: &Restaurant, now: Timestamp) -> Response {
    tagged(restaurant, ManagementView::new(restaurant, now))
}

/// A body about a restaurant, with the restaurant's version as the entity tag.
pub fn tagged(restaurant: &Restaurant, body: impl Serialize) -> Response {
    ([(ETAG, entity_tag(restaurant))], Json(body)).into_response()
}

/// The restaurant's version as an entity tag.
pub fn entity_tag(restaurant: &Restaurant) -> String {
    format!("\"{}\"", restaurant.revision)
}
