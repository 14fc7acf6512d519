//! From a confirmed account to a user: the group that lets the person act, then the record that says who it is.
//!
//! Both live in different systems, so a crash may leave either undone. Each step may be repeated, the group comes
//! first, and [`complete`] is called again wherever a step is found missing: so it always ends with both.

use std::collections::BTreeSet;

use ::store::{ChangeError, StoreError};
use contracts::Cause;
use kernel::{Role, TimeZone, Timestamp, UserId};

use super::user::{self, Refusal, Versioned};
use crate::app::App;
use crate::domain::{Command, Email, Intent, Locale, Profile, UNCONFIRMED_MAX, register};
use crate::identity::{Account, Claims, IdentityError, Tokens};
use crate::store::{SignUpRecord, sign_up_key};

/// Why a registration could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The user pool says no.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// An operator has barred the person.
    #[error("the account is suspended")]
    Suspended,
    /// The table says no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Does what is left to do for an account whose code was confirmed.
///
/// # Errors
/// When the user pool or the table does not answer: the same again may work.
pub async fn complete(app: &App, cause: &Cause, account: Account) -> Result<Versioned, RegistrationError> {
    let user_id = account.user_id;
    let email = account.email.clone();
    let email = email.ok_or_else(|| IdentityError::Defect("an account without an address".to_owned()))?;
    let sign_up = app.table.get::<SignUpRecord>(&sign_up_key(&email)).await?;
    // What somebody else said who signed up with the address before or after is not this person's.
    let sign_up = sign_up
        .map(|stored| stored.value)
        .filter(|known| known.user_id == user_id);
    let mut roles = app.identity.roles(user_id).await?;
    if roles.is_empty() && is_suspended(app, user_id).await? {
        return Err(RegistrationError::Suspended);
    }
    if roles.is_empty() {
        let asked = sign_up.as_ref().and_then(|sign_up| Intent::of(sign_up.role));
        let role = asked.unwrap_or_default().role();
        app.identity.grant(user_id, role).await?;
        roles.insert(role);
    }
    let verified = account.email.filter(|_| account.email_verified);
    let profile =
        profile(email, sign_up).ok_or_else(|| IdentityError::Defect("an address that is no name".to_owned()))?;
    let user = register(user_id, profile, roles, cause.now);
    let roles = user.roles.clone();
    // Created first and read only if it is there: nearly always this is the first time.
    let kept = user::create(&app.table, cause, user).await?;
    follow(app, cause, kept, verified, roles).await
}

/// Whether an operator has barred a person.
///
/// # Errors
/// When the table does not answer.
pub async fn is_suspended(app: &App, user_id: UserId) -> Result<bool, StoreError> {
    let found = user::find(&app.table, user_id).await?;
    Ok(found.is_some_and(|found| found.user.suspended.is_some()))
}

/// Does the same for whoever holds a token but has no record.
///
/// # Errors
/// When the user pool or the table does not answer.
pub async fn complete_by_id(app: &App, cause: &Cause, user_id: UserId) -> Result<Versioned, RegistrationError> {
    let account = app
        .identity
        .account(&kernel::TypedId::uuid(user_id).to_string())
        .await?;
    complete(app, cause, account).await
}

/// Repairs on sign-in what a crash left undone, and follows what changed in the user pool. A missing group means that
/// the tokens say too little: then they are renewed.
///
/// # Errors
/// When something is missing that the person cannot act without and cannot be repaired now.
pub async fn settle(app: &App, cause: &Cause, tokens: Tokens) -> Result<Tokens, RegistrationError> {
    let claims = Claims::of(&tokens.id_token)?;
    // Whatever groups a crash has left.
    let found = user::find(&app.table, claims.user_id).await?;
    if found.as_ref().is_some_and(|found| found.user.suspended.is_some()) {
        return Err(RegistrationError::Suspended);
    }
    if claims.roles.is_empty() {
        complete_by_id(app, cause, claims.user_id).await?;
        return renew(app, tokens).await;
    }
    // With a group the tokens are good: what else is wrong must not keep the person out.
    if let Err(error) = follow_claims(app, cause, found, claims).await {
        tracing::warn!(error = %error, "a sign-in left something to repair");
    }
    Ok(tokens)
}

async fn follow_claims(
    app: &App,
    cause: &Cause,
    found: Option<Versioned>,
    claims: Claims,
) -> Result<(), RegistrationError> {
    let Some(found) = found else {
        return complete_by_id(app, cause, claims.user_id).await.map(drop);
    };
    follow(app, cause, found, claims.email, claims.roles).await.map(drop)
}

/// Brings a record up to what the user pool says. An address counts only if it is confirmed.
async fn follow(
    app: &App,
    cause: &Cause,
    kept: Versioned,
    verified: Option<Email>,
    roles: BTreeSet<Role>,
) -> Result<Versioned, RegistrationError> {
    let email = verified.unwrap_or_else(|| kept.user.profile.email.clone());
    if email == kept.user.profile.email && roles == kept.user.roles {
        if roles.contains(&Role::Operator) {
            user::list_operator(&app.table, cause, kept.user.id).await?;
        }
        return Ok(kept);
    }
    let command = Command::FollowIdentity { email, roles };
    let followed = user::execute(&app.table, cause, kept.user.id, None, command).await;
    followed.map_err(|error: ChangeError<Refusal>| match error {
        ChangeError::Store(error) => error.into(),
        error @ (ChangeError::Missing | ChangeError::Rejected(_) | ChangeError::Commit(_)) => {
            StoreError::Unavailable(error.to_string()).into()
        }
    })
}

async fn renew(app: &App, tokens: Tokens) -> Result<Tokens, RegistrationError> {
    let Some(refresh_token) = tokens.refresh_token else {
        return Ok(tokens);
    };
    let renewed = app.identity.refresh(&refresh_token).await?;
    let refresh_token = renewed.refresh_token.or(Some(refresh_token));
    Ok(Tokens {
        refresh_token,
        ..renewed
    })
}

/// What the person said at sign-up. An account made by hand has no sign-up: then it is called by its address.
fn profile(email: Email, sign_up: Option<SignUpRecord>) -> Option<Profile> {
    let called = email.local_part().to_owned();
    let (name, phone, locale) = match sign_up {
        Some(said) => (said.name, said.phone, said.locale),
        None => (called.try_into().ok()?, None, Locale::default()),
    };
    Some(Profile {
        email,
        name,
        phone,
        phone_verified: false,
        locale,
        time_zone: TimeZone::utc(),
    })
}

/// Deletes the accounts that nobody confirmed in time.
///
/// # Errors
/// When the user pool does not answer, or one was not deleted.
pub async fn delete_unconfirmed(app: &App, now: Timestamp) -> Result<(), IdentityError> {
    let deleted = app.identity.delete_unconfirmed(now - UNCONFIRMED_MAX).await?;
    if deleted > 0 {
        tracing::info!(deleted, "accounts that nobody confirmed are gone");
    }
    Ok(())
}
