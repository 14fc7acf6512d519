//! The message edge: queues, timers and the relay from the table's stream to the topic.

mod batch;
mod consumer;
mod outcome;
mod publisher;
mod queue;
mod relay;
#[cfg(test)]
mod stub;
mod timers;

pub use consumer::{consume, consume_from, consume_timers};
pub use outcome::{Consumed, Done, HandlerError, once};
pub use publisher::Publisher;
pub use relay::{relay, relay_with_timers};
pub use timers::TimerQueue;
