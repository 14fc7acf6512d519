//! What all people of the demonstration share: the time, the orders, and the end.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use client::Api;

use crate::ui::say;

use super::report;
use super::tale::Stage;

/// Up to so many orders are told step by step; of more, only how far they are together.
const TOLD_MAX: u32 = 10;

/// How much is told of what went wrong.
const TROUBLE_CHARACTERS_MAX: usize = 240;

/// How often it is told how far many orders are.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// How many orders are under way at once: more only wait for each other, since all functions share this machine.
const UNDER_WAY_MAX: usize = 12;

/// How long a courier waits at the counter before asking for the food.
const AT_THE_COUNTER: Duration = Duration::from_secs(20);

/// How long all orders together may take without anything happening.
const PATIENCE: Duration = Duration::from_mins(2);

/// The demonstration.
pub struct Show {
    /// How long people take for each thing that they do.
    pub pace: Duration,
    orders: u32,
    started: Instant,
    over: AtomicBool,
    news_at: Mutex<Instant>,
    stages: Mutex<HashMap<u32, Stage>>,
    known: Mutex<HashMap<String, (u32, Api)>>,
    called_out: Mutex<HashSet<String>>,
    troubles: Mutex<Vec<(u32, String)>>,
}

impl Show {
    /// Begins now, with nothing placed.
    pub fn new(pace: Duration, orders: u32) -> Self {
        Self {
            pace,
            orders,
            started: Instant::now(),
            over: AtomicBool::new(false),
            news_at: Mutex::new(Instant::now()),
            stages: Mutex::default(),
            known: Mutex::default(),
            called_out: Mutex::default(),
            troubles: Mutex::default(),
        }
    }

    /// How long it has gone on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// When an order is due to be placed: one after the other, at everybody's pace.
    pub fn due(&self, number: u32) -> Instant {
        self.started + self.pace * 2 * number.saturating_sub(1)
    }

    /// Tells what happens, unless there is too much of it.
    pub fn tell(&self, who: &str, what: &str) {
        if self.orders <= TOLD_MAX {
            self.say(&format!("{who:<18} {what}"));
        }
    }

    /// Notes and tells what went wrong with an order.
    pub fn trouble(&self, order_id: &str, what: &str) {
        let number = locked(&self.known).get(order_id).map_or(0, |(number, _)| *number);
        // The first line says what; the rest is advice for whoever called one command.
        let what = what.lines().next().unwrap_or_default();
        let what: String = what.chars().take(TROUBLE_CHARACTERS_MAX).collect();
        self.say(&format!("order {number:<12} {what}"));
        locked(&self.troubles).push((number, what));
    }

    /// What went wrong with an order.
    pub fn troubles_of(&self, number: u32) -> Vec<String> {
        let troubles = locked(&self.troubles);
        let its = troubles.iter().filter(|(of, _)| *of == number);
        its.map(|(_, what)| what.clone()).collect()
    }

    /// Notes whose an order is.
    pub fn placed(&self, number: u32, order_id: &str, customer: &Api) {
        locked(&self.known).insert(order_id.to_owned(), (number, customer.clone()));
    }

    /// The customer of an order.
    pub fn customer_of(&self, order_id: &str) -> Option<Api> {
        locked(&self.known).get(order_id).map(|(_, customer)| customer.clone())
    }

    /// Notes how far an order is.
    pub fn news(&self, number: u32, stage: Stage) {
        locked(&self.stages).insert(number, stage);
        *locked(&self.news_at) = Instant::now();
    }

    /// Takes a place for an order that is about to be placed; false if none is free. It is free again once the order ends.
    pub fn takes_place(&self, number: u32) -> bool {
        let mut stages = locked(&self.stages);
        let under_way = stages.values().filter(|stage| **stage != Stage::Settled);
        let may = stages.contains_key(&number) || under_way.count() < UNDER_WAY_MAX;
        if may {
            stages.entry(number).or_insert(Stage::Planned);
        }
        may
    }

    /// A kitchen calls the number of an order out.
    pub fn call_out(&self, order_id: &str) {
        locked(&self.called_out).insert(order_id.to_owned());
    }

    /// Waits at a counter until an order is called out, for a while.
    pub fn await_call(&self, order_id: &str) {
        let since = Instant::now();
        while since.elapsed() < AT_THE_COUNTER && !self.over() && !locked(&self.called_out).contains(order_id) {
            sleep(Duration::from_millis(50));
        }
    }

    /// Whether nothing has happened for so long that nothing will.
    pub fn is_silent(&self) -> bool {
        locked(&self.news_at).elapsed() > PATIENCE
    }

    /// Lets everyone go.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Whether it is over.
    pub fn over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Tells now and then how far many orders are, until it is over.
    pub fn report_progress(&self) {
        let mut told = Instant::now();
        while !self.over() {
            sleep(Duration::from_millis(100));
            if self.orders > TOLD_MAX && told.elapsed() >= PROGRESS_EVERY {
                told = Instant::now();
                let stages: Vec<Stage> = locked(&self.stages).values().copied().collect();
                self.say(&report::progress(&stages, self.orders));
            }
        }
    }

    fn say(&self, what: &str) {
        say(format!("  {:>6.1} s  {what}", self.elapsed().as_secs_f64()));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
