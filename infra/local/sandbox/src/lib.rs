//! One function, started as Lambda starts it: its program as a process, with a Runtime API that belongs to it alone.
//!
//! Benchmarks and tests hand it events and see what it answers, how long that took and what it used. It has no
//! dependencies, so that it adds nothing to what is measured or compiled.

mod process;
mod runtime_api;

use std::fmt;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use process::Log;
use runtime_api::{Call, Request};

/// How long a function may take to start or to answer before it counts as hanging; beyond Lambda's own ten seconds for
/// a start, and beyond every timeout in the templates.
const PATIENCE: Duration = Duration::from_secs(45);

/// A function that did not do what it should, with what it wrote.
#[derive(Debug)]
pub struct Fault(String);

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

/// How an invocation went.
#[derive(Debug)]
pub struct Invocation {
    /// What the function answered: `Ok` its response, `Err` the error it reported.
    pub answer: Result<String, String>,
    /// From the event's leaving to the answer's arrival.
    pub duration: Duration,
    /// The processor time the process used from the event's leaving until it asked for the next one.
    pub cpu: Duration,
}

/// A running function.
#[derive(Debug)]
pub struct Sandbox {
    child: Child,
    calls: Receiver<Call>,
    log: Log,
    started: Instant,
    waiting: Option<Call>,
    count: u64,
}

impl Sandbox {
    /// Starts `program` as the function `handler`, with no variables but the given ones and Lambda's own.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start<'a>(
        program: &Path,
        handler: &str,
        environment: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> io::Result<Self> {
        let (address, calls) = runtime_api::listen()?;
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "eu-west-1")
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", &address)
            .env("AWS_LAMBDA_FUNCTION_NAME", handler)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("_HANDLER", handler)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn()?;
        let log = Log::follow(&mut child);
        Ok(Self {
            child,
            calls,
            log,
            started,
            waiting: None,
            count: 0,
        })
    }

    /// Waits until the function asks for its first event; the time since its process was started.
    ///
    /// # Errors
    /// When it ends, reports that it cannot start, or hangs.
    pub fn ready(&mut self) -> Result<Duration, Fault> {
        let call = self.next_call("did not start")?;
        match call.request {
            Request::Next => {
                let took = call.at.duration_since(self.started);
                self.waiting = Some(call);
                Ok(took)
            }
            Request::Answer { body, .. } => Err(self.fault(&format!("could not start: {body}"))),
        }
    }

    /// Hands it an event and waits for the answer, and then until it asks for the next event.
    ///
    /// # Errors
    /// When it ends or hangs.
    pub fn invoke(&mut self, event: &str) -> Result<Invocation, Fault> {
        if self.waiting.is_none() {
            self.ready()?;
        }
        let waiting = self.waiting.take().ok_or_else(|| self.fault("asks for no event"))?;
        self.count += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", self.count);
        let cpu_before = self.cpu_time();
        let started = Instant::now();
        waiting.give_event(&id, event);
        let (answer, duration) = loop {
            let call = self.next_call("gave no answer")?;
            match &call.request {
                // A connection broke while the event was on its way, and the runtime asks again.
                Request::Next => call.give_event(&id, event),
                Request::Answer { body, good } => {
                    let duration = call.at.duration_since(started);
                    let answer = if *good { Ok(body.clone()) } else { Err(body.clone()) };
                    call.accept();
                    break (answer, duration);
                }
            }
        };
        let next = self.next_call("did not ask for the next event")?;
        let cpu = self.cpu_time().saturating_sub(cpu_before);
        self.waiting = Some(next);
        Ok(Invocation { answer, duration, cpu })
    }

    /// What it has written so far. A line may arrive a moment after the answer it belongs to.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// The number of its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The processor time that it has used so far.
    #[must_use]
    pub fn cpu_time(&self) -> Duration {
        process::cpu_time(self.pid())
    }

    /// The most memory that it has had resident so far, in bytes.
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        process::peak_memory(self.pid())
    }

    fn next_call(&mut self, complaint: &str) -> Result<Call, Fault> {
        /// How often it is checked whether the process has ended.
        const STEP: Duration = Duration::from_millis(100);
        let started = Instant::now();
        loop {
            match self.calls.recv_timeout(STEP) {
                Ok(call) => return Ok(call),
                Err(RecvTimeoutError::Disconnected) => return Err(self.fault("lost its Runtime API")),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.fault(&format!("{complaint}: it ended with {status}")));
            }
            if started.elapsed() > PATIENCE {
                return Err(self.fault(&format!("{complaint} within {} s", PATIENCE.as_secs())));
            }
        }
    }

    fn fault(&self, complaint: &str) -> Fault {
        let log = self.log.text();
        Fault(format!("the function {complaint}; it wrote:\n{}", log.trim_end()))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A process that has ended already is as good as stopped.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
