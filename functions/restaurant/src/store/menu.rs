//! Menus: the draft, and every version that was published.

use ::store::Key;
use contracts::menu::Menu;
use kernel::{RestaurantId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::PublishedMenu;

/// Published versions of a restaurant's menu that are kept: whoever reads one has heard of it within the last hour, in which
/// no more may be published.
pub const MENUS_KEPT: u32 = 20;

/// A menu as its item holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MenuRecord {
    /// The menu.
    #[serde(with = "::store::json")]
    pub menu: Menu,
    /// Tells one draft from the next.
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

/// Where the draft of a restaurant's menu is.
pub fn draft_key(id: RestaurantId) -> Key {
    Key::new(format!("RESTAURANT#{id}"), "MENU#DRAFT")
}

/// Where a published version of a restaurant's menu is.
pub fn menu_key(id: RestaurantId, version: u32) -> Key {
    Key::new(format!("RESTAURANT#{id}"), format!("MENU#{version:08}"))
}
