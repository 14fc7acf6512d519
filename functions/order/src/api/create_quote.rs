//! `POST /v1/quotes`

mod address;

use ::store::Budget;
use axum::extract::State;
use contracts::order::Window;
use http::StatusCode;
use kernel::{Money, QuoteId, RestaurantId, Role, SignedDuration, Timestamp};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::address::DeliverTo;
use super::shapes;
use super::views::PriceView;
use crate::app::App;
use crate::domain::basket::Note;
use crate::domain::{Basket, Choice, Line};
use crate::usecase::create_quote::{self as usecase, Destination, EstimateSource, QuoteRequest, Quoted};

/// Quotes of one customer: an app makes one for each change of the basket. Each asks two services and is stored.
const CUSTOMER_BUDGET: Budget = Budget::new("create_quote", 150, SignedDuration::from_mins(10));

/// What to order, and where to bring it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteBody {
    restaurant_id: RestaurantId,
    #[schema(min_items = 1, max_items = 50)]
    items: Vec<LineBody>,
    /// Either `address_id` alone, or an address.
    deliver_to: DeliverTo,
    /// For the courier.
    #[serde(default)]
    #[schema(value_type = Option<shapes::Tip>)]
    tip: Option<Money>,
    /// There are no promotions yet: every code is an unknown one.
    #[serde(default)]
    #[schema(value_type = Option<shapes::PromotionCode>)]
    promotion_code: Option<String>,
    /// When it should arrive; nothing: as soon as possible.
    #[serde(default)]
    #[schema(example = "2030-01-18T18:30:00Z")]
    scheduled_for: Option<Timestamp>,
}

/// An item of the menu.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// The item on the menu.
    #[schema(value_type = shapes::ItemId)]
    item_id: String,
    /// How many.
    #[schema(minimum = 1, maximum = 99, example = 2)]
    quantity: u32,
    /// What is chosen with it: at most 50, all that is chosen in turn included.
    #[serde(default)]
    #[schema(max_items = 50)]
    options: Vec<ChoiceBody>,
    /// For the kitchen.
    #[serde(default)]
    #[schema(value_type = Option<shapes::KitchenNote>)]
    note: Option<Note>,
}

/// An option of one of its groups.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceBody {
    /// The group of the item, or of the option above.
    #[schema(value_type = shapes::GroupId)]
    group_id: String,
    /// The option in it.
    #[schema(value_type = shapes::OptionId)]
    option_id: String,
    /// How many.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 20, default = 1, example = 1)]
    quantity: u32,
    /// What is chosen with it in turn; three levels at most.
    #[serde(default)]
    #[schema(no_recursion, max_items = 50, example = json!([]))]
    options: Vec<ChoiceBody>,
}

const fn one() -> u32 {
    1
}

/// A priced basket that can be ordered until it expires.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteView {
    quote_id: QuoteId,
    restaurant_id: RestaurantId,
    #[serde(flatten)]
    price: PriceView,
    /// When it would arrive.
    promised: Window,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<Timestamp>,
    /// Whose estimate of the delivery it is.
    delivery_estimate: Source,
    expires_at: Timestamp,
}

/// Whose estimate of the delivery's cost and time a quote has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The delivery service's.
    Live,
    /// Made from the distance, because the delivery service did not answer.
    Fallback,
}

/// Prices a basket.
///
/// The quote holds for fifteen minutes, or until the restaurant closes: what it shows is what is authorised. It is
/// refused with 409 while the restaurant takes no orders: `restaurant_paused`, `restaurant_closed`, `restaurant_suspended`,
/// `menu_missing`, `kitchen_full`, `delivery_too_slow`, `currency_not_served`. A total that the card provider would not
/// take at once is 422 here already: `amount_too_small`, `amount_too_large`, `amount_too_fine`.
#[utoipa::path(
    post,
    path = "/v1/quotes",
    tag = "quotes",
    request_body = QuoteBody,
    responses(
        (status = 201, description = "The quote", body = QuoteView),
        (status = 403, description = "Not a customer", body = Problem),
        (status = 404, description = "No such restaurant", body = Problem),
        (status = 409, description = "`restaurant_suspended`, `restaurant_paused` with _until_, `restaurant_closed` with _opens_at_, `menu_missing`, `kitchen_full`, `delivery_too_slow` or `currency_not_served`: the restaurant takes no orders now", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `out_of_reach`, `below_minimum_order` with _minimum_order_, `too_soon` with _earliest_, `too_far_ahead`, `unknown_address`, `unknown_promotion`, `unknown_item`, `item_unavailable`, `item_not_served_now`, `unknown_option_group`, `unknown_option`, `option_unavailable`, `too_few_options`, `too_many_options`, `too_deep`, `too_many`, `missing`, `empty`, `ambiguous`, `wrong_currency`, `amount_too_small`, `amount_too_large`, `amount_too_fine`", body = Problem),
        (status = 429, description = "`too_many_requests`", body = Problem),
        (status = 503, description = "A saved address could not be looked up", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn create_quote(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(body): Json<QuoteBody>,
) -> Result<(StatusCode, Json<QuoteView>), Problem> {
    principal.require(Role::Customer)?;
    app.table
        .spend(&CUSTOMER_BUDGET, &principal.user_id.to_string(), cause.now)
        .await?;
    let request = QuoteRequest {
        customer_id: principal.user_id,
        restaurant_id: body.restaurant_id,
        basket: basket(body.items),
        leave_at_door: body.deliver_to.leave_at_door,
        destination: Destination::try_from(body.deliver_to),
        tip: body.tip,
        has_promotion_code: body.promotion_code.is_some(),
        scheduled_for: body.scheduled_for,
    };
    let quoted = usecase::create_quote(&app, request, &cause).await?;
    Ok((StatusCode::CREATED, Json(quoted.into())))
}

impl From<Quoted> for QuoteView {
    fn from(quoted: Quoted) -> Self {
        Self {
            quote_id: quoted.quote_id,
            restaurant_id: quoted.restaurant_id,
            price: quoted.priced.into(),
            promised: quoted.plan.promised,
            scheduled_for: quoted.scheduled_for,
            delivery_estimate: match quoted.source {
                EstimateSource::Live => Source::Live,
                EstimateSource::Fallback => Source::Fallback,
            },
            expires_at: quoted.plan.valid_until,
        }
    }
}

fn basket(items: Vec<LineBody>) -> Basket {
    fn choice(body: ChoiceBody) -> Choice {
        Choice {
            group_id: body.group_id,
            option_id: body.option_id,
            quantity: body.quantity,
            options: body.options.into_iter().map(choice).collect(),
        }
    }
    let line = |body: LineBody| Line {
        item_id: body.item_id,
        quantity: body.quantity,
        options: body.options.into_iter().map(choice).collect(),
        note: body.note,
    };
    Basket {
        lines: items.into_iter().map(line).collect(),
    }
}
