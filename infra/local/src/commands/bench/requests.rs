//! `cargo local bench requests`: what every public operation costs: DynamoDB's round trips and capacity units, messages
//! published, and the function's own processor time beside that of a function that only echoes the same event.

mod gateway;
mod tour;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use client::Aws;
use serde::Serialize;
use serde_json::{Value, json};

use super::start::median;
use crate::artefacts::{Profile, SERVICES, build};
use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, write_file};
use crate::outputs::Outputs;
use crate::record::Record;
use crate::ui::{Step, say, table};

use gateway::{Gateway, Measured};

/// How `bench requests` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often everything is called; the medians of the processor time are shown.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Measure programs built as for production.
    #[arg(long)]
    release: bool,
    /// Measure the programs that are there, instead of building them.
    #[arg(long)]
    no_build: bool,
    /// Write the figures to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What one operation costs.
#[derive(Debug, Serialize)]
struct Cost {
    service: &'static str,
    operation: String,
    /// The status of the answer.
    status: u64,
    round_trips: u64,
    read_units: f64,
    write_units: f64,
    /// Events that the operation itself caused to be published.
    messages: usize,
    cpu_ms: f64,
    echo_cpu_ms: f64,
}

/// Measures and shows the costs.
///
/// # Errors
/// When nothing runs, or an operation does not do what it should.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    let record = Record::require(instance)?;
    if record.iam {
        return Err(Failure::new(
            "The platform enforces IAM",
            "the programs that are measured run outside of Lambda, without its roles",
            format!(
                "`{}`, then `{}`",
                instance.command("down"),
                instance.command("up --detach")
            ),
        ));
    }
    let profile = Profile::of(options.release);
    let programs: Vec<&str> = SERVICES.into_iter().chain(["echo"]).collect();
    if !options.no_build {
        build(instance, &programs, profile)?;
    }
    let outputs = Outputs::load(instance)?;
    let mut gateway = Gateway::open(instance, &outputs, profile)?;
    let mut step = Step::begin("Living through every operation");
    for round in 1..=options.rounds {
        step.progress(&format!("round {round} of {}", options.rounds));
        tour::tour(&mut gateway, &outputs)?;
    }
    step.done(&format!("{} requests", gateway.measured.len()));
    let aws = outputs.aws();
    let costs = costs(&gateway.measured, &messages(&aws)?);
    show(&costs);
    if let Some(file) = &options.json {
        write_file(file, format!("{:#}\n", json!({"operations": costs})))?;
    }
    require_all(instance, &costs)
}

/// How many events each request caused, by the request's id: every event names what caused it.
fn messages(aws: &Aws) -> Outcome<BTreeMap<String, usize>> {
    let mut causes = BTreeMap::new();
    let tables = aws.json("dynamodb", "DynamoDB_20120810.ListTables", &json!({}))?;
    for table in crate::seed::list(&tables["TableNames"]) {
        let mut request = json!({
            "TableName": table, "FilterExpression": "begins_with(sk, :event)",
            "ExpressionAttributeValues": {":event": {"S": "EVENT#"}},
        });
        loop {
            let page = aws.json("dynamodb", "DynamoDB_20120810.Scan", &request)?;
            for item in crate::seed::list(&page["Items"]) {
                let text = item["envelope"]["S"].as_str().unwrap_or_default();
                let envelope: Value = serde_json::from_str(text).unwrap_or_default();
                let cause = envelope["causationid"].as_str().unwrap_or_default();
                *causes.entry(cause.to_owned()).or_default() += 1;
            }
            if page["LastEvaluatedKey"].is_null() {
                break;
            }
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"].clone();
        }
    }
    Ok(causes)
}

/// The requests by operation: the units of the last, the median of the time.
fn costs(measured: &[Measured], messages: &BTreeMap<String, usize>) -> Vec<Cost> {
    let mut groups: BTreeMap<(usize, &str), Vec<&Measured>> = BTreeMap::new();
    for one in measured {
        let service = SERVICES.iter().position(|service| *service == one.service).unwrap_or(0);
        groups.entry((service, &one.operation)).or_default().push(one);
    }
    let cost = |((service, operation), requests): ((usize, &str), Vec<&Measured>)| {
        let last = requests.last()?;
        let middle = |time: fn(&Measured) -> Duration| {
            let mut times: Vec<f64> = requests.iter().map(|one| time(one).as_secs_f64() * 1000.0).collect();
            (median(&mut times) * 100.0).round() / 100.0
        };
        Some(Cost {
            service: SERVICES[service],
            operation: operation.to_owned(),
            status: last.status,
            round_trips: last.calls,
            read_units: last.read_units,
            write_units: last.write_units,
            messages: messages.get(&last.request_id).copied().unwrap_or(0),
            cpu_ms: middle(|one| one.cpu),
            echo_cpu_ms: middle(|one| one.echo_cpu),
        })
    };
    groups.into_iter().filter_map(cost).collect()
}

fn show(costs: &[Cost]) {
    let head = [
        "operation",
        "status",
        "round trips",
        "read",
        "write",
        "messages",
        "cpu ms",
        "echo ms",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(costs.iter().map(|cost| {
        vec![
            cost.operation.clone(),
            cost.status.to_string(),
            cost.round_trips.to_string(),
            format!("{:.1}", cost.read_units),
            format!("{:.1}", cost.write_units),
            cost.messages.to_string(),
            format!("{:.2}", cost.cpu_ms),
            format!("{:.2}", cost.echo_cpu_ms),
        ]
    }));
    say("");
    table(&rows);
    say("\n  Round trips and units are DynamoDB's, of the request itself; its messages go out through the outbox.");
}

/// An operation that is described but was not called would be missing from the table unnoticed.
fn require_all(instance: &Instance, costs: &[Cost]) -> Outcome {
    let mut missing = Vec::new();
    for service in SERVICES {
        for operation in operations(instance, service)? {
            if !costs.iter().any(|cost| cost.operation == operation) && !operation.contains(" /internal/") {
                missing.push(operation);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        "Not every operation was measured",
        missing.join(", "),
        "add a step to requests/tour.rs",
    ))
}

/// The operations that a service describes, `GET /v1/orders` for example.
pub fn operations(instance: &Instance, service: &str) -> Outcome<Vec<String>> {
    let path = instance.root.join(format!("functions/{service}/openapi.json"));
    let what = format!("Cannot read {}", path.display());
    let text = fs::read_to_string(&path).or_fail(&what, "restore it with `git checkout`")?;
    let document: Value = serde_json::from_str(&text).or_fail(&what, "restore it with `git checkout`")?;
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, one)| one["responses"].is_object());
        methods.map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
    });
    Ok(operations.collect())
}
