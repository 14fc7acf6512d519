//! A person with an app.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::Method;
use uuid::Uuid;

use crate::{Reply, Stack, eventually};

const PASSWORD: &str = "Correct-horse-9";
/// An app tries again what was not available, as the API asks of it.
const ATTEMPTS_MAX: u32 = 6;

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
    token: Option<String>,
}

impl Person {
    pub(crate) fn anonymous(stack: &'static Stack) -> Self {
        Self {
            stack,
            email: String::new(),
            user_id: String::new(),
            phone: String::new(),
            token: None,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "tests need names that no other test uses")]
    pub(crate) fn enrol(stack: &'static Stack, role: &str) -> Self {
        let unique = Uuid::new_v4();
        let email = format!("{role}.{}@example.com", unique.simple());
        let phone = format!("+316{:08}", unique.as_u128() % 100_000_000);
        let mut person = Self {
            email,
            phone,
            ..Self::anonymous(stack)
        };
        let profile = json!({
            "email": person.email, "password": PASSWORD, "name": format!("Sam {role}"),
            "phone": person.phone, "locale": "en", "role": role,
        });
        let signed_up = person.post("/v1/auth/sign-up", &profile).expect(201);
        signed_up["user_id"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut person.user_id);
        let code = eventually("the confirmation code", || {
            let mails = stack.aws().mails_to(&person.email);
            let code = mails.iter().rev().find_map(|text| six_digits(text));
            code.ok_or_else(|| format!("mails: {mails:?}"))
        });
        person
            .post("/v1/auth/confirm", &json!({"email": person.email, "code": code}))
            .is(200);
        person.token = Self::sign_in(stack, &person.email, PASSWORD).token;
        person
    }

    /// Shows that the phone is theirs, so that texts are sent to it.
    ///
    /// # Panics
    /// When no code comes.
    pub fn verify_phone(&self) {
        self.post("/v1/users/me/phone", &json!({"phone": self.phone})).is(202);
        let code = eventually("the code on the phone", || {
            let texts = self.stack.aws().texts_to(&self.phone);
            texts
                .iter()
                .rev()
                .find_map(|text| six_digits(text))
                .ok_or_else(|| format!("texts: {texts:?}"))
        });
        self.post("/v1/users/me/phone/verify", &json!({"code": code})).is(200);
    }

    pub(crate) fn sign_in(stack: &'static Stack, email: &str, password: &str) -> Self {
        let mut person = Self {
            email: email.to_owned(),
            ..Self::anonymous(stack)
        };
        let body = json!({"email": email, "password": password});
        let tokens = person.post("/v1/auth/sign-in", &body).expect(200);
        person.token = tokens["access_token"].as_str().map(str::to_owned);
        let me = person.get("/v1/users/me").expect(200);
        me["user_id"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut person.user_id);
        person
    }

    /// The same person with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
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
    #[must_use]
    pub fn call(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut reply = self.once(method, path, headers, body);
        for attempt in 1..ATTEMPTS_MAX {
            if ![429, 500, 502, 503, 504].contains(&reply.status) {
                break;
            }
            // A defect answers 500 with its code and is shown at once; what the gateway could not reach is tried again.
            if reply.body["code"] == "internal" {
                break;
            }
            sleep(Duration::from_millis(200) * 2_u32.pow(attempt - 1));
            reply = self.once(method, path, headers, body);
        }
        reply
    }

    /// Sends a request once.
    #[must_use]
    pub fn once(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let authorization = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut all = headers.to_vec();
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/json"));
        }
        if let Some(authorization) = &authorization {
            all.push(("authorization", authorization));
        }
        self.stack
            .send(method, &format!("{}{path}", self.stack.outputs.api_url), &all, body)
    }
}

fn six_digits(text: &str) -> Option<String> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| run.len() == 6).map(str::to_owned).next()
}
