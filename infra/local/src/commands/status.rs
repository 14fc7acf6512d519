//! `cargo local status`: what runs and where it is found, what waits, what has failed, and whether all is well.

mod health;

use std::collections::BTreeMap;

use client::{Aws, Method};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::clock;
use crate::commands::logs::{self, Line};
use crate::failure::{Failure, Outcome};
use crate::instance::Instance;
use crate::outputs::Outputs;
use crate::platform::Service;
use crate::record::Record;
use crate::seed::list;
use crate::ui::{say, table};

use health::{Errors, Health, Mapping, Message, Queue, age};

/// What one gives up with `--no-iam`.
pub const UNCHECKED: &str = "  IAM is off (--no-iam): nobody checks what a function's role allows, and any six digits \
                             pass as a code that was mailed, texted or made by an app.";

/// How far back errors are looked for.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(1);

/// How much of an error is shown.
const ERROR_CHARACTERS_MAX: usize = 90;

/// Shows the state of the copy at this instance's port, and judges it.
///
/// # Errors
/// When nothing runs there, a part of it has stopped, or not all is well.
pub fn run(instance: &Instance) -> Outcome {
    let record = Record::require(instance)?;
    let outputs = Outputs::load(instance)?;
    print_outputs(&outputs);
    for process in &record.processes {
        say(format!(
            "  {:<10} process {}, log {}",
            process.name,
            process.pid,
            instance.log(&process.name).display()
        ));
    }
    if !record.iam {
        say(UNCHECKED);
    }
    if record.faults {
        say("  The functions' calls to AWS fail now and then (--faults), so their errors are not counted as ills.");
    }
    let now = clock::now();
    let health = examine(&instance.aws(), record.faults, now)?;
    print_queues(&health.queues, now);
    print_errors(&health.errors, now);
    let ailments = health.ailments(now);
    if ailments.is_empty() {
        say(format!(
            "\n  All is well: {} event source mappings are on, nothing waits too long, nothing failed for good.",
            health.mappings.len()
        ));
        return Ok(());
    }
    say("");
    for ailment in &ailments {
        say(format!("  ! {ailment}"));
    }
    Err(Failure::new(
        "Not all is well",
        "the lines above that begin with ! tell what",
        "each line says what to do",
    ))
}

/// Prints where everything is found.
pub fn print_outputs(outputs: &Outputs) {
    say(format!("  API        {}", outputs.api_url));
    say(format!("  Live       {}", outputs.live_url));
    say(format!("  Docs       {}", outputs.docs_url));
    say(format!("  AWS        {}", outputs.aws_endpoint));
    say(format!("  Stripe     {}", outputs.stripe_url));
    for login in &outputs.logins {
        say(format!("  {:<10} {}  {}", login.role, login.email, login.password));
    }
}

/// Asks the emulator for all that is judged.
fn examine(aws: &Aws, faults: bool, now: Timestamp) -> Outcome<Health> {
    let services = Service::all(aws)?;
    let all: Vec<&Service> = services.iter().collect();
    let since = now - LOOKED_BACK;
    Ok(Health {
        queues: queues(aws, &services, now)?,
        mappings: mappings(aws, &services)?,
        errors: errors(&logs::read(aws, &all, since.as_millisecond())?),
        faults,
    })
}

/// The name of a service's resource by what it is in the account.
fn names<'a>(services: &'a [Service], kind: &str, parted: &str) -> BTreeMap<&'a str, String> {
    let mut names = BTreeMap::new();
    for service in services {
        let its = service.resources.iter().filter(|(_, (_, known))| known == kind);
        names.extend(its.map(|(id, (physical, _))| (physical.as_str(), format!("{}{parted}{id}", service.name))));
    }
    names
}

fn queues(aws: &Aws, services: &[Service], now: Timestamp) -> Outcome<Vec<Queue>> {
    let names = names(services, "AWS::SQS::Queue", " ");
    let page = aws.page("/_ministack/sqs/messages")?;
    // The page groups them by account and region.
    let regions = page["messages"].as_object().into_iter().flat_map(|all| all.values());
    let regions = regions.filter_map(Value::as_object).flat_map(|all| all.values());
    let mut queues: Vec<Queue> = regions
        .filter_map(Value::as_object)
        .flatten()
        .map(|(url, messages)| {
            let name = last_part(url);
            let known = names.iter().find(|(physical, _)| last_part(physical) == name);
            let name = known.map_or_else(|| name.to_owned(), |(_, known)| known.clone());
            let messages: Vec<Message> = list(messages).iter().map(message).collect();
            Queue::of(name, &messages, now)
        })
        .collect();
    queues.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(queues)
}

