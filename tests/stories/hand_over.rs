//! How food changes hands, and what happens when it does not.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Method, Reply, Rider, Stack, eventually};

/// A courier at a door, with everybody around the order.
struct Door {
    kitchen: Kitchen,
    rider: Rider,
    basket: Basket,
    order_id: String,
    delivery_id: String,
}

impl Door {
    fn reached(leave_at_door: bool) -> Self {
        let stack = Stack::get();
        let kitchen = Kitchen::open(stack);
        let rider = kitchen.rider(stack, 100.0);
        let mut basket = kitchen.customer(stack, "pm_card_visa");
        basket.quote["deliver_to"]["leave_at_door"] = leave_at_door.into();
        let order_id = kitchen.cooks(&basket);
        let delivery_id = rider.takes(&order_id);
        kitchen.does(&order_id, "ready", &json!({}));
        rider.does(&delivery_id, "picked-up", &json!({}));
        rider.stands_at(&kitchen.door());
        rider.does(&delivery_id, "arrived-at-customer", &json!({}));
        Self {
            kitchen,
            rider,
            basket,
            order_id,
            delivery_id,
        }
    }

    fn path(&self, action: &str) -> String {
        format!("/v1/deliveries/{}/{action}", self.delivery_id)
    }

    fn tracked(&self) -> Value {
        let path = format!("/v1/orders/{}/delivery", self.order_id);
        self.basket.customer.get(&path).expect(200)
    }

    /// Announces a photo, uploads it, and gives its key.
    fn uploaded(&self) -> String {
        self.uploads(b"\xff\xd8\xff\xe0 a bag at a door")
    }

    /// Announces bytes as a photo, uploads them, and gives their key.
    fn uploads(&self, photo: &[u8]) -> String {
        let announced = json!({"content_type": "image/jpeg", "size_bytes": photo.len()});
        let upload = self
            .rider
            .person
            .post(&self.path("photo-uploads"), &announced)
            .expect(201);
        let url = upload["upload_url"].as_str().unwrap();
        let header = |name: &str| upload["headers"][name].as_str().unwrap();
        let headers = ["content-type", "if-none-match"].map(|name| (name, header(name)));
        let stack = Stack::get();
        let page = [("content-type", "text/html"), headers[1]];
        stack.send(&Method::PUT, url, &page, photo).is(403);
        stack.send(&Method::PUT, url, &headers[..1], photo).is(403);
        stack.send(&Method::PUT, url, &headers, &photo[1..]).is(403);
        stack.send(&Method::PUT, url, &headers, photo).is(200);
        // What was uploaded stays.
        stack.send(&Method::PUT, url, &headers, photo).is(412);
        upload["photo_key"].as_str().unwrap().to_owned()
    }

    fn delivers(&self, photo_key: &str) -> Reply {
        let body = json!({"photo_key": photo_key});
        self.rider.person.post(&self.path("delivered"), &body)
    }

