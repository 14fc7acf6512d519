//! The commit against the table double: the same tests that the platform's DynamoDB is held against, without it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod cases;
mod tables;

use store::Table;
use table_double::{Projection, TableDouble};

/// A table of one test, keyed like every service's.
async fn table() -> Table {
    let double = TableDouble::new("conformance")
        .with_index("GSI1", ["gsi1pk", "gsi1sk"], Projection::All)
        .with_index("GSI2", ["gsi2pk", "gsi2sk"], Projection::KeysOnly);
    Table::new(double.client(), "conformance")
}
