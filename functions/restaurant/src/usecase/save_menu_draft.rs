//! Saves the draft of a menu.

use ::store::{Commit, StoreError};
use contracts::Cause;
use contracts::menu::Menu;
use kernel::RestaurantId;

use crate::app::App;
use crate::store::{MenuRecord, draft_key};

/// Stores a checked menu in place of the draft before. The request's id is the draft's revision.
///
/// # Errors
/// When the table does not answer.
pub async fn save_menu_draft(app: &App, id: RestaurantId, cause: &Cause, menu: Menu) -> Result<Menu, StoreError> {
    let record = MenuRecord {
        menu,
        draft_revision: cause.causation_id.clone(),
        since: cause.now,
    };
    let commit = Commit::new(cause).also_put(&draft_key(id), &record);
    app.table.commit(commit).await?;
    Ok(record.menu)
}
