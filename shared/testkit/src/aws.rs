//! The emulated AWS from its other side: mailboxes, queues, functions and logs.

use client::{Error, Method, Reply, elements};
use serde_json::{Value, json};

use crate::{Stack, asyncapi, eventually};

/// The version of the interface of SNS.
pub const SNS: &str = "2010-03-31";

/// The emulator, with its root key.
#[derive(Debug, Clone, Copy)]
pub struct Aws {
    stack: &'static Stack,
}

/// What the emulator answers, of which nothing may fail.
fn answered<T>(answer: Result<T, Error>) -> T {
    answer.unwrap_or_else(|error| panic!("{error}"))
}

impl Aws {
    pub(crate) const fn of(stack: &'static Stack) -> Self {
        Self { stack }
    }

    /// Calls an operation of a service that speaks JSON, such as `AmazonSQS.SendMessage`.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    pub fn json(self, service: &str, target: &str, body: &Value) -> Value {
        answered(self.stack.client.json(service, target, body))
    }

    /// Calls the same and gives the answer, whatever it is.
    #[must_use]
    pub fn ask(self, service: &str, target: &str, body: &Value) -> Reply {
        answered(self.stack.client.ask(service, target, body))
    }

    /// Calls a service that speaks REST, such as Lambda.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    pub fn rest(self, service: &str, method: &Method, path: &str, body: &Value) -> Value {
        answered(self.stack.client.rest(service, method, path, body))
    }

    /// Calls an operation of a service that speaks the Query protocol, such as `ListTopics` of SNS; the answer is XML.
    ///
    /// # Panics
    /// When it is refused.
    #[must_use]
    pub fn form(self, service: &str, version: &str, action: &str, form: &[(&str, &str)]) -> String {
        answered(self.stack.client.form(service, version, action, form))
    }

    /// Calls the same and gives the answer, whatever it is.
    #[must_use]
    pub fn ask_form(self, service: &str, version: &str, action: &str, form: &[(&str, &str)]) -> Reply {
        answered(self.stack.client.ask_form(service, version, action, form))
    }

    /// The texts of the mails that were sent to an address, oldest first, each with its subject as first line.
    #[must_use]
    pub fn mails_to(self, email: &str) -> Vec<String> {
        let mails = answered(self.stack.client.mails_to(email)).into_iter();
        mails.map(|mail| format!("{}\n{}", mail.subject, mail.text)).collect()
    }

    /// The text messages that were sent to a number, oldest first.
    #[must_use]
    pub fn texts_to(self, phone: &str) -> Vec<String> {
        answered(self.stack.client.texts_to(phone))
    }

    /// Whether a resource is part of a service's stack: its name begins with the names of the stacks around it.
    fn belongs(self, name: &str, service: &str) -> bool {
        let prefix = format!("{}-{service}-", self.stack.outputs.stack_name);
        name.to_lowercase().starts_with(&prefix.to_lowercase())
    }

    /// The URL of a service's queue by its name in the template, such as `InboxQueue`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn queue(self, service: &str, queue: &str) -> String {
        let queues = self.json("sqs", "AmazonSQS.ListQueues", &json!({"MaxResults": 1000}));
        let urls = queues["QueueUrls"].as_array().cloned().unwrap_or_default();
        let part = format!("-{}-", queue.to_lowercase());
        let named = |url: &&str| {
            let name = url.rsplit('/').next().unwrap_or_default().to_lowercase();
            self.belongs(&name, service) && name.contains(&part)
        };
        let found = urls.iter().filter_map(Value::as_str).find(named);
        found
            .unwrap_or_else(|| panic!("no {queue} of {service} among {urls:?}"))
            .to_owned()
    }

    /// The ARN of a topic of the bus by its name in the AsyncAPI document, such as `order`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn topic(self, topic: &str) -> String {
        let part = format!("-{topic}topic-");
        let mut arns = Vec::new();
        let mut token = String::new();
        loop {
            let next = [("NextToken", &*token)];
            let asked = if token.is_empty() { &[] } else { &next[..] };
            let page = self.form("sns", SNS, "ListTopics", asked);
            arns.extend(elements(&page, "TopicArn"));
            match elements(&page, "NextToken").pop() {
                Some(more) => token = more,
                None => break,
            }
        }
        let named = |arn: &&String| {
            let name = arn.rsplit(':').next().unwrap_or_default().to_lowercase();
            self.belongs(&name, "bus") && name.contains(&part)
        };
        let found = arns.iter().find(named);
        found
            .unwrap_or_else(|| panic!("no topic {topic} among {arns:?}"))
            .clone()
    }

    /// How many messages a queue holds, on their way included.
    #[must_use]
    pub fn depth(self, queue_url: &str) -> u64 {
        let request = json!({"QueueUrl": queue_url, "AttributeNames": ["All"]});
        let answer = self.json("sqs", "AmazonSQS.GetQueueAttributes", &request);
        let count = |name: &str| {
            let name = format!("ApproximateNumberOfMessages{name}");
            answer["Attributes"][name]
                .as_str()
                .and_then(|text| text.parse::<u64>().ok())
                .unwrap_or_default()
        };
        count("") + count("NotVisible") + count("Delayed")
    }

    /// The name of a service's table.
    ///
    /// # Panics
    /// When it has none.
    #[must_use]
    pub fn table(self, service: &str) -> String {
        let tables = self.json("dynamodb", "DynamoDB_20120810.ListTables", &json!({}));
        let names = tables["TableNames"].as_array().cloned().unwrap_or_default();
        let mut texts = names.iter().filter_map(Value::as_str);
        let table = texts.find(|name| self.belongs(name, service));
        table
            .unwrap_or_else(|| panic!("no table of {service} among {names:?}"))
            .to_owned()
    }

    /// An item of a service's table, as DynamoDB writes it; null if there is none.
    ///
    /// # Panics
    /// When the service has no table.
    #[must_use]
    pub fn item(self, service: &str, pk: &str, sk: &str) -> Value {
        let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        let request = json!({"TableName": self.table(service), "Key": key, "ConsistentRead": true});
        self.json("dynamodb", "DynamoDB_20120810.GetItem", &request)["Item"].clone()
    }

    /// Changes an item of a service's table, as nothing but a test does. The expression's `#name` is `name`.
    ///
    /// # Panics
    /// When the service has no table.
    pub fn update(self, service: &str, pk: &str, sk: &str, expression: &str, name: &str, values: &Value) {
        let request = json!({
            "TableName": self.table(service), "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
            "UpdateExpression": expression, "ExpressionAttributeNames": {"#name": name},
            "ExpressionAttributeValues": values,
        });
        drop(self.json("dynamodb", "DynamoDB_20120810.UpdateItem", &request));
    }

    /// The line that the invocation of a request left in the log of a service's `api`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn invocation(self, service: &str, reply: &Reply) -> Value {
        let request_id = reply.header("x-request-id").unwrap_or_default();
        let function = self.function(service, "api");
        eventually("the line of the invocation", || {
            let lines = self.logs(&function, 0);
            let of = |line: &&Value| line["message"] == "invocation" && line["span"]["request.id"] == request_id;
            lines.iter().find(of).cloned().ok_or_else(|| format!("{lines:?}"))
        })
    }

    /// The events that a service's table holds of an aggregate, in order, as they were published.
    ///
    /// # Panics
    /// When the service has no table, or an event is not as it is described.
    #[must_use]
    pub fn events(self, service: &str, partition: &str) -> Vec<Value> {
        let table = self.table(service);
        let query = json!({
            "TableName": table, "KeyConditionExpression": "pk = :pk AND begins_with(sk, :event)",
            "ExpressionAttributeValues": {":pk": {"S": partition}, ":event": {"S": "EVENT#"}},
        });
        let page = self.json("dynamodb", "DynamoDB_20120810.Query", &query);
        let items = page["Items"].as_array().cloned().unwrap_or_default();
        let events: Vec<Value> = items.iter().filter_map(event_of).collect();
        events.iter().for_each(asyncapi::check_event);
        events
    }

    /// Every event that a service's table holds, in no order, as it was published.
    ///
    /// # Panics
    /// When the service has no table, or an item's envelope is none.
    #[must_use]
    pub fn all_events(self, service: &str) -> Vec<Value> {
        let mut scan = json!({
            "TableName": self.table(service), "FilterExpression": "attribute_exists(envelope)",
            "ProjectionExpression": "envelope",
        });
        let mut events = Vec::new();
        loop {
            let page = self.json("dynamodb", "DynamoDB_20120810.Scan", &scan);
            let items = page["Items"].as_array().into_iter().flatten();
            events.extend(items.filter_map(event_of));
            if page["LastEvaluatedKey"].is_null() {
                return events;
            }
            scan["ExclusiveStartKey"] = page["LastEvaluatedKey"].clone();
        }
    }

    /// Deletes all items of a partition of a service's table: how many there were.
    ///
    /// # Panics
    /// When the service has no table.
    #[must_use]
    pub fn forget(self, service: &str, partition: &str) -> usize {
        let table = self.table(service);
        let query = json!({
            "TableName": table, "KeyConditionExpression": "pk = :pk", "ProjectionExpression": "pk, sk",
            "ExpressionAttributeValues": {":pk": {"S": partition}},
        });
        let page = self.json("dynamodb", "DynamoDB_20120810.Query", &query);
        let items = page["Items"].as_array().cloned().unwrap_or_default();
        for key in &items {
            let delete = json!({"TableName": table, "Key": key});
            drop(self.json("dynamodb", "DynamoDB_20120810.DeleteItem", &delete));
        }
        items.len()
    }

    /// Hands an event to a service's `inbox` and waits until it is done with it.
    ///
    /// # Panics
    /// When nobody would publish such an event, or it would have to come again.
    pub fn hand_over(self, service: &str, body: &str) {
        asyncapi::check_event(&asyncapi::published(body));
        let name = self.function(service, "inbox");
        let record = json!({
            "messageId": "again", "receiptHandle": "again", "body": body, "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {},
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:again", "awsRegion": "eu-central-1",
        });
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let answer = self.rest("lambda", &Method::POST, &path, &json!({"Records": [record]}));
        assert_eq!(answer, json!({"batchItemFailures": []}), "{service}: {body}");
    }

    /// Sends a message to a queue.
    pub fn send(self, queue_url: &str, body: &str) {
        drop(self.json(
            "sqs",
            "AmazonSQS.SendMessage",
            &json!({"QueueUrl": queue_url, "MessageBody": body}),
        ));
    }

    /// Up to ten messages of a queue, with their attributes; they come back a moment later.
    #[must_use]
    pub fn peek(self, queue_url: &str) -> Vec<Value> {
        let request = json!({
            "QueueUrl": queue_url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 1, "MessageAttributeNames": ["All"],
        });
        let answer = self.json("sqs", "AmazonSQS.ReceiveMessage", &request);
        answer["Messages"].as_array().cloned().unwrap_or_default()
    }

    /// The name of the function of a service.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn function(self, service: &str, function: &str) -> String {
        let mut found = Vec::new();
        let mut marker = String::new();
        loop {
            let path = format!("/2015-03-31/functions/?MaxItems=50{marker}");
            let page = self.rest("lambda", &Method::GET, &path, &Value::Null);
            found.extend(page["Functions"].as_array().cloned().unwrap_or_default());
            match page["NextMarker"].as_str().filter(|next| !next.is_empty()) {
                Some(next) => marker = format!("&Marker={next}"),
                None => break,
            }
        }
        let of = |description: &&Value| {
            let name = description["FunctionName"].as_str().unwrap_or_default().to_lowercase();
            self.belongs(&name, service) && description["Handler"] == function
        };
        let name = found
            .iter()
            .find(of)
            .and_then(|description| description["FunctionName"].as_str());
        let names = || {
            found
                .iter()
                .map(|description| description["FunctionName"].to_string())
                .collect::<Vec<_>>()
        };
        name.unwrap_or_else(|| panic!("no function {function} of {service} among {:?}", names()))
            .to_owned()
    }

    /// The JSON lines that a function has logged since an instant, in milliseconds since 1970.
    #[must_use]
    pub fn logs(self, function_name: &str, since_ms: i64) -> Vec<Value> {
        let path = format!("/2015-03-31/functions/{function_name}/configuration");
        let configuration = self.rest("lambda", &Method::GET, &path, &Value::Null);
        let mut request = json!({"logGroupName": configuration["LoggingConfig"]["LogGroup"], "startTime": since_ms});
        let mut lines = Vec::new();
        loop {
            let page = self.json("logs", "Logs_20140328.FilterLogEvents", &request);
            let events = page["events"].as_array().cloned().unwrap_or_default();
            let text = |event: &Value| event["message"].as_str().unwrap_or_default().to_owned();
            lines.extend(events.iter().flat_map(|event| {
                text(event)
                    .lines()
                    .filter_map(|line| serde_json::from_str(line).ok())
                    .collect::<Vec<Value>>()
            }));
            if page["nextToken"].is_null() {
                return lines;
            }
            request["nextToken"] = page["nextToken"].clone();
        }
    }

    /// Switches a function off (no concurrency) or on again.
    pub fn switch(self, function_name: &str, on: bool) {
        let path = format!("/2017-10-31/functions/{function_name}/concurrency");
        if on {
            drop(self.rest("lambda", &Method::DELETE, &path, &Value::Null));
        } else {
            drop(self.rest(
                "lambda",
                &Method::PUT,
                &path,
                &json!({"ReservedConcurrentExecutions": 0}),
            ));
        }
    }
}

/// The event of an item that holds one, as it was published.
fn event_of(item: &Value) -> Option<Value> {
    item["envelope"]["S"].as_str().map(asyncapi::published)
}
