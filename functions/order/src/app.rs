//! What the functions share: the table, the clients, the deadlines and the caches.

use ::store::{CursorKey, Table};
use runtime::{Edge, Internal, MissingVariable};

use crate::domain::Deadlines;
use crate::store::{EndedOrders, MenuCache};

/// What the functions share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's table.
    pub table: Table,
    /// Seals the cursors of lists.
    pub cursor_key: CursorKey,
    /// Asks other services.
    pub internal: Internal,
    /// How long each side has.
    pub deadlines: Deadlines,
    /// Menus that were read before.
    pub menus: MenuCache,
    /// Orders that had ended when a list read them.
    pub ended_orders: EndedOrders,
}

impl App {
    /// What the functions share, from the function's edge.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn new(edge: &Edge) -> Result<Self, MissingVariable> {
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            internal: edge.internal()?,
            deadlines: Deadlines {
                payment: edge.seconds("PAYMENT_DEADLINE_SECONDS")?,
                restaurant: edge.seconds("RESTAURANT_DEADLINE_SECONDS")?,
                courier: edge.seconds("COURIER_DEADLINE_SECONDS")?,
            },
            menus: MenuCache::default(),
            ended_orders: EndedOrders::default(),
        })
    }
}
