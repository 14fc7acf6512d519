//! `POST /v1/restaurants`

use ::store::Answer;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::restaurant::Tax;
use http::StatusCode;
use http::header::{ETAG, LOCATION};
use kernel::{Currency, Money, Position, Price, Role, ServedCurrency, TimeZone};
use phone::EnteredPhone;
use runtime::{IdempotencyKey, Json, Principal, Problem, RequestCause, ids, replay};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::address::Address;
use super::views::{ManagementView, entity_tag};
use crate::api::shapes::{Cuisine, RestaurantDescription, RestaurantName};
use crate::app::App;
use crate::domain::profile::{self, CUISINES_MAX, Description, Name, PREP_TIME_MINUTES_MAX};
use crate::domain::{Profile, Restaurant};
use crate::usecase::{self, CreateError};

/// A new restaurant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRestaurant {
    /// Its name.
    #[schema(value_type = RestaurantName)]
    name: Name,
    /// What it is like.
    #[serde(default)]
    #[schema(value_type = Option<RestaurantDescription>)]
    description: Option<Description>,
    /// Kinds of kitchen: 1 to 10.
    #[schema(value_type = Vec<Cuisine>, min_items = 1, max_items = 10)]
    cuisines: Vec<String>,
    /// As people write it: without the country's code, it is one of the address's country.
    phone: EnteredPhone,
    address: Address,
    position: Position,
    /// The IANA time zone of its hours.
    #[schema(value_type = TimeZone)]
    time_zone: String,
    /// The currency of all its prices, for ever: one that the platform serves.
    #[schema(value_type = ServedCurrency)]
    currency: Currency,
    tax: Tax,
    /// How long it usually cooks.
    #[schema(minimum = 1, maximum = 240, example = 20)]
    prep_time_minutes: u32,
    /// The smallest basket it takes, before fees.
    #[serde(default)]
    #[schema(value_type = Option<Price>)]
    minimum_order: Option<Money>,
}

/// Creates a restaurant as a draft; the caller becomes its owner.
///
/// A currency for which the platform has no fees is 422 `currency_not_served`, with the list of those that are served; an
/// amount that no card could be charged is 422 `amount_too_fine`.
#[utoipa::path(
    post,
    path = "/v1/restaurants",
    tag = "restaurants",
    request_body = NewRestaurant,
    params(("idempotency-key" = Option<String>, Header, description = "Makes it safe to send the request again.")),
    responses(
        (status = 201, description = "Created, as a draft", body = ManagementView),
        (status = 403, description = "Without the role of a restaurant", body = Problem),
        (status = 409, description = "`request_in_progress`, `too_many_restaurants`", body = Problem),
        (status = 422, description = "`invalid_body` or `idempotency_key_reused`. In _errors_: `amount_too_fine`, `currency_not_served`, `invalid_country`, `invalid_text`, `phone_too_short`, `phone_too_long`, `phone_extension`, `phone_invalid`, `unknown_time_zone`, `wrong_currency`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn create_restaurant(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    key: Option<IdempotencyKey>,
    Json(body): Json<NewRestaurant>,
) -> Result<Response, Problem> {
    principal.require(Role::Restaurant)?;
    let request = key.map(|key: IdempotencyKey| key.request(&principal, "create_restaurant", &body));
    let restaurant = Restaurant::create(ids::new(), body.profile()?, principal.user_id, cause.now);
    let view = ManagementView::new(&restaurant, cause.now);
    let answer = Answer {
        status: StatusCode::CREATED.as_u16(),
        body: serde_json::to_string(&view).map_err(|_| Problem::internal())?,
    };
    let request = request.as_ref().map(|request| (request, &answer));
    match usecase::create_restaurant(&app, &cause, &restaurant, request).await {
        Ok(()) => {
            let headers = [
                (LOCATION, format!("/v1/restaurants/{}", restaurant.id)),
                (ETAG, entity_tag(&restaurant)),
            ];
            Ok((StatusCode::CREATED, headers, Json(view)).into_response())
        }
        Err(CreateError::KeyTaken(precedent)) => replay(precedent)?.ok_or_else(Problem::in_progress),
        Err(CreateError::TooManyRestaurants) => {
            let detail = "You work at too many restaurants to found another.";
            Err(Problem::conflict("too_many_restaurants", detail))
        }
        Err(CreateError::Commit(error)) => Err(error.into()),
    }
}

impl NewRestaurant {
    fn profile(self) -> Result<Profile, Problem> {
        let time_zone = self.time_zone.parse();
        let time_zone = time_zone.map_err(|error: kernel::hours::UnknownTimeZone| {
            Problem::invalid("/time_zone", "unknown_time_zone", error.to_string())
        })?;
        let address = profile::Address::from(self.address);
        let phone = address
            .phone(&self.phone)
            .map_err(|error| Problem::invalid_fields(&[error]))?;
        let profile = Profile {
            name: self.name,
            description: self.description,
            cuisines: self.cuisines,
            phone,
            address,
            position: self.position,
            time_zone,
            currency: self.currency,
            tax: self.tax,
            prep_time_minutes: self.prep_time_minutes,
            minimum_order: self.minimum_order,
        };
        profile.check().map_err(|errors| Problem::invalid_fields(&errors))
    }
}

const _: () = assert!(
    PREP_TIME_MINUTES_MAX == 240 && CUISINES_MAX == 10,
    "the schema above says so, and that of a change"
);
