//! Whether all is well, judged by what the emulator says.

use jiff::{SignedDuration, Timestamp};

/// A message that could be received for longer than this waits for somebody who does not come.
pub const WAIT_MAX: SignedDuration = SignedDuration::from_secs(60);

/// An error of a function is news for so long. Older ones are shown, but what they stopped has gone on since or waits
/// somewhere where it is counted.
pub const NEWS: SignedDuration = SignedDuration::from_mins(10);

/// One queue with what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// Whose it is and its name in the template, such as `order InboxQueue`.
    pub name: String,
    /// Messages that can be received.
    pub waiting: u64,
    /// Messages that are being worked on, or will be tried again.
    pub in_flight: u64,
    /// Messages whose delay has not passed.
    pub delayed: u64,
    /// Since when the oldest message is there.
    pub oldest: Option<Timestamp>,
    /// Since when the first of those that can be received could have been.
    pub receivable_since: Option<Timestamp>,
}

/// A message of a queue, as the emulator shows it.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    /// When it was sent.
    pub sent: Timestamp,
    /// When it can be received, or could be.
    pub visible: Timestamp,
    /// How often it was received.
    pub receipts: u64,
}

impl Queue {
    /// A queue with these messages at a moment.
    pub fn of(name: String, messages: &[Message], now: Timestamp) -> Self {
        let count = |wanted: fn(&Message, Timestamp) -> bool| {
            let those = messages.iter().filter(|message| wanted(message, now));
            those.count() as u64
        };
        let receivable = messages.iter().filter(|message| message.visible <= now);
        Self {
            name,
            waiting: count(|message, now| message.visible <= now),
            in_flight: count(|message, now| message.visible > now && message.receipts > 0),
            delayed: count(|message, now| message.visible > now && message.receipts == 0),
            oldest: messages.iter().map(|message| message.sent).min(),
            receivable_since: receivable.map(|message| message.visible.max(message.sent)).min(),
        }
    }

    /// Whether anything is in it.
    pub fn is_busy(&self) -> bool {
        self.waiting + self.in_flight + self.delayed > 0
    }

    /// Whether it holds what could not be processed.
    pub fn is_dead_letter(&self) -> bool {
        let name = self.name.to_lowercase();
        ["dlq", "deadletter", "failure"].iter().any(|word| name.contains(word))
    }
}

/// What feeds a function from a queue or a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The function, such as `order.inbox`.
    pub function: String,
    /// `Enabled` while it works.
    pub state: String,
    /// What became of the last batch, in the emulator's words.
    pub last_result: String,
}

/// What a function has logged as errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors {
    /// The function, such as `order.inbox`.
    pub function: String,
    /// How many there are in the time that was looked at.
    pub count: usize,
    /// The last one.
    pub last: String,
    /// When that was.
    pub at: Timestamp,
}

/// The state of everything at a moment.
#[derive(Debug, Default)]
pub struct Health {
    /// All queues.
    pub queues: Vec<Queue>,
    /// All mappings.
    pub mappings: Vec<Mapping>,
    /// The functions that have logged errors.
    pub errors: Vec<Errors>,
    /// Whether calls fail on purpose, so that errors say nothing.
    pub faults: bool,
}

impl Health {
    /// What is not well, a line each with what to do; none if all is.
    pub fn ailments(&self, now: Timestamp) -> Vec<String> {
        let mut ailments = Vec::new();
        for mapping in self.mappings.iter().filter(|mapping| mapping.state != "Enabled") {
            let Mapping { function, state, .. } = mapping;
            ailments.push(format!(
                "Nothing is handed to {function}: its event source mapping is {state}. Deploy its service again with \
                 `cargo local deploy {}`.",
                service(function)
            ));
        }
        for queue in &self.queues {
            ailments.extend(ailment(queue, now));
        }
        for mapping in self
            .mappings
            .iter()
            .filter(|mapping| mapping.last_result.starts_with("FAILED"))
        {
            let function = &mapping.function;
            ailments.push(format!(
                "{function} has failed with its last batch, which is tried again. See `cargo local logs {}`.",
                service(function)
            ));
        }
        let news = self.errors.iter().filter(|errors| !self.faults && is_news(errors, now));
        ailments.extend(news.map(|errors| {
            let Errors { function, at, .. } = errors;
            let service = service(function);
            let ago = age(*at, now);
            format!("{function} has logged an error {ago} ago. See `cargo local logs {service}`.")
        }));
        ailments
    }
}

fn ailment(queue: &Queue, now: Timestamp) -> Option<String> {
    let Queue { name, waiting, .. } = queue;
    if queue.is_dead_letter() {
        let dead = waiting + queue.in_flight;
        return (dead > 0).then(|| {
            format!(
                "{dead} in {name} could not be processed. `cargo local redrive {}` shows and returns them.",
                service(name)
            )
        });
    }
    let since = queue.receivable_since?;
    (now.duration_since(since) > WAIT_MAX).then(|| {
        format!(
            "Nobody receives what waits in {name}: {waiting}, for {}. See `cargo local logs {}`.",
            age(since, now),
            service(name)
        )
    })
}

fn is_news(errors: &Errors, now: Timestamp) -> bool {
    now.duration_since(errors.at) <= NEWS
}

