//! The live function: connections that are told as things happen.
//!
//! A connection is opened by a ticket, follows topics that its owner may read over HTTP, and is told by the inbox. What
//! goes wrong on the way to it is not repaired: whoever reconnects asks for the present state over HTTP.

mod access;
mod answer;
#[cfg(test)]
mod document;
mod facts;
mod frame;
mod functions;
mod push;
mod session;
mod ticket;
mod topic;

pub use frame::{Frame, Viewers, frames, moved, offer_ended, offered};
pub use functions::run;
pub use push::{Connections, Gathered, gather, push};
pub use session::end_lost;
pub use ticket::{TICKET_LIFETIME, Ticket};
pub use topic::Topic;
