//! What operators do with a person's roles: replace them, suspend the person, and lift a suspension.

use std::collections::BTreeSet;

use ::store::ChangeError;
use contracts::Cause;
use kernel::{Role, TypedId as _, UserId};

use super::user::{self, Refusal, Versioned};
use crate::app::App;
use crate::domain::{Command, decide};
use crate::identity::IdentityError;

/// Why roles stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum RolesError {
    /// An operator needs a one-time password, and the person has none.
    #[error("an operator needs a one-time password")]
    SecondFactorRequired,
    /// The user pool says no.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The rules or the table say no.
    #[error(transparent)]
    Change(#[from] ChangeError<Refusal>),
}

/// Replaces a person's roles, as the operator `by` wants it.
///
/// # Errors
/// See [`RolesError`].
pub async fn replace_roles(
    app: &App,
    cause: &Cause,
    user_id: UserId,
    roles: BTreeSet<Role>,
    by: UserId,
) -> Result<Versioned, RolesError> {
    let found = user::find(&app.table, user_id).await.map_err(ChangeError::from)?;
    let found = found.ok_or(ChangeError::Missing)?;
    let command = Command::ReplaceRoles {
        roles: roles.clone(),
        by,
    };
    // Decided before anything is done, and again when it is committed.
    decide(&found.user, command.clone()).map_err(|rejection| ChangeError::Rejected(Refusal::Rejected(rejection)))?;
    let becomes_operator = roles.contains(&Role::Operator) && !found.user.roles.contains(&Role::Operator);
    if becomes_operator && !app.may_do_without_second_factor(&found.user.profile.email) {
        let account = app.identity.account(&user_id.uuid().to_string()).await?;
        if !account.has_totp {
            return Err(RolesError::SecondFactorRequired);
        }
    }
    // Groups that are added come before the commit and those that go after it, so that a role that may not go stays. After
    // a crash in between, the same request or the person's next sign-in brings record and groups together.
    let with_old = roles.union(&found.user.roles).copied().collect();
    assign_roles(app, user_id, &with_old).await?;
    let changed = user::execute(&app.table, cause, user_id, None, command).await?;
    assign_roles(app, user_id, &changed.user.roles).await?;
    Ok(changed)
}

/// Suspends a person: all roles and all refresh tokens end.
///
/// # Errors
/// See [`RolesError`].
pub async fn suspend(app: &App, cause: &Cause, user_id: UserId, by: UserId) -> Result<Versioned, RolesError> {
    // The record decides, and the groups follow it: after a crash in between, the same request goes on.
    let changed = user::execute(&app.table, cause, user_id, None, Command::Suspend { by }).await?;
    assign_roles(app, user_id, &changed.user.roles).await?;
    app.identity.sign_out(&user_id.uuid().to_string()).await?;
    Ok(changed)
}

/// Lifts a suspension: the roles from before come back.
///
/// # Errors
/// See [`RolesError`].
pub async fn reinstate(app: &App, cause: &Cause, user_id: UserId, by: UserId) -> Result<Versioned, RolesError> {
    let changed = user::execute(&app.table, cause, user_id, None, Command::Reinstate { by }).await?;
    assign_roles(app, user_id, &changed.user.roles).await?;
    Ok(changed)
}

/// Changes the groups of an account to a set of roles; the same again goes on where it ended.
async fn assign_roles(app: &App, user_id: UserId, wanted: &BTreeSet<Role>) -> Result<(), IdentityError> {
    let current = app.identity.roles(user_id).await?;
    for role in wanted.difference(&current) {
        app.identity.grant(user_id, *role).await?;
    }
    for role in current.difference(wanted) {
        app.identity.revoke(user_id, *role).await?;
    }
    Ok(())
}
