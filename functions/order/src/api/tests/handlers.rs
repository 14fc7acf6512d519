//! Orders from the quote to their end, through the router, without the platform.

use ::store::Index;
use contracts::Contract;
use contracts::restaurant::{Approved, MenuPublished, Pause, Paused, Snapshot, StaffMember, StaffRole};
use contracts::{delivery, payment, user};
use handlerkit::{Caller, Service};
use kernel::{OrderId, PaymentId, PaymentMethodId, Role, SignedDuration, TypedId as _, UserId};
use runtime::Done;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::cast::{at_anna, bellini, eur, id, menu, restaurant, rosa};
use crate::inbox;
use crate::store::{Progress, customers_orders};
use crate::usecase::list_orders::{list_all_orders, list_orders};

const COOK: u128 = 9;
const ESTIMATES: &str = "POST /internal/delivery-estimates";

/// The service, which knows Trattoria Bellini, a customer, and who cooks there.
struct Scene {
    service: Service,
    app: App,
    customer: Caller,
    cook: Caller,
}

fn bellini_with_staff() -> Snapshot {
    let cook = StaffMember {
        user_id: id(COOK),
        role: StaffRole::Staff,
    };
    Snapshot {
        staff: vec![cook],
        ..restaurant()
    }
}

impl Scene {
    async fn begin() -> Self {
        let variables = [
            ("PAYMENT_DEADLINE_SECONDS", "900"),
            ("RESTAURANT_DEADLINE_SECONDS", "300"),
            ("COURIER_DEADLINE_SECONDS", "1200"),
        ];
        let service = Service::start("order", variables, |edge| crate::api::router(App::new(edge).unwrap()));
        let scene = Self {
            app: App::new(service.edge()).unwrap(),
            customer: service.person(&[Role::Customer]),
            cook: service.user(id::<UserId>(COOK), &[Role::Restaurant]),
            service,
        };
        let neighbours = scene.service.neighbours();
        let estimate = json!({
            "fee": eur(349), "distance_m": 1300,
            "window": {"from": "2026-11-20T18:55:00Z", "to": "2026-11-20T19:05:00Z"},
        });
        neighbours.answer(ESTIMATES, 200, estimate);
        let path = format!("GET /internal/restaurants/{}/menus/1", bellini());
        neighbours.answer(&path, 200, serde_json::to_value(menu()).unwrap());
        let restaurant = bellini_with_staff();
        scene.hear(&bellini(), 1, &Approved { restaurant }).await;
        let published = MenuPublished {
            restaurant_id: bellini(),
            menu_version: 1,
            overrides: None,
        };
        scene.hear(&bellini(), 2, &published).await;
        scene
    }

    /// The service hears an event of another.
    async fn hear<C: Contract>(&self, subject: &impl ToString, sequence: u32, payload: &C) {
        let event = self.service.event(subject, sequence, payload);
        let Done = inbox::handle(&self.app, &event, &self.service.cause()).await.unwrap();
    }

    async fn quote(&self) -> Value {
        self.customer.post("/v1/quotes", &basket()).await.expect(201)
    }

    async fn place(&self) -> OrderId {
        let placing = placing(&self.quote().await);
        let order = self.customer.post("/v1/orders", &placing).await.expect(201);
        order["order_id"].as_str().unwrap().parse().unwrap()
    }

    /// An order whose payment is authorised: the restaurant is asked.
    async fn pay(&self) -> OrderId {
        let order_id = self.place().await;
        let order = self.customer.get(&format!("/v1/orders/{order_id}")).await.expect(200);
        let authorized = payment::Authorized {
            payment_id: PaymentId::from_uuid(order_id.uuid()),
            order_id,
            customer_id: self.customer.user_id(),
            amount: serde_json::from_value(order["total"].clone()).unwrap(),
            expires_at: self.service.now() + SignedDuration::from_hours(24),
        };
        self.hear(&"pay_1", 1, &authorized).await;
        order_id
    }

    async fn state(&self, order_id: OrderId) -> Value {
        let order = self.customer.get(&format!("/v1/orders/{order_id}")).await;
        order.expect(200)["state"].clone()
    }
}

fn basket() -> Value {
    json!({
        "restaurant_id": bellini(),
        "items": [{"item_id": "margherita", "quantity": 2}],
        "deliver_to": {
            "line1": "Kerkstraat 7", "city": "Amsterdam", "postal_code": "1017 GA", "country": "NL", "position": at_anna(),
        },
    })
}

fn placing(quote: &Value) -> Value {
    json!({"quote_id": quote["quote_id"], "payment_method_id": id::<PaymentMethodId>(10)})
}

