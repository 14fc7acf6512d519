//! What an operator may still be: an access token says what somebody was when it was made, for up to an hour.
//!
//! The user service tells every change of roles. Whichever service has routes for operators keeps the last one of each
//! person, and the HTTP edge looks at it before an operator's request is handled: half a read unit, for operators alone.
//! What couriers and restaurants may do hangs on records of the delivery and the restaurant service, which hear of the same
//! event.

use std::collections::BTreeSet;

use contracts::user::RolesChanged;
use contracts::{Cause, Contract as _, Envelope};
use kernel::{Role, SignedDuration, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Commit, CommitError, Freshness, Key, StoreError, Table};

use crate::{Consumed, Done};

/// Longer than any access token lives: afterwards every token tells the truth by itself.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The roles that a person has since the last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    roles: BTreeSet<Role>,
    /// When the table may forget it, in seconds since 1970.
    expires_at: i64,
}

impl Standing {
    /// The roles that a person has from `now` on.
    #[must_use]
    pub fn new(roles: impl IntoIterator<Item = Role>, now: Timestamp) -> Self {
        Self {
            roles: roles.into_iter().collect(),
            expires_at: now.as_second() + KEPT_FOR.as_secs(),
        }
    }

    /// What is known of a person; nothing if no role of theirs changed lately.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn of(table: &Table, user_id: UserId, freshness: Freshness) -> Result<Option<Self>, StoreError> {
        let known = table.get_fresh::<Self>(&Self::key(user_id), freshness).await?;
        Ok(known.map(|known| known.value))
    }

    /// Whether the person still has all of these roles, and any at all: who is suspended has none.
    #[must_use]
    pub fn allows(&self, roles: &[Role]) -> bool {
        !self.roles.is_empty() && roles.iter().all(|role| self.roles.contains(role))
    }

    /// Where a service keeps it.
    #[must_use]
    pub fn key(user_id: UserId) -> Key {
        Key::new(format!("STANDING#{user_id}"), "STANDING")
    }

    /// Keeps what a `user.roles_changed.v1` says, if it is newer than what is known.
    ///
    /// # Errors
    /// When the message is not dealt with.
    pub async fn keep(table: &Table, event: &Envelope, cause: &Cause) -> Consumed {
        debug_assert_eq!(event.event_type, RolesChanged::TYPE);
        let changed: RolesChanged = event.data()?;
        let standing = Self::new(changed.roles, cause.now);
        let commit = Commit::new(cause).put_newer(&Self::key(changed.user_id), &standing, event.sequence);
        match table.commit(commit).await {
            Ok(()) | Err(CommitError::Duplicate) => Ok(Done),
            Err(error) => Err(error.into()),
        }
    }

    /// The roles out of a token's that the person still has.
    pub(crate) async fn still_held(
        table: &Table,
        user_id: UserId,
        mut roles: Vec<Role>,
    ) -> Result<Vec<Role>, StoreError> {
        if let Some(known) = Self::of(table, user_id, Freshness::Recent).await? {
            roles.retain(|role| known.roles.contains(role));
        }
        Ok(roles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lost_a_role_or_is_suspended_is_not_let_in_as_before() {
        let standing = |roles: &[Role]| Standing::new(roles.iter().copied(), Timestamp::UNIX_EPOCH);
        let both = [Role::Customer, Role::Operator];
        assert!(standing(&both).allows(&both));
        assert!(standing(&both).allows(&[Role::Customer]));
        assert!(!standing(&[Role::Customer]).allows(&both));
        assert!(!standing(&[]).allows(&[Role::Customer]) && !standing(&[]).allows(&[]));
    }
}
