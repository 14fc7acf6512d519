//! What the tests of the handlers begin with: the service, the people of one order, and a courier as far as a test needs.

use contracts::order::{Accepted, Ready, Window};
use contracts::restaurant::{Approved, StaffMember, StaffRole};
use contracts::{Contract, Timer};
use handlerkit::{Caller, Neighbours, Service};
use kernel::{DeliveryId, OrderId, Position, Role, SignedDuration, Timestamp, TypedId as _};
use runtime::{Done, TimerQueue};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::cast::{kerkstraat, minutes, trattoria};
use crate::{inbox, store, timers};

/// The call that puts timers into the service's queue.
pub const QUEUE: &str = "AmazonSQS.SendMessageBatch";
const BUCKET: &str = "photos-of-tests";
const PUBLISHED: &str = "<PublishBatchResponse><PublishBatchResult/></PublishBatchResponse>";

/// The service with a customer, an operator, and somebody who cooks at Trattoria Bellini.
pub struct Scene {
    pub service: Service,
    pub app: App,
    pub customer: Caller,
    pub cook: Caller,
    pub operator: Caller,
    photos: Neighbours,
}

/// A delivery, and who brings it.
pub struct Taken {
    pub courier: Caller,
    pub delivery_id: DeliveryId,
    pub order_id: OrderId,
}

impl Taken {
    /// The path of one of the delivery's operations.
    pub fn path(&self, operation: &str) -> String {
        format!("/v1/deliveries/{}/{operation}", self.delivery_id)
    }

    /// The courier carries out an operation that has no body; gives the delivery's state.
    pub async fn step(&self, operation: &str) -> Value {
        let delivery = self.courier.post(&self.path(operation), &Value::Null).await;
        delivery.expect(200)["state"].clone()
    }
}

impl Scene {
    pub async fn begin() -> Self {
        Self::begin_with_router("").await
    }

