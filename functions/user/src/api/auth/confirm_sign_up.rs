//! `POST /v1/auth/confirm`.

use ::store::Budget;
use axum::extract::State;
use kernel::{SignedDuration, UserId};
use runtime::{ClientAddress, Json, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes;
use crate::app::App;
use crate::domain::Email;
use crate::usecase::confirm_sign_up as usecase;

/// A code has a million values: this many tries an hour are enough to mistype, and too few to guess.
const EMAIL_BUDGET: Budget = Budget::new("confirm_by_email", 20, SignedDuration::from_hours(1));

/// The code from the mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The account.
    email: Email,
    /// Six digits.
    #[schema(value_type = shapes::SixDigits)]
    code: String,
    /// The id that the sign-up was answered with. An app always sends it: it binds the code to this sign-up, so that nobody
    /// who signs up with the same address has the code confirm another password.
    user_id: Option<UserId>,
}

/// The account is open.
#[derive(Serialize, ToSchema)]
pub struct Confirmed {
    /// The address is the person's.
    status: ConfirmedStatus,
}

/// Where a confirmation stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedStatus {
    /// The account is open.
    Confirmed,
}

/// Confirm the address
///
/// If the answer is lost, sign in: whatever was left undone is done then.
#[utoipa::path(post, path = "/v1/auth/confirm", operation_id = "confirm_sign_up", tag = "auth", request_body = Confirm, responses(
    (status = 200, description = "The account can be used", body = Confirmed),
    (status = 409, description = "`sign_up_replaced`: somebody signed up with the address again; if it was you, send the _user_id_ of the last sign-up, else sign up again", body = Problem),
    (status = 422, description = "`invalid_code`: wrong, used or expired; the same for an unknown address", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn confirm_sign_up(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    address: ClientAddress,
    Json(body): Json<Confirm>,
) -> Result<Json<Confirmed>, Problem> {
    app.table.spend(&EMAIL_BUDGET, body.email.as_str(), cause.now).await?;
    let from = address.digest();
    usecase::confirm(&app, &cause, &body.email, &body.code, body.user_id, &from).await?;
    Ok(Json(Confirmed {
        status: ConfirmedStatus::Confirmed,
    }))
}
