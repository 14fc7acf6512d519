//! The contract, tried by a fuzzer (schemathesis): every operation of every document with values that the document allows
//! and with some that it does not, as each role, in the order of chance and in the order of links. Each role has people
//! of its own and things of its own to ask about, so that what is tried reaches the rules and not only `not_found`.
//!
//! `cargo local test` draws the requests from the same seed each time; `cargo local test --only contract` takes new seeds and
//! prints them, and `TIFFIN_SEED` takes one again. Ids and what was answered before differ from run to run all the same.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use kernel::SignedDuration;
use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Person, Stack, eventually};

/// How many requests are made up for each operation, beside those that the document's bounds suggest.
const EXAMPLES: &str = "20";

/// Checks that are left out, and why. Everything else that the fuzzer finds fails the test.
const LEFT_OUT: [(&str, &str); 5] = [
    (
        "unsupported_method",
        "API Gateway answers a method that no route has with 404, before any function sees it",
    ),
    (
        "missing_required_header",
        "it knows no 428, which is what a missing If-Match is answered with (RFC 6585)",
    ),
    (
        "positive_data_acceptance",
        "`hooks.py` has a check in its place, which knows the rules that no schema can say",
    ),
    (
        "ensure_resource_availability",
        "ids in paths are given, so one may be gone that was just made",
    ),
    (
        "use_after_free",
        "for the same reason: what is made anew has another id than the one that is asked for",
    ),
];

/// Points are judged one by one: what is no point is dropped with a reason, and the report is taken.
const JUDGES_BY_ITSELF: &str = "report_locations";

/// Someone who asks, and what of theirs they ask about: `order_id` and the like.
struct Caller {
    role: &'static str,
    person: Option<Person>,
    known: Vec<(&'static str, String)>,
    /// Which operations this caller tries: the fuzzer's option and what their ids match.
    choice: [&'static str; 2],
}

/// What ends the session of whoever calls it: tried by somebody who has nothing else to try.
const ENDS_SESSION: &str = "sign_out";
const EXCEPT: &str = "--exclude-operation-id-regex";
const ONLY: &str = "--include-operation-id-regex";

impl Caller {
    fn of(role: &'static str, person: &Person) -> Self {
        Self {
            role,
            person: Some(person.clone()),
            known: Vec::new(),
            choice: [EXCEPT, ENDS_SESSION],
        }
    }

    fn knows(mut self, name: &'static str, value: &Value) -> Self {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.known.push((name, text));
        self
    }

    /// Tries the operations of a service.
    #[expect(
        clippy::print_stdout,
        reason = "the seed and what was found are for whoever reads the log"
    )]
    fn tries(&self, service: &str) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("contract/{}-{service}", self.role));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let config = folder.join("schemathesis.toml");
        fs::write(&config, self.config()).unwrap();
        let seed = env::var("TIFFIN_SEED").ok().filter(|seed| !seed.is_empty());
        let seed = seed.unwrap_or_else(|| (uuid::Uuid::new_v4().as_u128() % 1_000_000).to_string());
        println!("as {}, the {service} service: TIFFIN_SEED={seed}", self.role);
        let program = env::var("TIFFIN_SCHEMATHESIS")
            .expect("run this by `cargo local test --only contract`, which installs the fuzzer");
        let mut command = Command::new(program);
        command
            .current_dir(&folder)
            .env("PYTHONPATH", root.join("tests/contract"))
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .arg("--config-file")
            .arg(&config)
            .arg("run")
            .arg(root.join(format!("functions/{service}/openapi.json")))
            .args(["--url", &Stack::get().outputs.api_url])
            .args(["--max-examples", EXAMPLES, "--seed", &seed])
            .args(["--no-color", "--workers", "1", "--request-timeout", "60"])
            .args(["--generation-database", "none", "--suppress-health-check", "all"])
            .args(self.choice);
        for (check, _) in LEFT_OUT {
            command.args(["--exclude-checks", check]);
        }
        let output = command.output().unwrap();
        print!("{}", String::from_utf8_lossy(&output.stdout));
        print!("{}", String::from_utf8_lossy(&output.stderr));
        assert!(
            output.status.success(),
            "as {}: what {service} answered stands above",
            self.role
        );
        // Who was signed out or suspended meanwhile would have reached nothing.
        if let Some(person) = &self.person
            && self.choice != [ONLY, ENDS_SESSION]
        {
            let reply = person.get("/v1/users/me");
            assert_eq!(reply.status, 200, "{reply:?}");
        }
    }

    /// What stands for the parameters of these names: things that there are.
    fn config(&self) -> String {
        let mut text = String::new();
        if let Some(person) = &self.person {
            let token = format!("Bearer {}", person.token());
            writeln!(text, "headers = {{ Authorization = {} }}", json!(token)).unwrap();
        }
        text.push_str("[checks.negative_data_rejection]\n");
        let statuses = [
            "400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428", "429", "503",
        ];
        writeln!(text, "expected-statuses = {}", json!(statuses)).unwrap();
        text.push_str("[parameters]\n");
        for (name, value) in &self.known {
            writeln!(text, "\"path.{name}\" = {}", json!(value)).unwrap();
        }
        writeln!(
            text,
            "[[operations]]\ninclude-operation-id = {}",
            json!(JUDGES_BY_ITSELF)
        )
        .unwrap();
        text.push_str("[operations.checks.negative_data_rejection]\nenabled = false\n");
        text
    }
}

