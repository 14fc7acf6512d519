//! Wiring: what the functions share.

use std::sync::Arc;

use ::store::{CursorKey, Table};
use kernel::SignedDuration;
use runtime::{Bucket, Edge, Error, Publisher};

use crate::learned_cache::LearnedCache;
use crate::router::Router;

/// What the functions share, made from their environment. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's table.
    pub table: Table,
    /// Seals the cursors of lists.
    pub cursor_key: CursorKey,
    /// How long a courier may think about an offer.
    pub offer_lasts: SignedDuration,
    /// How long a courier waits at a door.
    pub door_wait: SignedDuration,
    /// How long an operator has to judge a failure.
    pub review_lasts: SignedDuration,
    /// The photos of hand-overs.
    pub photos: Bucket,
    /// The topic of the stream of couriers' moves.
    pub moves: Publisher,
    /// How long before its courier has to leave a trip is offered.
    pub offer_lead: SignedDuration,
    /// Measures rides.
    pub router: Arc<Router>,
    /// What was learned of kitchens and ways, as it was read a moment ago.
    pub learned: Arc<LearnedCache>,
}

impl App {
    /// From the function's environment.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn new(edge: &Edge) -> Result<Self, Error> {
        Ok(Self {
            table: edge.table().clone(),
            cursor_key: edge.cursor_key().clone(),
            offer_lasts: edge.seconds("OFFER_SECONDS")?,
            door_wait: edge.seconds("DOOR_WAIT_SECONDS")?,
            review_lasts: edge.seconds("FAILURE_REVIEW_SECONDS")?,
            photos: edge.bucket(&edge.var("PHOTO_BUCKET")?),
            moves: edge.publisher(edge.var("COURIER_TOPIC_ARN")?),
            offer_lead: edge.seconds("OFFER_LEAD_SECONDS")?,
            router: Arc::new(Router::at(edge.environment().optional("ROUTER_URL"))),
            learned: Arc::default(),
        })
    }
}
