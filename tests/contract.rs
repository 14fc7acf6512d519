//! The contract, tried by a fuzzer (schemathesis): every operation of every document with values that the document allows
//! and with some that it does not, as each role, in the order of chance and in the order of links. Each role has people
//! of its own and things of its own to ask about, so that what is tried reaches the rules and not only `not_found`.
//!
//! The values that the document's bounds suggest are most of all requests, and the same whoever sends them: one role that may
//! call the operation tries them. What a role may not call is answered alike whatever is said, so little of it is tried.
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

use crate::operations::{Courier, Customer, Nobody, Operator, Owner, Who, operations, rows};
use crate::tidy::SERVICES;

/// How many requests are made up for each operation, beside those that the document's bounds suggest.
const EXAMPLES: &str = "20";

/// How many are made up for an operation that the role may not call.
const EXAMPLES_REFUSED: u32 = 2;

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
    person: Option<Person>,
    known: Vec<(&'static str, String)>,
}

/// Which operations a role tries: those whose ids contain none of these, or one of them.
#[derive(Clone, Copy)]
enum Choice {
    AllBut(&'static [&'static str]),
    Only(&'static [&'static str]),
}

impl Choice {
    fn has(self, operation_id: &str) -> bool {
        let named = |parts: &[&str]| parts.iter().any(|part| operation_id.contains(part));
        match self {
            Self::AllBut(parts) => !named(parts),
            Self::Only(parts) => named(parts),
        }
    }

    /// The fuzzer's option that says so.
    fn option(self) -> Option<[String; 2]> {
        let (option, parts) = match self {
            Self::AllBut([]) => return None,
            Self::AllBut(parts) => ("--exclude-operation-id-regex", parts),
            Self::Only(parts) => ("--include-operation-id-regex", parts),
        };
        Some([option.to_owned(), parts.join("|")])
    }
}

/// A role with the services that it tries.
struct Role {
    name: &'static str,
    who: Who,
    choice: Choice,
    services: &'static [&'static str],
}

impl Role {
    fn named(name: &str) -> &'static Self {
        ROLES.iter().find(|role| role.name == name).unwrap()
    }

    fn may(&self, operation: &str) -> bool {
        rows().any(|(known, may, _)| known == operation && may.contains(&self.who))
    }

    fn tries(&self, service: &str, operation_id: &str) -> bool {
        self.services.contains(&service) && self.choice.has(operation_id)
    }

    /// What of a service the role tries by fewer requests: what it may not call, and what an earlier role, which may call
    /// it, tries at the document's bounds.
    fn brief(&self, service: &str) -> [Vec<String>; 2] {
        let mut refused = Vec::new();
        let mut repeated = Vec::new();
        for (operation, id) in operations(service) {
            let first = ROLES
                .iter()
                .find(|role| role.tries(service, &id) && role.may(&operation));
            if !self.tries(service, &id) {
                continue;
            }
            if !self.may(&operation) {
                refused.push(id);
            } else if first.is_some_and(|first| first.name != self.name) {
                repeated.push(id);
            }
        }
        [refused, repeated]
    }
}

impl Caller {
    fn of(person: &Person) -> Self {
        Self {
            person: Some(person.clone()),
            known: Vec::new(),
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
    fn tries(&self, role: &Role, service: &str) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("contract/{}-{service}", role.name));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let config = folder.join("schemathesis.toml");
        fs::write(&config, self.config(role, service)).unwrap();
        let seed = env::var("TIFFIN_SEED").ok().filter(|seed| !seed.is_empty());
        let seed = seed.unwrap_or_else(|| (uuid::Uuid::new_v4().as_u128() % 1_000_000).to_string());
        println!("as {}, the {service} service: TIFFIN_SEED={seed}", role.name);
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
            .args(role.choice.option().into_iter().flatten());
        for (check, _) in LEFT_OUT {
            command.args(["--exclude-checks", check]);
        }
        let output = command.output().unwrap();
        print!("{}", String::from_utf8_lossy(&output.stdout));
        print!("{}", String::from_utf8_lossy(&output.stderr));
        assert!(
            output.status.success(),
            "as {}: what {service} answered stands above",
            role.name
        );
        // Who was signed out or suspended meanwhile would have reached nothing.
        if let Some(person) = &self.person
            && !role.tries("user", ENDS_SESSION)
        {
            let reply = person.get("/v1/users/me");
            assert_eq!(reply.status, 200, "{reply:?}");
        }
    }

