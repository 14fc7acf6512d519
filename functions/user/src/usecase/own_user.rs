//! The signed-in person's own record. A token may come from the user pool directly, past the sign-in that would have
//! made the record: then it is made here.

use ::store::ChangeError;
use runtime::{Cause, Principal, Problem};

use super::problems;
use crate::app::App;
use crate::domain::Command;
use crate::registration;
use crate::users::{self, Versioned};

/// Reads it.
pub async fn find(app: &App, cause: &Cause, principal: &Principal) -> Result<Versioned, Problem> {
    match users::find(&app.table, principal.user_id).await? {
        Some(found) => Ok(found),
        None => register(app, cause, principal).await,
    }
}

/// Changes it. `expected` is the version that the client read, if it said one.
pub async fn execute(
    app: &App,
    cause: &Cause,
    principal: &Principal,
    expected: Option<u64>,
    command: Command,
) -> Result<Versioned, Problem> {
    let user_id = principal.user_id;
    match users::execute(&app.table, cause, user_id, expected, command.clone()).await {
        Err(ChangeError::Missing) => {
            register(app, cause, principal).await?;
            Ok(users::execute(&app.table, cause, user_id, expected, command).await?)
        }
        result => Ok(result?),
    }
}

async fn register(app: &App, cause: &Cause, principal: &Principal) -> Result<Versioned, Problem> {
    let registered = registration::complete_by_id(app, cause, principal.user_id).await;
    registered.map_err(problems::incomplete)
}
