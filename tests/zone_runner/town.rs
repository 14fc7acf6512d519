//! A town of its own in the service's table: couriers and deliveries around one restaurant, and what became of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use kernel::{CourierId, OrderId, SignedDuration, Timestamp, TypedId as _};
use sandbox::Sandbox;
use serde_json::{Value, json};
use testkit::{Kitchen, Rider, Stack};
use uuid::Uuid;

use crate::sample_events::environment;

/// The lists of those on shift.
const SHIFT_LISTS: u128 = 32;

/// A person and a restaurant as the service knows them, of which every town has copies.
struct Models {
    kitchen: Kitchen,
    state: Value,
    position: Value,
}

fn models() -> &'static Models {
    static MODELS: OnceLock<Models> = OnceLock::new();
    MODELS.get_or_init(|| {
        let stack = Stack::get();
        let kitchen = Kitchen::open(stack);
        let Rider { courier_id, .. } = kitchen.rider(stack, 100.0);
        let courier = format!("COURIER#{courier_id}");
        let item = |record: &str| stack.aws().item("delivery", &courier, record);
        Models {
            state: item("STATE"),
            position: item("POSITION"),
            kitchen,
        }
    })
}

/// The service's functions, on a table that nobody else uses.
pub struct Programs {
    inbox: BTreeMap<String, String>,
    timers: BTreeMap<String, String>,
    api: BTreeMap<String, String>,
}

impl Programs {
    /// An offer that the inbox makes lasts so long; the others' last as long as the test.
    pub fn new(offer_seconds: u32) -> Self {
        let of = |function: &str, offer_seconds: u32| {
            let mut environment = environment("delivery", function);
            environment.insert("OFFER_SECONDS".to_owned(), offer_seconds.to_string());
            environment
        };
        Self {
            inbox: of("inbox", offer_seconds),
            timers: of("timers", 900),
            api: of("api", 900),
        }
    }

    pub fn table(&self) -> &str {
        &self.inbox["TABLE_NAME"]
    }

    /// Starts a function; its calls of AWS go to an endpoint of their own, if there is one.
    pub fn start(&self, function: &str, endpoint: Option<&str>) -> Sandbox {
        let mut environment = match function {
            "inbox" => self.inbox.clone(),
            "timers" => self.timers.clone(),
            _ => self.api.clone(),
        };
        if let Some(endpoint) = endpoint {
            environment.insert("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned());
        }
        let program = Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../target/lambda/delivery/bootstrap"
        ));
        let variables = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Sandbox::start(program, function, variables).unwrap()
    }
}

/// A town.
pub struct Town<'a> {
    pub programs: &'a Programs,
    kitchen: Kitchen,
    zone: String,
    orders: Vec<String>,
    couriers: Vec<CourierId>,
}

impl<'a> Town<'a> {
    pub fn new(programs: &'a Programs) -> Self {
        let kitchen = Kitchen {
            position: testkit::place(),
            ..models().kitchen.clone()
        };
        Self {
            zone: zone_of(&kitchen.north(0.0)),
            programs,
            kitchen,
            orders: Vec::new(),
            couriers: Vec::new(),
        }
    }

    /// A courier on shift so many metres from the restaurant.
    pub fn courier(&mut self, meters: f64) {
        self.courier_with(CourierId::from_uuid(Uuid::new_v4()), meters);
    }

    /// A courier in one of the lists of those on shift, who was last heard of hours ago.
    pub fn courier_gone(&mut self, list: u128) {
        let mut ids = std::iter::repeat_with(|| CourierId::from_uuid(Uuid::new_v4()));
        let courier_id = ids.find(|courier_id| list_of(*courier_id) == list).unwrap();
        self.courier_with(courier_id, 300.0);
        self.silent(self.couriers.len() - 1, 180);
        let long_ago = (Timestamp::now() - SignedDuration::from_hours(3)).as_second();
        let request = json!({
            "Key": {"pk": {"S": format!("COURIER#{courier_id}")}, "sk": {"S": "STATE"}},
            "UpdateExpression": "SET duty.on_shift.#from = :then", "ExpressionAttributeNames": {"#from": "from"},
            "ExpressionAttributeValues": {":then": {"N": long_ago.to_string()}},
        });
        drop(self.dynamodb("UpdateItem", &request));
    }

    /// Whether each courier is on shift.
    pub fn on_shift(&self) -> Vec<bool> {
        let couriers = 0..self.couriers.len();
        couriers.map(|courier| !self.record(courier).is_null()).collect()
    }

