//! What followers of a topic are told: only what they may read over HTTP.

use contracts::Envelope;
use contracts::courier::{Moved, Sight};
use contracts::delivery::{OfferEnded, Offered};
use contracts::vocabulary::{CancelReason, Place, Word, word};
use kernel::{OrderId, RestaurantId, Timestamp};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::facts::{self, Data, Facts};
use crate::domain::{OrderEvent, Topic};

/// Which of a topic's followers a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewers {
    /// All of them.
    All,
    /// The order's customer and operators: what only they may read over HTTP.
    Payer,
}

/// One message to the followers of a topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frame {
    /// The topic.
    pub topic: Topic,
    /// What happened, such as `order.accepted`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The facts.
    #[serde(serialize_with = "by_name")]
    pub data: Box<Data<Facts>>,
    /// When it happened.
    pub at: Timestamp,
    /// For whom.
    #[serde(skip)]
    pub viewers: Viewers,
}

/// Writes members in the order of their names, in which they have been sent ever since.
fn by_name<S: Serializer>(data: &Data<Facts>, serializer: S) -> Result<S::Ok, S::Error> {
    let data = serde_json::to_value(data).map_err(S::Error::custom)?;
    data.serialize(serializer)
}

impl Frame {
    /// A frame that an event leads to. Every one carries the order's id and the event's id, by which a follower that gets it
    /// twice can tell.
    fn of(event: &Envelope, topic: Topic, order_id: OrderId, facts: impl Into<Facts>) -> Self {
        let facts = facts.into();
        Self {
            topic,
            kind: facts.kind(),
            data: Box::new(Data {
                order_id,
                event_id: event.id.clone(),
                facts,
            }),
            at: event.time,
            viewers: Viewers::All,
        }
    }
}

/// Tells a courier of an offer. One of several deliveries is told once for each of them.
pub fn offered(event: &Envelope, offer: &Offered) -> Frame {
    let facts = facts::DeliveryOffered {
        offer_id: offer.offer_id,
        delivery_id: offer.delivery_id,
        expires_at: offer.expires_at,
    };
    Frame::of(event, Topic::Courier(offer.courier_id), offer.order_id, facts)
}

/// Tells a courier that an offer is over.
pub fn offer_ended(event: &Envelope, offer: &OfferEnded) -> Frame {
    let facts = facts::DeliveryOfferEnded {
        offer_id: offer.offer_id,
        delivery_id: offer.delivery_id,
        ending: offer.ending.clone(),
    };
    Frame::of(event, Topic::Courier(offer.courier_id), offer.order_id, facts)
}

/// Tells the followers of an order where its courier is, and not who.
pub fn moved(event: &Envelope, moved: &Moved, sight: &Sight) -> Frame {
    let facts = facts::CourierMoved {
        position: sight.position,
        position_at: moved.at,
        position_approximate: sight.approximate,
    };
    Frame::of(event, Topic::Order(sight.order_id), sight.order_id, facts)
}

/// The frames that an event about an order leads to.
pub fn frames(event: &Envelope, order_event: &OrderEvent, restaurant_id: Option<RestaurantId>) -> Vec<Frame> {
    let order = Topic::Order(order_event.order_id());
    let restaurant = restaurant_id.map(Topic::Restaurant);
    let topics = match order_event {
        OrderEvent::Placed(_) => vec![],
        // Neither the customer's money nor when the food is at the door is the kitchen's business.
        OrderEvent::PaymentDeclined(_)
        | OrderEvent::PaymentActionRequired(_)
        | OrderEvent::PaymentCaptured(_)
        | OrderEvent::PaymentVoided(_)
        | OrderEvent::EtaChanged(_) => vec![order],
        OrderEvent::CourierArrived(event) if event.place == Place::Customer.into() => vec![order],
        // Before the payment stands, the kitchen has not heard of the order: its end is none of the kitchen's news.
        OrderEvent::Cancelled(event) if is_unpaid(&event.reason) => vec![order],
        OrderEvent::DeliveryEscalated(_) | OrderEvent::PaymentStalled(_) => vec![Topic::Operators],
        OrderEvent::FailureReported(_) => vec![order, Topic::Operators],
        // Who was taken off does not follow the order any more.
        OrderEvent::CourierReleased(event) => {
            let courier = Topic::Courier(event.courier_id);
            [Some(order), restaurant, Some(courier)].into_iter().flatten().collect()
        }
        OrderEvent::Confirmed(_)
        | OrderEvent::Accepted(_)
        | OrderEvent::Rejected(_)
        | OrderEvent::Delayed(_)
        | OrderEvent::Ready(_)
        | OrderEvent::PickedUp(_)
        | OrderEvent::Delivered(_)
        | OrderEvent::Cancelled(_)
        | OrderEvent::Undeliverable(_)
        | OrderEvent::CourierAssigned(_)
        | OrderEvent::CourierArrived(_) => [Some(order), restaurant].into_iter().flatten().collect(),
    };
    let Some(facts) = facts(order_event) else {
        return Vec::new();
    };
    let viewers = viewers(order_event);
    let frame = |topic| Frame {
        viewers,
        ..Frame::of(event, topic, order_event.order_id(), facts.clone())
    };
    topics.into_iter().map(frame).collect()
}

