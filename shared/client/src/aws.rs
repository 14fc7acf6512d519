//! The emulated AWS: calls of its services, and the mailboxes that only an emulator has.
//!
//! The emulator reads the access key out of the `Authorization` header and, for a root key, verifies no signature; so
//! the header is formed and the signature is not. Nothing here could speak to the real AWS, and that is intended.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::http::Method;

use crate::{Error, Http, Reply, Result, element, percent_encode};

/// The emulator's root access key.
pub const ACCESS_KEY: &str = "test";

/// How long a message with a code may take to arrive; it is sent while the request is served.
const CODE_TIMEOUT: Duration = Duration::from_secs(90);
const CODE_LOOKED_FOR_EVERY: Duration = Duration::from_millis(100);

/// A client of the emulator.
#[derive(Debug, Clone)]
pub struct Aws {
    http: Http,
    endpoint: String,
    region: String,
}

/// A mail that was sent.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The text, or the HTML where it has no text.
    pub text: String,
}

impl Aws {
    /// A client of the emulator at `endpoint`, without a final slash, where everything is in one `region`.
    #[must_use]
    pub fn new(http: Http, endpoint: &str, region: &str) -> Self {
        Self {
            http,
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
        }
    }

    /// Sends a request with the root key.
    ///
    /// # Errors
    /// When the emulator does not answer.
    fn send(&self, service: &str, method: &Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/{}/{service}/aws4_request, \
             SignedHeaders=host, Signature=0",
            self.region
        );
        let mut all = vec![("authorization", authorization.as_str())];
        all.extend(headers);
        self.http.send(method, &format!("{}{path}", self.endpoint), &all, body)
    }

    /// Calls an operation of a service that speaks JSON, such as `AmazonSQS.SendMessage`; the answer, whatever it is.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub fn ask(&self, service: &str, target: &str, body: &Value) -> Result<Reply> {
        let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target)];
        self.send(service, &Method::POST, "/", &headers, body.to_string().as_bytes())
    }

    /// Calls the same and takes what was served.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn json(&self, service: &str, target: &str, body: &Value) -> Result<Value> {
        let reply = self.ask(service, target, body)?;
        if reply.ok() {
            Ok(reply.body)
        } else {
            Err(reply.refusal(target))
        }
    }

    /// Calls an operation of a service that speaks forms and XML, such as CloudFormation; the answer, whatever it is.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub fn ask_form<T: AsRef<str>>(
        &self,
        service: &str,
        version: &str,
        action: &str,
        form: &[(T, T)],
    ) -> Result<Reply> {
        let mut pairs = vec![format!("Action={action}"), format!("Version={version}")];
        let encoded = |(name, value): &(T, T)| [name, value].map(|text| percent_encode(text.as_ref())).join("=");
        pairs.extend(form.iter().map(encoded));
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(service, &Method::POST, "/", &headers, pairs.join("&").as_bytes())
    }

    /// Calls the same and takes the XML of what was served.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn form<T: AsRef<str>>(&self, service: &str, version: &str, action: &str, form: &[(T, T)]) -> Result<String> {
        let reply = self.ask_form(service, version, action, form)?;
        if reply.ok() {
            return Ok(reply.text);
        }
        Err(Error::Refused {
            request: action.to_owned(),
            status: reply.status,
            text: element(&reply.text, "Message").unwrap_or(reply.text),
        })
    }

    /// Calls a service that speaks REST with JSON, such as Lambda. `null` is no body.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn rest(&self, service: &str, method: &Method, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let headers = [("content-type", "application/json")];
        self.send(service, method, path, &headers, body.as_bytes())?.served()
    }

    /// Makes a bucket, if it is not there yet.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn create_bucket(&self, bucket: &str) -> Result<()> {
        /// The bucket is there already, and ours.
        const CONFLICT: u16 = 409;
        let place = format!(
            "<CreateBucketConfiguration><LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
            self.region
        );
        let reply = self.send("s3", &Method::PUT, &format!("/{bucket}"), &[], place.as_bytes())?;
        if reply.status == CONFLICT {
            return Ok(());
        }
        reply.served().map(drop)
    }

    /// Stores an object.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn put_object(&self, bucket: &str, key: &str, contents: &[u8]) -> Result<()> {
        let path = format!("/{bucket}/{key}");
        self.send("s3", &Method::PUT, &path, &[], contents)?.served().map(drop)
    }

    /// Fetches JSON from one of the emulator's own pages, such as `/_ministack/sqs/messages`.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn page(&self, path: &str) -> Result<Value> {
        self.http.get_json(&format!("{}{path}", self.endpoint))
    }

    /// The mails that were sent to an address, oldest first.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub fn mails_to(&self, email: &str) -> Result<Vec<Mail>> {
        let page = self.page("/_ministack/ses/messages")?;
        let accounts = page["messages"].as_object().cloned().unwrap_or_default();
        let mails = accounts.values().filter_map(Value::as_array).flatten();
        let mails = mails.filter(|mail| mail["To"].as_array().is_some_and(|to| to.contains(&json!(email))));
        let mail = |mail: &Value| {
            let part = |name: &str| mail[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            Mail {
                subject: part("Subject").unwrap_or_default(),
                text: part("BodyText").or_else(|| part("BodyHtml")).unwrap_or_default(),
            }
        };
        Ok(mails.map(mail).collect())
    }

    /// The text messages that were sent to a phone, oldest first.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub fn texts_to(&self, phone: &str) -> Result<Vec<String>> {
        let page = self.page("/_ministack/sns/sms-messages")?;
        let mut texts = Vec::new();
        collect_texts(&page, phone, &mut texts);
        Ok(texts)
    }

    /// The code in the newest mail to an address, once there is one.
    ///
    /// # Errors
    /// When none comes.
    pub fn mailed_code(&self, email: &str) -> Result<String> {
        awaited_code(email, || {
            let mails = self.mails_to(email)?;
            Ok(mails.into_iter().map(|mail| mail.text).collect())
        })
    }

    /// The code in the newest text message to a phone, once there is one.
    ///
    /// # Errors
    /// When none comes.
    pub fn texted_code(&self, phone: &str) -> Result<String> {
        awaited_code(phone, || self.texts_to(phone))
    }
}

fn awaited_code(to: &str, messages: impl Fn() -> Result<Vec<String>>) -> Result<String> {
    let started = Instant::now();
    loop {
        let messages = messages()?;
        if let Some(code) = messages.iter().rev().find_map(|text| code_in(text)) {
            return Ok(code);
        }
        if started.elapsed() > CODE_TIMEOUT {
            let seconds = CODE_TIMEOUT.as_secs();
            let reason = format!("none has come within {seconds} s, but {messages:?}");
            return Err(Error::no_reply(format!("Waiting for a code sent to {to}"), reason));
        }
        sleep(CODE_LOOKED_FOR_EVERY);
    }
}

/// The first run of exactly six digits.
fn code_in(text: &str) -> Option<String> {
    let mut runs = text.split(|character: char| !character.is_ascii_digit());
    runs.find(|run| run.len() == 6).map(str::to_owned)
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