    fn courier_with(&mut self, courier_id: CourierId, meters: f64) {
        let place = self.kitchen.north(meters);
        let mut state = models().state.clone();
        state["pk"] = json!({"S": format!("COURIER#{courier_id}")});
        let mut position = models().position.clone();
        position["pk"] = state["pk"].clone();
        position["gsi1pk"] = json!({"S": format!("SEEN#{}", zone_of(&place))});
        for name in ["courier_id", "gsi1sk"] {
            position[name] = json!({"S": courier_id.to_string()});
        }
        let degrees = |name: &str| json!({"N": place[name].to_string()});
        position["position"] = json!({"M": {"lat": degrees("lat"), "lng": degrees("lng")}});
        let listed = json!({
            "pk": {"S": format!("SHIFTS#{}", list_of(courier_id))}, "sk": {"S": courier_id.to_string()},
            "courier_id": {"S": courier_id.to_string()}, "version": {"N": "1"},
        });
        for item in [state, position, listed] {
            drop(self.dynamodb("PutItem", &json!({"Item": item})));
        }
        self.couriers.push(courier_id);
    }

    /// A courier was last seen and heard of so long ago.
    pub fn silent(&self, courier: usize, for_minutes: i64) {
        let at = Timestamp::now() - SignedDuration::from_mins(for_minutes);
        let key = format!("COURIER#{}", self.couriers[courier]);
        for name in ["at", "heard_at"] {
            self.set(&key, "POSITION", name, &at.to_string());
        }
    }

    /// The message that the restaurant cooks a further order, which is ready in so many minutes.
    pub fn accepted(&mut self, ready_in_minutes: i64) -> String {
        let order_id = OrderId::from_uuid(Uuid::now_v7()).to_string();
        let sample = include_str!("../events/delivery/inbox.json");
        let sample: Value = serde_json::from_str(sample).unwrap();
        let mut event: Value = serde_json::from_str(sample["Records"][0]["body"].as_str().unwrap()).unwrap();
        event["id"] = json!(format!("{order_id}/3"));
        for field in ["subject", "correlationid"] {
            event[field] = json!(order_id);
        }
        let now = Timestamp::now();
        event["time"] = json!(now);
        let data = &mut event["data"];
        data["order_id"] = json!(order_id);
        data["ready_at"] = json!(now + SignedDuration::from_mins(ready_in_minutes));
        data["pickup"]["position"] = self.kitchen.north(0.0);
        data["drop_off"]["position"] = self.kitchen.north(1_500.0);
        self.orders.push(order_id);
        batch(&event)
    }

    /// The message that a minute has passed.
    pub fn minute(&self) -> String {
        self.timer("zone", &self.zone, 0, Timestamp::now())
    }

    /// The message that one of the lists of those on shift is looked at.
    pub fn shifts(&self, list: u128) -> String {
        self.timer("shifts", &list.to_string(), 0, Timestamp::now())
    }

    /// The message that a minute has passed and the zone's place in the list of those in use ends soon.
    pub fn ending(&self) -> String {
        self.timer("zone_ending", &self.zone, 0, Timestamp::now())
    }

    /// Until when the zone is listed as in use, in seconds since 1970; nothing if it is not.
    pub fn listed_until(&self) -> Option<i64> {
        let item = self.item("ZONES", &self.zone);
        item["expires_at"]["N"].as_str().and_then(|text| text.parse().ok())
    }

    /// The zone's place in the list ends in so many minutes.
    pub fn list(&self, minutes: i64) -> i64 {
        let until = (Timestamp::now() + SignedDuration::from_mins(minutes)).as_second();
        let item = json!({
            "pk": {"S": "ZONES"}, "sk": {"S": self.zone}, "zone": {"S": self.zone},
            "expires_at": {"N": until.to_string()}, "version": {"N": "1"},
        });
        drop(self.dynamodb("PutItem", &json!({"Item": item})));
        until
    }

    /// The message that a courier's offer is over, and when it may be sent.
    pub fn offer_over(&self, courier: usize) -> (Timestamp, String) {
        let offer = &self.record(courier)["offer"]["M"];
        let expires_at: Timestamp = offer["expires_at"]["S"].as_str().unwrap().parse().unwrap();
        let delivery_id = offer["deliveries"]["L"][0]["S"].as_str().unwrap();
        (expires_at, self.timer("offer_expired", delivery_id, 2, expires_at))
    }

    /// The number of a courier who is asked.
    pub fn asked(&self) -> Option<usize> {
        (0..self.couriers.len()).find(|courier| !self.record(*courier)["offer"].is_null())
    }

