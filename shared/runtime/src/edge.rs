//! What every function of every service starts with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_types::retry::RetrySpec;
use kernel::{SignedDuration, Timestamp};
use store::{CursorKey, Table};

use crate::environment::{Environment, MissingVariable};
use crate::outbound::{Http, Trust, shared_client};
use crate::{Bucket, Error, Internal, Publisher, clock, telemetry};

/// A connection that is not there after this long will not come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One try of one call. DynamoDB answers in milliseconds: what takes longer is lost.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2500);
/// A call with all its tries: shorter than any function's timeout.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(8);
/// Tries of one call.
const ATTEMPTS_MAX: u32 = 4;
/// The first pause before a call is tried again.
const INITIAL_BACKOFF: Duration = Duration::from_millis(50);

/// Tells the time at which a request is handled.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The function's environment, clients and table. Cheap to clone.
#[derive(Clone)]
pub struct Edge {
    parts: Arc<Parts>,
}

struct Parts {
    service: &'static str,
    function: String,
    environment: Environment,
    sdk: SdkConfig,
    trust: Trust,
    clock: Clock,
    table: Table,
    cursor_key: CursorKey,
    messages: AtomicU64,
    internal_calls: Arc<AtomicU64>,
}

impl Edge {
    /// Starts logging, reads the environment and makes the clients.
    ///
    /// # Errors
    /// When a variable that every function needs is missing: `_HANDLER`, `TABLE_NAME`, `CURSOR_KEY`, `AWS_REGION`; or when
    /// `AWS_CA_BUNDLE` names a file that cannot be read.
    pub fn start(service: &'static str) -> Result<Self, Error> {
        let environment = Environment::of_process();
        telemetry::start(&environment);
        let region = aws_config::Region::new(environment.var("AWS_REGION")?.to_owned());
        let trust = Trust::for_aws(&environment)?;
        // Everything a function has is in its environment. The loader of the SDK would link in, and ask, the sources of
        // laptops and servers too: profiles, single sign-on, instance metadata.
        let mut sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .credentials_provider(SharedCredentialsProvider::new(
                EnvironmentVariableCredentialsProvider::new(),
            ))
            .http_client(shared_client(&trust))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .time_source(SystemTimeSource::new())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(ATTEMPTS_MAX)
                    .with_initial_backoff(INITIAL_BACKOFF)
                    .with_retry_spec(RetrySpec::v2_1()),
            )
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .operation_timeout(OPERATION_TIMEOUT)
                    .build(),
            );
        sdk.set_endpoint_url(environment.optional("AWS_ENDPOINT_URL").map(str::to_owned));
        Self::assemble(service, environment, sdk.build(), trust, Arc::new(clock::now))
    }

    /// The edge of a function whose environment, clients and time are given, so that a test can run a service in its own
    /// process. [`Edge::start`] takes them from the process.
    ///
    /// # Errors
    /// When a variable that every function needs is missing: `_HANDLER`, `TABLE_NAME`, `CURSOR_KEY`.
    pub fn with(service: &'static str, environment: Environment, sdk: SdkConfig, clock: Clock) -> Result<Self, Error> {
        Self::assemble(service, environment, sdk, Trust::Amazon, clock)
    }

    fn assemble(
        service: &'static str,
        environment: Environment,
        sdk: SdkConfig,
        trust: Trust,
        clock: Clock,
    ) -> Result<Self, Error> {
        let table = Table::new(aws_sdk_dynamodb::Client::new(&sdk), environment.var("TABLE_NAME")?);
        let cursor_key = CursorKey::new(environment.var("CURSOR_KEY")?);
        let function = environment.var("_HANDLER")?.to_owned();
        let parts = Parts {
            service,
            function,
            environment,
            sdk,
            trust,
            clock,
            table,
            cursor_key,
            messages: AtomicU64::default(),
            internal_calls: Arc::default(),
        };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// The service's name.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.parts.service
    }

    /// Which of the service's functions this process is.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.parts.function
    }

    /// The error for a function that the service does not have.
    #[must_use]
    pub fn unknown_function(&self, name: &str) -> Error {
        format!(
            "the {} service has no function {name:?}: check `Handler` in its template",
            self.parts.service
        )
        .into()
    }

    /// The time at which what arrives now is handled.
    pub(crate) fn now(&self) -> Timestamp {
        (self.parts.clock)()
    }

    /// The service's table.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.parts.table
    }

    /// The key of the service's list cursors.
    #[must_use]
    pub fn cursor_key(&self) -> &CursorKey {
        &self.parts.cursor_key
    }

    /// What clients of further AWS services are made from.
    #[must_use]
    pub fn sdk(&self) -> &SdkConfig {
        &self.parts.sdk
    }

    /// The environment.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.parts.environment
    }

    /// A variable that the function needs.
    ///
    /// # Errors
    /// When it is not set.
    pub fn var(&self, name: &str) -> Result<String, MissingVariable> {
        self.parts.environment.var(name).map(str::to_owned)
    }

    /// A variable that holds whole seconds.
    ///
    /// # Errors
    /// When it is not set or no positive whole number.
    pub fn seconds(&self, name: &str) -> Result<SignedDuration, MissingVariable> {
        self.parts.environment.seconds(name)
    }

    /// How many times more than from one household is let through from one network address: 1 unless the function's
    /// `ADDRESS_BUDGET_FACTOR` says otherwise.
    #[must_use]
    pub fn address_budget_factor(&self) -> u32 {
        let factor = self.parts.environment.optional("ADDRESS_BUDGET_FACTOR");
        factor.and_then(|text| text.parse().ok()).unwrap_or(1)
    }

    /// A client for other services' internal routes.
    ///
    /// # Errors
    /// When `INTERNAL_API_URL` is not set.
    pub fn internal(&self) -> Result<Internal, MissingVariable> {
        let base = self.parts.environment.var("INTERNAL_API_URL")?;
        Ok(Internal::new(
            &self.parts.sdk,
            &self.parts.trust,
            base,
            self.parts.internal_calls.clone(),
        ))
    }

    /// A bucket.
    #[must_use]
    pub fn bucket(&self, name: &str) -> Bucket {
        Bucket::new(&self.parts.sdk, &self.parts.trust, name)
    }

    /// A topic for events that may be lost.
    #[must_use]
    pub fn publisher(&self, topic_arn: String) -> Publisher {
        Publisher::new(self, topic_arn)
    }

    /// A client for third parties.
    #[must_use]
    pub fn http(&self) -> Http {
        Http::for_third_parties(Duration::from_secs(1), Duration::from_secs(5))
    }

    /// Counts messages that were sent.
    pub(crate) fn count_messages(&self, count: usize) {
        self.parts.messages.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Writes the one line that every invocation leaves: what it was, how it went and what it cost.
    pub(crate) fn account(&self, operation: &str, outcome: &str, duration: Duration) {
        let reading = self.parts.table.meter().take();
        tracing::info!(
            service = self.parts.service,
            function = self.parts.function,
            operation,
            outcome,
            duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            dynamodb_calls = reading.calls,
            read_units = reading.read_units,
            write_units = reading.write_units,
            messages = self.parts.messages.swap(0, Ordering::Relaxed),
            internal_calls = self.parts.internal_calls.swap(0, Ordering::Relaxed),
            "invocation"
        );
    }
}
