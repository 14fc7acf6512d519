//! Putting messages into a queue: ten a call, a few calls at a time, and none lost on the way.

use std::time::Duration;

use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use tokio::task::JoinSet;

/// What one `SendMessageBatch` takes.
const BATCH_ENTRIES_MAX: usize = 10;
/// Calls at a time: enough that a thousand messages do not wait for a hundred round trips one after the other, and few
/// enough for a function with a small share of a processor.
const CALLS_AT_ONCE: usize = 8;
/// How often the messages of a batch that the queue did not take are sent again; the client itself repeats calls that fail.
const ATTEMPTS_MAX: u32 = 3;
/// The pause before they are sent again, times the attempt.
const PAUSE: Duration = Duration::from_millis(100);

/// A queue that messages are put into. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Sender {
    pub(super) const fn new(client: aws_sdk_sqs::Client, url: String) -> Self {
        Self { client, url }
    }

    /// Puts messages into the queue. What an entry's id is does not matter: each gets its own.
    ///
    /// # Errors
    /// When the queue does not take one of them: the first failure. All the others were tried.
    pub(super) async fn send(&self, messages: Vec<SendMessageBatchRequestEntry>) -> Result<(), String> {
        let mut calls = JoinSet::new();
        let mut messages = messages.into_iter();
        let mut outcome = Ok(());
        loop {
            let batch: Vec<_> = messages.by_ref().take(BATCH_ENTRIES_MAX).collect();
            let is_last = batch.is_empty();
            while calls.len() >= if is_last { 1 } else { CALLS_AT_ONCE } {
                if let Some(sent) = calls.join_next().await {
                    outcome = outcome.and(sent.unwrap_or_else(|error| Err(error.to_string())));
                }
            }
            if is_last {
                return outcome;
            }
            let sender = self.clone();
            calls.spawn(async move { sender.send_batch(batch).await });
        }
    }

    async fn send_batch(&self, mut batch: Vec<SendMessageBatchRequestEntry>) -> Result<(), String> {
        let mut attempt = 1;
        loop {
            for (index, entry) in batch.iter_mut().enumerate() {
                entry.id = index.to_string();
            }
            let request = self.client.send_message_batch().queue_url(&self.url);
            let answer = request.set_entries(Some(batch.clone())).send().await;
            let answer = answer.map_err(|error| DisplayErrorContext(error).to_string())?;
            let Some(first) = answer.failed().first() else {
                return Ok(());
            };
            let is_hopeless = answer.failed().iter().any(|failed| failed.sender_fault);
            if is_hopeless || attempt == ATTEMPTS_MAX {
                let message = first.message().unwrap_or_default();
                return Err(format!("the queue did not take a message: {}: {message}", first.code));
            }
            batch.retain(|entry| answer.failed().iter().any(|failed| failed.id == entry.id));
            tokio::time::sleep(PAUSE * attempt).await;
            attempt += 1;
        }
    }
}

