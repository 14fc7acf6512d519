//! The public API as an app sees it: what seeding and the demonstration live through.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::http::Method;

use crate::aws::Aws;
use crate::failure::{Failure, Outcome};
use crate::http::{Answer, Http, refused};
use crate::outputs::Outputs;
use crate::retry;
use crate::secrets::PASSWORD;

/// How long a mail may take to arrive; it is sent while the request is served.
const MAIL_TIMEOUT: Duration = Duration::from_secs(15);

/// The API, as seen by one signed-in person, or by nobody.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    http: Http,
    token: Option<String>,
}

impl Api {
    /// The API without a sign-in.
    pub fn public(outputs: &Outputs) -> Self {
        Self {
            base: outputs.api_url.clone(),
            http: Http::new(),
            token: None,
        }
    }

    /// The API for whoever holds a token.
    pub fn with_token(outputs: &Outputs, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..Self::public(outputs)
        }
    }

    /// Signs up, reads the code out of the mail, confirms and signs in.
    ///
    /// # Errors
    /// When the API refuses or no mail comes.
    pub fn enrol(outputs: &Outputs, person: &Value, role: &str) -> Outcome<Self> {
        let api = Self::public(outputs);
        let email = person["email"].as_str().unwrap_or_default();
        let mut body =
            json!({"email": email, "password": PASSWORD, "name": person["name"], "role": role, "locale": "en"});
        if let Some(phone) = person["phone"].as_str() {
            body["phone"] = json!(phone);
        }
        api.post("/v1/auth/sign-up", &body)?;
        let code = mailed_code(outputs, email)?;
        api.post("/v1/auth/confirm", &json!({"email": email, "code": code}))?;
        Self::sign_in(outputs, email, PASSWORD)
    }

    /// Shows that a phone is the person's, so that texts are sent to it.
    ///
    /// # Errors
    /// When the API refuses, or no code comes.
    pub fn verify_phone(&self, outputs: &Outputs, phone: &str) -> Outcome {
        self.post("/v1/users/me/phone", &json!({"phone": phone}))?;
        let code = awaited_code(outputs, phone, |aws| texts_to(aws, phone))?;
        self.post("/v1/users/me/phone/verify", &json!({"code": code}))?;
        Ok(())
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn sign_in(outputs: &Outputs, email: &str, password: &str) -> Outcome<Self> {
        let mut api = Self::public(outputs);
        let answer = api.post("/v1/auth/sign-in", &json!({"email": email, "password": password}))?;
        api.token = answer["access_token"].as_str().map(str::to_owned);
        Ok(api)
    }

    /// Fetches a resource.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn get(&self, path: &str) -> Outcome<Value> {
        self.require(&Method::GET, path, None)
    }

    /// Does something that may be done twice.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        self.require(&Method::POST, path, Some(body))
    }

    /// Replaces a resource.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn put(&self, path: &str, body: &Value) -> Outcome<Value> {
        self.require(&Method::PUT, path, Some(body))
    }

    /// Changes the version of a resource that was read.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn patch(&self, path: &str, version: &Value, body: &Value) -> Outcome<Value> {
        let version = format!("\"{version}\"");
        let answer = self.send(&Method::PATCH, path, &[("if-match", &version)], Some(body))?;
        served(&Method::PATCH, path, &answer)
    }

    /// Removes a resource.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn delete(&self, path: &str) -> Outcome {
        self.require(&Method::DELETE, path, None).map(drop)
    }

    /// Fetches a resource; `None` if there is none.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn find(&self, path: &str) -> Outcome<Option<Value>> {
        let answer = self.call(&Method::GET, path, None)?;
        if answer.status == 404 {
            return Ok(None);
        }
        served(&Method::GET, path, &answer).map(Some)
    }

    fn require(&self, method: &Method, path: &str, body: Option<&Value>) -> Outcome<Value> {
        let answer = self.call(method, path, body)?;
        served(method, path, &answer)
    }

    /// Sends a request and returns the answer, whatever it is. What was not served for now (429, 503) is sent again when
    /// the answer says so, see [`retry`].
    ///
    /// # Errors
    /// When there is no answer.
    pub fn call(&self, method: &Method, path: &str, body: Option<&Value>) -> Outcome<Answer> {
        self.send(method, path, &[], body)
    }

    /// Requests that change something carry a key, so that trying again does nothing twice.
    fn send(&self, method: &Method, path: &str, more: &[(&str, &str)], body: Option<&Value>) -> Outcome<Answer> {
        let url = format!("{}{path}", self.base);
        let key = crate::clock::unique();
        let authorization = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(more);
        if let Some(authorization) = &authorization {
            headers.push(("authorization", authorization));
        }
        if *method == Method::POST {
            headers.push(("idempotency-key", &key));
        }
        let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let (started, mut tried) = (Instant::now(), 0);
        loop {
            tried += 1;
            let answer = self.http.send(method.clone(), &url, &headers, body.clone())?;
            match retry::pause(answer.status, answer.retry_after, tried, started.elapsed()) {
                Some(pause) => sleep(pause),
                None => return Ok(answer),
            }
        }
    }
}

