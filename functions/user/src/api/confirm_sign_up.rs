//! `POST /v1/auth/confirm`.

use ::store::Budget;
use axum::extract::State;
use http::StatusCode;
use kernel::{SignedDuration, UserId};
use runtime::{Cause, ClientAddress, Json, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problems::{self, Step};
use super::shapes;
use crate::app::App;
use crate::domain::Email;
use crate::identity::{Account, Fault};
use crate::registration::{self, Incomplete};
use crate::store::{SignUpRecord, sign_up_key};

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
    let refuse = |fault: Fault| problems::fault(Step::Code, &fault);
    let account = app.identity.account(body.email.as_str()).await.map_err(refuse)?;
    if !account.confirmed && !is_bound(&app, &body, &account, &address).await? {
        return Err(sign_up_replaced());
    }
    let confirmed = app.identity.confirm(account.user_id, &body.code).await;
    confirmed.map_err(refuse)?;
    // The code is used up, so the account is confirmed whatever else fails: the next sign-in does the rest.
    if let Err(error) = register(&app, &cause, &body.email).await {
        tracing::warn!(error = %error, "a confirmation left something to repair");
    }
    Ok(Json(Confirmed {
        status: ConfirmedStatus::Confirmed,
    }))
}

/// Whether the request comes from whoever made the account that waits. The id of the sign-up proves it. Without one, a code
/// confirms the only sign-up that there was; of several, the last, if it came from the same network address.
async fn is_bound(app: &App, body: &Confirm, account: &Account, address: &ClientAddress) -> Result<bool, Problem> {
    if let Some(user_id) = body.user_id {
        return Ok(user_id == account.user_id);
    }
    let last = app.table.get::<SignUpRecord>(&sign_up_key(&body.email)).await?;
    Ok(last
        .map(|stored| stored.value)
        .is_none_or(|last| last.user_id == account.user_id && (!last.repeated || last.from == address.digest())))
}

/// 409: a code would confirm what somebody else chose.
fn sign_up_replaced() -> Problem {
    let detail = "Somebody signed up with this address again. If it was you, send the user_id of the last sign-up; \
                  otherwise sign up again, and use the new code.";
    Problem::new(StatusCode::CONFLICT, "sign_up_replaced", detail)
}

async fn register(app: &App, cause: &Cause, email: &Email) -> Result<(), Incomplete> {
    let account = app.identity.account(email.as_str()).await?;
    registration::complete(app, cause, account).await.map(drop)
}
