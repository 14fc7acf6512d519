//! Keeps who works at a restaurant, and so may follow its orders.

use ::store::{Commit, CommitError, Table};
use contracts::restaurant::Snapshot;
use contracts::{Cause, Envelope};

use crate::store::{Staff, staff_key};

/// Keeps the newest list of a restaurant's staff.
///
/// # Errors
/// When the table does not answer, or a newer list is there.
pub async fn keep_staff(
    table: &Table,
    event: &Envelope,
    restaurant: Snapshot,
    cause: &Cause,
) -> Result<(), CommitError> {
    let staff = Staff {
        staff: restaurant.staff,
    };
    let commit = Commit::new(cause).put_newer(&staff_key(restaurant.restaurant_id), &staff, event.sequence);
    table.commit(commit).await
}
