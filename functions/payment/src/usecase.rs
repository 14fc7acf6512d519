//! What the service does, step by step: load, decide, ask the provider, commit.

pub mod add_card;
pub mod follow_order;
pub mod observe_intent;
pub mod remove_card;
pub mod retry_settlement;
pub mod settle_payment;
