//! What handlers share.

use ::store::{CursorKey, Table};
use runtime::{Edge, Internal};

use crate::allowance::Allowance;
use crate::live::Connections;
use crate::providers::Providers;

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
pub struct Desk {
    /// The service's table.
    pub table: Table,
    /// Seals unsubscribe links.
    pub cursor_key: CursorKey,
    /// The user service, which knows how to reach people.
    pub internal: Internal,
    /// Who carries mails and text messages.
    pub providers: Providers,
    /// What may go out.
    pub allowance: Allowance,
    /// The way to open live connections.
    pub connections: Connections,
    /// The base of links in mails.
    pub api_url: String,
}

impl App {
    /// What the endpoints need of the environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn new(edge: &Edge) -> Result<Self, runtime::Error> {
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            live_url: edge.var("LIVE_URL")?,
        })
    }
}

impl Desk {
    /// What the inbox needs of the environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn new(edge: &Edge) -> Result<Self, runtime::Error> {
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            internal: edge.internal()?,
            providers: Providers::of(edge)?,
            allowance: Allowance::of(edge)?,
            connections: Connections::of(edge)?,
            // Links in mails lead through the same gateway as calls between services.
            api_url: edge.var("INTERNAL_API_URL")?.trim_end_matches('/').to_owned(),
        })
    }
}
