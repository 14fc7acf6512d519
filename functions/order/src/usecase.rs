//! What the service does, step by step: load, decide, commit.

pub mod advance_order;
pub mod cancel_order;
pub mod create_quote;
pub mod list_orders;
pub mod note_courier;
pub mod place_order;
pub mod sweep_deadlines;
pub mod sync_replicas;
