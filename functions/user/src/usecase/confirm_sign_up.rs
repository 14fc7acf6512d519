//! Confirms an account by the code that was mailed.

use ::store::StoreError;
use contracts::Cause;
use kernel::UserId;

use super::registration::{self, RegistrationError};
use crate::app::App;
use crate::domain::Email;
use crate::identity::{Account, IdentityError};
use crate::store::{SignUpRecord, sign_up_key};

/// Why an account was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// A code would confirm what somebody else chose.
    #[error("somebody signed up with the address again")]
    Replaced,
    /// The user pool refuses the code.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Confirms the account of an address. `user_id` is the id that the sign-up was answered with, if the client sends it; `from` is
/// the digest of the client's network address.
///
/// # Errors
/// See [`ConfirmError`].
pub async fn confirm(
    app: &App,
    cause: &Cause,
    email: &Email,
    code: &str,
    user_id: Option<UserId>,
    from: &str,
) -> Result<(), ConfirmError> {
    let account = app.identity.account(email.as_str()).await?;
    if !account.confirmed && !is_bound(app, email, user_id, &account, from).await? {
        return Err(ConfirmError::Replaced);
    }
    app.identity.confirm(account.user_id, code).await?;
    // The code is used up, so the account is confirmed whatever else fails: the next sign-in does the rest.
    if let Err(error) = register(app, cause, email).await {
        tracing::warn!(error = %error, "a confirmation left something to repair");
    }
    Ok(())
}

/// Whether the request comes from whoever made the account that waits. The id of the sign-up proves it. Without one, a code
/// confirms the only sign-up that there was; of several, the last, if it came from the same network address.
async fn is_bound(
    app: &App,
    email: &Email,
    user_id: Option<UserId>,
    account: &Account,
    from: &str,
) -> Result<bool, StoreError> {
    if let Some(user_id) = user_id {
        return Ok(user_id == account.user_id);
    }
    let last = app.table.get::<SignUpRecord>(&sign_up_key(email)).await?;
    Ok(last
        .map(|stored| stored.value)
        .is_none_or(|last| last.user_id == account.user_id && (!last.repeated || last.from == from)))
}

async fn register(app: &App, cause: &Cause, email: &Email) -> Result<(), RegistrationError> {
    let account = app.identity.account(email.as_str()).await?;
    registration::complete(app, cause, account).await.map(drop)
}