/// An order on its way from a kitchen of its own: everything that its people may ask about.
struct Order {
    kitchen: Kitchen,
    basket: Basket,
    id: String,
}

impl Order {
    fn placed(stack: &'static Stack) -> Self {
        let kitchen = Kitchen::open(stack);
        let basket = kitchen.customer(stack, "pm_card_visa");
        let order_id = basket.ordered();
        basket.awaits(&order_id, "awaiting_restaurant");
        Self {
            kitchen,
            basket,
            id: order_id,
        }
    }
}

/// The tests: who tries which services.
macro_rules! tries {
    ($($caller:ident: $($service:ident)+;)+) => {$(
        mod $caller {
            $(#[test]
            fn $service() {
                super::$caller().tries(stringify!($service));
            })+
        }
    )+};
}

tries! {
    anyone: user restaurant order payment delivery notification;
    customer: user restaurant order payment delivery notification;
    customer_who_signs_out: user;
    restaurant: restaurant order delivery;
    courier: delivery order;
    courier_who_stops: delivery;
    operator: user restaurant order delivery;
}

fn anyone() -> Caller {
    let kitchen = Kitchen::open(Stack::get());
    let anyone = Caller {
        role: "anyone",
        person: None,
        known: Vec::new(),
        choice: [EXCEPT, "^$"],
    };
    anyone.knows("restaurant_id", &json!(kitchen.restaurant_id))
}

fn customer() -> Caller {
    let order = Order::placed(Stack::get());
    let customer = &order.basket.customer;
    let payment = customer.get(&format!("/v1/orders/{}/payment", order.id)).expect(200);
    let address = json!({
        "label": "Home", "line1": "Kerkstraat 7", "city": "Amsterdam", "postal_code": "1017 GA", "country": "NL",
        "position": order.kitchen.door(),
    });
    let address = customer.post("/v1/users/me/addresses", &address).expect(201);
    let notification = eventually("a notification", || {
        let reply = customer.get("/v1/notifications");
        let first = reply.body["items"][0]["notification_id"].clone();
        if first.is_null() { Err(reply.text) } else { Ok(first) }
    });
    Caller::of("customer", customer)
        .knows("order_id", &json!(order.id))
        .knows("restaurant_id", &json!(order.kitchen.restaurant_id))
        .knows("payment_id", &payment["payment_id"])
        .knows("payment_method_id", &json!(order.basket.payment_method_id))
        .knows("address_id", &address["address_id"])
        .knows("notification_id", &notification)
}

fn customer_who_signs_out() -> Caller {
    let mut leaver = Caller::of("customer_who_signs_out", &Stack::get().enrol("customer"));
    leaver.choice = [ONLY, ENDS_SESSION];
    leaver
}

fn restaurant() -> Caller {
    let stack = Stack::get();
    let order = Order::placed(stack);
    let helper = stack.enrol("restaurant");
    Caller::of("restaurant", &order.kitchen.owner)
        .knows("order_id", &json!(order.id))
        .knows("restaurant_id", &json!(order.kitchen.restaurant_id))
        .knows("user_id", &json!(helper.user_id))
        .knows("item_id", &json!("margherita"))
        .knows("option_id", &json!("tofu"))
}

/// What takes a courier off the delivery, after which there is little left to try.
const TAKES_OFF: &str = "end_shift|take_break|mark_failed|mark_returned";

fn courier() -> Caller {
    let stack = Stack::get();
    let order = Order::placed(stack);
    let rider = order.kitchen.rider(stack, 300.0);
    order.kitchen.does(&order.id, "accept", &json!({}));
    let offer = rider.offered(&order.id);
    let delivery_id = json!(rider.takes(&order.id));
    let shift = rider
        .plans(SignedDuration::from_hours(30), SignedDuration::from_hours(32))
        .expect(201);
    let mut courier = Caller::of("courier", &rider.person)
        .knows("order_id", &json!(order.id))
        .knows("delivery_id", &delivery_id)
        .knows("offer_id", &offer["offer_id"])
        .knows("shift_id", &shift["shift_id"]);
    courier.choice = [EXCEPT, TAKES_OFF];
    courier
}

fn courier_who_stops() -> Caller {
    let mut courier = courier();
    courier.role = "courier_who_stops";
    courier.choice = [ONLY, TAKES_OFF];
    courier
}

fn operator() -> Caller {
    let stack = Stack::get();
    let order = Order::placed(stack);
    let rider = order.kitchen.rider(stack, 300.0);
    order.kitchen.does(&order.id, "accept", &json!({}));
    let delivery_id = json!(rider.takes(&order.id));
    let mut operator = Caller::of("operator", &stack.operator())
        .knows("order_id", &json!(order.id))
        .knows("restaurant_id", &json!(order.kitchen.restaurant_id))
        .knows("delivery_id", &delivery_id)
        .knows("courier_id", &json!(rider.courier_id))
        .knows("user_id", &json!(stack.enrol("customer").user_id));
    // What an operator does to the own account would end the operator's session, and the city has no other.
    operator.choice = [EXCEPT, "sign_out|totp|change_me"];
    operator
}
