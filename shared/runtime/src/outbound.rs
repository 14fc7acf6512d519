//! Calls to others over HTTPS: one TLS configuration for the AWS clients, internal calls and third parties.

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

/// An answer longer than this is not one that any call here expects.
const RESPONSE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A client for plain HTTPS.
#[derive(Clone, Debug)]
pub struct Http {
    connector: SharedHttpConnector,
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

/// The client that all AWS clients share, and so its connections and its trust store.
pub(crate) fn shared_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(TLS)
        .tls_context(tls_context())
        .build_https()
}

fn tls_context() -> TlsContext {
    // The machine's roots are read once, at the first connection over TLS.
    let trust = TrustStore::empty().with_native_roots(true);
    TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .unwrap_or_default()
}

impl Http {
    /// A client that waits `connect` for a connection and `timeout` for an answer.
    #[must_use]
    pub fn new(connect: Duration, timeout: Duration) -> Self {
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(connect)
            .read_timeout(timeout)
            .build();
        let connector = Connector::builder()
            .connector_settings(settings)
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .tls_provider(TLS)
            .tls_context(tls_context())
            .build();
        Self {
            connector: SharedHttpConnector::new(connector),
            timeout,
        }
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
        let response = self.connector.call(request).await.map_err(|error| failed(&error))?;
        let response = response.try_into_http1x().map_err(|error| failed(&error))?;
        let (parts, body) = response.into_parts();
        let body = http_body_util::Limited::new(body, RESPONSE_BYTES_MAX);
        let body = body.collect().await.map_err(|error| failed(&error))?.to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }
}
