//! `cargo local bench start`: how fast, how small and how frugal every service starts, beside a function that only
//! echoes and was built with the same profile. Four of the figures have a bound, and one above its bound fails the command.

mod bounds;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use clap::Args;
use sandbox::Sandbox;
use serde::Serialize;
use serde_json::json;

use crate::artefacts::{Profile, SERVICES, build, built, known_service};
use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, REGION, write_file};
use crate::python::{Environment, Tools};
use crate::throttle::Throttle;
use crate::ui::{Step, say, table};
use crate::{clock, secrets};

/// The package of the function that only echoes.
const ECHO: &str = "echo";

/// The share of a core that a function of 256 MB has.
const SHARE: f64 = 0.145;

/// How often the first call is measured at either speed: it varies less than the start.
const CALLS: usize = 9;

/// How `bench start` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How many starts of each; the medians are shown.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(20..))]
    runs: u32,
    /// Measure only this service; may be given more than once.
    #[arg(long = "service", value_name = "SERVICE")]
    services: Vec<String>,
    /// Write the figures to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure the release programs that are there, instead of building them.
    #[arg(long)]
    no_build: bool,
}

/// What was measured of one service; milliseconds, and megabytes of a million bytes.
#[derive(Debug, Serialize)]
struct Figures {
    service: &'static str,
    /// From the start of the process to its first poll of the Runtime API.
    ready_ms: f64,
    echo_ms: f64,
    ratio: f64,
    /// The most memory that was resident until it was ready.
    rss_mb: f64,
    /// The program, unpacked.
    size_mb: f64,
    /// The archive that is deployed: the program, deflated.
    zip_mb: f64,
    /// The most memory that was resident by the end of the first call.
    rss_after_call_mb: f64,
    /// The first invocation that calls DynamoDB over TLS, at a full core.
    first_call_ms: f64,
    /// The same at the share of a core that 256 MB get.
    first_call_throttled_ms: f64,
    /// How many calls of DynamoDB that invocation made.
    dynamodb_calls: usize,
}

/// Measures and shows the figures.
///
/// # Errors
/// When a service does not compile, does not start, or has a figure above its bound.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    let services = match options.services.as_slice() {
        [] => SERVICES.to_vec(),
        named => named.iter().map(|name| known_service(name)).collect::<Outcome<_>>()?,
    };
    let subjects: Vec<&'static str> = [ECHO].into_iter().chain(services.iter().copied()).collect();
    if !options.no_build {
        build(instance, &subjects, Profile::Release)?;
    }
    let mut stub = Stub::start(instance)?;
    let environment = environment(&stub);

    let mut step = Step::begin(format!("Measuring {} starts of each", options.runs));
    let mut starts: Vec<Vec<f64>> = vec![Vec::new(); subjects.len()];
    for run in 0..options.runs {
        // All in turn, so that a busy moment of the machine falls on each alike.
        for (subject, times) in subjects.iter().zip(&mut starts) {
            times.push(milliseconds(start(subject, &environment)?.1));
        }
        step.progress(&format!("{} of {}", run + 1, options.runs));
    }
    step.done("");
    let echo_ms = median(&mut starts[0]);

    let mut step = Step::begin("Measuring the first call of DynamoDB over TLS");
    let mut figures = Vec::new();
    let mut means = "";
    for (index, service) in services.iter().enumerate() {
        step.progress(service);
        let event = sample_event(instance, service)?;
        let full = first_calls(service, &environment, &event, &mut stub, None)?;
        let throttled = first_calls(service, &environment, &event, &mut stub, Some(SHARE))?;
        means = throttled.means;
        let ready_ms = median(&mut starts[index + 1]);
        figures.push(Figures {
            service,
            ready_ms,
            echo_ms,
            ratio: round(ready_ms / echo_ms),
            rss_mb: full.ready_mb,
            size_mb: size(&built(service, Profile::Release)?)?,
            zip_mb: zip_size(instance, service, &stub.folder)?,
            rss_after_call_mb: full.after_mb,
            first_call_ms: full.ms,
            first_call_throttled_ms: throttled.ms,
            dynamodb_calls: full.calls,
        });
    }
    step.done("");
    show(&figures, means);
    if let Some(file) = &options.json {
        let report = json!({"functions": figures});
        write_file(file, format!("{report:#}\n"))?;
    }
    bounds::hold(&figures)
}

