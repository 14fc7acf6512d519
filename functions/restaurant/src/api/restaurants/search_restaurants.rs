//! `GET /v1/restaurants`

use ::store::Budget;
use axum::extract::State;
use http::StatusCode;
use kernel::{Line, Meters, Money, Position, RestaurantId, SignedDuration, Timestamp};
use runtime::{ClientAddress, Json, Listing, Paging, Problem, Query, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::views::RatingView;
use crate::api::shapes::{Cuisine, Diet, LatLng, RestaurantDescription, RestaurantName, SearchText};
use crate::app::App;
use crate::domain::search::{Criteria, Hit, RADIUS_DEFAULT, RADIUS_MAX, Rank, Sort, TEXT_LENGTH_MAX};
use crate::usecase;

/// Enough for a household that types; a search reads up to ninety cells.
const ADDRESS_BUDGET: Budget = Budget::new("search_by_address", 300, SignedDuration::from_mins(5));

/// What somebody looks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Latitude and longitude: `52.37,4.90`.
    #[param(inline, value_type = LatLng)]
    near: String,
    /// At most so far away.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 20000, default = 5000)]
    radius_m: Option<Meters>,
    /// Every word is somewhere in the name, the cuisines or the description.
    #[param(inline, value_type = Option<SearchText>)]
    q: Option<String>,
    /// A kind of kitchen.
    #[param(inline, value_type = Option<SearchText>)]
    cuisine: Option<String>,
    /// A diet that some item suits, such as `vegan`.
    #[param(inline, value_type = Option<SearchText>)]
    diet: Option<String>,
    /// True: only those that take orders now.
    open_now: Option<bool>,
    /// The order: the nearest first, or the best rated, the soonest, or the cheapest; then the nearest 3,000 are ranked.
    #[param(inline)]
    sort: Option<SortBy>,
    /// Records on the page: 1 to 100, by default 20.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

const _: () = assert!(
    RADIUS_MAX == 20_000 && RADIUS_DEFAULT == 5_000,
    "the parameters above say so"
);

/// The order of what is found.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// The nearest first.
    Distance,
    /// The best rated first.
    Rating,
    /// The soonest at the door first.
    Eta,
    /// The cheapest dishes first.
    Price,
}

/// A restaurant that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitView {
    restaurant_id: RestaurantId,
    #[schema(value_type = RestaurantName)]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RestaurantDescription>)]
    description: Option<String>,
    #[schema(value_type = Vec<Cuisine>)]
    cuisines: Vec<String>,
    /// The diets that some item suits.
    #[schema(value_type = Vec<Diet>)]
    diets: Vec<String>,
    position: Position,
    rating: RatingView,
    /// The median price of its items.
    #[serde(skip_serializing_if = "Option::is_none")]
    typical_price: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum_order: Option<Money>,
    /// As the crow flies.
    #[schema(value_type = u32)]
    distance_m: Meters,
    /// Whether it takes orders now.
    open_now: bool,
    /// When that changes, as far as is known.
    next_change_at: Option<Timestamp>,
    /// Whether it delivers to `near`.
    delivers: bool,
    /// When an order placed now would arrive; null if none would.
    eta_minutes: Option<u32>,
}

/// Finds restaurants around a position.
#[utoipa::path(
    get,
    path = "/v1/restaurants",
    tag = "restaurants",
    params(Search),
    responses(
        (status = 200, description = "What was found", body = Listing<HitView>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem),
        (status = 429, description = "`too_many_requests`", body = Problem),
    )
)]
pub async fn search_restaurants(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    address: ClientAddress,
    Query(search): Query<Search>,
) -> Result<Json<Listing<HitView>>, Problem> {
    let criteria = search.criteria()?;
    let paging = Paging {
        limit: search.limit,
        cursor: search.cursor,
    };
    let limit = paging.limit()?;
    let scope = format!("{criteria:?}");
    let cursor = paging.cursor.as_deref();
    let after: Option<Rank> = cursor.map(|cursor| app.cursor_key.open(&scope, cursor)).transpose()?;
    address.spend(&app.edge, &ADDRESS_BUDGET, cause.now).await?;
    let hits = usecase::search_restaurants(&app, &criteria, after.as_ref(), limit, cause.now).await?;
    let (page, end) = criteria.page(hits, after.as_ref(), limit);
    Ok(Json(Listing {
        items: page.into_iter().map(HitView::from).collect(),
        next_cursor: end.and_then(|end| app.cursor_key.seal(&scope, &end)),
    }))
}

