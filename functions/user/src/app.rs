//! What the handlers share.

use std::sync::Arc;

use ::store::Table;
use runtime::{Edge, MissingVariable};

use crate::domain::Email;
use crate::identity::{Identity, PoolClient};
use crate::texts::Texts;

/// The table and the identity provider. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The table.
    pub table: Table,
    /// The user pool.
    pub identity: Identity,
    /// The function's environment.
    pub edge: Edge,
    /// Sends codes to phones.
    pub texts: Texts,
    /// Operators who may sign in without a one-time password: accounts for demonstrations.
    exempt: Arc<[String]>,
}

impl App {
    /// From the function's environment.
    ///
    /// # Errors
    /// When `USER_POOL_ID`, `USER_POOL_CLIENT_ID` or `USER_POOL_CLIENT_SECRET` is not set.
    pub fn new(edge: &Edge) -> Result<Self, MissingVariable> {
        let pool_id = edge.var("USER_POOL_ID")?;
        let pool_client = PoolClient::new(edge.var("USER_POOL_CLIENT_ID")?, edge.var("USER_POOL_CLIENT_SECRET")?);
        Ok(Self {
            table: edge.table().clone(),
            edge: edge.clone(),
            texts: Texts::new(edge, list(edge, "TEXT_COUNTRIES"))?,
            exempt: list(edge, "OPERATORS_WITHOUT_SECOND_FACTOR").into(),
            identity: Identity::new(edge, pool_id, pool_client),
        })
    }

    /// Whether an operator with this address may sign in without a one-time password.
    #[must_use]
    pub fn may_do_without_second_factor(&self, email: &Email) -> bool {
        self.exempt.iter().any(|exempt| exempt == email.as_str())
    }
}

/// A variable that lists words, separated by commas.
fn list(edge: &Edge, name: &str) -> Vec<String> {
    let text = edge.environment().optional(name).unwrap_or_default();
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
