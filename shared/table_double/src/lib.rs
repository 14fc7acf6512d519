//! A DynamoDB table in the memory of a test.
//!
//! A client of the SDK that is made with [`TableDouble::http_client`] sends its requests here instead of over the network, so
//! the code under test is the shipped code down to the SDK's serialisation. The double knows the operations and expressions
//! that the services use, refuses what DynamoDB refuses, and charges what DynamoDB charges. What it does not know ends the
//! test with a message that names it; nothing is passed over. `shared/store/tests/conformance` holds it, and DynamoDB's own
//! interface as the platform has it, against one body of tests.

mod expression;
mod number;
mod protocol;
mod read;
mod refusal;
mod table;
mod value;
mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

pub use table::Projection;

/// A table with the keys `pk` and `sk`. Its clones are the same table.
#[derive(Debug, Clone)]
pub struct TableDouble(Arc<Mutex<table::Table>>);

impl TableDouble {
    /// An empty table without indexes.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(Arc::new(Mutex::new(table::Table::new(name))))
    }

    /// Adds a global index by its name, the names of its partition and sort key, and what it holds.
    #[must_use]
    pub fn with_index(self, name: &str, keys: [&str; 2], projection: Projection) -> Self {
        let index = table::Index {
            name: name.to_owned(),
            keys: keys.map(str::to_owned),
            projection,
        };
        self.lock().indexes.push(index);
        self
    }

    /// What the SDK's clients send their requests with.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(protocol::Connector(Arc::clone(&self.0)))
    }

    /// A client of the table.
    #[must_use]
    pub fn client(&self) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "table_double"))
            .sleep_impl(TokioSleep::new())
            .http_client(self.http_client())
            .build();
        Client::from_conf(config)
    }

    /// Every item as it is, in the order of the keys.
    #[must_use]
    pub fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let table = self.lock();
        table.items(true).cloned().map(value::attributes).collect()
    }

    /// From now on, reads that are not consistent, and so all reads of indexes, see each item as it was before its last
    /// write. Writes and their conditions see what is.
    pub fn lag(&self) {
        self.lock().is_stale = true;
    }

    /// Lets everything that was written be seen by every read; what is written later is seen late again if reads lag.
    pub fn catch_up(&self) {
        self.lock().catch_up();
    }

    fn lock(&self) -> MutexGuard<'_, table::Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
