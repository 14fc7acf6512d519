//! Tickets: what opens one live connection, so that no access token travels in a URL.

use ::store::CursorKey;
use kernel::{Role, SignedDuration, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::store::expiry;

/// How long a ticket is good for.
pub const TICKET_LIFETIME: SignedDuration = SignedDuration::from_secs(60);
/// Keeps tickets apart from other things sealed with the same key.
const SCOPE: &str = "live ticket";

/// Whom a ticket admits. It is sealed, not stored: opening a connection stores that it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Tells tickets apart.
    pub id: String,
    /// Whom it admits.
    pub user_id: UserId,
    /// As what. Whoever has lost one of these since is not admitted.
    pub roles: Vec<Role>,
    /// Until when, in seconds of the epoch.
    pub expires_at: i64,
}

/// Issues a ticket for a person with these roles, as its bearer gets it; `None` if it cannot be sealed.
pub fn issue(key: &CursorKey, user_id: UserId, roles: Vec<Role>, now: Timestamp) -> Option<String> {
    let ticket = Ticket {
        id: runtime::ids::random().simple().to_string(),
        user_id,
        roles,
        expires_at: expiry(now, TICKET_LIFETIME),
    };
    ticket.seal(key)
}

impl Ticket {
    fn seal(&self, key: &CursorKey) -> Option<String> {
        key.seal(SCOPE, self)
    }

    /// Reads a ticket that was sealed here and is still good.
    pub fn open(key: &CursorKey, text: &str, now: Timestamp) -> Option<Self> {
        let ticket: Self = key.open(SCOPE, text).ok()?;
        (now.as_second() < ticket.expires_at).then_some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::TypedId as _;

    #[test]
    fn admits_until_it_expires_and_only_unchanged() {
        let key = CursorKey::new("secret");
        let now: Timestamp = "2026-11-20T18:30:00Z".parse().unwrap();
        let ticket = Ticket {
            id: "1".to_owned(),
            user_id: UserId::from_uuid(uuid::Uuid::from_u128(2)),
            roles: vec![Role::Courier],
            expires_at: (now + TICKET_LIFETIME).as_second(),
        };
        let sealed = ticket.seal(&key).unwrap();
        assert_eq!(Ticket::open(&key, &sealed, now), Some(ticket.clone()));
        assert_eq!(Ticket::open(&key, &sealed, now + TICKET_LIFETIME), None);
        assert_eq!(Ticket::open(&CursorKey::new("other"), &sealed, now), None);
        // A page's cursor is sealed with the same key and is no ticket.
        let cursor = key.seal("notifications", &ticket).unwrap();
        assert_eq!(Ticket::open(&key, &cursor, now), None);
    }
}
