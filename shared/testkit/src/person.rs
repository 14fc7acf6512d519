//! A person with an app.

use client::{Api, Method, Reply};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Stack;

const PASSWORD: &str = "Correct-horse-9";

/// Someone who uses the API; signed in, unless anonymous.
#[derive(Debug, Clone)]
pub struct Person {
    stack: &'static Stack,
    /// The mail address; empty for nobody.
    pub email: String,
    /// The user's id; empty for nobody.
    pub user_id: String,
    /// The phone number; empty for who has none.
    pub phone: String,
    api: Api,
}

impl Person {
    pub(crate) fn anonymous(stack: &'static Stack) -> Self {
        Self {
            stack,
            email: String::new(),
            user_id: String::new(),
            phone: String::new(),
            api: stack.api(),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "tests need names that no other test uses")]
    pub(crate) fn enrol(stack: &'static Stack, role: &str) -> Self {
        let unique = Uuid::new_v4();
        let email = format!("{role}.{}@example.com", unique.simple());
        let phone = format!("+316{:08}", unique.as_u128() % 100_000_000);
        let profile = json!({
            "email": email, "password": PASSWORD, "name": format!("Sam {role}"),
            "phone": phone, "locale": "en", "role": role,
        });
        let api = stack.api().enrol(&stack.client, &profile);
        let api = api.unwrap_or_else(|error| panic!("{error}"));
        Self {
            phone,
            ..Self::signed_in(stack, &email, api)
        }
    }

    /// Shows that the phone is theirs, so that texts are sent to it.
    ///
    /// # Panics
    /// When no code comes.
    pub fn verify_phone(&self) {
        let verified = self.api.verify_phone(&self.stack.client, &self.phone);
        verified.unwrap_or_else(|error| panic!("{error}"));
    }

    pub(crate) fn sign_in(stack: &'static Stack, email: &str, password: &str) -> Self {
        let api = stack.api().sign_in(email, password);
        Self::signed_in(stack, email, api.unwrap_or_else(|error| panic!("{error}")))
    }

    fn signed_in(stack: &'static Stack, email: &str, api: Api) -> Self {
        let me = api.get("/v1/users/me").unwrap_or_else(|error| panic!("{error}"));
        Self {
            email: email.to_owned(),
            user_id: me["user_id"].as_str().unwrap_or_default().to_owned(),
            api,
            ..Self::anonymous(stack)
        }
    }

    /// The same person with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            api: self.api.with_token(token),
            ..self.clone()
        }
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.api.token()
    }

    /// The password that every enrolled person has.
    #[must_use]
    pub const fn password() -> &'static str {
        PASSWORD
    }

    /// `GET`.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.call(&Method::GET, path, &[], b"")
    }

    /// `POST` with a new `Idempotency-Key`.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a new key for each request")]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_with_key(path, body, &Uuid::new_v4().to_string())
    }

    /// `POST` with a given `Idempotency-Key`.
    #[must_use]
    pub fn post_with_key(&self, path: &str, body: &Value, key: &str) -> Reply {
        self.call(
            &Method::POST,
            path,
            &[("idempotency-key", key)],
            body.to_string().as_bytes(),
        )
    }

    /// `PUT`.
    #[must_use]
    pub fn put(&self, path: &str, body: &Value) -> Reply {
        self.call(&Method::PUT, path, &[], body.to_string().as_bytes())
    }

    /// `PATCH` of a version.
    #[must_use]
    pub fn patch(&self, path: &str, version: &Value, body: &Value) -> Reply {
        let version = format!("\"{version}\"");
        self.call(
            &Method::PATCH,
            path,
            &[("if-match", &version)],
            body.to_string().as_bytes(),
        )
    }

    /// `DELETE`.
    #[must_use]
    pub fn delete(&self, path: &str) -> Reply {
        self.call(&Method::DELETE, path, &[], b"")
    }

    /// Sends a request as an app does: what is not available is tried again, with the same key.
    ///
    /// # Panics
    /// When no answer comes.
    #[must_use]
    pub fn call(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let reply = self.api.send(method, path, headers, body);
        reply.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Sends a request once.
    ///
    /// # Panics
    /// When no answer comes.
    #[must_use]
    pub fn once(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let reply = self.api.once(method, path, headers, body);
        reply.unwrap_or_else(|error| panic!("{error}"))
    }
}
