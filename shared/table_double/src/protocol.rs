//! The protocol: what a client of the SDK sends and reads.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::Value as Json;

use crate::refusal::Refusal;
use crate::table::Table;

const TARGET: &str = "x-amz-target";
const VERSION: &str = "DynamoDB_20120810.";

/// Parameters of operations, beside the table's name and the capacity, that the double answers.
const ITEM: [&str; 1] = ["Key"];
const WRITE: [&str; 4] = [
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
];
const QUERY: [&str; 9] = [
    "ConsistentRead",
    "ExclusiveStartKey",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "FilterExpression",
    "IndexName",
    "KeyConditionExpression",
    "Limit",
    "ScanIndexForward",
];

/// A client's way to the table.
#[derive(Debug, Clone)]
pub(crate) struct Connector(pub Arc<Mutex<Table>>);

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let table = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            // Requests that are made at once take turns, before and after, as they would on their way to a table.
            tokio::task::yield_now().await;
            let (status, body) = {
                let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
                match answer(&mut table, &request) {
                    Ok(body) => (200, body),
                    Err(refusal) => (400, refusal.body()),
                }
            };
            tokio::task::yield_now().await;
            let response = http::Response::builder()
                .status(status)
                .header("content-type", "application/x-amz-json-1.0")
                .body(SdkBody::from(body.to_string()))
                .map_err(|error| ConnectorError::other(error.into(), None))?;
            HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn answer(table: &mut Table, request: &HttpRequest) -> Result<Json, Refusal> {
    let target = request.headers().get(TARGET).unwrap_or_default();
    let operation = target.strip_prefix(VERSION).unwrap_or_else(|| {
        panic!(
            "the table double answers DynamoDB alone, and was asked {} of {}",
            target,
            request.uri()
        )
    });
    let body = request.body().bytes().unwrap_or_default();
    let body: Json = serde_json::from_slice(body).unwrap_or_else(|error| panic!("a request is no JSON: {error}"));
    let about = match operation {
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            tables.map(|(name, _)| name.clone()).collect()
        }
        // Each operation of a transaction names its table.
        "TransactWriteItems" => Vec::new(),
        _ => vec![body["TableName"].as_str().unwrap_or_default().to_owned()],
    };
    if about.iter().any(|name| *name != table.name) {
        return Err(Refusal::new(
            "ResourceNotFoundException",
            "Requested resource not found",
        ));
    }
    let knows = |parameters: &[&[&str]]| check_parameters(operation, &body, &parameters.concat());
    match operation {
        "GetItem" => {
            knows(&[&ITEM, &["ConsistentRead"]]);
            table.get_item(&body)
        }
        "BatchGetItem" => {
            knows(&[&["RequestItems"]]);
            table.batch_get_item(&body)
        }
        "Query" => {
            knows(&[&QUERY]);
            table.query(&body)
        }
        "PutItem" => {
            knows(&[&["Item"], &WRITE]);
            table.write_one("Put", &body)
        }
        "UpdateItem" => {
            knows(&[&ITEM, &["UpdateExpression"], &WRITE]);
            table.write_one("Update", &body)
        }
        "DeleteItem" => {
            knows(&[&ITEM, &WRITE]);
            table.write_one("Delete", &body)
        }
        "TransactWriteItems" => {
            knows(&[&["TransactItems", "ClientRequestToken"]]);
            table.transact_write_items(&body)
        }
        other => panic!("the table double knows no {other}"),
    }
}

/// Ends the test when an operation has a parameter that the double would pass over.
fn check_parameters(operation: &str, body: &Json, known: &[&str]) {
    let of_all = ["TableName", "ReturnConsumedCapacity"];
    let members = body.as_object().into_iter().flatten();
    let unknown: Vec<_> = members
        .map(|(name, _)| name.as_str())
        .filter(|name| !known.contains(name) && !of_all.contains(name))
        .collect();
    assert!(
        unknown.is_empty(),
        "the table double knows no {unknown:?} of {operation}"
    );
}
