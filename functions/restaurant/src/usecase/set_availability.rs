//! Says at once, without publishing, whether an entry of the menu can be ordered.

use contracts::Cause;
use contracts::restaurant::StaffRole;
use kernel::RestaurantId;

use super::UseCaseError;
use super::change_restaurant::change_restaurant;
use super::read_restaurant::read_permitted_restaurant;
use crate::app::App;
use crate::domain::overrides::listed;
use crate::domain::{Authority, Caller, Command, Override};
use crate::store::load_published_menu;

/// Looks the entry up in the published menu and overrides its availability, across versions of the menu.
///
/// # Errors
/// When there is no such restaurant or entry, the caller may not, or the table does not answer.
pub async fn set_availability(
    app: &App,
    id: RestaurantId,
    caller: &Caller,
    cause: &Cause,
    entry: Override,
) -> Result<(), UseCaseError> {
    let authority = Authority::AtLeast(StaffRole::Staff);
    let restaurant = read_permitted_restaurant(app, id, caller, authority).await?;
    let menu = match &restaurant.menu {
        Some(published) => load_published_menu(&app.table, id, published.version).await?,
        None => None,
    };
    let listed = menu.and_then(|menu| listed(&menu, entry.kind, &entry.id));
    let command = Command::SetAvailability { entry, listed };
    change_restaurant(app, id, caller, cause, &command).await?;
    Ok(())
}