/// A message with a text. An empty one is none to a queue, and is refused here.
///
/// # Errors
/// When it cannot be built: a defect.
pub(super) fn message(body: String) -> Result<SendMessageBatchRequestEntry, String> {
    let entry = SendMessageBatchRequestEntry::builder().id("0").message_body(body);
    entry.build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Barrier, Mutex};

    use serde_json::{Value, json};

    use super::super::stub;
    use super::*;

    /// A queue as its clients see it.
    #[derive(Clone)]
    struct Queue {
        /// The bodies that it took, and how many calls brought them.
        taken: Arc<Mutex<Vec<String>>>,
        calls: Arc<AtomicUsize>,
        /// How often each body is refused before it is taken, and whether that is said to be the sender's fault.
        refuses: usize,
        is_fault: bool,
        /// Calls that are answered together.
        together: Arc<Barrier>,
        at_once: Arc<AtomicUsize>,
        at_once_max: Arc<AtomicUsize>,
    }

    impl Queue {
        fn new(refuses: usize, is_fault: bool, together: usize) -> Self {
            Self {
                taken: Arc::default(),
                calls: Arc::default(),
                refuses,
                is_fault,
                together: Arc::new(Barrier::new(together)),
                at_once: Arc::default(),
                at_once_max: Arc::default(),
            }
        }

        fn start(&self) -> Sender {
            let queue = self.clone();
            let url = stub::serve(move |call| (200, queue.answer(call)));
            Sender::new(aws_sdk_sqs::Client::new(&stub::sdk(&url)), format!("{url}/queue"))
        }

        fn answer(&self, call: &str) -> String {
            let call: Value = serde_json::from_str(call).unwrap();
            let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
            self.at_once_max.fetch_max(at_once, Ordering::SeqCst);
            self.together.wait();
            let calls = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
            let (mut successful, mut failed) = (Vec::new(), Vec::new());
            for entry in call["Entries"].as_array().unwrap() {
                let body = entry["MessageBody"].as_str().unwrap();
                // Every third is refused at first.
                if calls <= self.refuses && body.parse::<usize>().unwrap() % 3 == 0 {
                    let fault = self.is_fault;
                    failed.push(json!({"Id": entry["Id"], "Code": "InternalError", "SenderFault": fault}));
                } else {
                    self.taken.lock().unwrap().push(body.to_owned());
                    successful.push(json!({"Id": entry["Id"], "MessageId": body, "MD5OfMessageBody": ""}));
                }
            }
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            json!({"Successful": successful, "Failed": failed}).to_string()
        }

        fn taken(&self) -> Vec<usize> {
            let taken = self.taken.lock().unwrap();
            let mut numbers: Vec<usize> = taken.iter().map(|body| body.parse().unwrap()).collect();
            numbers.sort_unstable();
            numbers
        }
    }

    fn messages(count: usize) -> Vec<SendMessageBatchRequestEntry> {
        let message = |number: usize| message(number.to_string()).unwrap();
        (0..count).map(message).collect()
    }

    #[tokio::test]
    async fn a_thousand_messages_are_a_hundred_calls_a_few_at_a_time() {
        // The queue answers only when as many calls as may be are there: fewer at a time would wait for ever.
        let queue = Queue::new(0, false, CALLS_AT_ONCE);
        let sender = queue.start();
        let count = 12 * CALLS_AT_ONCE * BATCH_ENTRIES_MAX + 40 + 35;
        sender.send(messages(count)).await.unwrap();
        assert_eq!(queue.taken(), (0..count).collect::<Vec<_>>());
        assert_eq!(queue.calls.load(Ordering::SeqCst), count.div_ceil(BATCH_ENTRIES_MAX));
        assert_eq!(queue.at_once_max.load(Ordering::SeqCst), CALLS_AT_ONCE);
    }

    #[tokio::test]
    async fn what_the_queue_does_not_take_is_sent_again_and_nothing_else() {
        let queue = Queue::new(2, false, 1);
        queue.start().send(messages(10)).await.unwrap();
        assert_eq!(queue.taken(), (0..10).collect::<Vec<_>>());
        assert_eq!(queue.calls.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn what_the_queue_never_takes_is_an_error() {
        for (is_fault, calls) in [(false, 3), (true, 1)] {
            let queue = Queue::new(usize::MAX, is_fault, 1);
            let error = queue.start().send(messages(10)).await.unwrap_err();
            assert!(error.contains("InternalError"), "{error}");
            assert_eq!(queue.calls.load(Ordering::SeqCst), calls);
        }
    }

    #[tokio::test]
    async fn a_batch_that_fails_keeps_no_other_from_being_sent() {
        let queue = Queue::new(usize::MAX, true, 1);
        queue.start().send(messages(400)).await.unwrap_err();
        let taken = queue.taken();
        assert!(
            (0..400)
                .filter(|number| number % 3 != 0)
                .all(|number| taken.contains(&number))
        );
    }

    #[tokio::test]
    async fn nothing_is_no_call() {
        let queue = Queue::new(0, false, 1);
        queue.start().send(Vec::new()).await.unwrap();
        assert_eq!(queue.calls.load(Ordering::SeqCst), 0);
    }
}
