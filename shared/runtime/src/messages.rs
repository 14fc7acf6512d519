//! The message edge: queues, timers and the relay from the table's stream to the topic.

mod batch;
mod consumer;
mod outcome;
mod relay;
mod timers;

pub use consumer::{consume, keep_time};
pub use outcome::{Consumed, Done, Undone, once};
pub use relay::{relay, relay_with_timers};
