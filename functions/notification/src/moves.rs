//! The stream of couriers' moves.
//!
//! It has a queue and a function of its own, so that however many couriers move, what happens to orders is told without
//! delay. Nothing is kept and no move is tried again.

use contracts::{Cause, Envelope};
use runtime::{Consumed, Done};

use crate::app::MovesApp;
use crate::usecase::live::share_position::share_position;

/// Tells a move to those who follow the courier's orders.
///
/// # Errors
/// When the event is not what its type claims.
pub async fn handle(app: &MovesApp, event: &Envelope, cause: &Cause) -> Consumed {
    share_position(app, event, &event.data()?, cause).await;
    Ok(Done)
}
