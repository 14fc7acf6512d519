//! Invites a customer to review a delivered order.

use ::store::{Commit, StoreError};
use contracts::Cause;

use crate::app::App;
use crate::domain::review::{Invitation, review_of};
use crate::store::{ReviewRecord, review_key};

/// Stores the invitation. The review's id is made from the order's, so a second invitation to the same order loses against
/// the first and changes nothing.
///
/// # Errors
/// When the table does not answer.
pub async fn invite_to_review(app: &App, invitation: &Invitation, cause: &Cause) -> Result<(), StoreError> {
    let id = review_of(invitation.order_id);
    let commit = Commit::new(cause).create(&review_key(id), &id, &ReviewRecord::invitation(invitation));
    app.table.commit_if_current(commit).await?;
    Ok(())
}