/// The body of an answer that says that the request was served.
fn served(method: &Method, path: &str, answer: &Answer) -> Outcome<Value> {
    if answer.ok() {
        Ok(answer.json())
    } else {
        Err(refused(&format!("{method} {path}"), answer))
    }
}

/// The code in the newest mail to an address.
///
/// # Errors
/// When no mail comes.
pub fn mailed_code(outputs: &Outputs, email: &str) -> Outcome<String> {
    awaited_code(outputs, email, |aws| {
        Ok(mails_to(aws, email)?.iter().map(text_of).collect())
    })
}

/// The code in the newest message to somebody, once there is one.
fn awaited_code(outputs: &Outputs, to: &str, messages: impl Fn(&Aws) -> Outcome<Vec<String>>) -> Outcome<String> {
    let aws = Aws::new(&outputs.aws_endpoint);
    let started = Instant::now();
    while started.elapsed() < MAIL_TIMEOUT {
        if let Some(code) = messages(&aws)?.iter().rev().find_map(|text| code_in(text)) {
            return Ok(code);
        }
        sleep(Duration::from_millis(100));
    }
    Err(Failure::new(
        format!("No message with a code came to {to}"),
        format!("the emulator has sent none within {} s", MAIL_TIMEOUT.as_secs()),
        "see `cargo local logs user`",
    ))
}

/// The mails that were sent to an address, oldest first.
///
/// # Errors
/// When the emulator does not answer.
pub fn mails_to(aws: &Aws, email: &str) -> Outcome<Vec<Value>> {
    let page = aws.page("/_ministack/ses/messages")?;
    let accounts = page["messages"].as_object().cloned().unwrap_or_default();
    let mails = accounts.values().filter_map(Value::as_array).flatten();
    Ok(mails
        .filter(|mail| mail["To"].as_array().is_some_and(|to| to.contains(&json!(email))))
        .cloned()
        .collect())
}

/// The text messages that were sent to a phone, oldest first.
///
/// # Errors
/// When the emulator does not answer.
pub fn texts_to(aws: &Aws, phone: &str) -> Outcome<Vec<String>> {
    let page = aws.page("/_ministack/sns/sms-messages")?;
    let mut texts = Vec::new();
    collect_texts(&page, phone, &mut texts);
    Ok(texts)
}

/// The page groups messages by account and region, at a depth that is no part of its promise.
fn collect_texts(value: &Value, phone: &str, texts: &mut Vec<String>) {
    let field = |names: [&str; 2]| names.iter().find_map(|name| value[*name].as_str());
    if field(["PhoneNumber", "phone_number"]) == Some(phone) {
        texts.extend(field(["Message", "message"]).map(str::to_owned));
    }
    let members = value.as_array().into_iter().flatten();
    let fields = value.as_object().into_iter().flat_map(|object| object.values());
    for inner in members.chain(fields) {
        collect_texts(inner, phone, texts);
    }
}

/// A mail's text, or its HTML where it has no text.
pub fn text_of(mail: &Value) -> String {
    let text = mail["BodyText"].as_str().filter(|text| !text.is_empty());
    text.or(mail["BodyHtml"].as_str()).unwrap_or_default().to_owned()
}

/// The first run of exactly six digits.
fn code_in(text: &str) -> Option<String> {
    let runs = text.split(|character: char| !character.is_ascii_digit());
    runs.into_iter().find(|run| run.len() == 6).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::code_in;

    #[test]
    fn a_code_is_six_digits_and_no_longer_number() {
        assert_eq!(
            code_in("Call 0205550101. Your code is 123456.").as_deref(),
            Some("123456")
        );
        assert_eq!(code_in("order 1234567"), None);
    }
}
