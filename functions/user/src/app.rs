//! What the handlers share.

use ::store::Table;
use aws_sdk_cognitoidentityprovider::Client;
use runtime::{Edge, MissingVariable};

use crate::identity::Identity;

/// The table and the identity provider. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The table.
    pub table: Table,
    /// The user pool.
    pub identity: Identity,
}

impl App {
    /// From the function's environment.
    ///
    /// # Errors
    /// When `USER_POOL_ID` or `USER_POOL_CLIENT_ID` is not set.
    pub fn new(edge: &Edge) -> Result<Self, MissingVariable> {
        let pool_id = edge.var("USER_POOL_ID")?;
        let client_id = edge.var("USER_POOL_CLIENT_ID")?;
        Ok(Self {
            table: edge.table().clone(),
            identity: Identity::new(Client::new(edge.sdk()), pool_id, client_id),
        })
    }
}
