//! `POST /v1/webhooks/stripe`

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use runtime::{Json, Problem, Raw, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes;
use crate::app::App;
use crate::domain::IntentId;
use crate::stripe::signature::WebhookSecret;
use crate::usecase::observe_intent::observe_intent;

/// What Stripe sends, as far as it is believed: that something may have happened to an intent. What has happened is
/// asked of Stripe itself, so old, repeated and reordered webhooks do no harm.
#[derive(Deserialize, ToSchema)]
struct StripeEvent {
    /// The event.
    #[schema(value_type = shapes::StripeEventId)]
    id: String,
    /// What it is about.
    data: StripeData,
}

/// What an event is about.
#[derive(Deserialize, ToSchema)]
struct StripeData {
    /// What something happened to, as it was then.
    object: StripeObject,
}

/// An object of Stripe's.
#[derive(Deserialize, ToSchema)]
struct StripeObject {
    /// What it is.
    #[schema(value_type = shapes::StripeKind)]
    object: String,
    /// Which.
    #[schema(value_type = shapes::StripeObjectId)]
    id: String,
}

/// The webhook was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// Always true.
    received: bool,
}

/// Takes Stripe's word that a payment may have changed. Only what Stripe signed in the last five minutes is believed.
#[utoipa::path(
    post,
    path = "/v1/webhooks/stripe",
    operation_id = "receive_stripe_event",
    tag = "webhooks",
    params(("stripe-signature" = inline(shapes::StripeSignature), Header, description = "`t=<seconds>,v1=<hex HMAC-SHA256 of \"<t>.<body>\">`")),
    request_body(content = StripeEvent, description = "What Stripe signed, byte by byte.", content_type = "application/json; charset=utf-8"),
    responses(
        (status = 200, description = "Taken, or none of this service's business.", body = Received),
        (status = 400, description = "`invalid_signature`, or `malformed_json`.", body = Problem),
        (status = 409, description = "`contradiction`: what Stripe shows cannot be; a person must look.", body = Problem),
        (status = 503, description = "Send it again.", body = Problem),
    )
)]
pub async fn receive_stripe_event(
    State(app): State<App>,
    State(secret): State<WebhookSecret>,
    RequestCause(cause): RequestCause,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Json<Received>, Problem> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    secret
        .verify(signature.unwrap_or_default(), &body, cause.now)
        .map_err(|error| {
            tracing::warn!(error = %error, "a webhook is not believed");
            Problem::new(StatusCode::BAD_REQUEST, "invalid_signature", error.to_string())
        })?;
    let event: StripeEvent = serde_json::from_slice(&body).map_err(|_| {
        let detail = "The body is not an event of Stripe.";
        Problem::new(StatusCode::BAD_REQUEST, "malformed_json", detail)
    })?;
    if event.data.object.object == "payment_intent" {
        let intent = IntentId::new(&event.data.object.id);
        // Only the webhook that changes something leaves a mark: the others have nothing to repeat.
        let mark = format!("stripe/{}", event.id);
        observe_intent(&app, intent, &mark, &cause).await?;
    }
    Ok(Json(Received { received: true }))
}
