//! What it cost: added up from the one line that every invocation logs.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use client::Aws;
use serde_json::Value;

use crate::commands::logs;
use crate::failure::Outcome;
use crate::platform::Service;
use crate::ui::{say, table};

/// What is no part of an order's cost: what this program asks only to show it (an app would learn it from the live
/// connection or ask far less often), and the end of the couriers' shifts.
const NO_ORDERS: [&str; 10] = [
    "POST /v1/couriers/me/shift/end",
    "GET /v1/restaurants/{restaurant_id}/orders",
    "GET /v1/couriers/me/offers",
    "GET /v1/orders/{order_id}/payment",
    "GET /v1/orders/{order_id}/timeline",
    "GET /v1/payment-methods",
    "POST /v1/live/tickets",
    "$connect",
    "$default",
    "$disconnect",
];

/// How long the logs must stay as they are to be taken for complete, and how long that is waited for.
const QUIET: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);

/// Sums over invocations.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    invocations: u64,
    calls: u64,
    read_units: f64,
    write_units: f64,
    messages: u64,
}

impl Sum {
    fn add(&mut self, line: &Value) {
        let number = |name: &str| line[name].as_u64().unwrap_or(0);
        self.invocations += 1;
        self.calls += number("dynamodb_calls");
        self.read_units += line["read_units"].as_f64().unwrap_or(0.0);
        self.write_units += line["write_units"].as_f64().unwrap_or(0.0);
        self.messages += number("messages");
    }

    fn row(&self, name: &str, orders: f64) -> Vec<String> {
        let each = |value: f64| format!("{:.1}", value / orders);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a demonstration has far fewer than 2^52 of anything"
        )]
        let [invocations, calls, messages] =
            [self.invocations, self.calls, self.messages].map(|count| each(count as f64));
        vec![
            name.to_owned(),
            invocations,
            calls,
            each(self.read_units),
            each(self.write_units),
            messages,
        ]
    }
}

/// Prints what the orders cost since a moment, on average.
///
/// # Errors
/// When the emulator does not answer.
pub fn print(aws: &Aws, since: i64, orders: u32) -> Outcome {
    let lines = settled(aws, since)?;
    let mut services: BTreeMap<String, Sum> = BTreeMap::new();
    let (mut total, mut others) = (Sum::default(), Sum::default());
    for line in &lines {
        let operation = line["operation"].as_str().unwrap_or_default();
        if NO_ORDERS.contains(&operation) {
            others.add(line);
            continue;
        }
        let service = line["service"].as_str().unwrap_or_default();
        services.entry(service.to_owned()).or_default().add(line);
        total.add(line);
    }
    let count = f64::from(orders);
    let head = [
        "per order",
        "handled",
        "DynamoDB calls",
        "read units",
        "write units",
        "messages",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(services.iter().map(|(name, sum)| sum.row(name, count)));
    rows.push(total.row("total", count));
    say("");
    table(&rows);
    say(format!(
        "\n  Handled: requests, messages and batches of events. Left out are {} readings of timelines and lists that \
         only this demonstration makes.",
        others.invocations
    ));
    Ok(())
}

/// The lines of all invocations since a moment, once no more come.
fn settled(aws: &Aws, since: i64) -> Outcome<Vec<Value>> {
    let services = Service::all(aws)?;
    let wanted: Vec<&Service> = services.iter().collect();
    let started = Instant::now();
    let (mut known, mut since_when) = (0, Instant::now());
    loop {
        let lines = invocations(&logs::read(aws, &wanted, since)?);
        if lines.len() != known {
            known = lines.len();
            since_when = Instant::now();
        }
        if since_when.elapsed() >= QUIET || started.elapsed() >= PATIENCE {
            return Ok(lines);
        }
        sleep(QUIET / 4);
    }
}

/// The lines that account for invocations.
pub fn invocations(lines: &[logs::Line]) -> Vec<Value> {
    let parsed = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(&line.text).ok());
    parsed.filter(|line| line["message"] == "invocation").collect()
}
