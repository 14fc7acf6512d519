//! Keeps which roles a person has, and ends the live connections of roles that the person has lost.

use contracts::user::RolesChanged;
use contracts::{Cause, Envelope};
use runtime::{Done, HandlerError, Standing};

use super::live::sessions::end_lost;
use crate::app::InboxApp;

/// Keeps a change of roles. Connections are ended by the standing that is stored, not by the event, so that an event which
/// comes late gives nothing back.
///
/// # Errors
/// When the table does not answer, or the event is not what its type claims.
pub async fn change_roles(app: &InboxApp, event: &Envelope, cause: &Cause) -> Result<(), HandlerError> {
    let Done = Standing::keep(&app.table, event, cause).await?;
    let changed: RolesChanged = event.data()?;
    Ok(end_lost(&app.table, &app.connections, changed.user_id, cause).await?)
}
