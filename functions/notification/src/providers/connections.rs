//! API Gateway's side of open live connections.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::DisplayErrorContext;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use runtime::Edge;

/// Posts to open live connections and closes them.
#[derive(Debug, Clone)]
pub struct Connections {
    client: Client,
}

impl Connections {
    /// The connections of the WebSocket API whose management endpoint `LIVE_API_URL` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(edge: &Edge) -> Result<Self, runtime::Error> {
        let config = aws_sdk_apigatewaymanagement::config::Builder::from(edge.sdk())
            .endpoint_url(edge.var("LIVE_API_URL")?)
            .build();
        Ok(Self {
            client: Client::from_conf(config),
        })
    }

    /// Hands a text to a connection. False if the connection is gone; that something else went wrong is logged, and
    /// nothing more: what is live today is stale tomorrow.
    pub async fn post(&self, connection_id: &str, text: &str) -> bool {
        let request = self
            .client
            .post_to_connection()
            .connection_id(connection_id)
            .data(Blob::new(text.as_bytes()));
        match request.send().await {
            Ok(_) => true,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PostToConnectionError::is_gone_exception) =>
            {
                false
            }
            Err(error) => {
                tracing::warn!(error = %DisplayErrorContext(error), "a connection could not be told");
                true
            }
        }
    }

    /// Closes a connection. One that is gone is as good as closed; if it cannot be closed now, that is logged and no more: it
    /// follows nothing any longer.
    pub async fn close(&self, connection_id: &str) {
        let request = self.client.delete_connection().connection_id(connection_id);
        if let Err(error) = request.send().await
            && !error
                .as_service_error()
                .is_some_and(DeleteConnectionError::is_gone_exception)
        {
            tracing::warn!(error = %DisplayErrorContext(error), "a connection could not be closed");
        }
    }
}
