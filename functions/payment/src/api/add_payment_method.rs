//! `POST /v1/payment-methods`

use ::store::{Budget, Commit, CommitError, Index};
use axum::extract::State;
use contracts::Cause;
use http::StatusCode;
use kernel::{PaymentMethodId, Role, SignedDuration, TypedId as _, UserId};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::shapes;
use super::views::PaymentMethod;
use crate::app::App;
use crate::domain::ProviderToken;
use crate::store::{CustomerRecord, METHOD_PREFIX, MethodRecord, customer_key, method_key, methods_partition};
use crate::stripe::{Failure, SavedCard};

/// Cards that one person may save: more than anybody carries, and one page of a list.
const METHODS_MAX: usize = 20;

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
    require_room(&app, user_id).await?;
    let customer = customer(&app, user_id, &cause).await?;
    let card = app.stripe.attach(&token, &customer).await.map_err(refused)?;
    let record = save(&app, user_id, customer, card, &cause).await?;
    Ok((StatusCode::CREATED, Json(record.into())))
}

async fn require_room(app: &App, user_id: UserId) -> Result<(), Problem> {
    let query = ::store::Query::new(Index::Table, methods_partition(user_id), METHODS_MAX).prefix(METHOD_PREFIX);
    let saved = app.table.query::<MethodRecord>(&query).await?.items.len();
    if saved < METHODS_MAX {
        return Ok(());
    }
    let detail = format!("You have {saved} payment methods: remove one first.");
    Err(Problem::conflict("too_many_payment_methods", detail))
}

/// The provider's id of the person, which the first card makes.
async fn customer(app: &App, user_id: UserId, cause: &Cause) -> Result<String, Problem> {
    let key = customer_key(user_id);
    if let Some(stored) = app.table.get::<CustomerRecord>(&key).await? {
        return Ok(stored.value.provider_customer);
    }
    let provider_customer = app.stripe.create_customer(user_id).await?;
    let record = CustomerRecord { provider_customer };
    match app
        .table
        .commit(Commit::new(cause).create(&key, &user_id, &record))
        .await
    {
        Ok(()) => Ok(record.provider_customer),
        Err(CommitError::Conflict) => {
            // A second first card at the same moment: theirs counts.
            let stored = app.table.get::<CustomerRecord>(&key).await?;
            stored
                .map(|stored| stored.value.provider_customer)
                .ok_or_else(Problem::unavailable)
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(failure: Failure) -> Problem {
    let code = match failure {
        Failure::Unavailable(_) => return failure.into(),
        Failure::Declined { code } | Failure::Refused { code, .. } => code,
    };
    let detail = "The card was refused: use another one, or make a new token.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "payment_method_refused", detail).with("provider_code", code)
}

async fn save(
    app: &App,
    user_id: UserId,
    provider_customer: String,
    card: SavedCard,
    cause: &Cause,
) -> Result<MethodRecord, Problem> {
    let payment_method_id = method_id(user_id, &card.provider_method);
    let record = MethodRecord {
        payment_method_id,
        provider_method: card.provider_method,
        provider_customer,
        brand: card.brand,
        last4: card.last4,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        created_at: cause.now,
    };
    let key = method_key(user_id, payment_method_id);
    match app
        .table
        .commit(Commit::new(cause).create(&key, &payment_method_id, &record))
        .await
    {
        Ok(()) => Ok(record),
        // The same card was saved before, by this request's first try.
        Err(CommitError::Conflict) => {
            let stored = app.table.get::<MethodRecord>(&key).await?;
            stored.map(|stored| stored.value).ok_or_else(Problem::unavailable)
        }
        Err(error) => Err(error.into()),
    }
}

/// The id of a card follows from its owner and the provider's id of it, so saving it again changes nothing.
fn method_id(user_id: UserId, provider_method: &str) -> PaymentMethodId {
    let mut digest = Sha256::new();
    digest.update(user_id.uuid().as_bytes());
    digest.update(provider_method.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    PaymentMethodId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_card_of_the_same_person_is_the_same_method() {
        let [one, two] = [1, 2].map(|value| UserId::from_uuid(uuid::Uuid::from_u128(value)));
        assert_eq!(method_id(one, "pm_1"), method_id(one, "pm_1"));
        assert_ne!(method_id(one, "pm_1"), method_id(one, "pm_2"));
        assert_ne!(method_id(one, "pm_1"), method_id(two, "pm_1"));
    }

    #[test]
    fn a_refusal_is_the_customers_and_an_outage_is_not() {
        let declined = Failure::Declined {
            code: "card_declined".to_owned(),
        };
        let unknown = Failure::Refused {
            status: 404,
            code: "resource_missing".to_owned(),
            message: "No such PaymentMethod".to_owned(),
        };
        for (failure, status, code) in [
            (declined, 422, "payment_method_refused"),
            (unknown, 422, "payment_method_refused"),
            (Failure::Unavailable("timeout".to_owned()), 503, "unavailable"),
        ] {
            let problem = refused(failure);
            assert_eq!((problem.status(), problem.code()), (status, code));
        }
    }
}