    /// What a courier's client sends to take the live offer.
    pub fn acceptance(&self, courier: usize) -> String {
        let offer_id = self.record(courier)["offer"]["M"]["offer_id"]["S"].clone();
        let path = format!("/v1/offers/{}/accept", offer_id.as_str().unwrap());
        let mut request: Value = serde_json::from_str(include_str!("../events/delivery/api.json")).unwrap();
        request["body"] = json!("{}");
        request["rawPath"] = json!(path);
        request["routeKey"] = json!("POST /v1/offers/{offer_id}/accept");
        let context = &mut request["requestContext"];
        context["routeKey"] = json!("POST /v1/offers/{offer_id}/accept");
        context["http"]["path"] = json!(path);
        for claim in ["sub", "username"] {
            context["authorizer"]["jwt"]["claims"][claim] = json!(self.couriers[courier].uuid().to_string());
        }
        request.to_string()
    }

    /// What comes by itself after a while: whoever held the zone's lease holds it no longer, the deadlines that events set
    /// to have a zone run have come, and so has the minute, and the one in which shifts are looked at.
    pub fn time_passes(&self) -> Vec<String> {
        let zone = format!("ZONE#{}", self.zone);
        if !self.item(&zone, "STATE").is_null() {
            self.set(&zone, "STATE", "until", "2026-01-01T00:00:00Z");
        }
        let mut due = Vec::new();
        for delivery in 0..self.orders.len() {
            for item in self.items(delivery) {
                let timers = item["timers"]["L"].as_array().into_iter().flatten();
                let searches = timers.filter(|timer| timer["M"]["name"]["S"] == "search");
                let event = envelope(&item);
                let of = |_| {
                    let sequence = event["sequence"].as_u64().unwrap();
                    self.timer("search", event["subject"].as_str().unwrap(), sequence, Timestamp::now())
                };
                due.extend(searches.map(of));
            }
        }
        due.push(self.minute());
        let lists: BTreeSet<u128> = self.couriers.iter().map(|courier_id| list_of(*courier_id)).collect();
        due.extend(lists.into_iter().map(|list| self.shifts(list)));
        due
    }

    /// What has become of the deliveries, each as its events tell it; a number is that of a courier. An error as long as
    /// the couriers' records or the zone's rows say anything else.
    pub fn seen(&self) -> Result<Vec<Vec<String>>, String> {
        let deliveries: Vec<Told> = (0..self.orders.len()).map(|delivery| self.told(delivery)).collect();
        for courier in 0..self.couriers.len() {
            let mut bound = BTreeSet::new();
            for (delivery, told) in deliveries.iter().enumerate() {
                let own = told.bound.as_ref().filter(|bound| bound.courier == courier);
                bound.extend(own.map(|own| (own.how, self.delivery_id(delivery), own.offer_id.clone())));
            }
            let record = self.record(courier);
            if noted(&record) != bound {
                return Err(format!("courier {courier}: {bound:?}, but {record}"));
            }
        }
        for (delivery, told) in deliveries.iter().enumerate() {
            let row = self.item(
                &format!("ZONE#{}", self.zone),
                &format!("OPEN#{}", self.delivery_id(delivery)),
            );
            let bound = told
                .bound
                .as_ref()
                .map(|bound| self.couriers[bound.courier].to_string());
            let escalated = told.events.iter().any(|event| event == "escalated");
            // Of an offer that may still be answered, the courier's record may know more than the row.
            let is_asked = told.bound.as_ref().is_some_and(|bound| bound.how == "asked");
            let is_right = row["c"]["S"].as_str() == bound.as_deref() || is_asked && row["c"].is_null();
            if !is_right || row["escalated"]["BOOL"].as_bool() != Some(escalated) {
                return Err(format!("delivery {delivery}: {:?}, but {row}", told.events));
            }
        }
        Ok(deliveries.into_iter().map(|told| told.events).collect())
    }

