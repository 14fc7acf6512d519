//! The signed-in person's own record. A token may come from the user pool directly, past the sign-in that would have
//! made the record: then it is made here.

use ::store::ChangeError;
use contracts::Cause;
use kernel::UserId;

use super::registration::{self, RegistrationError};
use super::user::{self, Refusal, Versioned};
use crate::app::App;
use crate::domain::Command;

/// Why a person's own record was not changed.
#[derive(Debug, thiserror::Error)]
pub enum OwnUserError {
    /// The record could not be made.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// The command changed nothing.
    #[error(transparent)]
    Change(#[from] ChangeError<Refusal>),
}

/// Reads it.
///
/// # Errors
/// When the table does not answer, or the record could not be made.
pub async fn find(app: &App, cause: &Cause, user_id: UserId) -> Result<Versioned, RegistrationError> {
    match user::find(&app.table, user_id).await? {
        Some(found) => Ok(found),
        None => registration::complete_by_id(app, cause, user_id).await,
    }
}

/// Changes it. `expected` is the version that the client read, if it said one.
///
/// # Errors
/// See [`OwnUserError`]; then nothing changed.
pub async fn execute(
    app: &App,
    cause: &Cause,
    user_id: UserId,
    expected: Option<u64>,
    command: Command,
) -> Result<Versioned, OwnUserError> {
    match user::execute(&app.table, cause, user_id, expected, command.clone()).await {
        Err(ChangeError::Missing) => {
            registration::complete_by_id(app, cause, user_id).await?;
            Ok(user::execute(&app.table, cause, user_id, expected, command).await?)
        }
        result => Ok(result?),
    }
}