    /// What stands for the parameters of these names, things that there are, and what is tried by fewer requests.
    fn config(&self, role: &Role, service: &str) -> String {
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
        let [refused, repeated] = role.brief(service);
        let allowed = operations(service)
            .into_iter()
            .filter(|(operation, id)| role.tries(service, id) && role.may(operation));
        // One operation alone has no order.
        if allowed.count() < 2 {
            text.push_str("[phases.stateful]\nenabled = false\n");
        }
        if !refused.is_empty() {
            writeln!(text, "[[operations]]\ninclude-operation-id = {}", json!(refused)).unwrap();
            writeln!(text, "generation.max-examples = {EXAMPLES_REFUSED}").unwrap();
            text.push_str("phases.coverage.enabled = false\n");
        }
        if !repeated.is_empty() {
            writeln!(text, "[[operations]]\ninclude-operation-id = {}", json!(repeated)).unwrap();
            text.push_str("phases.coverage.enabled = false\n");
        }
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

/// What ends the session of whoever calls it: tried by somebody who has nothing else to try.
const ENDS_SESSION: &str = "sign_out";

/// What takes a courier off the delivery, after which there is little left to try.
const TAKES_OFF: &[&str] = &["end_shift", "take_break", "mark_failed", "mark_returned"];

/// The tests: who tries which services, and which of their operations.
macro_rules! tries {
    ($($caller:ident ($who:ident, $choice:expr): $($service:ident)+;)+) => {
        /// In the order in which they take the operations that several of them may call.
        const ROLES: &[Role] = &[$(Role {
            name: stringify!($caller),
            who: $who,
            choice: $choice,
            services: &[$(stringify!($service)),+],
        }),+];

        $(mod $caller {
            $(#[test]
            fn $service() {
                super::$caller().tries(super::Role::named(stringify!($caller)), stringify!($service));
            })+
        })+
    };
}

// What an operator does to the own account would end the operator's session, and the city has no other.
tries! {
    anyone (Nobody, Choice::AllBut(&[])): user restaurant order payment delivery notification;
    customer (Customer, Choice::AllBut(&[ENDS_SESSION])): user restaurant order payment delivery notification;
    customer_who_signs_out (Customer, Choice::Only(&[ENDS_SESSION])): user;
    restaurant (Owner, Choice::AllBut(&[ENDS_SESSION])): restaurant order delivery;
    courier (Courier, Choice::AllBut(TAKES_OFF)): delivery order;
    courier_who_stops (Courier, Choice::Only(TAKES_OFF)): delivery;
    operator (Operator, Choice::AllBut(&[ENDS_SESSION, "totp", "change_me"])): user restaurant order delivery;
}

#[test]
fn every_operation_is_tried_at_its_bounds_by_somebody_who_may() {
    for service in SERVICES {
        for (operation, id) in operations(service) {
            let tries_whole =
                |role: &&Role| role.tries(service, &id) && role.brief(service).iter().all(|few| !few.contains(&id));
            let roles: Vec<&str> = ROLES.iter().filter(tries_whole).map(|role| role.name).collect();
            // What is internal is called by services alone: the gateway refuses everybody.
            let expected = usize::from(!operation.contains(" /internal/"));
            assert_eq!(roles.len(), expected, "{operation}: {roles:?}");
        }
    }
}

fn anyone() -> Caller {
    let kitchen = Kitchen::open(Stack::get());
    let anyone = Caller {
        person: None,
        known: Vec::new(),
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
    Caller::of(customer)
        .knows("order_id", &json!(order.id))
        .knows("restaurant_id", &json!(order.kitchen.restaurant_id))
        .knows("payment_id", &payment["payment_id"])
        .knows("payment_method_id", &json!(order.basket.payment_method_id))
        .knows("address_id", &address["address_id"])
        .knows("notification_id", &notification)
}

fn customer_who_signs_out() -> Caller {
    Caller::of(&Stack::get().enrol("customer"))
}

fn restaurant() -> Caller {
    let stack = Stack::get();
    let order = Order::placed(stack);
    let helper = stack.enrol("restaurant");
    Caller::of(&order.kitchen.owner)
        .knows("order_id", &json!(order.id))
        .knows("restaurant_id", &json!(order.kitchen.restaurant_id))
        .knows("user_id", &json!(helper.user_id))
        .knows("item_id", &json!("margherita"))
        .knows("option_id", &json!("tofu"))
}

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
    Caller::of(&rider.person)
        .knows("order_id", &json!(order.id))
        .knows("delivery_id", &delivery_id)
        .knows("offer_id", &offer["offer_id"])
        .knows("shift_id", &shift["shift_id"])
}

fn courier_who_stops() -> Caller {
    courier()
}

fn operator() -> Caller {
    let stack = Stack::get();
    let order = Order::placed(stack);
    let rider = order.kitchen.rider(stack, 300.0);
    order.kitchen.does(&order.id, "accept", &json!({}));
    let delivery_id = json!(rider.takes(&order.id));
    Caller::of(&stack.operator())
        .knows("order_id", &json!(order.id))
        .knows("restaurant_id", &json!(order.kitchen.restaurant_id))
        .knows("delivery_id", &delivery_id)
        .knows("courier_id", &json!(rider.courier_id))
        .knows("user_id", &json!(stack.enrol("customer").user_id))
}
