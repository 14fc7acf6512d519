//! The public API as an app sees it.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::Method;
use uuid::Uuid;

use crate::{Aws, Http, Reply, Result, retry};

/// The API, as seen by one signed-in person, or by nobody.
#[derive(Debug, Clone)]
pub struct Api {
    http: Http,
    base: String,
    patience: Duration,
    token: Option<String>,
}

impl Api {
    /// The API at `base`, without a final slash and without a sign-in. What is not served for now is tried again for as
    /// long as `patience`.
    #[must_use]
    pub fn new(http: Http, base: &str, patience: Duration) -> Self {
        Self {
            http,
            base: base.to_owned(),
            patience,
            token: None,
        }
    }

    /// The API for whoever holds an access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The access token; empty for nobody.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Signs up with a `profile` (`email`, `password`, `name`, `role`, ...), confirms with the code in the mail and signs
    /// in.
    ///
    /// # Errors
    /// When the API refuses or no mail comes.
    pub fn enrol(&self, aws: &Aws, profile: &Value) -> Result<Self> {
        let text = |field: &str| profile[field].as_str().unwrap_or_default();
        let (email, password) = (text("email"), text("password"));
        self.post("/v1/auth/sign-up", profile)?;
        let code = aws.mailed_code(email)?;
        self.post("/v1/auth/confirm", &json!({"email": email, "code": code}))?;
        self.sign_in(email, password)
    }

    /// Shows that a phone is the person's, so that texts are sent to it.
    ///
    /// # Errors
    /// When the API refuses, or no code comes.
    pub fn verify_phone(&self, aws: &Aws, phone: &str) -> Result<()> {
        self.post("/v1/users/me/phone", &json!({"phone": phone}))?;
        let code = aws.texted_code(phone)?;
        self.post("/v1/users/me/phone/verify", &json!({"code": code})).map(drop)
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn sign_in(&self, email: &str, password: &str) -> Result<Self> {
        let answer = self.post("/v1/auth/sign-in", &json!({"email": email, "password": password}))?;
        Ok(self.with_token(answer["access_token"].as_str().unwrap_or_default()))
    }

    /// Fetches a resource.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.call(&Method::GET, path, None)?.served()
    }

    /// Does something that may be done twice.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(&Method::POST, path, Some(body))?.served()
    }

    /// Replaces a resource.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(&Method::PUT, path, Some(body))?.served()
    }

    /// Changes the version of a resource that was read.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn patch(&self, path: &str, version: &Value, body: &Value) -> Result<Value> {
        let version = format!("\"{version}\"");
        let headers = [("if-match", version.as_str())];
        self.send(&Method::PATCH, path, &headers, body.to_string().as_bytes())?
            .served()
    }

    /// Removes a resource.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn delete(&self, path: &str) -> Result<()> {
        self.call(&Method::DELETE, path, None)?.served().map(drop)
    }

    /// Fetches a resource; `None` if there is none.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn find(&self, path: &str) -> Result<Option<Value>> {
        let reply = self.call(&Method::GET, path, None)?;
        if reply.status == 404 {
            return Ok(None);
        }
        reply.served().map(Some)
    }

    /// Sends a request and returns the answer, whatever it is. A `POST` gets a new `Idempotency-Key`.
    ///
    /// # Errors
    /// When there is no answer.
    #[expect(clippy::disallowed_methods, reason = "a new key for each request")]
    pub fn call(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Reply> {
        let body = body.map_or_else(String::new, Value::to_string);
        let key = Uuid::new_v4().to_string();
        let headers = [("idempotency-key", key.as_str())];
        let headers = if *method == Method::POST { &headers[..] } else { &[] };
        self.send(method, path, headers, body.as_bytes())
    }

    /// Sends a request as an app does, with these headers: what is not served for now is tried again, with the same key.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn send(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
        let (mut tried, mut waited) = (1, Duration::ZERO);
        loop {
            let reply = self.once(method, path, headers, body)?;
            let Some(pause) = retry::pause(&reply, tried, waited, self.patience) else {
                return Ok(reply);
            };
            sleep(pause);
            tried += 1;
            waited += pause;
        }
    }

    /// Sends a request once. The body is JSON, unless a header says otherwise.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn once(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
        let authorization = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut all = headers.to_vec();
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/json"));
        }
        if let Some(authorization) = &authorization {
            all.push(("authorization", authorization));
        }
        self.http.send(method, &format!("{}{path}", self.base), &all, body)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread::{JoinHandle, spawn};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(1);

    /// A server that gives these statuses, one a connection: where it is, and then the requests that it got.
    fn server(statuses: &'static [u16]) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = spawn(move || {
            let serve = |status: &u16| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 4096];
                let length = stream.read(&mut request).unwrap();
                let answer = r#"{"code": "any"}"#;
                let head = format!(
                    "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}",
                    answer.len()
                );
                write!(stream, "{head}\r\n\r\n{answer}").unwrap();
                String::from_utf8_lossy(&request[..length]).into_owned()
            };
            statuses.iter().map(serve).collect()
        });
        (base, served)
    }

    fn key(request: &str) -> Option<&str> {
        request.lines().find_map(|line| line.strip_prefix("idempotency-key: "))
    }

    #[test]
    fn what_is_not_served_for_now_is_sent_again_with_the_same_key() {
        let (base, served) = server(&[503, 500, 201]);
        let api = Api::new(Http::new(), &base, PATIENCE).with_token("held");
        assert_eq!(api.post("/v1/orders", &json!({})).unwrap(), json!({"code": "any"}));
        let requests = served.join().unwrap();
        assert!(requests.iter().all(|request| request.starts_with("POST /v1/orders ")));
        assert!(requests[0].contains("authorization: Bearer held"), "{}", requests[0]);
        assert!(key(&requests[0]).is_some_and(|key| requests.iter().all(|request| request.contains(key))));
    }

    #[test]
    fn what_is_refused_is_told_and_what_is_missing_is_none() {
        let (base, served) = server(&[409, 404]);
        let api = Api::new(Http::new(), &base, PATIENCE);
        let refused = api.delete("/v1/orders/1").unwrap_err();
        assert!(
            refused.to_string().contains("/v1/orders/1 was refused: status 409"),
            "{refused}"
        );
        assert_eq!(api.find("/v1/orders/1"), Ok(None));
        assert!(served.join().unwrap().iter().all(|request| key(request).is_none()));
    }
}
