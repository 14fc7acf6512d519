//! The envelope around every event: CloudEvents 1.0 in its JSON form.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Contract;

/// A CloudEvents 1.0 event. Unknown attributes are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "ReadEnvelope")]
pub struct Envelope {
    /// Always `1.0`.
    pub specversion: String,
    /// `<subject>/<sequence>`: the same event has the same id however often it is sent.
    pub id: String,
    /// The publishing service, such as `/order`.
    pub source: String,
    /// The event's type and version, such as `order.placed.v1`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The id of the aggregate that changed.
    pub subject: String,
    /// When it happened.
    pub time: Timestamp,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// The position among the aggregate's events, from 1.
    pub sequence: u32,
    /// What the whole chain of causes is about, such as the order's id or the first request's.
    pub correlationid: String,
    /// The request or event that led to this one.
    pub causationid: String,
    /// The W3C trace context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The payload, as its contract says.
    pub data: serde_json::Value,
}

/// An envelope as it is read: a stored one leaves out what its other attributes say, see [`Envelope::shorten`].
#[derive(Deserialize)]
struct ReadEnvelope {
    specversion: Option<String>,
    id: Option<String>,
    source: Option<String>,
    #[serde(rename = "type")]
    event_type: String,
    subject: String,
    time: Timestamp,
    datacontenttype: Option<String>,
    sequence: u32,
    correlationid: String,
    causationid: String,
    traceparent: Option<String>,
    data: serde_json::Value,
}

impl From<ReadEnvelope> for Envelope {
    fn from(read: ReadEnvelope) -> Self {
        Self {
            specversion: read.specversion.unwrap_or_else(|| SPEC_VERSION.to_owned()),
            id: read.id.unwrap_or_else(|| event_id(&read.subject, read.sequence)),
            source: read.source.unwrap_or_else(|| source_of(&read.event_type)),
            event_type: read.event_type,
            subject: read.subject,
            time: read.time,
            datacontenttype: read.datacontenttype.unwrap_or_else(|| CONTENT_TYPE.to_owned()),
            sequence: read.sequence,
            correlationid: read.correlationid,
            causationid: read.causationid,
            traceparent: read.traceparent,
            data: read.data,
        }
    }
}

const SPEC_VERSION: &str = "1.0";
const CONTENT_TYPE: &str = "application/json";

fn event_id(subject: &str, sequence: u32) -> String {
    format!("{subject}/{sequence}")
}

/// The service whose name begins the type: `order.placed.v1` comes from `/order`.
fn source_of(event_type: &str) -> String {
    let service = event_type.split('.').next().unwrap_or_default();
    format!("/{service}")
}

/// Why something happens now: handed from the edge into every change, so that its events can say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The moment of the request or message: the only clock that decisions see.
    pub now: Timestamp,
    /// What the chain is about.
    pub correlation_id: String,
    /// The request or event that is being handled.
    pub causation_id: String,
    /// The W3C trace context.
    pub traceparent: Option<String>,
}

impl Cause {
    /// The same cause, as part of a chain about something: an order's id, say.
    #[must_use]
    pub fn about(mut self, subject: &impl ToString) -> Self {
        self.correlation_id = subject.to_string();
        self
    }
}

/// A body that is not an event, or not the event its type claims.
#[derive(Debug, thiserror::Error)]
#[error("{event_type}: {source}")]
pub struct MalformedEnvelope {
    event_type: String,
    source: serde_json::Error,
}

impl Envelope {
    /// Wraps a payload.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON, such as a map with keys that are no text.
    pub fn new<C: Contract>(
        subject: &str,
        sequence: u32,
        cause: &Cause,
        payload: &C,
    ) -> Result<Self, MalformedEnvelope> {
        let data = serde_json::to_value(payload).map_err(|source| MalformedEnvelope {
            event_type: C::TYPE.to_owned(),
            source,
        })?;
        Ok(Self {
            specversion: SPEC_VERSION.to_owned(),
            id: event_id(subject, sequence),
            source: C::SOURCE.to_owned(),
            event_type: C::TYPE.to_owned(),
            subject: subject.to_owned(),
            time: cause.now,
            datacontenttype: CONTENT_TYPE.to_owned(),
            sequence,
            correlationid: cause.correlation_id.clone(),
            causationid: cause.causation_id.clone(),
            traceparent: cause.traceparent.clone(),
            data,
        })
    }

    /// Takes out of an envelope's JSON what its other attributes say: a tenth of a kilobyte in each event item, which is
    /// paid for by the kilobyte. Reading puts it back.
    pub fn shorten(json: &mut serde_json::Value) {
        let text = |name: &str| json.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        let sequence = json
            .get("sequence")
            .and_then(serde_json::Value::as_u64)
            .unwrap_or_default();
        let implied = [
            ("specversion", SPEC_VERSION.to_owned()),
            ("datacontenttype", CONTENT_TYPE.to_owned()),
            ("id", format!("{}/{sequence}", text("subject"))),
            ("source", source_of(text("type"))),
        ];
        if let Some(attributes) = json.as_object_mut() {
            for (name, value) in implied {
                if attributes.get(name).and_then(serde_json::Value::as_str) == Some(&value) {
                    attributes.remove(name);
                }
            }
        }
    }

    /// Reads an event from a message body.
    ///
    /// # Errors
    /// When it is not JSON or a mandatory attribute is missing.
    pub fn parse(body: &str) -> Result<Self, MalformedEnvelope> {
        serde_json::from_str(body).map_err(|source| MalformedEnvelope {
            event_type: "envelope".to_owned(),
            source,
        })
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is not what the contract says.
    pub fn data<C: Contract>(&self) -> Result<C, MalformedEnvelope> {
        C::deserialize(&self.data).map_err(|source| MalformedEnvelope {
            event_type: self.event_type.clone(),
            source,
        })
    }

    /// The cause to hand to whatever is done because of this event.
    #[must_use]
    pub fn as_cause(&self, now: Timestamp) -> Cause {
        Cause {
            now,
            correlation_id: self.correlationid.clone(),
            causation_id: self.id.clone(),
            traceparent: self.traceparent.clone(),
        }
    }
}
