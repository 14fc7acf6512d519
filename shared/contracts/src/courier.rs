//! The stream of couriers' moves, which the delivery service publishes on a topic of its own.

use kernel::{CourierId, DeliveryId, OrderId, Position, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A courier moved. Told at most every few seconds and only while somebody waits for the courier's food; may be lost, and is
/// worthless when it is late. It says what each customer may see, and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// Who.
    pub courier_id: CourierId,
    /// When the courier was seen there.
    pub at: Timestamp,
    /// What is seen from each delivery that the courier fetches or carries.
    pub sights: Vec<Sight>,
}

/// What a customer sees of a courier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sight {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its order.
    pub order_id: OrderId,
    /// Where the courier is.
    pub position: Position,
    /// True before the pick-up: the position is the middle of a square that the courier is in.
    pub approximate: bool,
}
