//! Who may do what with an order.
//!
//! Its customer, whoever works at its restaurant, the courier assigned to it, and operators know that it exists; for
//! everybody else it does not. What each of them may do is the transition table's to say.

use ::store::Freshness;
use kernel::{OrderId, RestaurantId, Role, TypedId as _};
use runtime::{Principal, Problem};

use crate::app::App;
use crate::domain::transitions::{ever, find};
use crate::domain::{Command, CommandName, Order, Party};
use crate::store::{Loaded, ReplicaRecord, replica_key};
use crate::usecase::advance_order::{advance, latest_order, recent_order};

/// An order, and what the caller is to it.
pub struct Seen {
    /// The order.
    pub loaded: Loaded,
    /// One party at least.
    pub parties: Vec<Party>,
}

/// Reads an order that the caller may see.
///
/// # Errors
/// 404 when there is none, or it is not the caller's to see.
pub async fn see(app: &App, principal: &Principal, order_id: OrderId) -> Result<Seen, Problem> {
    let seen = seen(app, principal, latest_order(app, order_id).await?).await?;
    seen.ok_or_else(Problem::not_found)
}

async fn seen(app: &App, principal: &Principal, loaded: Loaded) -> Result<Option<Seen>, Problem> {
    let parties = parties(app, principal, &loaded.order).await?;
    Ok((!parties.is_empty()).then_some(Seen { loaded, parties }))
}

async fn parties(app: &App, principal: &Principal, order: &Order) -> Result<Vec<Party>, Problem> {
    let mut parties = Vec::new();
    if order.facts.customer_id == principal.user_id {
        parties.push(Party::Customer);
    }
    if principal.has(Role::Operator) {
        parties.push(Party::Operator);
    }
    let courier = order.courier().map(kernel::TypedId::uuid);
    if principal.has(Role::Courier) && courier == Some(principal.user_id.uuid()) {
        parties.push(Party::Courier);
    }
    if works_at(app, principal, order.facts.restaurant_id).await? {
        parties.push(Party::Restaurant);
    }
    Ok(parties)
}

/// Whether the caller works at a restaurant, by its own last word on who does.
///
/// # Errors
/// When the table does not answer.
pub async fn works_at(app: &App, principal: &Principal, restaurant_id: RestaurantId) -> Result<bool, Problem> {
    if !principal.has(Role::Restaurant) {
        return Ok(false);
    }
    let key = replica_key(restaurant_id);
    let replica = app.table.get_fresh::<ReplicaRecord>(&key, Freshness::Recent).await?;
    let staff = replica.map(|stored| stored.value.snapshot.staff).unwrap_or_default();
    Ok(staff.iter().any(|member| member.user_id == principal.user_id))
}

impl Seen {
    /// As whom the caller may do something: of several, one who may do it now.
    ///
    /// # Errors
    /// 403 when none of them ever may.
    pub fn acting(&self, command: CommandName) -> Result<Party, Problem> {
        let state = self.loaded.order.state.name();
        let now = self
            .parties
            .iter()
            .find(|party| find(state, command, **party).is_some());
        let ever = || self.parties.iter().find(|party| ever(command, **party));
        now.or_else(ever).copied().ok_or_else(Problem::forbidden)
    }
}

/// Carries out what the caller asks of an order, and returns the order after it.
///
/// # Errors
/// 404, 403, or why not.
pub async fn act(
    app: &App,
    principal: &Principal,
    order_id: OrderId,
    command: &Command,
    cause: &contracts::Cause,
) -> Result<Seen, Problem> {
    let seen = match seen(app, principal, recent_order(app, order_id).await?).await? {
        Some(seen) => seen,
        None => see(app, principal, order_id).await?,
    };
    let by = seen.acting(command.name())?;
    let loaded = advance(app, seen.loaded, command, by, cause).await?;
    Ok(Seen {
        loaded,
        parties: seen.parties,
    })
}