fn show(figures: &[Figures], means: &str) {
    let head = [
        "service",
        "ready ms",
        "echo ms",
        "ratio",
        "resident MB",
        "after call",
        "size MB",
        "zip MB",
        "first call ms",
        "at 14.5 %",
        "calls",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(figures.iter().map(|one| {
        vec![
            one.service.to_owned(),
            format!("{:.2}", one.ready_ms),
            format!("{:.2}", one.echo_ms),
            format!("{:.2}", one.ratio),
            format!("{:.1}", one.rss_mb),
            format!("{:.1}", one.rss_after_call_mb),
            format!("{:.2}", one.size_mb),
            format!("{:.2}", one.zip_mb),
            format!("{:.1}", one.first_call_ms),
            format!("{:.1}", one.first_call_throttled_ms),
            one.dynamodb_calls.to_string(),
        ]
    }));
    say("");
    table(&rows);
    say(format!("\n  Medians. The share of a core was held by {means}."));
    say(format!("  {}", bounds::told()));
}

/// The `api` function of a service, started until it polls; the echo for its package.
fn start(package: &str, environment: &[(&str, String)]) -> Outcome<(Sandbox, Duration)> {
    let program = built(package, Profile::Release)?;
    let remedy = "leave out --no-build";
    let variables = environment.iter().map(|(name, value)| (*name, value.as_str()));
    let started = Sandbox::start(&program, "api", variables);
    let mut sandbox = started.or_fail(format!("Cannot start {}", program.display()), remedy)?;
    let took = sandbox.ready().or_fail(
        format!("The service {package} cannot be measured"),
        "correct the service",
    )?;
    Ok((sandbox, took))
}

/// The medians of several first calls.
struct FirstCalls {
    ms: f64,
    ready_mb: f64,
    after_mb: f64,
    calls: usize,
    means: &'static str,
}

fn first_calls(
    service: &str,
    environment: &[(&str, String)],
    event: &str,
    stub: &mut Stub,
    share: Option<f64>,
) -> Outcome<FirstCalls> {
    let what = format!("The first call of {service} cannot be measured");
    let (mut times, mut ready_mb, mut after_mb) = (Vec::new(), Vec::new(), Vec::new());
    let (mut calls, mut means) = (0, "");
    for _ in 0..CALLS {
        let (mut sandbox, _) = start(service, environment)?;
        ready_mb.push(megabytes(sandbox.peak_memory()));
        // A start has the whole core on Lambda, whatever the function's memory.
        let throttle = share.map(|share| Throttle::hold(sandbox.pid(), share)).transpose()?;
        stub.drain();
        let invocation = sandbox.invoke(event).or_fail(&what, "correct the service")?;
        invocation.answer.or_fail(&what, "correct the service")?;
        calls = stub.drain();
        if calls == 0 {
            let why = format!("its sample event called no DynamoDB; it wrote:\n{}", sandbox.log());
            return Err(Failure::new(what, why, "correct the service or the event"));
        }
        times.push(milliseconds(invocation.duration));
        after_mb.push(megabytes(sandbox.peak_memory()));
        means = throttle.as_ref().map_or("", Throttle::means);
        // The process first: its group can only go when it is empty.
        drop(sandbox);
        drop(throttle);
    }
    Ok(FirstCalls {
        ms: median(&mut times),
        ready_mb: median(&mut ready_mb),
        after_mb: median(&mut after_mb),
        calls,
        means,
    })
}

fn sample_event(instance: &Instance, service: &str) -> Outcome<String> {
    let path = instance.root.join(format!("tests/events/{service}/api.json"));
    fs::read_to_string(&path).or_fail(
        format!("Cannot read {}", path.display()),
        "restore it with `git checkout`",
    )
}

fn size(file: &Path) -> Outcome<f64> {
    let what = format!("Cannot read {}", file.display());
    Ok(megabytes(
        fs::metadata(file).or_fail(what, "leave out --no-build")?.len(),
    ))
}

/// The size of the archive that a service is deployed as: its program alone, deflated.
fn zip_size(instance: &Instance, service: &str, folder: &Path) -> Outcome<f64> {
    let what = format!("Packing the service {service} failed");
    let remedy = "remove the folder .local/venv and try again";
    let archive = folder.join(format!("{service}.zip"));
    let mut command = Environment::prepare(instance, Tools::Emulator)?.program("python");
    command
        .args(["-m", "zipfile", "--create"])
        .arg(&archive)
        .arg(built(service, Profile::Release)?);
    let output = command.output().or_fail(&what, remedy)?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Failure::new(what, errors, remedy));
    }
    size(&archive)
}

