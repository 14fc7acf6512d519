//! `cargo local demo`: customers, kitchens and couriers live through orders while you watch; then the receipts, the
//! messages that were sent, and what it all cost.

mod actors;
mod bill;
mod watch;

use std::thread;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::api::{Api, mails_to, texts_to};
use crate::aws::Aws;
use crate::failure::{Failure, Outcome};
use crate::instance::Instance;
use crate::outputs::{Login, Outputs};
use crate::record::Record;
use crate::seed::{city, list};
use crate::ui::say;

use actors::{Courier, Kitchen, Show};
use watch::Watch;

/// How `demo` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How many orders to live through.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=200))]
    orders: u32,
    /// How long people take for each thing they do, in milliseconds.
    #[arg(long, default_value_t = 400)]
    pace: u64,
}

/// Lives through the orders.
///
/// # Errors
/// When nothing runs, it has no city, or an order does not come to its end.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    Record::require(instance)?;
    let outputs = Outputs::load(instance)?;
    let aws = Aws::new(&outputs.aws_endpoint);
    let login = require_login(&outputs, "customer")?;
    let customer = sign_in(&outputs, login)?;
    let owner = sign_in(&outputs, require_login(&outputs, "restaurant")?)?;
    let method = payment_method(&customer)?;
    let before = mails_to(&aws, &login.email)?.len();
    let phone = customer.get("/v1/users/me")?["phone"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let texts_before = texts_to(&aws, &phone)?.len();

    let pace = Duration::from_millis(options.pace);
    let show = Show::new(customer.clone(), pace);
    let kitchens: Vec<Kitchen> = outputs
        .city
        .restaurant_ids
        .iter()
        .map(|id| Kitchen::new(owner.clone(), id))
        .collect();
    let city = city()?;
    let people = outputs.city.couriers.iter().zip(list(&city["couriers"]));
    let couriers = people
        .map(|(login, person)| Courier::start(sign_in(&outputs, login)?, person))
        .collect::<Outcome<Vec<_>>>()?;
    if kitchens.is_empty() || couriers.is_empty() {
        return Err(no_city(instance));
    }

    let mut watch = Watch::new(&customer, &show);
    let since = crate::clock::now().as_millisecond();
    say("");
    let lived = thread::scope(|scope| {
        for kitchen in &kitchens {
            scope.spawn(|| kitchen.work(&show));
        }
        for courier in &couriers {
            scope.spawn(|| courier.work(&show));
        }
        let lived = (0..options.orders).try_for_each(|number| {
            let restaurant = &kitchens[number as usize % kitchens.len()];
            let order = place(&customer, &restaurant.id, &method)?;
            watch.add(&order);
            watch.look_for(pace * 2)
        });
        let lived = lived.and_then(|()| watch.until_all_end());
        show.end();
        lived
    });
    for courier in &couriers {
        courier.go_home();
    }
    show.outcome()?;
    lived?;

    for order in watch.orders() {
        print_receipt(&customer, order)?;
    }
    let mails = mails_to(&aws, &login.email)?;
    say(format!("\nMails to {}:", login.email));
    for mail in mails.iter().skip(before) {
        say(format!("  {}", mail["Subject"].as_str().unwrap_or_default()));
    }
    let texts = texts_to(&aws, &phone)?;
    say(format!("\nText messages to {phone}:"));
    for text in texts.iter().skip(texts_before) {
        say(format!("  {text}"));
    }
    bill::print(&aws, since, options.orders)
}

fn sign_in(outputs: &Outputs, login: &Login) -> Outcome<Api> {
    Api::sign_in(outputs, &login.email, &login.password)
}

fn require_login<'a>(outputs: &'a Outputs, role: &str) -> Outcome<&'a Login> {
    outputs.login(role).ok_or_else(|| {
        Failure::new(
            "The platform has no people",
            "it was started with --bare",
            "start it without",
        )
    })
}

fn no_city(instance: &Instance) -> Failure {
    Failure::new(
        "The platform has no restaurants or couriers",
        "it was started with --bare",
        format!("`{}`, then `{}`", instance.command("down"), instance.command("up")),
    )
}

/// The customer's saved card.
fn payment_method(customer: &Api) -> Outcome<Value> {
    let methods = customer.get("/v1/payment-methods")?;
    if let Some(first) = list(&methods["items"]).first() {
        return Ok(first["payment_method_id"].clone());
    }
    let saved = customer.post("/v1/payment-methods", &json!({"provider_token": "pm_card_visa"}))?;
    Ok(saved["payment_method_id"].clone())
}

/// Orders the first two dishes of a restaurant's menu, with whatever must be chosen; the order as it was placed.
fn place(customer: &Api, restaurant_id: &str, method: &Value) -> Outcome<Value> {
    let menu = customer.get(&format!("/v1/restaurants/{restaurant_id}/menu"))?;
    let dishes = list(&menu["categories"])
        .iter()
        .flat_map(|category| list(&category["items"]));
    let items: Vec<Value> = dishes.take(2).map(choose).collect();
    let addresses = customer.get("/v1/users/me/addresses")?;
    let address = &list(&addresses["items"]).first().unwrap_or(&Value::Null)["address_id"];
    let quote = json!({
        "restaurant_id": restaurant_id, "items": items, "deliver_to": {"address_id": address},
        "tip": {"amount": 150, "currency": "EUR"},
    });
    let quote = customer.post("/v1/quotes", &quote)?;
    let order = json!({"quote_id": quote["quote_id"], "payment_method_id": method});
    customer.post("/v1/orders", &order)
}

/// One of a dish, with as many options of every group as it demands.
pub fn choose(dish: &Value) -> Value {
    let options = list(&dish["option_groups"]).iter().flat_map(|group| {
        let demanded = group["min"]
            .as_u64()
            .and_then(|min| usize::try_from(min).ok())
            .unwrap_or(0);
        let chosen = list(&group["options"]).iter().take(demanded);
        chosen.map(|option| json!({"group_id": group["id"], "option_id": option["id"]}))
    });
    json!({"item_id": dish["id"], "quantity": 1, "options": options.collect::<Vec<_>>()})
}

fn print_receipt(customer: &Api, order_id: &str) -> Outcome {
    let order = customer.get(&format!("/v1/orders/{order_id}"))?;
    let payment = customer.get(&format!("/v1/orders/{order_id}/payment"))?;
    say(format!("\nReceipt of {order_id}"));
    for line in list(&order["lines"]) {
        let name = line["name"].as_str().unwrap_or_default();
        say(format!(
            "  {:>3} × {name:<28} {:>12}",
            line["quantity"],
            money(&line["total"])
        ));
    }
    for (field, label) in [
        ("delivery_fee", "Delivery"),
        ("service_fee", "Service"),
        ("small_order_fee", "Small order"),
        ("discount", "Discount"),
        ("tip", "Tip"),
        ("total", "Total"),
    ] {
        if order[field]["amount"].as_i64().is_some_and(|amount| amount != 0) {
            say(format!("        {label:<28} {:>12}", money(&order[field])));
        }
    }
    let state = payment["state"].as_str().unwrap_or_default();
    say(format!(
        "        {:<28} {:>12}",
        format!("Card, {state}"),
        money(&payment["captured"])
    ));
    Ok(())
}

/// An amount for people: `12.90 EUR`.
fn money(value: &Value) -> String {
    let amount = value["amount"].as_i64().unwrap_or_default();
    let currency = value["currency"].as_str().unwrap_or_default();
    format!("{}.{:02} {currency}", amount / 100, amount.abs() % 100)
}
