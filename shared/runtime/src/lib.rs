//! The Lambda edge: from requests and messages to commands, and from outcomes to answers.
//!
//! A service's `main.rs` lists its functions; everything that is the same for all of them is here. This crate knows
//! Lambda, HTTP and queues; it knows no service.

mod breaker;
mod bucket;
pub mod clock;
pub mod docs;
mod edge;
mod environment;
pub mod http;
pub mod ids;
mod internal;
pub mod messages;
pub mod openapi;
mod outbound;
mod schedule;
mod signing;
mod standing;
mod telemetry;

pub use bucket::{Bucket, IF_NONE_MATCH, StoredObject};
pub use contracts::{Cause, Envelope, Timer};
pub use edge::{Clock, Edge};
pub use environment::{Environment, MissingVariable};
pub use http::{
    ClientAddress, IdempotencyKey, IfMatch, InternalCaller, Json, Listing, Optional, Paging, Path, Principal, Problem,
    Query, Raw, RequestCause, body_limit, replay, serve,
};
pub use internal::{CallError, Internal};
pub use messages::{
    Consumed, Done, HandlerError, Publisher, TimerQueue, consume, consume_from, consume_timers, once, relay,
    relay_with_timers,
};
pub use outbound::{Http, HttpError};
pub use schedule::on_schedule;
pub use standing::Standing;

/// Why a function cannot start, or an invocation failed as a whole.
pub type Error = lambda_runtime::Error;
