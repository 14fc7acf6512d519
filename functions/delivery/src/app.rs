//! What the handlers share.

use ::store::Table;
use kernel::SignedDuration;
use runtime::{Edge, Error};

/// What the handlers share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The service's table.
    pub table: Table,
    /// How long a courier may think about an offer.
    pub offer_lasts: SignedDuration,
}

impl App {
    /// From the function's environment.
    ///
    /// # Errors
    /// When `OFFER_SECONDS` is missing.
    pub fn new(edge: &Edge) -> Result<Self, Error> {
        Ok(Self {
            table: edge.table().clone(),
            offer_lasts: edge.seconds("OFFER_SECONDS")?,
        })
    }
}
