//! What followers are told: only what they may read over HTTP.

use contracts::Envelope;
use contracts::delivery::{OfferEnded, Offered};
use kernel::{OrderId, RestaurantId, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::Topic;
use crate::domain::Happening;

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
    pub kind: String,
    /// The facts.
    pub data: Value,
    /// When it happened.
    pub at: Timestamp,
    /// For whom.
    #[serde(skip)]
    pub viewers: Viewers,
}

impl Frame {
    /// A frame of an event's type and time. Every one carries the order's id and the event's id, by which a follower that
    /// gets it twice can tell.
    fn of(event: &Envelope, topic: Topic, order_id: OrderId, mut data: Value) -> Self {
        let kind = event.event_type.rsplit_once(".v");
        data["order_id"] = json!(order_id);
        data["event_id"] = json!(event.id);
        Self {
            topic,
            kind: kind.map_or(event.event_type.as_str(), |(kind, _)| kind).to_owned(),
            data,
            at: event.time,
            viewers: Viewers::All,
        }
    }
}

/// Tells a courier of an offer. One of several deliveries is told once for each of them.
pub fn offered(event: &Envelope, offer: &Offered) -> Frame {
    let data = json!({
        "offer_id": offer.offer_id, "delivery_id": offer.delivery_id, "expires_at": offer.expires_at,
    });
    Frame::of(event, Topic::Courier(offer.courier_id), offer.order_id, data)
}

/// Tells a courier that an offer is over.
pub fn offer_ended(event: &Envelope, offer: &OfferEnded) -> Frame {
    let data = json!({
        "offer_id": offer.offer_id, "delivery_id": offer.delivery_id, "ending": offer.ending,
    });
    Frame::of(event, Topic::Courier(offer.courier_id), offer.order_id, data)
}

/// The frames for a happening.
pub fn frames(event: &Envelope, happening: &Happening, restaurant_id: Option<RestaurantId>) -> Vec<Frame> {
    let order = Topic::Order(happening.order_id());
    let restaurant = restaurant_id.map(Topic::Restaurant);
    let topics = match happening {
        // Nobody can follow an order before it is known here.
        Happening::Placed(_) => vec![],
        // Neither the customer's money nor when the food is at the door is the kitchen's business.
        Happening::PaymentDeclined(_)
        | Happening::PaymentActionRequired(_)
        | Happening::PaymentCaptured(_)
        | Happening::PaymentVoided(_)
        | Happening::EtaChanged(_) => vec![order],
        // Before the payment stands, the kitchen has not heard of the order: its end is none of the kitchen's news.
        Happening::Cancelled(event) if event.reason.starts_with("payment_") => vec![order],
        Happening::DeliveryEscalated(_) | Happening::PaymentStalled(_) => vec![Topic::Operators],
        Happening::FailureReported(_) => vec![order, Topic::Operators],
        // Who was taken off does not follow the order any more.
        Happening::CourierReleased(event) => {
            let courier = Topic::Courier(event.courier_id);
            [Some(order), restaurant, Some(courier)].into_iter().flatten().collect()
        }
        Happening::Confirmed(_)
        | Happening::Accepted(_)
        | Happening::Rejected(_)
        | Happening::Delayed(_)
        | Happening::Ready(_)
        | Happening::PickedUp(_)
        | Happening::Delivered(_)
        | Happening::Cancelled(_)
        | Happening::Undeliverable(_)
        | Happening::CourierAssigned(_)
        | Happening::CourierArrived(_) => [Some(order), restaurant].into_iter().flatten().collect(),
    };
    let data = facts(happening);
    let viewers = viewers(happening);
    let frame = |topic| Frame {
        viewers,
        ..Frame::of(event, topic, happening.order_id(), data.clone())
    };
    topics.into_iter().map(frame).collect()
}