impl Search {
    fn criteria(&self) -> Result<Criteria, Problem> {
        let refuse = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail);
        let near = position(&self.near).ok_or_else(|| {
            refuse("`near` must be latitude and longitude in degrees, such as 52.37,4.90.".to_owned())
        })?;
        let radius_m = self.radius_m.unwrap_or(RADIUS_DEFAULT);
        if !(1..=RADIUS_MAX).contains(&radius_m) {
            return Err(refuse(format!("`radius_m` must be 1 to {RADIUS_MAX}.")));
        }
        let texts = [("q", &self.q), ("cuisine", &self.cuisine), ("diet", &self.diet)];
        for (name, text) in texts {
            if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_LENGTH_MAX) {
                let detail = format!("`{name}` must have at most {TEXT_LENGTH_MAX} characters.");
                return Err(refuse(detail));
            }
        }
        // An empty parameter is a form's way to say nothing; what is said is looked for in the form in which names are kept.
        let tidy = |text: &Option<String>| {
            let text = text.as_deref()?;
            let kept = Line::<TEXT_LENGTH_MAX>::try_from(text).map_or_else(|_| text.to_owned(), String::from);
            Some(kept.trim().to_lowercase()).filter(|text| !text.is_empty())
        };
        let words = tidy(&self.q).unwrap_or_default();
        Ok(Criteria {
            near,
            radius_m,
            words: words.split_whitespace().map(str::to_owned).collect(),
            cuisine: tidy(&self.cuisine),
            diet: tidy(&self.diet),
            open_now: self.open_now.unwrap_or(false),
            sort: match self.sort.unwrap_or(SortBy::Distance) {
                SortBy::Distance => Sort::Distance,
                SortBy::Rating => Sort::Rating,
                SortBy::Eta => Sort::Eta,
                SortBy::Price => Sort::Price,
            },
        })
    }
}

fn position(text: &str) -> Option<Position> {
    let (lat, lng) = text.split_once(',')?;
    Position::new(lat.trim().parse().ok()?, lng.trim().parse().ok()?).ok()
}

impl From<Hit> for HitView {
    fn from(hit: Hit) -> Self {
        let card = hit.card;
        Self {
            restaurant_id: card.restaurant_id,
            name: card.name,
            description: card.description,
            cuisines: card.cuisines,
            diets: card.diets,
            position: card.position,
            rating: hit.rating.into(),
            typical_price: card.typical_price,
            minimum_order: card.minimum_order,
            distance_m: hit.distance_m,
            open_now: hit.situation.is_open(),
            next_change_at: hit.situation.next_change_at(),
            delivers: hit.delivers,
            eta_minutes: hit.eta_minutes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(query: &str) -> Result<Criteria, String> {
        let uri = format!("/v1/restaurants?{query}")
            .parse()
            .map_err(|_| "uri".to_owned())?;
        let query = axum::extract::Query::<Search>::try_from_uri(&uri).map_err(|error| error.to_string())?;
        query.0.criteria().map_err(|problem| problem.code().to_owned())
    }

    #[test]
    fn a_wish_has_limits() {
        for query in [
            "near=52.37,4.90",
            "near=52.37,%204.90&radius_m=20000&sort=eta&open_now=true",
            "near=-90,180&q=&cuisine=Pizza",
        ] {
            assert!(search(query).is_ok(), "{query}: {:?}", search(query));
        }
        for query in [
            "",
            "near=52.37",
            "near=91,4.90",
            "near=nan,4.90",
            "near=a,b",
            "near=52.37,4.90&radius_m=0",
            "near=52.37,4.90&radius_m=20001",
            "near=52.37,4.90&radius_m=-1",
            "near=52.37,4.90&sort=name",
            "near=52.37,4.90&open_now=maybe",
            "near=52.37,4.90&colour=red",
        ] {
            assert!(search(query).is_err(), "{query}");
        }
        let long = "x".repeat(TEXT_LENGTH_MAX + 1);
        for name in ["q", "cuisine", "diet"] {
            assert!(search(&format!("near=52.37,4.90&{name}={long}")).is_err());
        }
    }

    #[test]
    fn words_are_lower_case_and_an_empty_filter_is_none() {
        let criteria = search("near=52.37,4.90&q=Wood%20FIRED&cuisine=&diet=%20Vegan").unwrap();
        assert_eq!(criteria.words, ["wood", "fired"]);
        assert_eq!((criteria.cuisine, criteria.diet), (None, Some("vegan".to_owned())));
    }
}
