//! What is said of a service in `services/<service>.yaml`: all in which its template differs from the others.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The first document of a description. Notes and reasons become comments of the template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// What the service is for, as it follows "Tiffin order: ".
    pub about: String,
    /// The secondary indexes of the table, if it has any.
    pub indexes: Option<Indexes>,
    /// Environment variables of all functions, as SAM: `NAME: !Ref Parameter`.
    #[serde(default)]
    pub variables: String,
    /// The functions by their handlers' names; every service has `api` and `outbox`.
    pub functions: BTreeMap<String, Function>,
    /// Why operations without a token are public. Required if there is one.
    pub public: Option<String>,
    /// Routes for other services that the OpenAPI document does not show, by their logical ids.
    #[serde(default)]
    pub internal: BTreeMap<String, String>,
    /// Logical ids of routes, by operation, that are not made of the operation's name.
    #[serde(default)]
    pub route_ids: BTreeMap<String, String>,
    /// The resource that checks tokens, where it is the service's own and no parameter.
    pub authorizer: Option<String>,
    /// What `DeletionProtection` protects, if not the table alone.
    pub protects: Option<String>,
    /// Alarms beyond those of `api` that tell that requests are answered badly.
    #[serde(default)]
    pub request_alarms: Vec<String>,
    /// Alarms of the service's own that tell that events come or go too late.
    #[serde(default)]
    pub flow_alarms: Vec<String>,
}

/// Secondary indexes: `GSI1` with the keys `gsi1pk` and `gsi1sk`, and so on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indexes {
    pub count: u32,
    /// What each holds of an item: `ALL` or `KEYS_ONLY`.
    pub projection: String,
    pub note: String,
}

/// A function. The routes call `api`, the table's stream calls `outbox`; any other has a queue, a schedule, or a trigger that the service's own SAM
/// declares.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// The handler's name, which is the key in the description.
    #[serde(skip)]
    pub name: String,
    /// What it does, as it follows "The function that ".
    pub does: String,
    /// Megabytes.
    pub memory: Option<u32>,
    /// Seconds.
    timeout: Option<u32>,
    pub timeout_because: Option<String>,
    /// Whom it calls beyond AWS.
    pub reaches: Option<String>,
    /// What it may do with the table: `GetItem`, `Query`.
    #[serde(default)]
    pub table: Vec<String>,
    pub table_because: Option<String>,
    /// The indexes that it may read: one by its name, or `*`.
    pub indexes: Option<String>,
    /// What it may call of other services: `GET /internal/users/*/contact`.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Further statements of its role, as SAM.
    #[serde(default)]
    pub statements: String,
    /// Its environment variables, as SAM.
    #[serde(default)]
    pub variables: String,
    /// The queue that it consumes.
    pub queue: Option<Queue>,
    /// When it is called by the clock alone.
    pub schedule: Option<FunctionSchedule>,
}

/// A queue with its dead letters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    pub note: Option<String>,
    /// What lands in the queue of dead letters.
    pub dead_letters: String,
    /// What their alarm says, with `SERVICE` for the service's name.
    pub alarm: String,
    /// The events that come in; the first word of each names the topic.
    #[serde(default)]
    pub listens: Vec<String>,
    /// The `Sid` of the statement by which the function may put messages into its own queue, if it may.
    pub resends: Option<String>,
    /// How long messages are kept, in seconds.
    pub retention: Option<u32>,
    /// How often a message is tried.
    pub tries: Option<u32>,
    /// How many messages a call takes.
    pub batch: Option<u32>,
    /// How many calls run at once.
    pub concurrency: Option<u32>,
    pub concurrency_because: Option<String>,
    /// The timer that comes again and again.
    pub schedule: Option<TimerSchedule>,
}

/// A timer that `EventBridge` Scheduler puts into the queue of timers at a fixed rate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimerSchedule {
    pub note: String,
    /// The timer's name, and the schedule's logical id.
    pub name: String,
    /// What the timer is about.
    pub subject: String,
    /// `15 minutes`.
    pub rate: String,
    /// The age in seconds at which a timer that cannot be delivered is dropped.
    pub age: u32,
    pub age_because: String,
}

/// The schedule of a function that nothing else calls.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionSchedule {
    /// The event's logical id.
    pub name: String,
    /// `1 hour`.
    pub rate: String,
    pub description: String,
    /// Why nothing limits how many calls run at once.
    pub concurrency_because: String,
    /// Why a failed call is kept nowhere.
    pub failures_because: String,
}

