//! What the functions share, made from the environment.

use ::store::{CursorKey, Table};
use runtime::Edge;

/// What the functions share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's table.
    pub table: Table,
    /// The environment that the function was started with.
    pub edge: Edge,
    /// Seals the cursors of lists.
    pub cursor_key: CursorKey,
}

impl App {
    /// Takes the table and the keys from the function's edge.
    pub fn new(edge: &Edge) -> Self {
        Self {
            table: edge.table().clone(),
            edge: edge.clone(),
            cursor_key: edge.cursor_key().clone(),
        }
    }
}
