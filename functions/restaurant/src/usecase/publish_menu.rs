//! Publishes the draft of a menu.

use contracts::Cause;
use kernel::RestaurantId;

use super::UseCaseError;
use super::change_restaurant::change_restaurant;
use crate::app::App;
use crate::domain::menu::as_shown;
use crate::domain::{Caller, Command, Rejection, Restaurant};
use crate::store::load_draft;

/// Loads the draft and publishes it as the next version; the same draft again changes nothing.
///
/// # Errors
/// When there is no draft or no such restaurant, the caller may not, the menu is invalid, or the table does not answer.
pub async fn publish_menu(
    app: &App,
    id: RestaurantId,
    caller: &Caller,
    cause: &Cause,
) -> Result<Restaurant, UseCaseError> {
    let draft = load_draft(&app.table, id).await?.ok_or(Rejection::MenuMissing)?;
    let command = Command::PublishMenu {
        draft_revision: draft.draft_revision,
        menu: Box::new(as_shown(draft.menu)),
    };
    change_restaurant(app, id, caller, cause, &command).await
}