    fn told(&self, delivery: usize) -> Told {
        let mut told = Told::default();
        for item in self.items(delivery) {
            let event = envelope(&item);
            let data = &event["data"];
            let kind = event["type"].as_str().unwrap_or_default();
            let kind = kind.trim_start_matches("delivery.").trim_end_matches(".v1");
            let courier = self.couriers.iter().position(|id| data["courier_id"] == id.to_string());
            let bind = |how: &'static str, offer_id: &Value| Bound {
                courier: courier.unwrap(),
                how,
                offer_id: offer_id.as_str().unwrap_or_default().to_owned(),
            };
            let offer_id = told
                .bound
                .as_ref()
                .map(|bound| json!(bound.offer_id))
                .unwrap_or_default();
            match kind {
                "offered" => told.bound = Some(bind("asked", &data["offer_id"])),
                "assigned" => told.bound = Some(bind("taken", &offer_id)),
                "offer_ended" | "released" => told.bound = None,
                "escalated" => {}
                _ => continue,
            }
            let reason = data["ending"].as_str().or(data["reason"].as_str());
            let words = [Some(kind.to_owned()), courier.map(|courier| courier.to_string())];
            let reason = reason.filter(|_| courier.is_some()).map(str::to_owned);
            let words: Vec<String> = words.into_iter().chain([reason]).flatten().collect();
            told.events.push(words.join(" "));
        }
        told
    }

    fn delivery_id(&self, delivery: usize) -> String {
        self.orders[delivery].replace("ord_", "del_")
    }

    fn items(&self, delivery: usize) -> Vec<Value> {
        let request = json!({
            "KeyConditionExpression": "pk = :pk", "ConsistentRead": true,
            "ExpressionAttributeValues": {":pk": {"S": format!("DELIVERY#{}", self.delivery_id(delivery))}},
        });
        let found = self.dynamodb("Query", &request);
        found["Items"].as_array().cloned().unwrap_or_default()
    }

    /// What a courier's record says of the shift.
    fn record(&self, courier: usize) -> Value {
        let item = self.item(&format!("COURIER#{}", self.couriers[courier]), "STATE");
        item["duty"]["M"]["on_shift"]["M"].clone()
    }

    fn item(&self, pk: &str, sk: &str) -> Value {
        let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        self.dynamodb("GetItem", &json!({"Key": key, "ConsistentRead": true}))["Item"].clone()
    }

    fn set(&self, pk: &str, sk: &str, name: &str, text: &str) {
        let request = json!({
            "Key": {"pk": {"S": pk}, "sk": {"S": sk}}, "UpdateExpression": "SET #name = :text",
            "ExpressionAttributeNames": {"#name": name}, "ExpressionAttributeValues": {":text": {"S": text}},
        });
        drop(self.dynamodb("UpdateItem", &request));
    }

    fn dynamodb(&self, operation: &str, body: &Value) -> Value {
        let mut body = body.clone();
        body["TableName"] = json!(self.programs.table());
        let target = format!("DynamoDB_20120810.{operation}");
        Stack::get().aws().json("dynamodb", &target, &body)
    }

    fn timer(&self, name: &str, subject: &str, sequence: u64, due_at: Timestamp) -> String {
        batch(&json!({
            "name": name, "subject": subject, "sequence": sequence, "due_at": due_at, "correlationid": self.zone,
        }))
    }
}

/// What a delivery's events tell.
#[derive(Default)]
struct Told {
    events: Vec<String>,
    bound: Option<Bound>,
}

/// Who is bound to a delivery, how, and by which offer.
struct Bound {
    courier: usize,
    how: &'static str,
    offer_id: String,
}

/// What a courier's record says of deliveries.
fn noted(record: &Value) -> BTreeSet<(&'static str, String, String)> {
    let text = |value: &Value| value["S"].as_str().unwrap_or_default().to_owned();
    let offer = &record["offer"]["M"];
    let asked = offer["deliveries"]["L"].as_array().into_iter().flatten();
    let asked = asked.map(|delivery| ("asked", text(delivery), text(&offer["offer_id"])));
    let taken = record["jobs"]["L"].as_array().into_iter().flatten();
    let taken = taken.map(|job| {
        let job = &job["M"];
        ("taken", text(&job["delivery_id"]), text(&job["offer_id"]))
    });
    asked.chain(taken).collect()
}

fn envelope(item: &Value) -> Value {
    let text = item["envelope"]["S"].as_str().unwrap_or("null");
    serde_json::from_str(text).unwrap()
}

fn list_of(courier_id: CourierId) -> u128 {
    courier_id.uuid().as_u128() % SHIFT_LISTS
}

fn zone_of(position: &Value) -> String {
    let path = format!("/v1/zones?near={},{}", position["lat"], position["lng"]);
    let zones = Stack::get().operator().get(&path).expect(200);
    zones["items"][0]["zone_id"].as_str().unwrap().to_owned()
}

/// A batch of one message, as SQS hands it to a function.
pub fn batch(body: &Value) -> String {
    let record = json!({
        "messageId": Uuid::new_v4().to_string(), "receiptHandle": "none", "body": body.to_string(),
        "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs",
    });
    json!({"Records": [record]}).to_string()
}