#[tokio::test]
async fn a_quote_becomes_an_order_once_however_often_it_is_sent() {
    let scene = Scene::begin().await;
    let quote = scene.quote().await;
    assert_eq!(quote["delivery_estimate"], "live");
    let placing = placing(&quote);
    let first = scene.customer.post_with_key("/v1/orders", &placing, "once").await;
    let again = scene.customer.post_with_key("/v1/orders", &placing, "once").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.expect(201), again.expect(201));
    let other = scene.quote().await;
    let reused = scene
        .customer
        .post_with_key("/v1/orders", &self::placing(&other), "once")
        .await;
    reused.refused(422, "idempotency_key_reused");
    scene
        .customer
        .post("/v1/orders", &placing)
        .await
        .refused(409, "quote_used");
    assert_eq!(scene.service.told(), ["order.placed.v1"]);
}

#[tokio::test]
async fn of_many_at_once_one_places_the_order() {
    let scene = Scene::begin().await;
    let placing = placing(&scene.quote().await);
    let place = async || {
        scene
            .customer
            .post_with_key("/v1/orders", &placing, "once")
            .await
            .expect(201)
    };
    let (one, two, three) = tokio::join!(place(), place(), place());
    assert!(one == two && two == three, "{one} {two} {three}");
    assert_eq!(scene.service.told(), ["order.placed.v1"]);
}

#[tokio::test]
async fn what_cannot_be_quoted_or_placed_is_refused_with_the_reason() {
    let scene = Scene::begin().await;
    let mut unknown = basket();
    unknown["items"][0]["item_id"] = "lasagne".into();
    let problem = scene
        .customer
        .post("/v1/quotes", &unknown)
        .await
        .refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "unknown_item");
    scene.cook.post("/v1/quotes", &basket()).await.refused(403, "forbidden");
    scene
        .service
        .nobody()
        .post("/v1/quotes", &basket())
        .await
        .refused(401, "unauthorized");

    let quote = scene.quote().await;
    let other = scene.service.person(&[Role::Customer]);
    other
        .post("/v1/orders", &placing(&quote))
        .await
        .refused(404, "quote_not_found");
    scene.service.pass(SignedDuration::from_mins(16));
    scene
        .customer
        .post("/v1/orders", &placing(&quote))
        .await
        .refused(409, "quote_expired");

    let quote = scene.quote().await;
    let restaurant = Snapshot {
        pause: Some(Pause {
            until: None,
            reason: "The oven is being repaired.".to_owned(),
        }),
        ..bellini_with_staff()
    };
    scene.hear(&bellini(), 3, &Paused { restaurant }).await;
    scene
        .customer
        .post("/v1/orders", &placing(&quote))
        .await
        .refused(409, "restaurant_paused");
    assert!(scene.service.told().is_empty());
}

#[tokio::test]
async fn without_the_delivery_service_the_quote_has_an_estimate_of_its_own() {
    let scene = Scene::begin().await;
    scene.service.neighbours().answer(ESTIMATES, 503, Value::Null);
    assert_eq!(scene.quote().await["delivery_estimate"], "fallback");
    scene
        .service
        .neighbours()
        .answer(ESTIMATES, 422, json!({"code": "out_of_reach"}));
    let problem = scene
        .customer
        .post("/v1/quotes", &basket())
        .await
        .refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "out_of_reach");
}

#[tokio::test]
async fn a_saved_address_is_the_user_services_to_tell() {
    let scene = Scene::begin().await;
    let mut saved = basket();
    let address = "adr_2x4bbcxr3m8ttbn9s0m1n9q8zr";
    saved["deliver_to"] = json!({"address_id": address});
    scene
        .customer
        .post("/v1/quotes", &saved)
        .await
        .refused(503, "unavailable");
    let path = format!("GET /internal/users/{}/addresses/{address}", scene.customer.user_id());
    scene
        .service
        .neighbours()
        .answer(&path, 404, json!({"code": "not_found"}));
    let problem = scene
        .customer
        .post("/v1/quotes", &saved)
        .await
        .refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "unknown_address");
    scene
        .service
        .neighbours()
        .answer(&path, 200, basket()["deliver_to"].clone());
    scene.customer.post("/v1/quotes", &saved).await.is(201);
}