/// Whether an order ended for want of a payment.
const fn is_unpaid(reason: &word::CancelReason) -> bool {
    matches!(
        reason,
        Word::Known(CancelReason::PaymentDeclined | CancelReason::PaymentTimeout)
    )
}

/// Who may read over HTTP what a frame says: a payment is its payer's and the operators' business, and that a courier could
/// not hand the food over is looked into by operators before anybody else hears how it ended.
const fn viewers(order_event: &OrderEvent) -> Viewers {
    match order_event {
        OrderEvent::PaymentDeclined(_)
        | OrderEvent::PaymentActionRequired(_)
        | OrderEvent::PaymentCaptured(_)
        | OrderEvent::PaymentVoided(_)
        | OrderEvent::PaymentStalled(_)
        | OrderEvent::FailureReported(_) => Viewers::Payer,
        OrderEvent::Placed(_)
        | OrderEvent::Confirmed(_)
        | OrderEvent::Accepted(_)
        | OrderEvent::Rejected(_)
        | OrderEvent::Delayed(_)
        | OrderEvent::Ready(_)
        | OrderEvent::PickedUp(_)
        | OrderEvent::Delivered(_)
        | OrderEvent::Cancelled(_)
        | OrderEvent::Undeliverable(_)
        | OrderEvent::CourierAssigned(_)
        | OrderEvent::CourierReleased(_)
        | OrderEvent::CourierArrived(_)
        | OrderEvent::EtaChanged(_)
        | OrderEvent::DeliveryEscalated(_) => Viewers::All,
    }
}

