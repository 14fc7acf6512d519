//! What an identity token says. Only tokens that the user pool has just handed out are read here, over TLS, so their
//! signature proves nothing more.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Role, TypedId as _, UserId};
use serde::Deserialize;
use uuid::Uuid;

use super::IdentityError;
use crate::domain::Email;

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The person.
    pub user_id: UserId,
    /// The person's confirmed address, if it is confirmed.
    pub email: Option<Email>,
    /// The person's groups.
    pub roles: BTreeSet<Role>,
}

#[derive(Deserialize)]
struct Raw {
    sub: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: serde_json::Value,
    #[serde(default, rename = "cognito:groups")]
    groups: Vec<String>,
}

impl Claims {
    /// Reads an identity token.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(id_token: &str) -> Result<Self, IdentityError> {
        let payload = id_token.split('.').nth(1).unwrap_or_default();
        let defect = |what: &str| IdentityError::Defect(format!("an identity token {what}"));
        let json = URL_SAFE_NO_PAD
            .decode(payload.trim_end_matches('='))
            .map_err(|_| defect("is not base64url"))?;
        let raw: Raw = serde_json::from_slice(&json).map_err(|_| defect("lacks a claim"))?;
        // The pool writes a boolean; pools that imported their users, a text.
        let verified = raw.email_verified == true || raw.email_verified == "true";
        let sub = Uuid::parse_str(&raw.sub).map_err(|_| defect("has a strange sub"))?;
        Ok(Self {
            user_id: UserId::from_uuid(sub),
            email: raw.email.filter(|_| verified).and_then(|email| email.try_into().ok()),
            roles: roles(&raw.groups),
        })
    }
}

/// The roles among groups: a pool may have groups that mean nothing here.
pub(super) fn roles(groups: &[String]) -> BTreeSet<Role> {
    groups.iter().filter_map(|group| group.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn reads_who_signed_in() {
        let sub = "0188bac7-4afa-48aa-bc3b-bd1eef28d881";
        let full = format!(
            r#"{{"sub":"{sub}","email":"Ada@example.com","email_verified":true,"cognito:groups":["customer","testers","operator"],"exp":1}}"#
        );
        let claims = Claims::of(&token(&full)).unwrap();
        assert_eq!(claims.user_id.uuid().to_string(), sub);
        assert_eq!(claims.email.map(String::from).as_deref(), Some("ada@example.com"));
        assert_eq!(claims.roles, BTreeSet::from([Role::Customer, Role::Operator]));
        let bare = Claims::of(&token(&format!(r#"{{"sub":"{sub}"}}"#))).unwrap();
        assert_eq!((bare.email, bare.roles), (None, BTreeSet::new()));
        for (verified, followed) in [
            ("true", true),
            ("\"true\"", true),
            ("false", false),
            ("\"false\"", false),
        ] {
            let payload = format!(r#"{{"sub":"{sub}","email":"ada@example.com","email_verified":{verified}}}"#);
            assert_eq!(
                Claims::of(&token(&payload)).unwrap().email.is_some(),
                followed,
                "{verified}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_token() {
        for text in ["", "a.b", "a.%.c", &token("[]"), &token(r#"{"sub":"me"}"#)] {
            assert!(matches!(Claims::of(text), Err(IdentityError::Defect(_))), "{text}");
        }
    }
}