#[tokio::test]
async fn an_order_is_for_those_whom_it_concerns() {
    let scene = Scene::begin().await;
    let order_id = scene.pay().await;
    let path = format!("/v1/orders/{order_id}");
    let courier = scene.service.user(UserId::from_uuid(rosa().uuid()), &[Role::Courier]);
    let stranger = scene.service.person(&[Role::Customer]);
    let operator = scene.service.person(&[Role::Operator]);
    for who in [&scene.customer, &scene.cook, &operator] {
        assert_eq!(who.get(&path).await.expect(200)["order_id"], order_id.to_string());
        who.get(&format!("{path}/timeline")).await.is(200);
    }
    for who in [&courier, &stranger] {
        who.get(&path).await.refused(404, "not_found");
        who.post(&format!("{path}/accept"), &json!({}))
            .await
            .refused(404, "not_found");
        who.post(&format!("{path}/cancel"), &json!({"reason": "other"}))
            .await
            .refused(404, "not_found");
    }
    scene.service.nobody().get(&path).await.refused(401, "unauthorized");
    let unknown = format!("/v1/orders/{}", id::<OrderId>(99));
    scene.customer.get(&unknown).await.refused(404, "not_found");

    let assigned = delivery_assigned(order_id, &scene);
    scene.hear(&"dlv_1", 1, &assigned).await;
    courier.get(&path).await.is(200);

    // A role that was taken away is gone before the token ends.
    let suspended = user::RolesChanged {
        user_id: operator.user_id(),
        roles: Vec::new(),
        suspended: true,
        changed_by: None,
    };
    scene.hear(&operator.user_id(), 1, &suspended).await;
    operator.get(&path).await.refused(404, "not_found");
}

fn delivery_assigned(order_id: OrderId, scene: &Scene) -> delivery::Assigned {
    let golden = include_str!("../../../../../shared/contracts/golden/delivery.assigned.v1.json");
    let golden: Value = serde_json::from_str(golden).unwrap();
    delivery::Assigned {
        order_id,
        courier_id: rosa(),
        customer_id: scene.customer.user_id(),
        ..serde_json::from_value(golden["data"].clone()).unwrap()
    }
}

#[tokio::test]
async fn lists_have_the_orders_of_the_caller_and_go_on_where_a_page_ends() {
    let scene = Scene::begin().await;
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(scene.pay().await.to_string());
        scene.service.pass(SignedDuration::from_mins(1));
    }
    placed.reverse();
    for (who, path) in [
        (&scene.customer, "/v1/orders?limit=2".to_owned()),
        (&scene.cook, format!("/v1/restaurants/{}/orders?limit=2", bellini())),
        (
            &scene.service.person(&[Role::Operator]),
            "/v1/admin/orders?limit=2".to_owned(),
        ),
    ] {
        let first = who.get(&path).await.expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = who.get(&format!("{path}&cursor={cursor}")).await.expect(200);
        let ids = |page: &Value| {
            let items = page["items"].as_array().unwrap().clone();
            items
                .into_iter()
                .map(|item| item["order_id"].as_str().unwrap().to_owned())
        };
        assert_eq!(ids(&first).chain(ids(&second)).collect::<Vec<_>>(), placed, "{path}");
        who.get(&format!("{path}&cursor=forged"))
            .await
            .refused(400, "invalid_cursor");
    }
    let other = scene.service.person(&[Role::Customer]);
    assert_eq!(other.get("/v1/orders").await.expect(200)["items"], json!([]));
    let kitchen = format!("/v1/restaurants/{}/orders", bellini());
    other.get(&kitchen).await.refused(403, "forbidden");
    let other_cook = scene.service.person(&[Role::Restaurant]);
    other_cook.get(&kitchen).await.refused(404, "not_found");
}

/// The figures of `ARCHITECTURE.md`, "Cost of an order".
#[tokio::test]
async fn a_page_of_twenty_costs_half_a_read_unit_an_order_until_the_orders_have_ended() {
    let scene = Scene::begin().await;
    let mut placed = Vec::new();
    for _ in 0..20 {
        placed.push(scene.pay().await);
    }
    let (app, meter) = (&scene.app, scene.app.table.meter());
    let page = customers_orders(scene.customer.user_id(), 20);
    let costs = async || {
        let _before = meter.take();
        let own = list_orders(app, page.clone(), Index::Gsi1, None, 20).await.unwrap();
        let first = meter.take();
        let all = list_all_orders(app, &mut Progress::default(), None, 20).await.unwrap();
        assert_eq!((own.orders.len(), all.len()), (20, 20));
        [first, meter.take()].map(|reading| (reading.calls, reading.read_units))
    };
    assert_eq!(costs().await, [(21, 10.5), (28, 14.0)]);
    for order_id in placed {
        let path = format!("/v1/orders/{order_id}/reject");
        drop(scene.cook.post(&path, &json!({"reason": "closing"})).await.expect(200));
    }
    assert_eq!(
        costs().await,
        [(21, 10.5), (8, 4.0)],
        "the first read finds that they have ended"
    );
    assert_eq!(costs().await, [(1, 0.5), (8, 4.0)]);
}