    /// The service with a router at an address; without one, it has its own model of ways.
    pub async fn begin_with_router(router: &str) -> Self {
        let photos = Neighbours::start("AWS4-HMAC-SHA256 ");
        let variables = [
            ("AWS_ENDPOINT_URL", photos.url()),
            ("OFFER_SECONDS", "45"),
            ("OFFER_LEAD_SECONDS", "300"),
            ("DOOR_WAIT_SECONDS", "480"),
            ("FAILURE_REVIEW_SECONDS", "86400"),
            ("PHOTO_BUCKET", BUCKET),
            ("COURIER_TOPIC_ARN", "arn:aws:sns:eu-central-1:123456789012:courier"),
            ("TIMERS_QUEUE_URL", "https://queue.example.com/timers"),
            ("ROUTER_URL", router),
        ];
        let service = Service::start("delivery", variables, |edge| {
            crate::api::router(App::new(edge).unwrap())
        });
        let address = photos.url().trim_start_matches("http://");
        service.aws().answer(&format!("POST {address}/"), 200, PUBLISHED);
        service.aws().answer(QUEUE, 200, r#"{"Successful": [], "Failed": []}"#);
        let scene = Self {
            app: App::new(service.edge()).unwrap(),
            customer: service.person(&[Role::Customer]),
            cook: service.person(&[Role::Restaurant]),
            operator: service.person(&[Role::Operator]),
            photos,
            service,
        };
        scene.staff(1, &[&scene.cook]).await;
        scene
    }

    /// The service hears an event of another.
    pub async fn hear<C: Contract>(&self, subject: &impl ToString, sequence: u32, payload: &C) {
        let event = self.service.event(subject, sequence, payload);
        let cause = self.service.cause();
        let Done = Box::pin(inbox::handle(&self.app, &event, &cause)).await.unwrap();
    }

    /// A timer is due.
    pub async fn due(&self, name: &str, subject: &impl ToString, sequence: u32, due_at: Timestamp) {
        let timer = Timer {
            name: name.to_owned(),
            subject: subject.to_string(),
            sequence,
            due_at,
            correlationid: subject.to_string(),
        };
        let queue = TimerQueue::of(self.service.edge()).unwrap();
        let cause = self.service.cause();
        let Done = Box::pin(timers::handle(&self.app, &queue, &timer, &cause))
            .await
            .unwrap();
    }

    /// The restaurant is approved, with these people.
    async fn staff(&self, sequence: u32, people: &[&Caller]) {
        let mut approved: Approved = golden(include_str!(
            "../../../../../shared/contracts/golden/restaurant.approved.v1.json"
        ));
        let member = |who: &&Caller| StaffMember {
            user_id: who.user_id(),
            role: StaffRole::Staff,
        };
        approved.restaurant.staff = people.iter().map(member).collect();
        self.hear(&approved.restaurant.restaurant_id, sequence, &approved).await;
    }

    /// Somebody approved as a courier, off shift.
    pub async fn courier(&self) -> Caller {
        let courier = self.service.person(&[Role::Courier]);
        courier
            .post("/v1/couriers", &json!({"vehicle": "bicycle"}))
            .await
            .is(201);
        let approve = format!("{}/approve", courier_path(&courier));
        self.operator.post(&approve, &json!({})).await.is(200);
        courier
    }

    /// A courier on shift in front of the restaurant.
    pub async fn on_shift(&self) -> Caller {
        let courier = self.courier().await;
        let start = json!({"position": trattoria()});
        courier.post("/v1/couriers/me/shift/start", &start).await.is(200);
        courier
    }

    /// An accepted order, changed as a test wants it.
    pub fn accepted(&self, ready_in_minutes: i64, leave_at_door: bool) -> Accepted {
        let accepted: Accepted = golden(include_str!(
            "../../../../../shared/contracts/golden/order.accepted.v1.json"
        ));
        let ready_at = self.service.now() + minutes(ready_in_minutes);
        let mut drop_off = accepted.drop_off;
        drop_off.leave_at_door = leave_at_door;
        Accepted {
            // What is known of deliveries is kept for the whole process.
            order_id: runtime::ids::new(),
            customer_id: self.customer.user_id(),
            ready_at,
            promised: Window {
                from: ready_at + minutes(10),
                to: ready_at + minutes(25),
            },
            drop_off,
            ..accepted
        }
    }

    /// The restaurant accepts an order.
    pub async fn order(&self, ready_in_minutes: i64) -> OrderId {
        let accepted = self.accepted(ready_in_minutes, false);
        self.hear(&accepted.order_id, 3, &accepted).await;
        accepted.order_id
    }

    /// The courier's live offer.
    pub async fn offer(&self, courier: &Caller) -> Option<Value> {
        let offers = courier.get("/v1/couriers/me/offers").await.expect(200);
        offers["items"].as_array().unwrap().first().cloned()
    }

    /// A courier who is asked to bring an order, and the path of the offer.
    pub async fn offered(&self) -> (Caller, OrderId, String) {
        let courier = self.on_shift().await;
        let order_id = self.order(5).await;
        let offer = self.offer(&courier).await.unwrap();
        let path = format!("/v1/offers/{}", offer["offer_id"].as_str().unwrap());
        (courier, order_id, path)
    }

    /// A delivery that a courier has taken.
    pub async fn taken(&self) -> Taken {
        self.take(self.accepted(5, false)).await
    }

    async fn take(&self, accepted: Accepted) -> Taken {
        let courier = self.on_shift().await;
        let order_id = accepted.order_id;
        self.hear(&order_id, 3, &accepted).await;
        let offer = self.offer(&courier).await.unwrap();
        let accept = format!("/v1/offers/{}/accept", offer["offer_id"].as_str().unwrap());
        courier.post(&accept, &Value::Null).await.is(200);
        Taken {
            courier,
            delivery_id: store::delivery_of(order_id),
            order_id,
        }
    }

    /// The kitchen says that the food is ready.
    pub async fn ready(&self, order_id: OrderId) {
        let ready = Ready {
            order_id,
            customer_id: self.customer.user_id(),
            restaurant_name: "Trattoria Bellini".to_owned(),
            ready_at: self.service.now(),
        };
        self.hear(&order_id, 4, &ready).await;
    }

    /// A delivery whose courier has the food.
    pub async fn picked_up(&self) -> Taken {
        self.pick_up(self.taken().await).await
    }

    async fn pick_up(&self, taken: Taken) -> Taken {
        self.ready(taken.order_id).await;
        let picked_up = taken.courier.post(&taken.path("picked-up"), &json!({})).await;
        assert_eq!(picked_up.expect(200)["state"], "picked_up");
        taken
    }

    /// A delivery whose courier stands at the customer's door, and was seen there.
    pub async fn at_door(&self, leave_at_door: bool) -> Taken {
        let taken = self.take(self.accepted(5, leave_at_door)).await;
        let taken = self.pick_up(taken).await;
        self.service.pass(SignedDuration::from_mins(5));
        self.report(&taken.courier, kerkstraat()).await;
        assert_eq!(taken.step("arrived-at-customer").await, "at_customer");
        taken
    }

    /// A courier's device reports where it is.
    pub async fn report(&self, courier: &Caller, position: Position) -> Value {
        let report = json!({"points": [{"at": self.service.now(), "position": position, "accuracy_m": 10}]});
        courier.post("/v1/couriers/me/locations", &report).await.expect(202)
    }

    /// What the customer says at the door.
    pub async fn pin(&self, order_id: OrderId) -> String {
        let seen = self.track(&self.customer, order_id).await;
        seen["pin"].as_str().unwrap().to_owned()
    }

    /// An order's delivery, as somebody sees it.
    pub async fn track(&self, who: &Caller, order_id: OrderId) -> Value {
        who.get(&format!("/v1/orders/{order_id}/delivery")).await.expect(200)
    }

    /// The photo is in the bucket, and begins so.
    pub fn upload(&self, photo_key: &str, content_type: &str, first: &[u8]) {
        self.photos
            .answer_part(&format!("GET /{BUCKET}/{photo_key}"), content_type, first, 284_113);
    }

    /// The bucket has no such photo.
    pub fn lose_photo(&self, photo_key: &str) {
        self.photos
            .answer(&format!("GET /{BUCKET}/{photo_key}"), 404, Value::Null);
    }

    /// A failure that waits for a judgement. Its courier has brought the food back and works no longer.
    pub async fn failure(&self) -> Taken {
        let taken = self.picked_up().await;
        let failed = taken
            .courier
            .post(&taken.path("failed"), &json!({"reason": "other"}))
            .await;
        assert!(failed.expect(200)["review_by"].is_string());
        taken.courier.post(&taken.path("returned"), &json!({})).await.is(200);
        let end = "/v1/couriers/me/shift/end";
        taken.courier.post(end, &Value::Null).await.is(200);
        taken
    }

    /// How often the service has told an event.
    pub fn times_told(&self, event: &str) -> usize {
        self.service.told().iter().filter(|told| *told == event).count()
    }
}

/// The path of a courier, as operators know it.
pub fn courier_path(courier: &Caller) -> String {
    let courier_id = kernel::CourierId::from_uuid(courier.user_id().uuid());
    format!("/v1/couriers/{courier_id}")
}

/// The payload of an event as the contracts show it.
pub fn golden<C: DeserializeOwned>(text: &str) -> C {
    let event: Value = serde_json::from_str(text).unwrap();
    serde_json::from_value(event["data"].clone()).unwrap()
}
