//! Payments, from the order that is placed to its end.

use contracts::{order, user};
use kernel::{PaymentMethodId, Role, TypedId as _};
use runtime::HandlerError;
use serde_json::json;
use uuid::Uuid;

use super::scene::{INTENT, INTENTS, Scene, error, golden, intent, order_id, payment_id};
use crate::publish::APPROVAL_CHECK;

#[tokio::test]
async fn an_order_that_is_placed_is_paid_for_once() {
    let scene = Scene::begin();
    let card = scene.save_card("pm_1").await;
    scene.bank_says("requires_capture", json!({}));
    for _ in 0..2 {
        scene.place(card).await.unwrap();
    }
    assert_eq!(scene.service.told(), ["payment.authorized.v1"]);
    assert_eq!(scene.count_asked(INTENTS), 1);
    assert_eq!(scene.count_asked(&format!("POST {INTENT}/confirm")), 1);
    let payment = scene.payment().await;
    assert_eq!(payment["state"], "authorized");
    assert_eq!(payment["authorized"]["amount"], 2890);
    assert_eq!(payment["method"]["last4"], "4242");
}

#[tokio::test]
async fn a_payment_is_for_its_customer_and_operators() {
    let scene = Scene::begin();
    let paths = [
        format!("/v1/orders/{}/payment", order_id()),
        format!("/v1/payments/{}", payment_id()),
    ];
    scene.customer.get(&paths[0]).await.refused(404, "not_found");
    scene.authorize().await;
    let operator = scene.service.person(&[Role::Operator]);
    for path in &paths {
        for who in [&scene.customer, &operator] {
            assert_eq!(who.get(path).await.expect(200)["payment_id"], payment_id().to_string());
        }
        for role in [Role::Customer, Role::Courier, Role::Restaurant] {
            scene.service.person(&[role]).get(path).await.refused(404, "not_found");
        }
        scene.service.nobody().get(path).await.refused(401, "unauthorized");
    }
    // A role that was taken away is gone before the token ends.
    let suspended = user::RolesChanged {
        user_id: operator.user_id(),
        roles: Vec::new(),
        suspended: true,
        changed_by: None,
    };
    scene.hear(&suspended).await.unwrap();
    operator.get(&paths[1]).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_payment_that_the_bank_declines_is_an_end() {
    let scene = Scene::begin();
    let card = scene.save_card("pm_1").await;
    scene.bank_says("requires_confirmation", json!({}));
    let confirm = format!("POST {INTENT}/confirm");
    scene.stripe.answer(&confirm, 402, error("card_declined"));
    let declined = json!({"last_payment_error": {"code": "card_declined"}});
    scene.stripe_shows("requires_payment_method", declined);
    scene.place(card).await.unwrap();
    let payment = scene.payment().await;
    assert_eq!(
        (&payment["state"], &payment["reason"]),
        (&json!("declined"), &json!("card_declined"))
    );
    assert_eq!(scene.service.told(), ["payment.declined.v1"]);
    assert_eq!(scene.count_asked(&format!("POST {INTENT}/cancel")), 1);
    scene.reject().await.unwrap();
    let charged = scene.deliver().await;
    assert!(matches!(charged, Err(HandlerError::Park(_))), "{charged:?}");
}

#[tokio::test]
async fn a_card_that_is_not_there_or_not_the_customers_pays_nothing() {
    let scene = Scene::begin();
    let unknown = PaymentMethodId::from_uuid(Uuid::from_u128(99));
    scene.place(unknown).await.unwrap();
    assert_eq!(scene.payment().await["reason"], "payment_method_missing");
    assert_eq!(scene.service.told(), ["payment.declined.v1"]);
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_again_and_makes_one_intent() {
    let scene = Scene::begin();
    let card = scene.save_card("pm_1").await;
    let down = scene.place(card).await;
    assert!(matches!(down, Err(HandlerError::Retry(_))), "{down:?}");
    assert_eq!(scene.payment().await["state"], "authorizing");
    // The intent was made, and the answer lost.
    scene.bank_says("requires_capture", json!({}));
    scene.stripe_shows("requires_confirmation", json!({}));
    let found = json!({"data": [intent("requires_confirmation", json!({}))]});
    let list = "GET /v1/payment_intents?customer=cus_1&limit=100";
    scene.stripe.answer(list, 200, found);
    scene.place(card).await.unwrap();
    assert_eq!(scene.count_asked(INTENTS), 1);
    assert_eq!(scene.service.told(), ["payment.authorized.v1"]);
}

#[tokio::test]
async fn the_customer_approves_at_the_bank_and_is_looked_for() {
    let scene = Scene::begin();
    let card = scene.save_card("pm_1").await;
    let redirect = json!({"next_action": {"redirect_to_url": {"url": "https://bank.example/approve"}}});
    scene.bank_says("requires_action", redirect.clone());
    scene.place(card).await.unwrap();
    let payment = scene.payment().await;
    assert_eq!(payment["state"], "action_required");
    assert!(payment["next_action"].is_object(), "{payment}");
    let operator = scene.service.person(&[Role::Operator]);
    let path = format!("/v1/payments/{}", payment_id());
    assert!(operator.get(&path).await.expect(200)["next_action"].is_null());

    scene.stripe_shows("requires_action", redirect);
    scene.wake(APPROVAL_CHECK, 3).await.unwrap();
    assert_eq!(scene.payment().await["state"], "action_required");
    scene.stripe_shows("requires_capture", json!({}));
    for _ in 0..2 {
        scene.wake(APPROVAL_CHECK, 3).await.unwrap();
    }
    assert_eq!(scene.payment().await["state"], "authorized");
    assert_eq!(
        scene.service.told(),
        ["payment.action_required.v1", "payment.authorized.v1"]
    );
}

#[tokio::test]
async fn an_order_with_something_to_pay_is_charged_once() {
    let captured = intent("succeeded", json!({"amount_received": 2890}));
    let capture = format!("POST {INTENT}/capture");
    let scene = Scene::begin();
    scene.authorize().await;
    scene.stripe.answer(&capture, 200, captured.clone());
    for _ in 0..2 {
        scene.deliver().await.unwrap();
    }
    let payment = scene.payment().await;
    assert_eq!(payment["state"], "captured");
    assert_eq!(payment["captured"]["amount"], 2890);
    assert_eq!(scene.count_asked(&capture), 1);
    assert_eq!(
        scene.service.told(),
        ["payment.authorized.v1", "payment.settling.v1", "payment.captured.v1"]
    );

    let scene = Scene::begin();
    scene.authorize().await;
    scene.stripe.answer(&capture, 200, captured);
    let undeliverable = order::Undeliverable {
        order_id: order_id(),
        customer_id: scene.customer.user_id(),
        ..golden(include_str!(
            "../../../../../shared/contracts/golden/order.undeliverable.v1.json"
        ))
    };
    scene.hear(&undeliverable).await.unwrap();
    assert_eq!(scene.payment().await["state"], "captured");
}

#[tokio::test]
async fn an_order_with_nothing_to_pay_releases_the_money() {
    let cancel = format!("POST {INTENT}/cancel");
    let scene = Scene::begin();
    scene.authorize().await;
    scene.stripe.answer(&cancel, 200, intent("canceled", json!({})));
    for _ in 0..2 {
        scene.reject().await.unwrap();
    }
    let payment = scene.payment().await;
    assert_eq!(
        (&payment["state"], &payment["reason"]),
        (&json!("voided"), &json!("order_ended"))
    );
    assert_eq!(
        scene.service.told(),
        ["payment.authorized.v1", "payment.settling.v1", "payment.voided.v1"]
    );

    let scene = Scene::begin();
    scene.authorize().await;
    scene.stripe.answer(&cancel, 200, intent("canceled", json!({})));
    let cancelled = order::Cancelled {
        order_id: order_id(),
        customer_id: scene.customer.user_id(),
        ..golden(include_str!(
            "../../../../../shared/contracts/golden/order.cancelled.v1.json"
        ))
    };
    scene.hear(&cancelled).await.unwrap();
    assert_eq!(scene.payment().await["state"], "voided");
}

#[tokio::test]
async fn an_order_that_ended_before_it_was_heard_of_is_not_charged() {
    let scene = Scene::begin();
    let card = scene.save_card("pm_1").await;
    let early = scene.deliver().await;
    assert!(matches!(early, Err(HandlerError::Retry(_))), "{early:?}");
    scene.reject().await.unwrap();
    scene.place(card).await.unwrap();
    assert_eq!(scene.payment().await["state"], "voided");
    assert_eq!(scene.service.told(), ["payment.voided.v1"]);
    assert_eq!(scene.count_asked(INTENTS), 0);
}
