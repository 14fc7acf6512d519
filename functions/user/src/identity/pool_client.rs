//! The client of the user pool that this service is. Only it knows the secret, so nobody signs up, signs in or resets a password
//! past this service's budgets and rules, though every client may know its id.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A client of the user pool. Cheap to clone.
#[derive(Clone)]
pub struct PoolClient {
    id: String,
    secret: String,
}

impl PoolClient {
    /// By its id and its secret.
    #[must_use]
    pub const fn new(id: String, secret: String) -> Self {
        Self { id, secret }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its secret, for the one call that takes it.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Proves to the pool that a request about an account comes from this client: Base64(HMAC-SHA256(secret, username + id)),
    /// which Cognito calls the secret hash. `username` is spelt as in the request.
    #[must_use]
    pub fn proof(&self, username: &str) -> String {
        // A key of any length is one.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()) else {
            return String::new();
        };
        mac.update(username.as_bytes());
        mac.update(self.id.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// The secret is not shown.
impl fmt::Debug for PoolClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolClient")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proves_as_cognito_documents_it_and_hides_the_secret() {
        let client = PoolClient::new("client".to_owned(), "secret".to_owned());
        // Made with Python's hmac: b64encode(hmac.new(b"secret", b"ada@example.com" + b"client", "sha256").digest())
        assert_eq!(
            client.proof("ada@example.com"),
            "pCfmF0r7Gu0NuqTNTEkVYGLmqkeLB+7ZDlvCeFKuOH0="
        );
        assert_eq!(format!("{client:?}"), r#"PoolClient { id: "client", .. }"#);
    }
}
