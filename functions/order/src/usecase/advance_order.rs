//! An order takes its next step: load, decide, commit. When somebody else was faster, the command is decided again on what
//! they left, so exactly one of two commands that exclude each other wins.

use ::store::{Attempts, ChangeError, Commit, CommitError, Freshness, StoreError};
use contracts::Cause;
use kernel::OrderId;
use runtime::HandlerError;

use crate::app::App;
use crate::domain::kitchen::freed_slot;
use crate::domain::{Command, Decision, Party, Rejection, decide};
use crate::publish;
use crate::store::{COURIER_COMES, Loaded, Slot, append, load, nobody_comes, note_courier, release_slot};

/// Reads an order as the last commit left it.
///
/// # Errors
/// [`ChangeError::Missing`] when there is none; when the table does not answer.
pub async fn latest_order(app: &App, order_id: OrderId) -> Result<Loaded, ChangeError<Rejection>> {
    let loaded = load(&app.table, order_id, Freshness::Latest).await?;
    loaded.ok_or(ChangeError::Missing)
}

/// Reads an order as it was a moment ago, which is enough to [`advance`] it.
///
/// # Errors
/// As for [`latest_order`].
pub async fn recent_order(app: &App, order_id: OrderId) -> Result<Loaded, ChangeError<Rejection>> {
    match load(&app.table, order_id, Freshness::Recent).await? {
        Some(loaded) => Ok(loaded),
        None => latest_order(app, order_id).await,
    }
}

/// Reads an order and carries a command out on it.
///
/// # Errors
/// As for [`advance`], and [`ChangeError::Missing`] when there is no such order.
pub async fn advance_by_id(
    app: &App,
    order_id: OrderId,
    command: &Command,
    by: Party,
    cause: &Cause,
) -> Result<(), ChangeError<Rejection>> {
    let loaded = recent_order(app, order_id).await?;
    advance(app, loaded, command, by, cause).await?;
    Ok(())
}

/// Carries a command out on an order as it was read, and returns the order after it.
///
/// # Errors
/// Why the command was not carried out; then nothing was changed.
pub async fn advance(
    app: &App,
    mut loaded: Loaded,
    command: &Command,
    by: Party,
    cause: &Cause,
) -> Result<Loaded, ChangeError<Rejection>> {
    let order_id = loaded.order.id;
    let cause = cause.clone().about(&order_id);
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let decision = match decide(&loaded.order, command, by, app.deadlines, cause.now) {
            Ok(Some(decision)) => decision,
            Ok(None) => return Ok(loaded),
            // Never reject on an eventually consistent read: reload first.
            Err(_) if loaded.freshness == Freshness::Recent => {
                loaded = latest_order(app, order_id).await?;
                continue;
            }
            Err(rejection) => return Err(ChangeError::Rejected(rejection)),
        };
        match commit(app, &loaded, command, &decision, &cause).await {
            Ok(()) => {
                loaded.order.state = decision.state;
                loaded.sequence += 1;
                return Ok(loaded);
            }
            Err(CommitError::Conflict | CommitError::Duplicate | CommitError::Refused(COURIER_COMES)) => {
                loaded = latest_order(app, order_id).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn commit(
    app: &App,
    loaded: &Loaded,
    command: &Command,
    decision: &Decision,
    cause: &Cause,
) -> Result<(), CommitError> {
    let order = &loaded.order;
    let (before, after) = (Some(&order.state), &decision.state);
    let published = publish::published(order, &decision.event, loaded.sequence + 1, before, after, cause);
    let published = published.map_err(StoreError::from)?;
    let step = || {
        let commit = with_courier(Commit::new(cause), order.id, command);
        append(commit, order.id, published.clone(), after)
    };
    let Some(start) = freed_slot(&order.state, loaded.placed.slot, &decision.event) else {
        return app.table.commit(step()).await;
    };
    let slot = Slot {
        restaurant_id: loaded.placed.restaurant_id,
        start,
    };
    let value = loaded.placed.contents.priced().subtotal;
    match app.table.commit(release_slot(step(), slot, value, cause.now)).await {
        // The table no longer counts the slot, so there is nothing to give back.
        Err(CommitError::Refused(_)) => app.table.commit(step()).await,
        result => result,
    }
}

/// Adds what a command has to do with the courier's item, which lies beside the order's events, to the same commit.
fn with_courier(commit: Commit, order_id: OrderId, command: &Command) -> Commit {
    if let Command::LoseCourier { since, .. } = command {
        return note_courier(commit, order_id, None, *since);
    }
    if *command == Command::CourierDeadline {
        return nobody_comes(commit, order_id);
    }
    commit
}

/// Says whether a message whose command was not carried out must come again, or never will work.
#[must_use]
pub fn undone(error: ChangeError<Rejection>) -> HandlerError {
    let ChangeError::Rejected(rejection) = error else {
        return error.into();
    };
    match rejection {
        Rejection::TooEarly { .. } | Rejection::NotDue { .. } => HandlerError::Retry(rejection.to_string()),
        Rejection::WrongState { .. }
        | Rejection::Contradiction { .. }
        | Rejection::AmountDiffers { .. }
        | Rejection::TermsChanged { .. }
        | Rejection::DelayTooLong => HandlerError::Park(rejection.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CommandName, StateName};

    #[test]
    fn early_facts_come_again_and_impossible_ones_do_not() {
        let (state, command) = (StateName::Ready, CommandName::Deliver);
        let undone = |rejection| undone(ChangeError::Rejected(rejection));
        assert!(matches!(
            undone(Rejection::TooEarly { state, command }),
            HandlerError::Retry(_)
        ));
        assert!(matches!(
            undone(Rejection::Contradiction { command }),
            HandlerError::Park(_)
        ));
    }
}
