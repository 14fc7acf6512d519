//! The service under test.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use axum::Router;
use contracts::Contract;
use kernel::{Role, SignedDuration, Timestamp, TypedId as _, UserId};
use runtime::{Cause, Edge, Envelope, Environment};
use store::{EVENT_PREFIX, StoredEvent, Table};
use table_double::{Projection, TableDouble};
use uuid::Uuid;

use crate::neighbours::SIGNATURE;
use crate::{Aws, Caller, Neighbours};

/// When every test begins: a Friday evening.
const BEGINNING: &str = "2026-11-20T18:30:00Z";

/// A service, its table and what is around it. Its clones are the same service.
#[derive(Clone)]
pub struct Service {
    parts: Arc<Parts>,
}

struct Parts {
    edge: Edge,
    router: Router,
    table: TableDouble,
    neighbours: Neighbours,
    aws: Aws,
    now: Arc<Mutex<Timestamp>>,
    drawn: AtomicU64,
}

impl Service {
    /// Starts a service: its name, the variables that its template gives to its function `api` beside those that every
    /// function has, and how its router is made. `AWS_ENDPOINT_URL` is where S3 is found, such as at [`Neighbours`].
    ///
    /// # Panics
    /// When a variable is missing, or the service has no template.
    pub fn start<const N: usize>(
        name: &'static str,
        variables: [(&str, &str); N],
        router: impl FnOnce(&Edge) -> Router,
    ) -> Self {
        let beginning = BEGINNING.parse().unwrap_or_else(|error| panic!("{BEGINNING}: {error}"));
        let now = Arc::new(Mutex::new(beginning));
        let table = table(name);
        let neighbours = Neighbours::start(SIGNATURE);
        let aws = Aws::default();
        let common = [
            ("_HANDLER", "api"),
            ("TABLE_NAME", name),
            ("CURSOR_KEY", "the key of cursors in tests"),
            ("INTERNAL_API_URL", neighbours.url()),
        ];
        let environment: Environment = common.into_iter().chain(variables).collect();
        let clock = {
            let now = Arc::clone(&now);
            Arc::new(move || *now.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let sdk = sdk(&table, &aws, environment.optional("AWS_ENDPOINT_URL"));
        let edge = Edge::with(name, environment, sdk, clock);
        let edge = edge.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let router = runtime::http::behind_edge(&edge, router(&edge));
        let parts = Parts {
            edge,
            router,
            table,
            neighbours,
            aws,
            now,
            drawn: AtomicU64::default(),
        };
        Self { parts: Arc::new(parts) }
    }

    /// What the service's functions start with: for an application that handles events or timers beside the router.
    #[must_use]
    pub fn edge(&self) -> &Edge {
        &self.parts.edge
    }

    /// The service's table, to lay down in it what a test begins with.
    #[must_use]
    pub fn table(&self) -> &Table {
        self.parts.edge.table()
    }

    /// The memory behind the table, whose reads can be made to lag.
    #[must_use]
    pub fn double(&self) -> &TableDouble {
        &self.parts.table
    }

    /// The other services.
    #[must_use]
    pub fn neighbours(&self) -> &Neighbours {
        &self.parts.neighbours
    }

    /// What AWS answers, beside the table.
    #[must_use]
    pub fn aws(&self) -> &Aws {
        &self.parts.aws
    }

    pub(crate) fn router(&self) -> Router {
        self.parts.router.clone()
    }

    /// The time at which the next request is handled.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        *self.parts.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass.
    pub fn pass(&self, time: SignedDuration) {
        *self.parts.now.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    /// A cause for what a test writes into the table, or lets an event or a timer do.
    #[must_use]
    pub fn cause(&self) -> Cause {
        let id = self.draw("test");
        Cause {
            now: self.now(),
            correlation_id: id.clone(),
            causation_id: id,
            traceparent: None,
        }
    }

    /// An event as another service publishes it: of `subject`, as the `sequence`th there.
    ///
    /// # Panics
    /// When the payload cannot be written.
    #[must_use]
    pub fn event<C: Contract>(&self, subject: &impl ToString, sequence: u32, payload: &C) -> Envelope {
        Envelope::new(&subject.to_string(), sequence, &self.cause(), payload)
            .unwrap_or_else(|error| panic!("an event cannot be written: {error}"))
    }

    /// The events that the service has committed, by aggregate and in their order there.
    ///
    /// # Panics
    /// When one cannot be read.
    #[must_use]
    pub fn events(&self) -> Vec<Envelope> {
        let is_event = |item: &store::Item| {
            let sort_key = item.get("sk").and_then(|value| value.as_s().ok());
            // A step that nobody hears of has no envelope.
            sort_key.is_some_and(|key| key.starts_with(EVENT_PREFIX)) && item.contains_key("envelope")
        };
        let event = |item| match store::read::<StoredEvent>(item) {
            Ok(stored) => stored.value.envelope,
            Err(error) => panic!("an event cannot be read: {error}"),
        };
        self.double().items().into_iter().filter(is_event).map(event).collect()
    }

    /// The types of the events that the service has committed, as [`Service::events`] has them.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.events().into_iter().map(|event| event.event_type).collect()
    }

    /// Somebody new with these roles.
    #[must_use]
    pub fn person(&self, roles: &[Role]) -> Caller {
        let number = self.parts.drawn.fetch_add(1, Ordering::Relaxed);
        self.user(UserId::from_uuid(Uuid::from_u128(u128::from(number) + 1)), roles)
    }

    /// Somebody known, with these roles.
    #[must_use]
    pub fn user(&self, user_id: UserId, roles: &[Role]) -> Caller {
        Caller::person(self.clone(), user_id, roles)
    }

    /// Somebody who is not signed in.
    #[must_use]
    pub fn nobody(&self) -> Caller {
        Caller::nobody(self.clone())
    }

    /// Another service, as the gateway lets it through to internal routes.
    #[must_use]
    pub fn another_service(&self) -> Caller {
        Caller::service(self.clone())
    }

    /// A text that no other call of the test gets.
    pub(crate) fn draw(&self, what: &str) -> String {
        format!("{what}-{}", self.parts.drawn.fetch_add(1, Ordering::Relaxed))
    }
}

/// What clients of AWS are made from: their requests reach the table and what a test has prepared, and nothing else.
fn sdk(table: &TableDouble, aws: &Aws, endpoint: Option<&str>) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "handlerkit");
    let mut sdk = SdkConfig::builder();
    sdk.set_endpoint_url(endpoint.map(str::to_owned));
    sdk.behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .http_client(aws.beside(table.http_client()))
        .build()
}

/// A table with the indexes that the service's template gives to it.
fn table(service: &str) -> TableDouble {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../infra/{service}.yaml"));
    let template = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut table = TableDouble::new(service);
    for part in template.split("IndexName: ").skip(1) {
        let name = part.lines().next().unwrap_or_default().trim();
        let (_, projection) = part.split_once("ProjectionType: ").unwrap_or_default();
        let projection = match projection.split([' ', '}', '\n']).next() {
            Some("ALL") => Projection::All,
            Some("KEYS_ONLY") => Projection::KeysOnly,
            other => panic!("{}: {name} has the projection {other:?}", path.display()),
        };
        let keys = ["pk", "sk"].map(|key| format!("{}{key}", name.to_lowercase()));
        table = table.with_index(name, keys.each_ref().map(String::as_str), projection);
    }
    table
}
