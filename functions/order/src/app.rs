//! What the functions share: the table, the clients, the deadlines, and how a command is carried out.

use ::store::{Attempts, ChangeError, Commit, CommitError, CursorKey, Freshness, Published, StoreError, Table};
use contracts::Cause;
use kernel::OrderId;
use runtime::{Edge, Internal, MissingVariable};

use crate::domain::{Command, Deadlines, Decision, Event, Party, Rejection, State, decide};
use crate::publish;
use crate::store::{self, COURIER_COMES, Loaded, MenuCache, Slot, append, nobody_comes, note_courier, release_slot};

/// What the functions share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's table.
    pub table: Table,
    /// Seals the cursors of lists.
    pub cursor_key: CursorKey,
    /// Asks other services.
    pub internal: Internal,
    /// How long each side has.
    pub deadlines: Deadlines,
    /// Menus that were read before.
    pub menus: MenuCache,
}

impl App {
    /// What the functions share, from the function's edge.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn new(edge: &Edge) -> Result<Self, MissingVariable> {
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            internal: edge.internal()?,
            deadlines: Deadlines {
                payment: edge.seconds("PAYMENT_DEADLINE_SECONDS")?,
                restaurant: edge.seconds("RESTAURANT_DEADLINE_SECONDS")?,
                courier: edge.seconds("COURIER_DEADLINE_SECONDS")?,
            },
            menus: MenuCache::default(),
        })
    }

    /// An order.
    ///
    /// # Errors
    /// [`ChangeError::Missing`] when there is none; when the table does not answer.
    pub async fn order(&self, order_id: OrderId) -> Result<Loaded, ChangeError<Rejection>> {
        let loaded = store::load(&self.table, order_id, Freshness::Latest).await?;
        loaded.ok_or(ChangeError::Missing)
    }

    /// An order as it was a moment ago, which is enough to [`App::carry_out`] a command on.
    ///
    /// # Errors
    /// As for [`App::order`].
    pub async fn recent_order(&self, order_id: OrderId) -> Result<Loaded, ChangeError<Rejection>> {
        match store::load(&self.table, order_id, Freshness::Recent).await? {
            Some(loaded) => Ok(loaded),
            None => self.order(order_id).await,
        }
    }

    /// Carries a command out on an order as it was read, and returns the order after it. When somebody else was faster,
    /// the command is decided again on what they left: exactly one of two that exclude each other wins.
    ///
    /// # Errors
    /// Why not; then nothing was changed.
    pub async fn carry_out(
        &self,
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
            let decision = match decide(&loaded.order, command, by, self.deadlines, cause.now) {
                Ok(Some(decision)) => decision,
                Ok(None) => return Ok(loaded),
                // Never reject on an eventually consistent read: reload first.
                Err(_) if loaded.freshness == Freshness::Recent => {
                    loaded = self.order(order_id).await?;
                    continue;
                }
                Err(rejection) => return Err(ChangeError::Rejected(rejection)),
            };
            match self.commit(&loaded, command, &decision, &cause).await {
                Ok(()) => {
                    loaded.order.state = decision.state;
                    loaded.sequence += 1;
                    return Ok(loaded);
                }
                Err(CommitError::Conflict | CommitError::Duplicate | CommitError::Refused(COURIER_COMES)) => {
                    loaded = self.order(order_id).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn commit(
        &self,
        loaded: &Loaded,
        command: &Command,
        decision: &Decision,
        cause: &Cause,
    ) -> Result<(), CommitError> {
        let order = &loaded.order;
        let sequence = loaded.sequence + 1;
        let envelope = publish::envelope(order, &decision.event, sequence, &loaded.placed.contents, cause);
        let envelope = envelope.map_err(StoreError::from)?;
        let timers = publish::timers(Some(&order.state), &decision.state, &envelope);
        let published = Published { envelope, timers };
        let step = || {
            let commit = with_courier(Commit::new(cause), order.id, command);
            append(commit, order.id, published.clone(), &decision.state)
        };
        let Some(slot) = freed_slot(loaded, &decision.event) else {
            return self.table.commit(step()).await;
        };
        let value = loaded.placed.contents.priced().subtotal;
        match self.table.commit(release_slot(step(), slot, value, cause.now)).await {
            // The count is gone, so there is nothing to give back.
            Err(CommitError::Refused(_)) => self.table.commit(step()).await,
            result => result,
        }
    }
}

/// What a command has to do with who comes for the food, which is noted beside the order's events: both hold in one commit.
fn with_courier(commit: Commit, order_id: OrderId, command: &Command) -> Commit {
    if let Command::LoseCourier { since, .. } = command {
        return note_courier(commit, order_id, None, *since);
    }
    if *command == Command::CourierDeadline {
        return nobody_comes(commit, order_id);
    }
    commit
}

/// The kitchen's slot that an order gives back: it ended before anybody began to cook.
fn freed_slot(loaded: &Loaded, event: &Event) -> Option<Slot> {
    let uncooked = match &loaded.order.state {
        State::AwaitingPayment { .. } | State::Scheduled { .. } | State::AwaitingRestaurant { .. } => true,
        State::Preparing { .. }
        | State::Ready { .. }
        | State::OutForDelivery { .. }
        | State::Delivered { .. }
        | State::Cancelled { .. }
        | State::Rejected { .. }
        | State::Undeliverable { .. } => false,
    };
    let ends = matches!(event, Event::Cancelled { .. } | Event::Rejected { .. });
    let start = loaded.placed.slot.filter(|_| uncooked && ends)?;
    Some(Slot {
        restaurant_id: loaded.placed.restaurant_id,
        start,
    })
}
