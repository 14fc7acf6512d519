//! Links that end mails of a category without signing in: sealed, so that nobody can make one up.

use ::store::CursorKey;
use kernel::UserId;
use serde::{Deserialize, Serialize};

use crate::domain::Category;

/// Keeps links apart from other things sealed with the same key.
const SCOPE: &str = "unsubscribe";

/// What a link ends. It never expires: a mail may be opened years later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Token {
    user_id: UserId,
    category: String,
}

/// The link for a person and a category.
pub fn link(key: &CursorKey, api_url: &str, user_id: UserId, category: Category) -> Option<String> {
    let token = Token {
        user_id,
        category: category.as_str().to_owned(),
    };
    // The token's alphabet needs no escaping in a URL.
    key.seal(SCOPE, &token)
        .map(|token| format!("{api_url}/v1/unsubscribe?token={token}"))
}

/// Reads a link's token.
pub fn open(key: &CursorKey, token: &str) -> Option<(UserId, Category)> {
    let token: Token = key.open(SCOPE, token).ok()?;
    Some((token.user_id, token.category.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_whose_and_what_and_cannot_be_made_up() {
        let key = CursorKey::new("secret");
        let user_id: UserId = "usr_2x4bbcxr3m8ttbn9s0m1n9q8zr".parse().unwrap();
        let link = link(&key, "https://api.example", user_id, Category::Payments).unwrap();
        let token = link.strip_prefix("https://api.example/v1/unsubscribe?token=").unwrap();
        assert_eq!(open(&key, token), Some((user_id, Category::Payments)));
        assert_eq!(open(&CursorKey::new("other"), token), None);
        assert_eq!(open(&key, ""), None);
        assert!(
            token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        );
    }
}
