//! Ends mails of a category by a link, without signing in. Links are sealed, so that nobody can make one up, and good for a while, so that
//! an old mailbox in wrong hands is not.

use ::store::{CursorKey, StoreError, Table};
use contracts::Cause;
use contracts::vocabulary::MessageCategory;
use kernel::{SignedDuration, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::store::{Person, person_key};

/// Keeps links apart from other things sealed with the same key.
const SCOPE: &str = "unsubscribe";

/// How long a link works: twice what the rules on mail in bulk demand.
pub const LINK_LASTS: SignedDuration = SignedDuration::from_hours(60 * 24);

/// What a link ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Token {
    user_id: UserId,
    category: String,
    /// Until when, in seconds of the epoch. A link without it is from before links ended, and counts as ended.
    #[serde(default)]
    expires_at: i64,
}

/// Why a link does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It was not made here.
    #[error("the link is not one that was mailed")]
    Invalid,
    /// It was good once.
    #[error("the link is too old")]
    Expired,
}

/// The link that ends mails of a category to a person; `None` if it cannot be sealed.
pub fn link(
    key: &CursorKey,
    api_url: &str,
    user_id: UserId,
    category: MessageCategory,
    now: Timestamp,
) -> Option<String> {
    let token = Token {
        user_id,
        category: category.as_str().to_owned(),
        expires_at: (now + LINK_LASTS).as_second(),
    };
    // The token's alphabet needs no escaping in a URL.
    key.seal(SCOPE, &token)
        .map(|token| format!("{api_url}/v1/unsubscribe?token={token}"))
}

/// Reads a link's token.
///
/// # Errors
/// See [`LinkError`].
pub fn open(key: &CursorKey, token: &str, now: Timestamp) -> Result<(UserId, MessageCategory), LinkError> {
    let token: Token = key.open(SCOPE, token).map_err(|_| LinkError::Invalid)?;
    let category = token.category.parse().map_err(|_| LinkError::Invalid)?;
    if token.expires_at <= now.as_second() {
        return Err(LinkError::Expired);
    }
    Ok((token.user_id, category))
}

/// Ends mails of a category to a person. May be done again.
///
/// # Errors
/// When the table does not answer.
pub async fn unsubscribe(
    table: &Table,
    user_id: UserId,
    category: MessageCategory,
    cause: &Cause,
) -> Result<(), StoreError> {
    let name = category.as_str();
    let add = |person: &mut Person| {
        let is_known = person.unsubscribed.contains_key(name);
        person.unsubscribed.entry(name.to_owned()).or_insert(cause.now);
        !is_known
    };
    table.upsert(cause, &person_key(user_id), add).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_whose_and_what_and_cannot_be_made_up() {
        let key = CursorKey::new("secret");
        let user_id: UserId = "usr_2x4bbcxr3m8ttbn9s0m1n9q8zr".parse().unwrap();
        let now: Timestamp = "2026-11-20T18:30:00Z".parse().unwrap();
        let link = link(&key, "https://api.example", user_id, MessageCategory::Payments, now).unwrap();
        let token = link.strip_prefix("https://api.example/v1/unsubscribe?token=").unwrap();
        assert_eq!(open(&key, token, now), Ok((user_id, MessageCategory::Payments)));
        assert_eq!(open(&CursorKey::new("other"), token, now), Err(LinkError::Invalid));
        assert_eq!(open(&key, "", now), Err(LinkError::Invalid));
        assert!(
            token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        );
    }

    #[test]
    fn a_link_ends_after_sixty_days() {
        let key = CursorKey::new("secret");
        let user_id: UserId = "usr_2x4bbcxr3m8ttbn9s0m1n9q8zr".parse().unwrap();
        let now: Timestamp = "2026-11-20T18:30:00Z".parse().unwrap();
        let link = link(&key, "", user_id, MessageCategory::Payments, now).unwrap();
        let token = link.strip_prefix("/v1/unsubscribe?token=").unwrap();
        let second = SignedDuration::from_secs(1);
        assert!(open(&key, token, now + LINK_LASTS - second).is_ok());
        assert_eq!(open(&key, token, now + LINK_LASTS), Err(LinkError::Expired));
        // As links were made when they did not end.
        let old = serde_json::json!({"user_id": user_id, "category": "payments"});
        let old = key.seal(SCOPE, &old).unwrap();
        assert_eq!(open(&key, &old, now), Err(LinkError::Expired));
    }
}
