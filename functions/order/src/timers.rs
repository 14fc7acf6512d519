//! What the service's own deadlines mean when they are due.
//!
//! A timer may come late, twice, or after what it was set for: the rules look at the order's state and time again.

mod sweep;

use ::store::ChangeError;
use contracts::{Cause, Timer};
use kernel::OrderId;
use runtime::{Consumed, Done, HandlerError, TimerQueue};

use self::sweep::SWEEP;
use crate::app::App;
use crate::domain::{Command, Party, Rejection};
use crate::usecase::advance_order::{advance_by_id, undone};

/// Handles one deadline.
///
/// # Errors
/// When it must come again, or never will work.
pub async fn handle(app: &App, queue: &TimerQueue, timer: &Timer, cause: &Cause) -> Consumed {
    if timer.name == SWEEP {
        return sweep::handle(app, queue, timer, cause).await;
    }
    let Some(command) = Command::of_deadline(&timer.name) else {
        return Err(HandlerError::Park(format!(
            "there is no deadline called {}",
            timer.name
        )));
    };
    let Ok(order_id) = timer.subject.parse::<OrderId>() else {
        return Err(HandlerError::Park(format!("{} is no order", timer.subject)));
    };
    match advance_by_id(app, order_id, &command, Party::Platform, cause).await {
        Ok(()) => Ok(Done),
        Err(ChangeError::Rejected(rejection)) if was_put_off(timer, &rejection) => Ok(Done),
        Err(error) => Err(undone(error)),
    }
}

/// Whether the order's deadline is a later one than the timer was set for: that one has a timer of its own.
fn was_put_off(timer: &Timer, rejection: &Rejection) -> bool {
    matches!(rejection, Rejection::NotDue { due_at } if timer.due_at < *due_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CommandName, StateName};

    #[test]
    fn a_deadline_that_was_put_off_is_left_to_its_own_timer() {
        let due_at: kernel::Timestamp = "2026-11-20T18:20:00Z".parse().unwrap();
        let timer = Timer {
            name: "courier_deadline".to_owned(),
            subject: String::new(),
            sequence: 5,
            due_at,
            correlationid: String::new(),
        };
        let later = due_at + kernel::SignedDuration::from_secs(1);
        assert!(was_put_off(&timer, &Rejection::NotDue { due_at: later }));
        // It came before its time: it must come again.
        assert!(!was_put_off(&timer, &Rejection::NotDue { due_at }));
        let state = StateName::Ready;
        let command = CommandName::CourierDeadline;
        assert!(!was_put_off(&timer, &Rejection::TooEarly { state, command }));
    }
}
