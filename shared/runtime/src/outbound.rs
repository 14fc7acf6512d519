//! Calls to others over HTTPS: one TLS configuration for the AWS clients, internal calls and third parties.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnector as _, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt as _;

use crate::{Environment, Error};

/// An answer longer than this is not one that any call here expects.
const RESPONSE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A client for plain HTTPS.
#[derive(Clone, Debug)]
pub struct Http {
    connector: Arc<OnceLock<SharedHttpConnector>>,
    trust: Trust,
    connect: Duration,
    timeout: Duration,
}

/// Why a call got no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The answer did not come in time: whether the call had an effect is unknown.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// No connection, or it broke: whether the call had an effect is unknown.
    #[error("the connection failed: {0}")]
    Unavailable(String),
}

const TLS: Provider = Provider::Rustls(CryptoMode::AwsLc);

/// The five roots that AWS asks its clients to trust (Amazon Trust Services). Reading the machine's whole store instead
/// took nine tenths of a function's start.
const AMAZON_ROOTS: &str = include_str!("amazon_roots.pem");

/// Whom a client trusts.
#[derive(Clone, Debug)]
pub(crate) enum Trust {
    /// Amazon's own roots: for AWS and for internal calls through the gateway.
    Amazon,
    /// The certificates of a file in place of Amazon's, as `AWS_CA_BUNDLE` names it for every AWS client.
    Bundle(Vec<u8>),
    /// The machine's store: for third parties.
    Machine,
}

impl Trust {
    /// Whom to trust for AWS.
    ///
    /// # Errors
    /// When `AWS_CA_BUNDLE` names a file that cannot be read.
    pub(crate) fn for_aws(environment: &Environment) -> Result<Self, Error> {
        let Some(path) = environment.optional("AWS_CA_BUNDLE") else {
            return Ok(Self::Amazon);
        };
        let bundle = std::fs::read(path).map_err(|error| format!("AWS_CA_BUNDLE names {path}: {error}"))?;
        Ok(Self::Bundle(bundle))
    }

    fn context(&self) -> TlsContext {
        let trust = match self {
            Self::Amazon => TrustStore::empty().with_pem_certificate(AMAZON_ROOTS),
            Self::Bundle(bundle) => TrustStore::empty().with_pem_certificate(bundle.clone()),
            Self::Machine => TrustStore::empty().with_native_roots(true),
        };
        TlsContext::builder()
            .with_trust_store(trust)
            .build()
            .unwrap_or_default()
    }
}

/// The client that all AWS clients share, and so its connections.
pub(crate) fn shared_client(trust: &Trust) -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(TLS)
        .tls_context(trust.context())
        .build_https()
}

impl Http {
    /// A client for third parties, which trusts whom the machine trusts.
    #[must_use]
    pub fn for_third_parties(connect: Duration, timeout: Duration) -> Self {
        Self::new(Trust::Machine, connect, timeout)
    }

    /// A client that waits `connect` for a connection and `timeout` for an answer.
    #[must_use]
    pub(crate) fn new(trust: Trust, connect: Duration, timeout: Duration) -> Self {
        Self {
            connector: Arc::default(),
            trust,
            connect,
            timeout,
        }
    }

    /// Made at the first call, since the machine's store takes a while to read.
    fn connector(&self) -> &SharedHttpConnector {
        self.connector.get_or_init(|| {
            let settings = HttpConnectorSettings::builder()
                .connect_timeout(self.connect)
                .read_timeout(self.timeout)
                .build();
            let connector = Connector::builder()
                .connector_settings(settings)
                .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
                .tls_provider(TLS)
                .tls_context(self.trust.context())
                .build();
            SharedHttpConnector::new(connector)
        })
    }

    /// Sends a request and reads the answer, whatever its status.
    ///
    /// # Errors
    /// When no answer comes, or not in time.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        tokio::time::timeout(self.timeout, self.exchange(request))
            .await
            .unwrap_or(Err(HttpError::Timeout(self.timeout)))
    }

    async fn exchange(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let failed = |error: &dyn std::fmt::Display| HttpError::Unavailable(error.to_string());
        let request = HttpRequest::try_from(request.map(SdkBody::from)).map_err(|error| failed(&error))?;
        let response = self.connector().call(request).await.map_err(|error| failed(&error))?;
        let response = response.try_into_http1x().map_err(|error| failed(&error))?;
        let (parts, body) = response.into_parts();
        let body = http_body_util::Limited::new(body, RESPONSE_BYTES_MAX);
        let body = body.collect().await.map_err(|error| failed(&error))?.to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }
}
