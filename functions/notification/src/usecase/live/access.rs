//! Who may follow what: as over HTTP, by what is true now, whatever the ticket said.

use ::store::{Freshness, StoreError, Table};
use kernel::Role;
use runtime::Standing;

use crate::domain::Topic;
use crate::store::{Audience, Connection, Staff, audience_key, is_courier, staff_key};

/// Whether a connection's owner may begin to follow a topic. Operators may follow everything but what a courier is asked, a
/// customer and a courier their orders, a restaurant's staff its orders.
///
/// # Errors
/// When the table does not answer.
pub async fn may_follow(table: &Table, connection: &Connection, topic: Topic) -> Result<bool, StoreError> {
    let standing = Standing::of(table, connection.user_id, Freshness::Recent).await?;
    if standing.is_some_and(|standing| !standing.allows(&connection.roles)) {
        return Ok(false);
    }
    let is = |role: Role| connection.roles.contains(&role);
    match topic {
        Topic::Courier(courier_id) => Ok(is(Role::Courier) && is_courier(courier_id, connection.user_id)),
        Topic::Operators | Topic::Restaurant(_) | Topic::Order(_) if is(Role::Operator) => Ok(true),
        Topic::Restaurant(restaurant_id) if is(Role::Restaurant) => {
            let staff = table.get::<Staff>(&staff_key(restaurant_id)).await?;
            Ok(staff.is_some_and(|staff| staff.value.includes(connection.user_id)))
        }
        Topic::Operators | Topic::Restaurant(_) => Ok(false),
        Topic::Order(order_id) => {
            let Some(audience) = table.get::<Audience>(&audience_key(order_id)).await? else {
                return Ok(false);
            };
            let audience = audience.value;
            if audience.customer_id == connection.user_id || is(Role::Courier) && audience.admits(connection.user_id) {
                return Ok(true);
            }
            if !is(Role::Restaurant) {
                return Ok(false);
            }
            let staff = table.get::<Staff>(&staff_key(audience.restaurant_id)).await?;
            Ok(staff.is_some_and(|staff| staff.value.includes(connection.user_id)))
        }
    }
}
