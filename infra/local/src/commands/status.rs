//! `cargo local status`: what runs, where it is found, and what waits in the queues.

use serde_json::json;

use crate::aws::Aws;
use crate::failure::Outcome;
use crate::instance::Instance;
use crate::outputs::Outputs;
use crate::record::Record;
use crate::ui::{say, table};

/// Shows the state of the copy at this instance's port.
///
/// # Errors
/// When nothing runs there, or a part of it has stopped.
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
    if record.iam {
        say("  IAM policies are enforced.");
    }
    if record.faults {
        say("  The functions' calls to AWS fail now and then (--faults).");
    }
    print_queues(&Aws::new(&instance.endpoint()))
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

/// One queue with what is in it.
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Messages that can be received.
    pub waiting: u64,
    /// Messages that are being worked on.
    pub in_flight: u64,
    /// Messages whose delay has not passed.
    pub delayed: u64,
}

impl Queue {
    /// Whether it holds what could not be processed.
    pub fn is_dead_letter(&self) -> bool {
        let name = self.name.to_lowercase();
        ["dlq", "deadletter", "failure"].iter().any(|word| name.contains(word))
    }
}

/// All queues, by name.
///
/// # Errors
/// When the emulator does not answer.
pub fn queues(aws: &Aws) -> Outcome<Vec<Queue>> {
    let mut queues = Vec::new();
    for url in aws.queues()? {
        let request = json!({"QueueUrl": url, "AttributeNames": ["All"]});
        let answer = aws.json("sqs", "AmazonSQS.GetQueueAttributes", &request)?;
        let count = |name: &str| {
            answer["Attributes"][format!("ApproximateNumberOfMessages{name}")]
                .as_str()
                .and_then(|text| text.parse().ok())
                .unwrap_or(0)
        };
        let name = url.rsplit('/').next().unwrap_or(&url).to_owned();
        queues.push(Queue {
            name,
            waiting: count(""),
            in_flight: count("NotVisible"),
            delayed: count("Delayed"),
        });
    }
    queues.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(queues)
}

fn print_queues(aws: &Aws) -> Outcome {
    let mut rows = vec![["queue", "waiting", "in flight", "delayed"].map(str::to_owned).to_vec()];
    let queues = queues(aws)?;
    let busy = queues
        .iter()
        .filter(|queue| queue.waiting + queue.in_flight + queue.delayed > 0);
    rows.extend(busy.map(|queue| {
        vec![
            queue.name.clone(),
            queue.waiting.to_string(),
            queue.in_flight.to_string(),
            queue.delayed.to_string(),
        ]
    }));
    say("");
    if rows.len() == 1 {
        say(format!("  All {} queues are empty.", queues.len()));
    } else {
        table(&rows);
    }
    let dead: u64 = queues
        .iter()
        .filter(|queue| queue.is_dead_letter())
        .map(|queue| queue.waiting)
        .sum();
    if dead > 0 {
        say(format!(
            "\n  {dead} messages could not be processed: `cargo local redrive` shows and returns them."
        ));
    }
    Ok(())
}

/// What one gives up with `--no-iam`.
pub const UNCHECKED: &str = "  IAM is off (--no-iam): nobody checks what a function's role allows, and any six digits pass as a code that was \
                             mailed, texted or made by an app.";
