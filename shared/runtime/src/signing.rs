//! Requests that are signed without a client of the SDK: `SigV4` with the function's own credentials.

use std::sync::Arc;
use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableRequest, SigningInstructions, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;

/// Signs requests to one kind of service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Signer {
    sdk: Arc<SdkConfig>,
    service: &'static str,
}

impl Signer {
    /// For a service by its name in signatures, such as `s3`.
    pub(crate) fn new(sdk: &SdkConfig, service: &'static str) -> Self {
        Self {
            sdk: Arc::new(sdk.clone()),
            service,
        }
    }

    /// The region that requests go to.
    pub(crate) fn region(&self) -> &str {
        self.sdk.region().map_or("us-east-1", AsRef::as_ref)
    }

    /// Where all AWS services are found, if not at their own addresses.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.sdk.endpoint_url()
    }

    /// What must be added to a request.
    ///
    /// # Errors
    /// When there are no credentials, or the request cannot be signed.
    pub(crate) async fn sign(
        &self,
        request: SignableRequest<'_>,
        settings: SigningSettings,
    ) -> Result<SigningInstructions, String> {
        let provider = self.sdk.credentials_provider().ok_or("no credentials")?;
        let credentials = provider.provide_credentials().await;
        let identity: Identity = credentials.map_err(|error| error.to_string())?.into();
        #[expect(
            clippy::disallowed_methods,
            reason = "a signature is made of the moment it is sent at"
        )]
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region())
            .name(self.service)
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let signed = sign(request, &parameters).map_err(|error| error.to_string())?;
        Ok(signed.into_parts().0)
    }
}
