//! What DynamoDB refuses, as its protocol says it.

use serde_json::{Map, Value as Json, json};

/// A refused request, or one refused operation of a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub code: &'static str,
    pub message: String,
    /// What the error carries beside its message.
    pub members: Map<String, Json>,
}

impl Refusal {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            members: Map::new(),
        }
    }

    /// A request that DynamoDB never takes.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    pub fn with(mut self, name: &str, value: Json) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// The body of the error.
    pub fn body(self) -> Json {
        let mut body = self.members;
        let kind = format!("com.amazonaws.dynamodb.v20120810#{}", self.code);
        body.insert("__type".to_owned(), kind.into());
        // The two spellings are the service's own: most of its errors say `message`, a cancelled transaction `Message`.
        let name = if self.code == "TransactionCanceledException" {
            "Message"
        } else {
            "message"
        };
        body.insert(name.to_owned(), self.message.into());
        Json::Object(body)
    }

    /// The reason that a cancelled transaction gives for an operation.
    pub fn reason(&self) -> Json {
        let code = match self.code {
            "ConditionalCheckFailedException" => "ConditionalCheckFailed",
            "ValidationException" => "ValidationError",
            other => other,
        };
        let mut reason = json!({"Code": code, "Message": self.message});
        if let Some(item) = self.members.get("Item") {
            reason["Item"] = item.clone();
        }
        reason
    }
}