/// What a queue hears of one topic.
#[derive(Debug)]
pub struct Subscription<'a> {
    topic: &'a str,
    /// The first part of the queue's logical id.
    pub queue: String,
    pub events: Vec<&'a str>,
}

impl Description {
    /// The functions with a queue.
    pub fn queues(&self) -> impl Iterator<Item = (&Function, &Queue)> {
        let functions = self.functions.values();
        functions.filter_map(|function| Some((function, function.queue.as_ref()?)))
    }

    /// The functions whose queue hears events.
    pub fn listeners(&self) -> impl Iterator<Item = (&Function, &Queue)> {
        self.queues().filter(|(_, queue)| !queue.listens.is_empty())
    }

    pub fn listens(&self) -> bool {
        self.listeners().next().is_some()
    }

    pub fn timers(&self) -> Option<(&Function, &Queue)> {
        self.queues().find(|(function, _)| function.name == "timers")
    }

    /// The subscriptions, one for each topic, in the order in which the description names their events.
    pub fn subscriptions(&self) -> Vec<Subscription<'_>> {
        let mut all: Vec<Subscription<'_>> = Vec::new();
        for (function, queue) in self.listeners() {
            for event in &queue.listens {
                let topic = event.split('.').next().unwrap_or(event);
                match all.iter_mut().find(|one| one.topic == topic) {
                    Some(known) => known.events.push(event),
                    None => all.push(Subscription {
                        topic,
                        queue: function.id(),
                        events: vec![event],
                    }),
                }
            }
        }
        all
    }

    /// The rule of the composite alarm about requests.
    pub fn request_rule(&self) -> String {
        let api = ["ApiErrors", "ApiThrottles", "ApiDuration"].map(str::to_owned);
        any_of(api.iter().chain(&self.request_alarms))
    }

    /// The rule of the composite alarm about events and timers.
    pub fn flow_rule(&self) -> String {
        let mut alarms = vec!["OutboxAge".to_owned(), "OutboxFailures".to_owned()];
        let mut dead_letters = self
            .queues()
            .map(|(function, _)| format!("{}DeadLetters", function.id()));
        if self.listens() {
            alarms.push("InboxAge".to_owned());
            alarms.extend(dead_letters.next());
            alarms.push("SubscriptionDeadLetters".to_owned());
        }
        alarms.extend(dead_letters);
        any_of(alarms.iter().chain(&self.flow_alarms))
    }
}

fn any_of<'a>(alarms: impl Iterator<Item = &'a String>) -> String {
    let alarms: Vec<String> = alarms.map(|alarm| format!("ALARM(${{{alarm}Alarm}})")).collect();
    alarms.join(" OR ")
}

impl Function {
    /// The name as logical ids begin with it.
    pub fn id(&self) -> String {
        crate::capitalized(&self.name)
    }

    /// Seconds.
    pub fn timeout(&self) -> u32 {
        self.timeout.unwrap_or(30)
    }

    pub fn has_variables(&self) -> bool {
        self.name == "outbox" || self.queue.is_some() || !self.variables.is_empty()
    }

    /// Why no concurrency is reserved for it.
    pub fn concurrency_because(&self) -> &str {
        match &self.schedule {
            Some(schedule) => &schedule.concurrency_because,
            None if self.is_polled() => "The event source mapping bounds how many run at once.",
            None => {
                "The stage throttles requests before they reach the function; a reserved share would starve the account instead."
            }
        }
    }

    /// Why it has no queue of dead letters of its own.
    pub fn failures_because(&self) -> &str {
        match &self.schedule {
            Some(schedule) => &schedule.failures_because,
            None if self.is_polled() => {
                "Invoked by an event source mapping, whose failures go to the queue declared with it."
            }
            None => "'Invoked synchronously: the caller gets the failure.'",
        }
    }

    /// Whether an event source mapping calls it.
    fn is_polled(&self) -> bool {
        self.name == "outbox" || self.queue.is_some()
    }
}

impl Subscription<'_> {
    /// The topic as logical ids begin with it.
    pub fn id(&self) -> String {
        crate::capitalized(self.topic)
    }

    pub fn publisher(&self) -> String {
        match self.topic {
            "courier" => "the stream of couriers' moves".to_owned(),
            service => format!("the {service} service"),
        }
    }
}
