//! `PATCH /v1/restaurants/{restaurant_id}`

use axum::extract::State;
use axum::response::Response;
use contracts::restaurant::Tax;
use kernel::{Money, Position, Price, RestaurantId, TimeZone};
use phone::EnteredPhone;
use runtime::{IfMatch, Json, Path, Problem, RequestCause};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::address::Address;
use super::views::{ManagementView, managed};
use crate::api::shapes::{Cuisine, RestaurantDescription, RestaurantName};
use crate::app::App;
use crate::domain::profile::{Description, Name};
use crate::domain::{Caller, Command, ProfileChange};
use crate::usecase;

/// What to change; what is missing stays, null removes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "the outer says whether to change it, the inner to what"
)]
pub struct RestaurantChange {
    #[serde(default)]
    #[schema(value_type = Option<RestaurantName>)]
    name: Option<Name>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<RestaurantDescription>)]
    description: Option<Option<Description>>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<Cuisine>>, min_items = 1, max_items = 10)]
    cuisines: Option<Vec<String>>,
    /// As people write it: without the country's code, it is one of the address's country.
    #[serde(default)]
    phone: Option<EnteredPhone>,
    #[serde(default)]
    address: Option<Address>,
    #[serde(default)]
    position: Option<Position>,
    #[serde(default)]
    #[schema(value_type = Option<TimeZone>)]
    time_zone: Option<String>,
    #[serde(default)]
    tax: Option<Tax>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 240, example = 25)]
    prep_time_minutes: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Price>)]
    minimum_order: Option<Option<Money>>,
}

/// A field that is there, be it null.
#[expect(
    clippy::option_option,
    reason = "the outer says whether to change it, the inner to what"
)]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes what a restaurant says of itself. Its currency stays for ever.
#[utoipa::path(
    patch,
    path = "/v1/restaurants/{restaurant_id}",
    tag = "restaurants",
    params(
        ("restaurant_id" = RestaurantId, Path, description = "The restaurant"),
        ("if-match" = String, Header, description = "The `version` that was read."),
    ),
    request_body = RestaurantChange,
    responses(
        (status = 200, description = "Changed", body = ManagementView),
        (status = 403, description = "Not a manager of this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 412, description = "Changed since it was read", body = Problem),
        (status = 428, description = "_If-Match_ is missing", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `amount_too_fine`, `invalid_country`, `invalid_text`, `phone_too_short`, `phone_too_long`, `phone_extension`, `phone_invalid`, `unknown_time_zone`, `wrong_currency`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn change_restaurant(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    IfMatch(revision): IfMatch,
    Json(body): Json<RestaurantChange>,
) -> Result<Response, Problem> {
    let change = Box::new(body.change()?);
    let command = Command::Change { revision, change };
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &command).await?;
    Ok(managed(&restaurant, cause.now))
}

impl RestaurantChange {
    fn change(self) -> Result<ProfileChange, Problem> {
        let time_zone = self.time_zone.map(|name| name.parse()).transpose();
        let time_zone = time_zone.map_err(|error: kernel::hours::UnknownTimeZone| {
            Problem::invalid("/time_zone", "unknown_time_zone", error.to_string())
        })?;
        Ok(ProfileChange {
            name: self.name,
            description: self.description,
            cuisines: self.cuisines,
            phone: self.phone,
            address: self.address.map(Into::into),
            position: self.position,
            time_zone,
            tax: self.tax,
            prep_time_minutes: self.prep_time_minutes,
            minimum_order: self.minimum_order,
        })
    }
}
