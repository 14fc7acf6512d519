//! The commit: state, events, duplicate markers and conditions in one DynamoDB transaction.
//!
//! Every change of an aggregate goes through [`Table::commit`]. What is published is an item in the same transaction,
//! which the table's stream hands to the relay, so nothing is published that did not happen and nothing that happened
//! stays unpublished. This crate knows DynamoDB and contracts; it knows no HTTP, no queue and no service.

mod attempts;
mod budget;
mod commit;
mod cursor;
pub mod envelope;
mod error;
mod event_log;
mod idempotency;
mod item;
pub mod json;
mod meter;
mod query;
mod table;

pub use attempts::Attempts;
pub use budget::{Budget, SpendError, digest};
pub use commit::{Commit, EVENT_PREFIX, StoredEvent, StoredTimer};
pub use cursor::{CursorKey, InvalidCursor};
pub use error::{ChangeError, CommitError, StoreError};
pub use event_log::{EventLog, Published, Step, StepItem};
pub use idempotency::{Answer, Precedent, REPLAY_WINDOW, RequestKey};
pub use item::{Item, Key, Stored, read};
pub use meter::{Meter, Reading};
pub use query::{Freshness, Index, Page, Query};
pub use table::Table;
