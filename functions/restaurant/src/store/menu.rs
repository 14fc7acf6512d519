//! Menus: the draft, and every version that was published.

use ::store::{Freshness, Key, StoreError, Table};
use contracts::menu::Menu;
use kernel::{RestaurantId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::PublishedMenu;

/// Published versions of a restaurant's menu that are kept. A reader learned of the version within the last hour, in which no
/// more may be published.
pub const MENUS_KEPT: u32 = 20;

/// A menu as its item holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MenuRecord {
    /// The menu.
    #[serde(with = "::store::json")]
    pub menu: Menu,
    /// Identifies the draft.
    pub draft_revision: String,
    /// When it was saved or published.
    pub since: Timestamp,
}

impl MenuRecord {
    /// A published menu.
    pub fn published(menu: &Menu, published: &PublishedMenu) -> Self {
        Self {
            menu: menu.clone(),
            draft_revision: published.draft_revision.clone(),
            since: published.published_at,
        }
    }
}

/// Loads the draft of a restaurant's menu; `None` before the first.
///
/// # Errors
/// When the table does not answer.
pub async fn load_draft(table: &Table, id: RestaurantId) -> Result<Option<MenuRecord>, StoreError> {
    Ok(table.get(&draft_key(id)).await?.map(|read| read.value))
}

/// Loads a published version of a menu; `None` if there is none or it is no longer kept. A version never changes, so an
/// eventually consistent read is enough if it finds one.
///
/// # Errors
/// When the table does not answer.
pub async fn load_published_menu(table: &Table, id: RestaurantId, version: u32) -> Result<Option<Menu>, StoreError> {
    let key = menu_key(id, version);
    let mut read = table.get_fresh::<MenuRecord>(&key, Freshness::Recent).await?;
    if read.is_none() {
        read = table.get(&key).await?;
    }
    Ok(read.map(|read| read.value.menu))
}

/// Where the draft of a restaurant's menu is.
pub fn draft_key(id: RestaurantId) -> Key {
    Key::new(format!("RESTAURANT#{id}"), "MENU#DRAFT")
}

/// Where a published version of a restaurant's menu is.
pub fn menu_key(id: RestaurantId, version: u32) -> Key {
    Key::new(format!("RESTAURANT#{id}"), format!("MENU#{version:08}"))
}
