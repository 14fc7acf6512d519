//! Restaurants: who works there, and so may follow their orders.

use ::store::Commit;
use contracts::restaurant::Snapshot;
use contracts::{Cause, Envelope};
use runtime::{Consumed, once};

use crate::app::Desk;
use crate::store::{Staff, staff_key};

/// Keeps the newest list of a restaurant's staff.
pub async fn changed(desk: &Desk, event: &Envelope, restaurant: Snapshot, cause: &Cause) -> Consumed {
    let staff = Staff {
        staff: restaurant.staff,
    };
    let commit = Commit::new(cause).put_newer(&staff_key(restaurant.restaurant_id), &staff, event.sequence);
    once(desk.table.commit(commit).await)
}
