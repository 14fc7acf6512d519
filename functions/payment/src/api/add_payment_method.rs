//! `POST /v1/payment-methods`

use ::store::Budget;
use axum::extract::State;
use http::StatusCode;
use kernel::{Role, SignedDuration};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::shapes;
use super::views::PaymentMethod;
use crate::app::App;
use crate::domain::ProviderToken;
use crate::usecase::add_card::add_card;

/// Cards that one person may try to save: a person mistypes, a program tests stolen numbers.
const PERSON_BUDGET: Budget = Budget::new("add_payment_method", 20, SignedDuration::from_hours(1));

/// The card to save. Never a card's number: the app gives that to the provider and gets the token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPaymentMethod {
    /// The provider's token for the card.
    // Any JSON is taken here, since a refusal by type would repeat the value, which may be a card's number.
    #[schema(value_type = shapes::ProviderToken)]
    provider_token: serde_json::Value,
}

/// Saves a card. Repeating the request with the same token saves it once.
#[utoipa::path(
    post,
    path = "/v1/payment-methods",
    operation_id = "add_payment_method",
    tag = "payment methods",
    request_body = AddPaymentMethod,
    responses(
        (status = 201, description = "The card is saved.", body = PaymentMethod),
        (status = 400, description = "The body is no valid JSON.", body = Problem),
        (status = 403, description = "Only customers have payment methods.", body = Problem),
        (status = 409, description = "`too_many_payment_methods`: remove one first.", body = Problem),
        (status = 422, description = "`invalid_body`, or `payment_method_refused`: the bank or the provider does not take the card. In _errors_: `invalid_provider_token`", body = Problem),
        (status = 429, description = "`too_many_requests`", body = Problem),
        (status = 503, description = "The provider does not answer: try again.", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn add_payment_method(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(body): Json<AddPaymentMethod>,
) -> Result<(StatusCode, Json<PaymentMethod>), Problem> {
    principal.require(Role::Customer)?;
    let token = ProviderToken::parse(body.provider_token.as_str().unwrap_or_default())
        .map_err(|error| Problem::invalid("/provider_token", "invalid_provider_token", error.to_string()))?;
    let user_id = principal.user_id;
    app.table.spend(&PERSON_BUDGET, &user_id.to_string(), cause.now).await?;
    let record = add_card(&app, user_id, &token, &cause).await?;
    Ok((StatusCode::CREATED, Json(record.into())))
}
