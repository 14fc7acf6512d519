//! Plain HTTP to localhost: what every other module speaks through.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

use crate::failure::{Failure, OrFail, Outcome};

/// Longer than any answer of a local server takes, cold functions and whole stacks included.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The largest answer read: logs are fetched in pages, archives are only sent.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A client that keeps its connections.
#[derive(Debug, Clone)]
pub struct Http {
    agent: Agent,
}

/// What a server answered, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// After how many seconds the server may be asked again, if it said so in `Retry-After`.
    pub retry_after: Option<u64>,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// Whether the status says that the request was served.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl Http {
    /// A client with no connection yet.
    pub fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .build();
        Self {
            agent: config.new_agent(),
        }
    }

    /// Sends one request and reads its answer.
    ///
    /// # Errors
    /// When no answer came: nothing listens, or it took too long.
    pub fn send(&self, method: Method, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Outcome<Answer> {
        let what = format!("{method} {url} failed");
        let remedy = "see `cargo local status`, and `cargo local logs` for the programs' own logs";
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).or_fail(&what, "report this as a defect")?;
        let mut response = self.agent.run(request).or_fail(&what, remedy)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let reader = response
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .lossy_utf8(true);
        Ok(Answer {
            status,
            retry_after,
            body: reader.read_to_string().or_fail(&what, remedy)?,
        })
    }

    /// Fetches JSON.
    ///
    /// # Errors
    /// When no answer came or it was an error.
    pub fn get_json(&self, url: &str) -> Outcome<Value> {
        let answer = self.send(Method::GET, url, &[], Vec::new())?;
        if answer.ok() {
            Ok(answer.json())
        } else {
            Err(refused(url, &answer))
        }
    }
}

/// The failure that an error status means.
pub fn refused(request: &str, answer: &Answer) -> Failure {
    let body: String = answer.body.trim().chars().take(600).collect();
    Failure::new(
        format!("{request} was refused"),
        format!("status {}, {body}", answer.status),
        "see `cargo local status`",
    )
}