/// Who may read over HTTP what a frame says: a payment is its payer's and the operators' business, and that a courier could
/// not hand the food over is looked into by operators before anybody else hears how it ended.
const fn viewers(happening: &Happening) -> Viewers {
    match happening {
        Happening::PaymentDeclined(_)
        | Happening::PaymentActionRequired(_)
        | Happening::PaymentCaptured(_)
        | Happening::PaymentVoided(_)
        | Happening::PaymentStalled(_)
        | Happening::FailureReported(_) => Viewers::Payer,
        Happening::Placed(_)
        | Happening::Confirmed(_)
        | Happening::Accepted(_)
        | Happening::Rejected(_)
        | Happening::Delayed(_)
        | Happening::Ready(_)
        | Happening::PickedUp(_)
        | Happening::Delivered(_)
        | Happening::Cancelled(_)
        | Happening::Undeliverable(_)
        | Happening::CourierAssigned(_)
        | Happening::CourierReleased(_)
        | Happening::CourierArrived(_)
        | Happening::EtaChanged(_)
        | Happening::DeliveryEscalated(_) => Viewers::All,
    }
}

fn facts(happening: &Happening) -> Value {
    match happening {
        Happening::Placed(_) => json!({"state": "awaiting_payment"}),
        Happening::Confirmed(event) => {
            let state = if event.release_at.is_some() {
                "scheduled"
            } else {
                "awaiting_restaurant"
            };
            json!({"state": state, "promised": event.promised, "total": event.total})
        }
        Happening::Accepted(event) => {
            json!({"state": "preparing", "ready_at": event.ready_at, "promised": event.promised})
        }
        Happening::Rejected(event) => json!({"state": "rejected", "reason": event.reason}),
        Happening::Delayed(event) => json!({"ready_at": event.ready_at, "reason": event.reason}),
        Happening::Ready(event) => json!({"state": "ready", "ready_at": event.ready_at}),
        Happening::PickedUp(event) => json!({"state": "out_for_delivery", "picked_up_at": event.picked_up_at}),
        Happening::Delivered(event) => json!({"state": "delivered", "delivered_at": event.delivered_at}),
        Happening::Cancelled(event) => {
            json!({"state": "cancelled", "by": event.by, "reason": event.reason, "fee": event.fee})
        }
        Happening::Undeliverable(event) => {
            json!({"state": "undeliverable", "reason": event.reason, "fee": event.fee})
        }
        Happening::PaymentDeclined(_) => json!({"payment": "declined"}),
        Happening::PaymentActionRequired(_) => json!({"payment": "action_required"}),
        Happening::PaymentCaptured(event) => json!({"payment": "captured", "captured": event.amount}),
        Happening::PaymentVoided(_) => json!({"payment": "voided"}),
        Happening::PaymentStalled(event) => {
            json!({"payment": "stalled", "operation": event.operation, "amount": event.amount, "since": event.since})
        }
        Happening::FailureReported(event) => {
            json!({"delivery": "failure_reported", "reason": event.reason, "review_by": event.review_by})
        }
        Happening::CourierAssigned(_) => json!({"delivery": "assigned"}),
        Happening::CourierReleased(_) => json!({"delivery": "released"}),
        Happening::CourierArrived(event) => json!({"delivery": "arrived", "place": event.place}),
        Happening::EtaChanged(event) => json!({"eta": event.eta}),
        Happening::DeliveryEscalated(event) => {
            json!({"delivery": "escalated", "offers": event.offers, "reason": event.reason})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames_of(event_type: &str) -> Vec<Frame> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts/golden");
        let text = std::fs::read_to_string(format!("{folder}/{event_type}.json")).unwrap();
        let event = Envelope::parse(&text).unwrap();
        let happening = Happening::read(&event).unwrap().unwrap();
        frames(&event, &happening, "rst_01jd8v4q6nf2xb3k7p0zr5t1cd".parse().ok())
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
    fn every_happening_goes_to_its_topics() {
        for event_type in Happening::TYPES {
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
    fn what_is_paid_is_for_the_payer_and_operators_alone() {
        for event_type in Happening::TYPES {
            let private = event_type.starts_with("payment.") || *event_type == "delivery.failure_reported.v1";
            for frame in frames_of(event_type) {
                assert_eq!(frame.viewers == Viewers::Payer, private, "{event_type}");
                assert!(serde_json::to_value(frame).unwrap().get("viewers").is_none());
            }
        }
    }

    #[test]
    fn nothing_personal_travels_in_a_frame() {
        for event_type in Happening::TYPES {
            let data: Vec<_> = frames_of(event_type).into_iter().map(|frame| frame.data).collect();
            let text = serde_json::to_string(&data).unwrap();
            for personal in ["Kerkstraat", "usr_", "cou_", "pmt_", "position"] {
                assert!(!text.contains(personal), "{event_type}: {personal}");
            }
        }
    }
}