/// The service in a name such as `order.inbox` or `order InboxQueue`.
fn service(name: &str) -> &str {
    name.split(['.', ' ']).next().unwrap_or(name)
}

/// How long ago something was, for people.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

/// The text of an error that a function has logged; `None` if the line is none.
pub fn error_in(line: &str) -> Option<String> {
    let record: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let is_error = record["level"] == "ERROR";
    let text = |name: &str| record[name].as_str().filter(|text| !text.is_empty());
    if is_error {
        let message = text("message").unwrap_or("an error");
        return Some(match text("error") {
            Some(cause) => format!("{message}: {cause}"),
            None => message.to_owned(),
        });
    }
    // What the program or its runtime says without the log's form.
    let signs = ["panicked at", "Task timed out", "Runtime exited", "Runtime.ExitError"];
    let is_plain = record.is_null() && signs.iter().any(|sign| line.contains(sign));
    is_plain.then(|| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    const NOW: i64 = 10_000;

    fn message(sent: i64, visible: i64, receipts: u64) -> Message {
        Message {
            sent: second(sent),
            visible: second(visible),
            receipts,
        }
    }

    fn ailments(health: &Health) -> Vec<String> {
        health.ailments(second(NOW))
    }

    fn with_queue(name: &str, messages: &[Message]) -> Health {
        let queue = Queue::of(name.to_owned(), messages, second(NOW));
        Health {
            queues: vec![queue],
            ..Health::default()
        }
    }

    #[test]
    fn nothing_wrong_means_all_well() {
        let mapping = Mapping {
            function: "order.inbox".to_owned(),
            state: "Enabled".to_owned(),
            last_result: "OK - 3 records".to_owned(),
        };
        let messages = [
            message(NOW - 5, NOW - 5, 0),
            message(NOW - 800, NOW + 100, 0),
            message(NOW - 90, NOW + 5, 1),
        ];
        let mut health = with_queue("order TimersQueue", &messages);
        health.mappings.push(mapping);
        let queue = &health.queues[0];
        assert_eq!((queue.waiting, queue.in_flight, queue.delayed), (1, 1, 1));
        assert_eq!(queue.oldest, Some(second(NOW - 800)));
        assert!(ailments(&health).is_empty());
    }

    #[test]
    fn a_message_that_nobody_receives_is_told_with_its_age_counted_from_when_it_could_be() {
        let late = with_queue("order InboxQueue", &[message(NOW - 900, NOW - 61, 0)]);
        let [told] = ailments(&late).try_into().unwrap();
        assert!(told.contains("order InboxQueue: 1, for 61 s") && told.contains("cargo local logs order"));
        let in_time = with_queue("order TimersQueue", &[message(NOW - 900, NOW - 60, 0)]);
        assert!(ailments(&in_time).is_empty());
    }

    #[test]
    fn dead_letters_are_told_at_once() {
        for name in ["payment InboxDeadLetterQueue", "payment OutboxFailureQueue"] {
            let health = with_queue(name, &[message(NOW, NOW, 3), message(NOW, NOW + 30, 1)]);
            let [told] = ailments(&health).try_into().unwrap();
            assert!(
                told.starts_with("2 in payment ") && told.contains("cargo local redrive payment"),
                "{told}"
            );
        }
    }

    #[test]
    fn a_mapping_that_is_off_or_failed_is_told() {
        let mapping = |state: &str, last_result: &str| Mapping {
            function: "user.outbox".to_owned(),
            state: state.to_owned(),
            last_result: last_result.to_owned(),
        };
        let health = Health {
            mappings: vec![mapping("Disabled", "OK - 1 records"), mapping("Enabled", "FAILED")],
            ..Health::default()
        };
        let [off, failed] = ailments(&health).try_into().unwrap();
        assert!(off.contains("is Disabled") && off.contains("deploy user"), "{off}");
        assert!(
            failed.contains("last batch") && failed.contains("logs user"),
            "{failed}"
        );
    }

    #[test]
    fn an_error_is_news_for_a_while_unless_calls_fail_on_purpose() {
        let errors = |at: i64| Errors {
            function: "order.api".to_owned(),
            count: 1,
            last: "no".to_owned(),
            at: second(at),
        };
        let mut health = Health {
            errors: vec![errors(NOW - 600), errors(NOW - 601)],
            ..Health::default()
        };
        assert_eq!(ailments(&health).len(), 1);
        health.faults = true;
        assert!(ailments(&health).is_empty());
    }

    #[test]
    fn errors_are_found_in_whatever_form_they_are_logged() {
        let logged = r#"{"level":"ERROR","message":"a sweep failed","error":"throttled"}"#;
        assert_eq!(error_in(logged).as_deref(), Some("a sweep failed: throttled"));
        assert_eq!(
            error_in("thread 'main' panicked at src/main.rs").as_deref(),
            Some("thread 'main' panicked at src/main.rs")
        );
        assert_eq!(error_in(r#"{"level":"WARN","message":"it panicked at me"}"#), None);
        assert_eq!(error_in("END RequestId: 1"), None);
    }

    #[test]
    fn ages_are_in_the_unit_that_people_use() {
        let told = |seconds: i64| age(second(NOW - seconds), second(NOW));
        assert_eq!(
            [5, 119, 120, 7199, 7200].map(told),
            ["5 s", "119 s", "2 min", "119 min", "2 h"]
        );
    }
}