fn last_part(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or(name)
}

fn message(shown: &Value) -> Message {
    let moment = |field: &str| {
        let second = shown[field].as_i64().unwrap_or_default();
        Timestamp::from_second(second).unwrap_or_default()
    };
    Message {
        sent: moment("SentTimestamp"),
        visible: moment("VisibleAt"),
        receipts: shown["ReceiveCount"].as_u64().unwrap_or_default(),
    }
}

fn mappings(aws: &Aws, services: &[Service]) -> Outcome<Vec<Mapping>> {
    let names = names(services, "AWS::Lambda::Function", ".");
    let path = "/2015-03-31/event-source-mappings/?MaxItems=1000";
    let answer = aws.rest("lambda", &Method::GET, path, &Value::Null)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mappings = list(&answer["EventSourceMappings"]).iter().map(|mapping| {
        let arn = text(&mapping["FunctionArn"]);
        let name = last_part(&arn);
        let known = names
            .get(name)
            .map(|known| known.trim_end_matches("Function").to_lowercase());
        Mapping {
            function: known.unwrap_or_else(|| name.to_owned()),
            state: text(&mapping["State"]),
            last_result: text(&mapping["LastProcessingResult"]),
        }
    });
    Ok(mappings.collect())
}

/// What each function has logged as errors, by its name. The lines are in the order of their times.
fn errors(lines: &[Line]) -> Vec<Errors> {
    let mut found: BTreeMap<&str, Errors> = BTreeMap::new();
    for line in lines {
        let Some(last) = health::error_in(&line.text) else {
            continue;
        };
        let at = Timestamp::from_millisecond(line.at).unwrap_or_default();
        let count = found.get(line.function.as_str()).map_or(0, |errors| errors.count) + 1;
        let function = line.function.clone();
        found.insert(
            &line.function,
            Errors {
                function,
                count,
                last,
                at,
            },
        );
    }
    found.into_values().collect()
}

fn print_queues(queues: &[Queue], now: Timestamp) {
    let head = ["queue", "waiting", "in flight", "delayed", "oldest message"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(queues.iter().filter(|queue| queue.is_busy()).map(|queue| {
        vec![
            queue.name.clone(),
            queue.waiting.to_string(),
            queue.in_flight.to_string(),
            queue.delayed.to_string(),
            queue.oldest.map_or_else(String::new, |oldest| age(oldest, now)),
        ]
    }));
    say("");
    if rows.len() == 1 {
        say(format!("  All {} queues are empty.", queues.len()));
    } else {
        table(&rows);
    }
}

fn print_errors(errors: &[Errors], now: Timestamp) {
    say("");
    if errors.is_empty() {
        say("  No function has logged an error in the last hour.");
        return;
    }
    let head = ["function", "errors in an hour", "last", "what"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(errors.iter().map(|errors| {
        vec![
            errors.function.clone(),
            errors.count.to_string(),
            format!("{} ago", age(errors.at, now)),
            errors.last.chars().take(ERROR_CHARACTERS_MAX).collect(),
        ]
    }));
    table(&rows);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_functions_errors_the_last_is_told_and_all_are_counted() {
        let line = |at: i64, function: &str, text: &str| Line {
            id: at.to_string(),
            at,
            function: function.to_owned(),
            text: text.to_owned(),
        };
        let error = |what: &str| format!(r#"{{"level":"ERROR","message":"{what}"}}"#);
        let lines = [
            line(1000, "order.api", &error("first")),
            line(2000, "order.api", r#"{"level":"INFO","message":"invocation"}"#),
            line(3000, "user.api", &error("other")),
            line(4000, "order.api", &error("second")),
        ];
        let found = errors(&lines);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.function.as_str(), one.count, one.last.as_str()))
            .collect();
        assert_eq!(told, [("order.api", 2, "second"), ("user.api", 1, "other")]);
        assert_eq!(found[0].at.as_second(), 4);
    }
}
