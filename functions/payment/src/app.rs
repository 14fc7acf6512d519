//! What the service's functions share.

use ::store::{CursorKey, Table};
use runtime::{Edge, Error};

use crate::stripe::Stripe;

/// The service's clients and configuration. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's table.
    pub table: Table,
    /// The key of the list cursors.
    pub cursor_key: CursorKey,
    /// The payment provider.
    pub stripe: Stripe,
}

impl App {
    /// Reads the configuration and makes the clients.
    ///
    /// # Errors
    /// When `STRIPE_API_URL` or `STRIPE_SECRET_KEY` is missing.
    pub fn new(edge: &Edge) -> Result<Self, Error> {
        let return_url = edge.environment().optional("STRIPE_RETURN_URL").map(str::to_owned);
        let stripe = Stripe::new(
            edge.http(),
            edge.var("STRIPE_API_URL")?,
            edge.var("STRIPE_SECRET_KEY")?,
            return_url,
        );
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            stripe,
        })
    }
}
