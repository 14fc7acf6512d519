//! What the handlers of each function share, made from its environment.

use ::store::{CursorKey, Table};
use runtime::{Edge, Error, Internal};

use crate::domain::ServedCountries;
use crate::providers::{Connections, Providers};
use crate::store::budgets::MarketBudget;

/// What the endpoints share.
#[derive(Clone)]
pub struct App {
    /// The service's table.
    pub table: Table,
    /// Seals cursors, tickets and unsubscribe links.
    pub cursor_key: CursorKey,
    /// The WebSocket URL that clients are told.
    pub live_url: String,
}

/// What the inbox's handlers share.
#[derive(Clone)]
pub struct InboxApp {
    /// The service's table.
    pub table: Table,
    /// Seals unsubscribe links.
    pub cursor_key: CursorKey,
    /// The user service, which knows how to reach people.
    pub internal: Internal,
    /// Carries mails and text messages.
    pub providers: Providers,
    /// The countries whose numbers get text messages.
    pub served_countries: ServedCountries,
    /// How many text messages each country gets in a day.
    pub market_budget: MarketBudget,
    /// Open live connections.
    pub connections: Connections,
    /// The base of links in mails.
    pub api_url: String,
}

/// What serves live connections.
pub struct LiveApp {
    /// The service's table.
    pub table: Table,
    /// Opens tickets.
    pub cursor_key: CursorKey,
    /// Open live connections.
    pub connections: Connections,
}

/// What the handler of couriers' moves needs.
pub struct MovesApp {
    /// The service's table.
    pub table: Table,
    /// Open live connections.
    pub connections: Connections,
}

impl App {
    /// Takes what the endpoints need from the environment.
    ///
    /// # Errors
    /// When `LIVE_URL` is missing.
    pub fn new(edge: &Edge) -> Result<Self, Error> {
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            live_url: edge.var("LIVE_URL")?,
        })
    }
}

impl InboxApp {
    /// Takes what the inbox needs from the environment.
    ///
    /// # Errors
    /// When a variable is missing, or `TEXTS_PER_MARKET_PER_DAY` is no number.
    pub fn new(edge: &Edge) -> Result<Self, Error> {
        let countries = edge.environment().optional("TEXT_COUNTRIES").unwrap_or_default();
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            internal: edge.internal()?,
            providers: Providers::of(edge)?,
            served_countries: ServedCountries::new(countries),
            market_budget: MarketBudget::new(edge.var("TEXTS_PER_MARKET_PER_DAY")?.parse()?),
            connections: Connections::of(edge)?,
            // Links in mails lead through the same gateway as calls between services.
            api_url: edge.var("INTERNAL_API_URL")?.trim_end_matches('/').to_owned(),
        })
    }
}

impl LiveApp {
    /// Takes what live connections need from the environment.
    ///
    /// # Errors
    /// When `LIVE_API_URL` is missing.
    pub fn new(edge: &Edge) -> Result<Self, Error> {
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            connections: Connections::of(edge)?,
        })
    }
}

impl MovesApp {
    /// Takes what the handler of moves needs from the environment.
    ///
    /// # Errors
    /// When `LIVE_API_URL` is missing.
    pub fn new(edge: &Edge) -> Result<Self, Error> {
        Ok(Self {
            table: edge.table().clone(),
            connections: Connections::of(edge)?,
        })
    }
}
