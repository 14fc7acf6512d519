//! What AWS answers beside the table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

/// The header that names the operation, of services that have it.
const TARGET: &str = "x-amz-target";

/// The services of AWS other than DynamoDB. They answer what a test has prepared; a request that nothing is prepared for ends
/// the test.
#[derive(Debug, Clone, Default)]
pub struct Aws(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    answers: BTreeMap<String, (u16, String)>,
    asked: Vec<(String, String)>,
}

impl Aws {
    /// From now on, a request is answered so. It is named by its target, such as
    /// `AWSCognitoIdentityProviderService.AdminGetUser`, or else by its method, host and path, such as
    /// `POST sns.eu-central-1.amazonaws.com/`.
    pub fn answer(&self, request: &str, status: u16, body: &str) {
        self.lock()
            .answers
            .insert(request.to_owned(), (status, body.to_owned()));
    }

    /// What was asked until now, with the bodies.
    #[must_use]
    pub fn asked(&self) -> Vec<(String, String)> {
        self.lock().asked.clone()
    }

    /// A client whose requests to DynamoDB go to `table` and all others here.
    pub(crate) fn beside(&self, table: SharedHttpClient) -> SharedHttpClient {
        let aws = self.clone();
        SharedHttpClient::new(Client { table, aws })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, request: &HttpRequest) -> HttpResponse {
        let name = request.headers().get(TARGET).map_or_else(
            || {
                let (_, address) = request.uri().split_once("://").unwrap_or_default();
                let address = address.split('?').next().unwrap_or_default();
                format!("{} {address}", request.method())
            },
            str::to_owned,
        );
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let mut state = self.lock();
        let prepared = state.answers.get(&name).cloned();
        let (status, answer) = prepared.unwrap_or_else(|| panic!("nothing is prepared for {name}: {body}"));
        state.asked.push((name, body));
        let status = status.try_into().unwrap_or_else(|error| panic!("{status}: {error}"));
        HttpResponse::new(status, SdkBody::from(answer))
    }
}

#[derive(Debug)]
struct Client {
    table: SharedHttpClient,
    aws: Aws,
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            table: self.table.http_connector(settings, components),
            aws: self.aws.clone(),
        })
    }
}

#[derive(Debug)]
struct Connector {
    table: SharedHttpConnector,
    aws: Aws,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get(TARGET).unwrap_or_default();
        if target.starts_with("DynamoDB_") {
            self.table.call(request)
        } else {
            HttpConnectorFuture::ready(Ok(self.aws.reply(&request)))
        }
    }
}
