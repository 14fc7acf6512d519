//! From the inbox to the followers of a topic.

use ::store::{Commit, StoreError, Table};
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::DisplayErrorContext;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use contracts::Cause;
use runtime::Edge;
use tokio::task::JoinSet;

use super::{Frame, Topic};
use crate::store::{Audience, Staff, TopicItem, Watcher, topic_items, watcher_key};

/// Pages of followers that are read for one frame, at most: a topic has a few followers, not thousands.
const PAGES_MAX: usize = 10;

/// The way to open connections.
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
}

/// What a topic's partition says.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Who follows it.
    pub watchers: Vec<Watcher>,
    /// Who may follow the order, if it is one and known.
    pub audience: Option<::store::Stored<Audience>>,
    /// Who works at the restaurant, if it is one and known.
    pub staff: Option<Staff>,
}

/// Reads who follows a topic and who may.
///
/// # Errors
/// When the table does not answer.
pub async fn gather(table: &Table, topic: &Topic) -> Result<Gathered, StoreError> {
    let mut gathered = Gathered::default();
    let mut query = topic_items(topic);
    for _ in 0..PAGES_MAX {
        let page = table.query::<TopicItem>(&query).await?;
        for item in page.items {
            match item.value {
                TopicItem::Watcher(watcher) => gathered.watchers.push(watcher),
                TopicItem::Audience(audience) => {
                    gathered.audience = Some(::store::Stored {
                        value: audience,
                        version: item.version,
                        sequence: item.sequence,
                    });
                }
                TopicItem::Staff(staff) => gathered.staff = Some(staff),
                TopicItem::Other {} => {}
            }
        }
        if page.next.is_none() {
            break;
        }
        query = query.after(page.next);
    }
    Ok(gathered)
}

/// Tells the followers of a topic, all at once, and forgets connections that are gone. Who no longer works at a
/// restaurant is told nothing, even on a connection from before.
pub async fn push(table: &Table, connections: &Connections, gathered: &Gathered, frame: &Frame, cause: &Cause) {
    let now = cause.now.as_second();
    let restaurant = matches!(frame.topic, Topic::Restaurant(_));
    let may = |watcher: &&Watcher| {
        let employed = || {
            gathered
                .staff
                .as_ref()
                .is_some_and(|staff| staff.includes(watcher.user_id))
        };
        now < watcher.expires_at && (!restaurant || watcher.operator || employed())
    };
    let watchers: Vec<_> = gathered.watchers.iter().filter(may).cloned().collect();
    let text = match serde_json::to_string(frame) {
        Ok(text) if !watchers.is_empty() => text,
        Ok(_) => return,
        Err(error) => {
            tracing::error!(error = %error, "a frame could not be written");
            return;
        }
    };
    let mut posts = JoinSet::new();
    for watcher in watchers {
        let (connections, text) = (connections.clone(), text.clone());
        posts.spawn(async move {
            let there = connections.post(&watcher.connection_id, &text).await;
            (!there).then_some(watcher.connection_id)
        });
    }
    while let Some(post) = posts.join_next().await {
        if let Ok(Some(connection_id)) = post {
            forget(table, &frame.topic, &connection_id, cause).await;
        }
    }
}

async fn forget(table: &Table, topic: &Topic, connection_id: &str, cause: &Cause) {
    let commit = Commit::new(cause).also_delete(&watcher_key(topic, connection_id), "", [], "gone");
    if let Err(error) = table.commit(commit).await {
        // It is found gone again with the next frame, or forgotten by the table in time.
        tracing::warn!(error = %error, "a connection that is gone could not be forgotten");
    }
}
