//! The seeded city, broken by people, is restored by `cargo local seed --reset`.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use testkit::{Person, Stack, eventually};

fn variable(name: &str) -> Option<PathBuf> {
    std::env::vars_os()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into())
}

/// Calls the program that started the copy, which lies beside its services unless `TIFFIN_LOCAL` says where.
fn cargo_local(arguments: &[&str]) -> Output {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = variable("TIFFIN_LOCAL").unwrap_or_else(|| root.join("target/debug/local"));
    let endpoint = &Stack::get().outputs.aws_endpoint;
    let port = endpoint.rsplit(':').next().unwrap();
    let called = Command::new(&program)
        .args(["--port", port])
        .args(arguments)
        .current_dir(&root)
        .output();
    called.unwrap_or_else(|error| panic!("{}: {error}. Build it with `cargo build -p local`", program.display()))
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn reset() -> String {
    let output = cargo_local(&["seed", "--reset"]);
    assert!(output.status.success(), "{}", text(&output));
    text(&output)
}

fn try_sign_in(role: &str) -> testkit::Reply {
    let stack = Stack::get();
    let login = stack.outputs.logins.iter().find(|login| login.role == role).unwrap();
    let body = json!({"email": login.email, "password": login.password});
    stack.anonymous().post("/v1/auth/sign-in", &body)
}

/// A seeded person, who must get in with the password of the outputs.
fn seeded(role: &str) -> Person {
    let tokens = try_sign_in(role).expect(200);
    Stack::get()
        .anonymous()
        .with_token(tokens["access_token"].as_str().unwrap())
}

fn id_of(person: &Person) -> String {
    let me = person.get("/v1/users/me").expect(200);
    me["user_id"].as_str().unwrap().to_owned()
}

/// The seeded restaurant's id, whatever it is called now: the oldest of its owner.
fn restaurant_of(owner: &Person) -> String {
    let mine = owner.get("/v1/restaurants/mine").expect(200);
    let oldest = mine["items"]
        .as_array()
        .unwrap()
        .iter()
        .min_by_key(|one| one["created_at"].to_string());
    let named = |one: &&Value| one["name"] == "Trattoria Da Mario";
    let found = mine["items"].as_array().unwrap().iter().find(named).or(oldest);
    found.unwrap()["restaurant_id"].as_str().unwrap().to_owned()
}

fn break_the_restaurant(owner: &Person, operator: &Person, id: &str) {
    let path = format!("/v1/restaurants/{id}");
    let soup = json!({"id": "soup", "name": "Soup", "price": {"amount": 1, "currency": "EUR"}});
    let other_menu = json!({"categories": [{"id": "soups", "name": "Soups", "items": [soup]}]});
    owner.put(&format!("{path}/menu"), &other_menu).is(200);
    owner.post(&format!("{path}/menu/publish"), &json!({})).is(200);
    let closed = json!({"weekly": {}, "exceptions": []});
    owner.put(&format!("{path}/hours"), &closed).is(200);
    let one_order = json!({"slot_minutes": 15, "max_orders": 1});
    owner.put(&format!("{path}/capacity"), &one_order).is(200);
    let version = owner.get(&format!("{path}/management")).expect(200)["version"].clone();
    owner.patch(&path, &version, &json!({"name": "Broken"})).is(200);
    let reason = json!({"reason": "It is broken."});
    operator.post(&format!("{path}/suspend"), &reason).is(200);
}

fn break_the_people(customer: &Person, courier: &Person, owner: &Person, operator: &Person) {
    let addresses = customer.get("/v1/users/me/addresses").expect(200);
    for address in addresses["items"].as_array().unwrap() {
        let id = address["address_id"].as_str().unwrap();
        customer.delete(&format!("/v1/users/me/addresses/{id}")).is(204);
    }
    let methods = customer.get("/v1/payment-methods").expect(200);
    for method in methods["items"].as_array().unwrap() {
        let id = method["payment_method_id"].as_str().unwrap();
        customer.delete(&format!("/v1/payment-methods/{id}")).is(204);
    }
    let position = json!({"position": {"lat": 52.374, "lng": 4.886}});
    let shift = courier.post("/v1/couriers/me/shift/start", &position).expect(200);
    let id = shift["courier_id"].as_str().unwrap();
    let reason = json!({"reason": "conduct"});
    operator.post(&format!("/v1/couriers/{id}/suspend"), &reason).is(200);
    let roles = json!({"roles": ["courier"]});
    operator
        .put(&format!("/v1/users/{}/roles", id_of(customer)), &roles)
        .is(200);
    operator
        .post(&format!("/v1/users/{}/suspend", id_of(owner)), &json!({}))
        .is(200);
}

/// Guesses the customer's password until nobody gets in.
fn lock_the_customer_out() {
    let stack = Stack::get();
    let login = stack
        .outputs
        .logins
        .iter()
        .find(|login| login.role == "customer")
        .unwrap();
    let wrong = json!({"email": login.email, "password": "Not-the-one-9"});
    eventually("no more guesses to be taken", || {
        let body = wrong.to_string();
        let method = testkit::Method::POST;
        let answer = stack
            .anonymous()
            .once(&method, "/v1/auth/sign-in", &[], body.as_bytes());
        if answer.status == 429 { Ok(()) } else { Err(answer.text) }
    });
}

/// What the seeded customer sees and pays for two pizzas.
fn quote(customer: &Person, restaurant_id: &str) -> testkit::Reply {
    let addresses = customer.get("/v1/users/me/addresses").expect(200);
    let size = json!({"group_id": "size", "option_id": "regular", "quantity": 1});
    let item = json!({"item_id": "margherita", "quantity": 2, "options": [size]});
    let body = json!({
        "restaurant_id": restaurant_id, "items": [item],
        "deliver_to": {"address_id": addresses["items"][0]["address_id"]},
    });
    customer.post("/v1/quotes", &body)
}

#[test]
fn what_people_have_broken_is_restored_in_one_go_and_told() {
    reset();
    let operator = Stack::get().operator();
    let (customer, owner, courier) = (seeded("customer"), seeded("restaurant"), seeded("courier"));
    let restaurant_id = restaurant_of(&owner);
    break_the_restaurant(&owner, &operator, &restaurant_id);
    break_the_people(&customer, &courier, &owner, &operator);
    lock_the_customer_out();
    assert_eq!(try_sign_in("restaurant").status, 403);

    let told = reset();
    for what in [
        "Anna de Vries: wrong passwords that were tried are forgotten",
        "Anna de Vries: the role is customer again",
        "Anna de Vries: the address is in the book",
        "Anna de Vries: the card is saved",
        "Mario Rossi: reinstated",
        "Kees Visser: reinstated as a courier",
        "Trattoria Da Mario: name as before",
        "Trattoria Da Mario: hours as before",
        "Trattoria Da Mario: the kitchen takes as much as comes",
        "Trattoria Da Mario: approved again, it was suspended",
        "Trattoria Da Mario: the menu is published as before",
    ] {
        assert!(told.contains(what), "{what}\n{told}");
    }
    let (customer, courier) = (seeded("customer"), seeded("courier"));
    assert_eq!(restaurant_of(&seeded("restaurant")), restaurant_id);
    quote(&customer, &restaurant_id).is(201);
    assert_eq!(courier.get("/v1/couriers/me").expect(200)["status"], "approved");
    // What is whole already is left alone.
    let told = reset();
    assert!(told.contains("all was as it should be"), "{told}");
}

#[test]
fn a_city_that_is_there_is_not_seeded_again() {
    let output = cargo_local(&["seed"]);
    assert!(!output.status.success());
    assert!(text(&output).contains("seed --reset"), "{}", text(&output));
}