#[tokio::test]
async fn the_kitchen_accepts_and_is_done() {
    let scene = Scene::begin().await;
    let unpaid = scene.place().await;
    let accept = |order_id| format!("/v1/orders/{order_id}/accept");
    scene
        .cook
        .post(&accept(unpaid), &json!({}))
        .await
        .refused(409, "wrong_state");

    let order_id = scene.pay().await;
    scene
        .customer
        .post(&accept(order_id), &json!({}))
        .await
        .refused(403, "forbidden");
    let problem = scene.cook.post(&accept(order_id), &json!({"prep_minutes": 181})).await;
    assert_eq!(
        problem.refused(422, "invalid_body")["errors"][0]["pointer"],
        "/prep_minutes"
    );
    for _ in 0..2 {
        let accepted = scene
            .cook
            .post(&accept(order_id), &json!({"prep_minutes": 20}))
            .await
            .expect(200);
        assert_eq!(accepted["state"], "preparing");
    }
    let delay = json!({"minutes": 10, "reason": "too_busy"});
    scene
        .cook
        .post(&format!("/v1/orders/{order_id}/delay"), &delay)
        .await
        .is(200);
    scene
        .cook
        .post(&format!("/v1/orders/{order_id}/ready"), &json!({}))
        .await
        .is(200);
    assert_eq!(scene.state(order_id).await, "ready");
    let cancel = json!({"reason": "changed_my_mind"});
    let late = scene
        .customer
        .post(&format!("/v1/orders/{order_id}/cancel"), &cancel)
        .await;
    late.refused(409, "order_not_cancellable");
    let told = scene.service.told();
    for event in [
        "order.confirmed.v1",
        "order.accepted.v1",
        "order.delayed.v1",
        "order.ready.v1",
    ] {
        assert_eq!(
            told.iter().filter(|told| *told == event).count(),
            1,
            "{event} in {told:?}"
        );
    }
}

#[tokio::test]
async fn the_kitchen_rejects() {
    let scene = Scene::begin().await;
    let order_id = scene.pay().await;
    let reject = format!("/v1/orders/{order_id}/reject");
    let reason = json!({"reason": "too_busy"});
    scene.customer.post(&reject, &reason).await.refused(403, "forbidden");
    let rejected = scene.cook.post(&reject, &reason).await.expect(200);
    assert_eq!(rejected["state"], "rejected");
    let late = scene
        .cook
        .post(&format!("/v1/orders/{order_id}/accept"), &json!({}))
        .await;
    assert_eq!(late.refused(409, "wrong_state")["state"], "rejected");
}

#[tokio::test]
async fn cancelling_is_free_until_the_food_is_cooked_and_never_dearer_than_was_shown() {
    let scene = Scene::begin().await;
    let cancel = |order_id| format!("/v1/orders/{order_id}/cancel");
    let reason = json!({"reason": "changed_my_mind"});

    let order_id = scene.pay().await;
    let kitchens = json!({"reason": "no_courier"});
    scene
        .customer
        .post(&cancel(order_id), &kitchens)
        .await
        .refused(422, "invalid_body");
    for _ in 0..2 {
        let cancelled = scene.customer.post(&cancel(order_id), &reason).await.expect(200);
        assert_eq!(
            (&cancelled["state"], &cancelled["fee"]["amount"]),
            (&json!("cancelled"), &json!(0))
        );
    }

    let order_id = scene.pay().await;
    let shown = scene
        .customer
        .get(&format!("/v1/orders/{order_id}/cancellation"))
        .await
        .expect(200);
    assert_eq!(shown["fee"]["amount"], 0);
    scene
        .cook
        .post(&format!("/v1/orders/{order_id}/accept"), &json!({}))
        .await
        .is(200);
    let changed = scene
        .customer
        .post(&cancel(order_id), &reason)
        .await
        .refused(409, "terms_changed");
    let agreed = json!({"reason": "changed_my_mind", "fee": changed["fee"]});
    let cancelled = scene.customer.post(&cancel(order_id), &agreed).await.expect(200);
    assert_eq!(cancelled["fee"], changed["fee"]);
    assert_eq!(scene.state(order_id).await, "cancelled");
}

#[tokio::test]
async fn nobody_is_refused_by_what_an_old_read_says() {
    let scene = Scene::begin().await;
    let order_id = scene.pay().await;
    scene.service.double().catch_up();
    scene.service.double().lag();
    scene
        .cook
        .post(&format!("/v1/orders/{order_id}/accept"), &json!({}))
        .await
        .is(200);
    let ready = format!("/v1/orders/{order_id}/ready");
    assert_eq!(scene.cook.post(&ready, &json!({})).await.expect(200)["state"], "ready");
}
