//! The few calls this program makes to the emulated AWS, without an SDK: it is the first thing a new user compiles.
//!
//! The emulator reads the access key out of the `Authorization` header and, for a root key, verifies no signature; so
//! the header is formed and the signature is not. Nothing here could speak to the real AWS, and that is intended.

use serde_json::Value;
use ureq::http::Method;

use crate::failure::{Failure, Outcome};
use crate::http::{Http, refused};
use crate::instance::REGION;

/// The emulator's root access key.
pub const ACCESS_KEY: &str = "test";

/// A client of the emulator.
#[derive(Debug, Clone)]
pub struct Aws {
    endpoint: String,
    http: Http,
}

impl Aws {
    /// A client of the emulator at `endpoint`.
    pub fn new(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            http: Http::new(),
        }
    }

    /// Calls an operation of a service that speaks JSON, `AmazonSQS.SendMessage` for example.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn json(&self, service: &str, target: &str, body: &Value) -> Outcome<Value> {
        let authorization = authorization(service);
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", target),
        ];
        let answer = self.http.send(
            Method::POST,
            &format!("{}/", self.endpoint),
            &headers,
            body.to_string().into(),
        )?;
        if answer.ok() {
            Ok(answer.json())
        } else {
            Err(refused(target, &answer))
        }
    }

    /// Calls an operation of a service that speaks forms and XML; for CloudFormation and IAM.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn query(&self, service: &str, version: &str, action: &str, form: &[(String, String)]) -> Outcome<String> {
        let fixed = [
            ("Action".to_owned(), action.to_owned()),
            ("Version".to_owned(), version.to_owned()),
        ];
        let pairs = fixed
            .iter()
            .chain(form)
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let authorization = authorization(service);
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let answer = self
            .http
            .send(Method::POST, &format!("{}/", self.endpoint), &headers, body.into())?;
        if answer.ok() {
            return Ok(answer.body);
        }
        let reason = first_tag(&answer.body, "Message").unwrap_or(answer.body);
        Err(Failure::new(
            format!("{action} was refused"),
            reason,
            "see `cargo local status`",
        ))
    }

    /// Calls a service that speaks REST, with a JSON body; for Lambda.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn rest(&self, service: &str, method: Method, path: &str, body: Option<&Value>) -> Outcome<Value> {
        let authorization = authorization(service);
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
        ];
        let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let answer = self
            .http
            .send(method, &format!("{}{path}", self.endpoint), &headers, body)?;
        if answer.ok() {
            Ok(answer.json())
        } else {
            Err(refused(path, &answer))
        }
    }

    /// Makes the bucket, if it is not there yet.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn create_bucket(&self, bucket: &str) -> Outcome {
        /// The bucket is there already, and ours.
        const CONFLICT: u16 = 409;
        let place = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        );
        let url = format!("{}/{bucket}", self.endpoint);
        let authorization = authorization("s3");
        let answer = self
            .http
            .send(Method::PUT, &url, &[("authorization", &authorization)], place.into())?;
        if answer.ok() || answer.status == CONFLICT {
            Ok(())
        } else {
            Err(refused("CreateBucket", &answer))
        }
    }

    /// Stores an object.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn put_object(&self, bucket: &str, key: &str, contents: Vec<u8>) -> Outcome {
        let url = format!("{}/{bucket}/{key}", self.endpoint);
        let authorization = authorization("s3");
        let answer = self
            .http
            .send(Method::PUT, &url, &[("authorization", &authorization)], contents)?;
        if answer.ok() {
            Ok(())
        } else {
            Err(refused("PutObject", &answer))
        }
    }

    /// Fetches JSON from one of the emulator's own pages, `/_ministack/sqs/messages` for example.
    ///
    /// # Errors
    /// When the emulator does not answer or refuses.
    pub fn page(&self, path: &str) -> Outcome<Value> {
        self.http.get_json(&format!("{}{path}", self.endpoint))
    }
}

/// The header that carries the root key; see the module's description.
fn authorization(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/{REGION}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    encoded
}

/// The digit of a value below 16.
fn hex(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase()
}

/// The contents of every `<tag>` in an answer, outermost first; enough for the flat lists of CloudFormation.
pub fn tags(xml: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let parts = xml.split(&open).skip(1);
    parts
        .filter_map(|part| part.split_once(&close))
        .map(|(content, _)| unescape(content))
        .collect()
}

/// The content of the first `<tag>`.
pub fn first_tag(xml: &str, tag: &str) -> Option<String> {
    tags(xml, tag).into_iter().next()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{encode, tags};

    #[test]
    fn a_form_value_is_percent_encoded() {
        assert_eq!(encode("a b/ü~"), "a%20b%2F%C3%BC~");
    }

    #[test]
    fn the_contents_of_repeated_tags_are_found_in_order() {
        assert_eq!(tags("<a><b>1</b><b>2 &amp; 3</b></a>", "b"), ["1", "2 & 3"]);
    }
}