/// Everything a function may want to know, whichever service it is; the names are the templates'.
fn environment(stub: &Stub) -> Vec<(&'static str, String)> {
    let nowhere = "http://127.0.0.1:9";
    let queue = format!("{nowhere}/000000000000/queue");
    let arn = |kind: &str| format!("arn:aws:{kind}:{REGION}:000000000000:bench");
    let mut environment = vec![
        ("AWS_ENDPOINT_URL", format!("https://localhost:{}", stub.port)),
        ("AWS_CA_BUNDLE", stub.folder.join("authority.pem").display().to_string()),
        ("AWS_NEW_RETRIES_2026", "true".to_owned()),
        ("STAGE", "bench".to_owned()),
        ("LOG_LEVEL", "info".to_owned()),
        ("TABLE_NAME", "bench".to_owned()),
        ("TOPIC_ARN", arn("sns")),
        ("COURIER_TOPIC_ARN", arn("sns")),
        ("PHOTO_BUCKET", "bench".to_owned()),
        ("CURSOR_KEY", secrets::CURSOR_KEY.to_owned()),
        ("INTERNAL_API_URL", nowhere.to_owned()),
        ("TIMERS_QUEUE_ARN", arn("sqs")),
        ("SCHEDULER_ROLE_ARN", "arn:aws:iam::000000000000:role/bench".to_owned()),
        ("SCHEDULE_GROUP", "bench".to_owned()),
        ("USER_POOL_ID", format!("{REGION}_bench")),
        ("USER_POOL_CLIENT_ID", "bench".to_owned()),
        ("USER_POOL_CLIENT_SECRET", "bench".to_owned()),
        ("STRIPE_API_URL", nowhere.to_owned()),
        ("STRIPE_SECRET_KEY", secrets::STRIPE_KEY.to_owned()),
        ("STRIPE_WEBHOOK_SECRET", secrets::WEBHOOK_SECRET.to_owned()),
        ("MAIL_FROM", "no-reply@tiffin.example".to_owned()),
        ("TEXT_COUNTRIES", "NL".to_owned()),
        ("TEXTS_PER_MARKET_PER_DAY", "20000".to_owned()),
        ("LIVE_API_URL", nowhere.to_owned()),
        ("LIVE_URL", "ws://127.0.0.1:9".to_owned()),
    ];
    let queues = [
        "INBOX_QUEUE_URL",
        "INBOX_DLQ_URL",
        "TIMERS_QUEUE_URL",
        "TIMERS_DLQ_URL",
        "OUTBOX_FAILURE_QUEUE_URL",
    ];
    environment.extend(queues.map(|name| (name, queue.clone())));
    let seconds = [
        "PAYMENT_DEADLINE_SECONDS",
        "RESTAURANT_DEADLINE_SECONDS",
        "COURIER_DEADLINE_SECONDS",
        "OFFER_SECONDS",
        "OFFER_LEAD_SECONDS",
        "DOOR_WAIT_SECONDS",
        "FAILURE_REVIEW_SECONDS",
    ];
    environment.extend(seconds.map(|name| (name, "900".to_owned())));
    environment
}

/// The server that stands in for DynamoDB.
struct Stub {
    child: Child,
    port: u16,
    folder: PathBuf,
    calls: std::sync::mpsc::Receiver<String>,
}

impl Stub {
    fn start(instance: &Instance) -> Outcome<Self> {
        let what = "Starting the stand-in for DynamoDB failed";
        let remedy = "remove the folder .local/venv and try again";
        let tools = Environment::prepare(instance, Tools::Emulator)?;
        let folder = instance.local().join("bench").join(clock::unique());
        let mut command = tools.program("python");
        command
            .arg(instance.root.join("infra/local/python/tls_stub.py"))
            .arg(&folder);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .or_fail(what, remedy)?;
        let (sender, calls) = std::sync::mpsc::channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        let ready = calls.recv_timeout(Duration::from_secs(20)).or_fail(what, remedy)?;
        let port = ready.strip_prefix("ready ").and_then(|port| port.parse().ok());
        let port = port.ok_or_else(|| Failure::new(what, format!("it said `{ready}`"), remedy))?;
        Ok(Self {
            child,
            port,
            folder,
            calls,
        })
    }

    /// How many calls came since the last time; a line may be a moment on its way.
    fn drain(&mut self) -> usize {
        let mut count = 0;
        while self.calls.recv_timeout(Duration::from_millis(20)).is_ok() {
            count += 1;
        }
        count
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        // It has no state but the folder, so there is nothing to do if one of these fails.
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn milliseconds(duration: Duration) -> f64 {
    round(duration.as_secs_f64() * 1000.0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "programs and processes are far below 2^52 bytes"
)]
fn megabytes(bytes: u64) -> f64 {
    round(bytes as f64 / 1e6)
}

/// To two places: more would be noise.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The middle of the values; sorts them.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
