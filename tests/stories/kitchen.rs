//! When the restaurant does not take an order.

use serde_json::{Value, json};
use testkit::{Kitchen, Stack, eventually};

#[test]
fn a_rejected_order_releases_the_money() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    kitchen.does(&order_id, "reject", &json!({"reason": "too_busy"}));
    basket.awaits(&order_id, "rejected");
    drop(basket.awaits_payment(&order_id, "voided"));
    eventually("a mail about the rejection", || {
        let mails = stack.aws().mails_to(&basket.customer.email);
        let found = mails
            .iter()
            .any(|mail| mail.contains("too busy") && mail.contains("Nothing is charged"));
        if found { Ok(()) } else { Err(format!("{mails:#?}")) }
    });
}

#[test]
fn a_restaurant_that_never_answers_loses_the_order_at_its_deadline() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    basket.awaits(&order_id, "rejected");
    drop(basket.awaits_payment(&order_id, "voided"));
    kitchen
        .owner
        .post(&format!("/v1/orders/{order_id}/accept"), &json!({}))
        .is(409);
}

#[test]
fn a_paused_restaurant_takes_no_orders_until_it_resumes() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    drop(basket.quoted());
    let path = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    kitchen
        .owner
        .post(
            &format!("{path}/pause"),
            &json!({"reason": "The oven is being repaired"}),
        )
        .is(200);
    eventually("quotes to be refused", || {
        let reply = basket.customer.post("/v1/quotes", &basket.quote);
        if reply.status == 409 || reply.status == 422 {
            Ok(())
        } else {
            Err(reply.text)
        }
    });
    kitchen.owner.post(&format!("{path}/resume"), &json!({})).is(200);
    drop(basket.quoted());
}

#[test]
fn people_are_invited_to_work_somewhere_accept_and_may_leave() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let person = stack.enrol("restaurant");
    let restaurant = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    let staff = format!("{restaurant}/staff/{}", person.user_id);
    let accept = format!("{restaurant}/staff/accept");
    let pause = json!({"reason": "The oven is broken"});
    let mine = || {
        let listed = person.get("/v1/restaurants/mine").expect(200)["items"].clone();
        (listed[0]["role"].clone(), listed[0]["invited_until"].is_string())
    };
    person.post(&accept, &json!({})).refused(403, "forbidden");
    let invited = kitchen.owner.put(&staff, &json!({"role": "staff"})).expect(200);
    assert!(invited["invited_until"].is_string(), "{invited}");
    assert_eq!(mine(), (json!("staff"), true));
    person
        .post(&format!("{restaurant}/pause"), &pause)
        .refused(403, "forbidden");
    let run = kitchen.owner.get(&format!("{restaurant}/management")).expect(200);
    assert_eq!(run["invitations"][0]["user_id"], person.user_id, "{run}");
    assert_eq!(run["staff"].as_array().map(Vec::len), Some(1), "{run}");

    for _ in 0..2 {
        assert_eq!(person.post(&accept, &json!({})).expect(200)["role"], "staff");
    }
    assert_eq!(mine(), (json!("staff"), false));
    person.post(&format!("{restaurant}/pause"), &pause).is(200);
    let other = format!("{restaurant}/staff/{}", kitchen.owner.user_id);
    person.delete(&other).refused(403, "forbidden");
    person.delete(&staff).is(204);
    person
        .post(&format!("{restaurant}/resume"), &json!({}))
        .refused(403, "forbidden");
    assert_eq!(mine(), (Value::Null, false));
}