/// What is told of an event. Nobody can follow an order before it is known here, so that it was placed is no news.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
fn facts(order_event: &OrderEvent) -> Option<Facts> {
    let facts = match order_event {
        OrderEvent::Placed(_) => return None,
        OrderEvent::Confirmed(event) => facts::OrderConfirmed {
            state: match event.release_at {
                Some(_) => facts::ConfirmedState::Scheduled,
                None => facts::ConfirmedState::AwaitingRestaurant,
            },
            promised: event.promised,
            total: event.total,
        }
        .into(),
        OrderEvent::Accepted(event) => facts::OrderAccepted {
            state: facts::Preparing,
            ready_at: event.ready_at,
            promised: event.promised,
        }
        .into(),
        OrderEvent::Rejected(event) => facts::OrderRejected {
            state: facts::Rejected,
            reason: event.reason.clone(),
        }
        .into(),
        OrderEvent::Delayed(event) => facts::OrderDelayed {
            ready_at: event.ready_at,
            reason: event.reason.clone(),
        }
        .into(),
        OrderEvent::Ready(event) => facts::OrderReady {
            state: facts::Ready,
            ready_at: event.ready_at,
        }
        .into(),
        OrderEvent::PickedUp(event) => facts::OrderPickedUp {
            state: facts::OutForDelivery,
            picked_up_at: event.picked_up_at,
        }
        .into(),
        OrderEvent::Delivered(event) => facts::OrderDelivered {
            state: facts::Delivered,
            delivered_at: event.delivered_at,
        }
        .into(),
        OrderEvent::Cancelled(event) => facts::OrderCancelled {
            state: facts::Cancelled,
            by: event.by.clone(),
            reason: event.reason.clone(),
            fee: event.fee,
        }
        .into(),
        OrderEvent::Undeliverable(event) => facts::OrderUndeliverable {
            state: facts::Undeliverable,
            reason: event.reason.clone(),
            fee: event.fee,
        }
        .into(),
        OrderEvent::PaymentDeclined(_) => facts::PaymentDeclined {
            payment: facts::Declined,
        }
        .into(),
        OrderEvent::PaymentActionRequired(_) => facts::PaymentActionRequired {
            payment: facts::ActionRequired,
        }
        .into(),
        OrderEvent::PaymentCaptured(event) => facts::PaymentCaptured {
            payment: facts::Captured,
            captured: event.amount,
        }
        .into(),
        OrderEvent::PaymentVoided(_) => facts::PaymentVoided { payment: facts::Voided }.into(),
        OrderEvent::PaymentStalled(event) => facts::PaymentStalled {
            payment: facts::Stalled,
            operation: event.operation.clone(),
            amount: event.amount,
            since: event.since,
        }
        .into(),
        OrderEvent::FailureReported(event) => facts::DeliveryFailureReported {
            delivery: facts::FailureReported,
            reason: event.reason.clone(),
            review_by: event.review_by,
        }
        .into(),
        OrderEvent::CourierAssigned(_) => facts::DeliveryAssigned {
            delivery: facts::Assigned,
        }
        .into(),
        OrderEvent::CourierReleased(_) => facts::DeliveryReleased {
            delivery: facts::Released,
        }
        .into(),
        OrderEvent::CourierArrived(event) => facts::DeliveryCourierArrived {
            delivery: facts::Arrived,
            place: event.place.clone(),
        }
        .into(),
        OrderEvent::EtaChanged(event) => facts::DeliveryEtaChanged { eta: event.eta }.into(),
        OrderEvent::DeliveryEscalated(event) => facts::DeliveryEscalated {
            delivery: facts::Escalated,
            offers: event.offers,
            reason: event.reason.clone(),
        }
        .into(),
    };
    Some(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames_of(event_type: &str) -> Vec<Frame> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts/golden");
        let text = std::fs::read_to_string(format!("{folder}/{event_type}.json")).unwrap();
        let event = Envelope::parse(&text).unwrap();
        let order_event = OrderEvent::read(&event).unwrap().unwrap();
        frames(&event, &order_event, "rst_01jd8v4q6nf2xb3k7p0zr5t1cd".parse().ok())
    }

    #[test]
    fn a_frame_says_topic_type_data_and_time() {
        let frame = serde_json::to_string_pretty(&frames_of("order.picked_up.v1")[0]).unwrap();
        insta::assert_snapshot!(frame, @r#"
    {
      "topic": "order:ord_01jd8v4q6nf2x9m3k7p0zr5t1c",
      "type": "order.picked_up",
      "data": {
        "event_id": "ord_01jd8v4q6nf2x9m3k7p0zr5t1c/6",
        "order_id": "ord_01jd8v4q6nf2x9m3k7p0zr5t1c",
        "picked_up_at": "2026-11-20T18:58:00Z",
        "state": "out_for_delivery"
      },
      "at": "2026-11-20T18:30:00Z"
    }
    "#);
    }

    #[test]
    fn a_courier_is_told_of_an_offer_and_of_its_end() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts/golden");
        let golden = |event_type: &str| {
            let text = std::fs::read_to_string(format!("{folder}/{event_type}.json")).unwrap();
            Envelope::parse(&text).unwrap()
        };
        let event = golden("delivery.offered.v1");
        let made = offered(&event, &event.data().unwrap());
        let event = golden("delivery.offer_ended.v1");
        let ended = offer_ended(&event, &event.data().unwrap());
        insta::assert_snapshot!(serde_json::to_string_pretty(&[&made, &ended]).unwrap(), @r#"
    [
      {
        "topic": "courier:cou_2x4bbcxr3m8ttbn9s0m1n9q8zs",
        "type": "delivery.offered",
        "data": {
          "delivery_id": "del_01jd8v4q6nf2x9m3k7p0zr5t1c",
          "event_id": "del_01jd8v4q6nf2x9m3k7p0zr5t1c/2",
          "expires_at": "2026-11-20T18:30:45Z",
          "offer_id": "ofr_01jd8v4q6nf2x9m3k7p0zr5t1d",
          "order_id": "ord_01jd8v4q6nf2x9m3k7p0zr5t1c"
        },
        "at": "2026-11-20T18:30:00Z"
      },
      {
        "topic": "courier:cou_2x4bbcxr3m8ttbn9s0m1n9q8zs",
        "type": "delivery.offer_ended",
        "data": {
          "delivery_id": "del_01jd8v4q6nf2x9m3k7p0zr5t1c",
          "ending": "declined",
          "event_id": "del_01jd8v4q6nf2x9m3k7p0zr5t1c/3",
          "offer_id": "ofr_01jd8v4q6nf2x9m3k7p0zr5t1d",
          "order_id": "ord_01jd8v4q6nf2x9m3k7p0zr5t1c"
        },
        "at": "2026-11-20T18:30:00Z"
      }
    ]
    "#);
    }

    #[test]
    fn every_order_event_goes_to_its_topics() {
        for event_type in OrderEvent::TYPES {
            let topics: Vec<_> = frames_of(event_type)
                .iter()
                .map(|frame| frame.topic.to_string())
                .collect();
            let kitchen = topics.iter().any(|topic| topic.starts_with("restaurant:"));
            let courier = topics.iter().any(|topic| topic.starts_with("courier:"));
            assert_eq!(courier, *event_type == "delivery.released.v1", "{event_type}");
            assert_eq!(
                kitchen,
                !event_type.starts_with("payment.") && !event_type.contains("failure") && topics.len() > 1,
                "{event_type}"
            );
            assert_eq!(topics.is_empty(), *event_type == "order.placed.v1", "{event_type}");
            let kinds = frames_of(event_type).into_iter().map(|frame| frame.kind);
            assert!(kinds.into_iter().all(|kind| format!("{kind}.v1") == *event_type));
            let operators = topics.iter().any(|topic| topic == "operators");
            let asked = [
                "payment.stalled.v1",
                "delivery.failure_reported.v1",
                "delivery.escalated.v1",
            ];
            assert_eq!(operators, asked.contains(event_type), "{event_type}");
        }
    }

    #[test]
    fn a_kitchen_hears_that_its_courier_is_there_and_not_when_the_food_is_at_the_door() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts/golden");
        let text = std::fs::read_to_string(format!("{folder}/delivery.courier_arrived.v1.json")).unwrap();
        let restaurant_id = "rst_01jd8v4q6nf2xb3k7p0zr5t1cd".parse().ok();
        for (place, topics) in [("restaurant", 2), ("customer", 1)] {
            let text = text.replace(r#""place": "restaurant""#, &format!(r#""place": "{place}""#));
            let event = Envelope::parse(&text).unwrap();
            let order_event = OrderEvent::read(&event).unwrap().unwrap();
            assert_eq!(frames(&event, &order_event, restaurant_id).len(), topics, "{place}");
        }
    }

    #[test]
    fn a_kitchen_hears_of_the_end_of_an_order_that_it_has_heard_of() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts/golden");
        let text = std::fs::read_to_string(format!("{folder}/order.cancelled.v1.json")).unwrap();
        let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
        let restaurant_id = "rst_01jd8v4q6nf2xb3k7p0zr5t1cd".parse().ok();
        for reason in CancelReason::ALL {
            let mut event = golden.clone();
            event["data"]["reason"] = reason.as_str().into();
            let event = Envelope::parse(&event.to_string()).unwrap();
            let order_event = OrderEvent::read(&event).unwrap().unwrap();
            // A reservation that was released had stood, and the kitchen may be cooking.
            let never_paid = [CancelReason::PaymentDeclined, CancelReason::PaymentTimeout].contains(reason);
            let hears = frames(&event, &order_event, restaurant_id).len() == 2;
            assert_eq!(hears, !never_paid, "{reason}");
        }
    }

    #[test]
    fn what_is_paid_is_for_the_payer_and_operators_alone() {
        for event_type in OrderEvent::TYPES {
            let private = event_type.starts_with("payment.") || *event_type == "delivery.failure_reported.v1";
            for frame in frames_of(event_type) {
                assert_eq!(frame.viewers == Viewers::Payer, private, "{event_type}");
                assert!(serde_json::to_value(frame).unwrap().get("viewers").is_none());
            }
        }
    }

    #[test]
    fn nothing_personal_travels_in_a_frame() {
        for event_type in OrderEvent::TYPES {
            let data: Vec<_> = frames_of(event_type).into_iter().map(|frame| frame.data).collect();
            let text = serde_json::to_string(&data).unwrap();
            for personal in ["Kerkstraat", "usr_", "cou_", "pmt_", "position"] {
                assert!(!text.contains(personal), "{event_type}: {personal}");
            }
        }
    }
}
