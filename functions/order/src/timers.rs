//! What the service's own deadlines mean when they are due.
//!
//! A timer may come late, twice, or after what it was set for: the rules look at the order's state and time again.

use contracts::{Cause, Timer};
use kernel::OrderId;
use runtime::{Consumed, Undone};

use crate::app::App;
use crate::domain::{Command, CommandName, Party};
use crate::inbox::tell;

/// Handles one deadline.
///
/// # Errors
/// When it must come again, or never will work.
pub async fn handle(app: &App, timer: &Timer, cause: &Cause) -> Consumed {
    let Some(command) = due(&timer.name) else {
        return Err(Undone::Park(format!("there is no deadline called {}", timer.name)));
    };
    let Ok(order_id) = timer.subject.parse::<OrderId>() else {
        return Err(Undone::Park(format!("{} is no order", timer.subject)));
    };
    tell(app, order_id, &command, Party::Platform, cause).await
}

/// The command that a deadline's name stands for.
fn due(name: &str) -> Option<Command> {
    let deadlines = [
        (CommandName::PaymentDeadline, Command::PaymentDeadline),
        (CommandName::Release, Command::Release),
        (CommandName::RestaurantDeadline, Command::RestaurantDeadline),
        (CommandName::CourierDeadline, Command::CourierDeadline),
        (CommandName::PickUpDeadline, Command::PickUpDeadline),
    ];
    let found = deadlines.into_iter().find(|(command, _)| command.as_str() == name);
    found.map(|(_, command)| command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StateName;
    use crate::domain::cast::in_state;
    use crate::domain::decide::deadlines;

    #[test]
    fn every_deadline_that_is_set_is_understood() {
        for state in StateName::ALL {
            for (command, _) in deadlines(&in_state(*state).state) {
                assert_eq!(due(command.as_str()).map(|due| due.name()), Some(command));
            }
        }
        assert_eq!(due("tea_time"), None);
        assert_eq!(due("cancel"), None, "a command that is no deadline");
    }
}
