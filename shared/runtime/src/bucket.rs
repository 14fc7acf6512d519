//! Objects in S3, as far as services need them: links with which others store and fetch, and a look at what was stored.
//!
//! Three signed requests are all, so the SDK's client, which is a megabyte, stays out.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode,
};
use bytes::Bytes;

use crate::CallError;
use crate::outbound::{Http, Trust};
use crate::signing::Signer;

/// S3 answers a look at an object in tens of milliseconds.
const TIMEOUT: Duration = Duration::from_secs(2);

/// What `If-None-Match` has to say in an upload: what is stored stays.
pub const IF_NONE_MATCH: &str = "*";

/// A bucket. Cheap to clone.
#[derive(Clone)]
pub struct Bucket {
    http: Http,
    signer: Signer,
    base: String,
}

/// What is known of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its size in bytes.
    pub bytes: u64,
    /// Its type, such as `image/jpeg`, as whoever stored it said.
    pub content_type: String,
    /// How it begins, which shows what it is: up to 16 bytes.
    pub head: Bytes,
}

/// The bytes with which an object begins, as HTTP's ranges count them.
const HEAD_RANGE: &str = "bytes=0-15";

impl Bucket {
    pub(crate) fn new(sdk: &SdkConfig, trust: &Trust, name: &str) -> Self {
        let signer = Signer::new(sdk, "s3");
        let base = match signer.endpoint() {
            // Another endpoint than AWS's own knows buckets by path.
            Some(endpoint) => format!("{}/{name}", endpoint.trim_end_matches('/')),
            None => format!("https://{name}.s3.{}.amazonaws.com", signer.region()),
        };
        Self {
            http: Http::new(trust.clone(), Duration::from_millis(500), TIMEOUT),
            signer,
            base,
        }
    }

    /// A link that stores one object and never replaces one: `PUT` with exactly this type, this many bytes and
    /// [`IF_NONE_MATCH`], which the signature covers.
    ///
    /// # Errors
    /// When there are no credentials.
    pub async fn upload_url(
        &self,
        key: &str,
        content_type: &str,
        bytes: u32,
        lasts: Duration,
    ) -> Result<String, CallError> {
        let length = bytes.to_string();
        let headers = [
            ("content-length", length.as_str()),
            ("content-type", content_type),
            ("if-none-match", IF_NONE_MATCH),
        ];
        self.link("PUT", key, &headers, lasts).await
    }

    /// A link that fetches one object.
    ///
    /// # Errors
    /// When there are no credentials.
    pub async fn download_url(&self, key: &str, lasts: Duration) -> Result<String, CallError> {
        self.link("GET", key, &[], lasts).await
    }

    /// What is known of an object, and how it begins.
    ///
    /// # Errors
    /// [`CallError::NotFound`] if there is none.
    pub async fn look(&self, key: &str) -> Result<StoredObject, CallError> {
        let failed = |reason: &dyn std::fmt::Display| unavailable(key, reason);
        let uri = self.uri(key);
        let mut settings = settings();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let range = [("range", HEAD_RANGE)];
        let signable = SignableRequest::new("GET", &uri, range.into_iter(), SignableBody::Bytes(&[]));
        let signed = self
            .signer
            .sign(signable.map_err(|error| failed(&error))?, settings)
            .await;
        let mut request = http::Request::get(&uri)
            .header(http::header::RANGE, HEAD_RANGE)
            .body(Bytes::new())
            .map_err(|error| failed(&error))?;
        signed
            .map_err(|error| failed(&error))?
            .apply_to_request_http1x(&mut request);
        let response = self.http.send(request).await.map_err(|error| failed(&error))?;
        let header = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        match response.status().as_u16() {
            // The whole number of bytes stands behind the part's.
            206 => Ok(StoredObject {
                bytes: header("content-range")
                    .and_then(|text| text.rsplit_once('/')?.1.parse().ok())
                    .unwrap_or(u64::MAX),
                content_type: header("content-type").unwrap_or_default(),
                head: response.into_body(),
            }),
            404 => Err(CallError::NotFound(key.to_owned())),
            status @ (429 | 500..) => Err(failed(&format_args!("status {status}"))),
            status => Err(CallError::Refused {
                path: key.to_owned(),
                status,
            }),
        }
    }

    fn uri(&self, key: &str) -> String {
        format!("{}/{key}", self.base)
    }

    async fn link(
        &self,
        method: &str,
        key: &str,
        headers: &[(&str, &str)],
        lasts: Duration,
    ) -> Result<String, CallError> {
        let failed = |reason: &dyn std::fmt::Display| unavailable(key, reason);
        let uri = self.uri(key);
        let mut settings = settings();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(lasts);
        let signable = SignableRequest::new(method, &uri, headers.iter().copied(), SignableBody::UnsignedPayload);
        let signed = self
            .signer
            .sign(signable.map_err(|error| failed(&error))?, settings)
            .await;
        let mut request = http::Request::builder()
            .method(method)
            .uri(&uri)
            .body(())
            .map_err(|error| failed(&error))?;
        signed
            .map_err(|error| failed(&error))?
            .apply_to_request_http1x(&mut request);
        Ok(request.uri().to_string())
    }
}

/// How S3 wants to be signed: keys as they are, written once.
fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings
}

fn unavailable(key: &str, reason: &dyn std::fmt::Display) -> CallError {
    CallError::Unavailable {
        path: key.to_owned(),
        reason: reason.to_string(),
    }
}