    fn incidents(&self) -> Vec<String> {
        let listed = Stack::get().operator().get(&self.path("incidents")).expect(200);
        let kinds = listed["items"].as_array().unwrap().iter();
        kinds
            .map(|incident| incident["kind"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn food_is_left_at_the_door_where_the_customer_asked_for_it() {
    let door = Door::reached(true);
    let route = door.rider.person.get("/v1/couriers/me/route").expect(200);
    assert_eq!(route["stops"][0]["leave_at_door"], true, "{route}");
    let key = door.uploaded();
    door.delivers(&key).is(200);
    door.delivers(&key).is(200);
    door.basket.awaits(&door.order_id, "delivered");
    let view = door.tracked();
    let photo = Stack::get().send(&Method::GET, view["photo_url"].as_str().unwrap(), &[], b"");
    photo.is(200);
    // Another photo comes too late, and the kitchen's part is over.
    let other = door.rider.person.post(
        &door.path("photo-uploads"),
        &json!({"content_type": "image/jpeg", "size_bytes": 9}),
    );
    other.refused(409, "wrong_state");
    for colleague in [&door.kitchen.owner, &door.rider.person] {
        let path = format!("/v1/orders/{}/delivery", door.order_id);
        let seen = colleague.get(&path).expect(200);
        assert!(seen["photo_url"].is_null() && seen["pin"].is_null(), "{seen}");
    }
}

#[test]
fn a_photo_that_was_not_uploaded_or_is_of_another_delivery_proves_nothing() {
    let door = Door::reached(true);
    let other = Door::reached(true);
    let announced = json!({"content_type": "image/png", "size_bytes": 10});
    let upload = door
        .rider
        .person
        .post(&door.path("photo-uploads"), &announced)
        .expect(201);
    let problem = door
        .delivers(upload["photo_key"].as_str().unwrap())
        .refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "photo_missing", "{problem}");
    let text = door
        .delivers(&door.uploads(b"a text, not a photo"))
        .refused(422, "invalid_body");
    assert_eq!(text["errors"][0]["code"], "photo_unsuitable", "{text}");
    let foreign = other.uploaded();
    door.delivers(&foreign).refused(422, "invalid_body");
    other.delivers(&foreign).is(200);
}

#[test]
fn a_locked_pin_makes_no_photo_enough_before_the_wait_at_the_door_is_over() {
    let door = Door::reached(false);
    let key = door.uploaded();
    let waits = door.delivers(&key);
    assert!(waits.header("retry-after").is_some(), "{}", waits.text);
    waits.refused(409, "photo_not_enough");
    let pin = door.tracked()["pin"].as_str().unwrap().to_owned();
    let wrong = if pin == "1111" { "2222" } else { "1111" };
    for _ in 0..5 {
        let body = json!({"pin": wrong});
        door.rider.person.post(&door.path("delivered"), &body).is(422);
    }
    let body = json!({"pin": pin});
    let locked = door.rider.person.post(&door.path("delivered"), &body);
    locked.refused(409, "pin_locked");
    assert_eq!(door.incidents(), ["pin_locked"]);
    let early = door.delivers(&key);
    let seconds: u64 = early.header("retry-after").unwrap().parse().unwrap();
    early.refused(409, "photo_not_enough");
    sleep(Duration::from_secs(seconds));
    door.delivers(&key).is(200);
}

#[test]
fn nobody_opens_so_the_food_goes_back() {
    let door = Door::reached(false);
    let absent = json!({"reason": "customer_absent"});
    let early = door.rider.person.post(&door.path("failed"), &absent);
    let seconds: u64 = early.header("retry-after").unwrap().parse().unwrap();
    let problem = early.refused(409, "wait_longer");
    assert!(problem["wait_until"].is_string(), "{problem}");
    assert!(
        seconds < 60,
        "start the platform with a short DoorWaitSeconds, as `cargo local test` does"
    );
    sleep(Duration::from_secs(seconds));
    let failed = door.rider.person.post(&door.path("failed"), &absent).expect(200);
    assert_eq!(failed["state"], "returning");
    assert!(failed["review_by"].is_null(), "{failed}");
    door.basket.awaits(&door.order_id, "undeliverable");
    // All that can be asked of a courier is proven, so the food is the customer's.
    drop(door.basket.awaits_payment(&door.order_id, "captured"));

    // The order is over, and the food is still on its way.
    let view = door.tracked();
    assert!(
        view["courier"].is_null() && view["pin"].is_null() && view["eta"].is_null(),
        "{view}"
    );
    let route = door.rider.person.get("/v1/couriers/me/route").expect(200);
    assert_eq!(route["stops"][0]["kind"], "return", "{route}");
    let leaving = door.rider.person.post("/v1/couriers/me/shift/end", &json!({}));
    leaving.refused(409, "carrying_food");

    let returned = door.rider.person.post(&door.path("returned"), &json!({})).expect(200);
    assert_eq!(returned["state"], "returned");
    door.rider.does(&door.delivery_id, "returned", &json!({}));
    let route = door.rider.person.get("/v1/couriers/me/route").expect(200);
    assert_eq!(route["stops"], json!([]));
    door.rider.person.post("/v1/couriers/me/shift/end", &json!({})).is(200);
    assert_eq!(door.incidents(), ["failed"]);
}

#[test]
fn an_operator_closes_what_a_lost_courier_left() {
    let door = Door::reached(false);
    let operator = Stack::get().operator();
    let lost = json!({"reason": "other"});
    let failed = operator.post(&door.path("failed"), &lost).expect(200);
    assert_eq!(failed["state"], "returning");
    door.basket.awaits(&door.order_id, "undeliverable");
    drop(door.basket.awaits_payment(&door.order_id, "voided"));
    let gone = json!({"outcome": "disposed"});
    let returned = operator.post(&door.path("returned"), &gone).expect(200);
    assert_eq!(returned["state"], "returned");
    // The courier is free of it.
    door.rider.person.post("/v1/couriers/me/shift/end", &json!({})).is(200);
    let waiting = door.kitchen.cooks(&door.basket).replacen("ord", "del", 1);
    eventually("the delivery", || {
        let reply = operator.post(&format!("/v1/deliveries/{waiting}/failed"), &lost);
        (reply.status == 409).then_some(()).ok_or(reply.text)
    });
}

#[test]
fn spoilt_food_is_not_brought_back() {
    let door = Door::reached(false);
    let failed = json!({"reason": "damaged"});
    let failed = door.rider.person.post(&door.path("failed"), &failed).expect(200);
    assert_eq!(failed["state"], "failed");
    door.rider
        .person
        .post(&door.path("returned"), &json!({}))
        .refused(409, "wrong_state");
    door.basket.awaits(&door.order_id, "undeliverable");
    door.rider.person.post("/v1/couriers/me/shift/end", &json!({})).is(200);
}

#[test]
fn incidents_are_reported_once_and_read_by_operators() {
    let door = Door::reached(false);
    let path = door.path("incidents");
    let fell = json!({"kind": "accident", "note": "Slipped on the tram rails"});
    let first = door.rider.person.post_with_key(&path, &fell, "one").expect(201);
    let again = door.rider.person.post_with_key(&path, &fell, "one").expect(201);
    assert_eq!(first, again);
    door.rider
        .person
        .post_with_key(&path, &json!({"kind": "other"}), "one")
        .refused(422, "idempotency_key_reused");
    let late = json!({"kind": "courier_problem"});
    door.kitchen.owner.post(&path, &late).is(201);
    door.basket.customer.post(&path, &late).refused(404, "not_found");
    eventually("the incidents", || {
        let kinds = door.incidents();
        let expected = kinds == ["accident", "courier_problem"];
        expected.then_some(()).ok_or_else(|| format!("{kinds:?}"))
    });
}
