//! Requests over HTTP.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

use crate::{Error, Reply, Result};

/// Longer than any answer takes, cold functions and whole stacks included.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The largest answer read: logs are fetched in pages, archives are only sent.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How much of a request's body a message shows.
const SHOWN_BYTES_MAX: usize = 2000;

/// What RFC 3986 does not leave as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Sees every request with its body, and what came of it.
pub type Watch = fn(&Method, &str, &[u8], &Reply);

/// A client that keeps its connections.
#[derive(Debug, Clone)]
pub struct Http {
    agent: Agent,
    watch: Option<Watch>,
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl Http {
    /// A client with no connection yet.
    #[must_use]
    pub fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .build();
        Self {
            agent: config.new_agent(),
            watch: None,
        }
    }

    /// The same client, with somebody who sees every answer, those that are tried again included.
    #[must_use]
    pub fn watched(self, watch: Watch) -> Self {
        Self {
            watch: Some(watch),
            ..self
        }
    }

    /// Sends one request and reads its answer.
    ///
    /// # Errors
    /// When no answer came: nothing listens, or it took too long.
    pub fn send(&self, method: &Method, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
        let shown = format!("{method} {url}");
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(body.to_vec())
            .map_err(|error| Error::no_reply(&shown, error))?;
        let mut response = self
            .agent
            .run(request)
            .map_err(|error| Error::no_reply(&shown, error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        let headers = headers.collect();
        // A photo is no text.
        let bytes = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let bytes = bytes.map_err(|error| Error::no_reply(&shown, error))?;
        let reply = Reply {
            request: shown,
            sent: text(&body[..body.len().min(SHOWN_BYTES_MAX)]),
            status: response.status().as_u16(),
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: text(&bytes),
        };
        if let Some(watch) = self.watch {
            watch(method, url, body, &reply);
        }
        Ok(reply)
    }

    /// Fetches JSON.
    ///
    /// # Errors
    /// When no answer came or it was an error.
    pub fn get_json(&self, url: &str) -> Result<Value> {
        self.send(&Method::GET, url, &[], b"")?.served()
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::percent_encode;

    #[test]
    fn a_form_value_is_percent_encoded() {
        assert_eq!(percent_encode("a b/ü~"), "a%20b%2F%C3%BC~");
    }
}
