//! The three programs that stand in for the world outside: the AWS emulator, Stripe, and a proxy that injects faults.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use client::Http;

use crate::clock;
use crate::failure::{Failure, Outcome};
use crate::instance::{Instance, REGION, make_folder};
use crate::process::{Process, require_free_port, tail};
use crate::python::{Environment, Tools};
use crate::ui::Step;

/// How long a server may take until it answers; on a quiet machine it is a second.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Starts the AWS emulator.
///
/// # Errors
/// When its port is taken or it does not come to answer.
pub fn start_emulator(instance: &Instance, tools: &Environment, iam: bool, faults: bool) -> Outcome<Process> {
    require_free_port(instance.port, "The AWS emulator")?;
    let scratch = instance.state().join("tmp");
    make_folder(&scratch)?;
    // Functions call back through this address, so putting the proxy here lets every call of theirs fail.
    let port = if faults { instance.fault_port() } else { instance.port };
    let mut command = tools.program("python");
    clean_environment(&mut command);
    command
        .args(["-m", "ministack"])
        .env("GATEWAY_PORT", instance.port.to_string())
        .env("BIND_HOST", "127.0.0.1")
        .env("MINISTACK_REGION", REGION)
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
        .env("AWS_ACCESS_KEY_ID", client::ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AUTH", iam.to_string())
        .env("IOT_MTLS_ENABLED", "0")
        .env("LOG_LEVEL", "INFO")
        .env("TMPDIR", scratch);
    let url = format!("{}/_ministack/ready", instance.endpoint());
    start(instance, "emulator", "the AWS emulator", &mut command, &url)
}

/// Starts localstripe.
///
/// # Errors
/// When its port is taken or it does not come to answer.
pub fn start_stripe(instance: &Instance, tools: &Environment) -> Outcome<Process> {
    require_free_port(instance.stripe_port(), "localstripe")?;
    let mut command = tools.program("python");
    clean_environment(&mut command);
    command.arg(instance.root.join("infra/local/python/stripe.py")).args([
        "--from-scratch",
        "--port",
        &instance.stripe_port().to_string(),
    ]);
    let url = format!("{}/js.stripe.com/v3/", instance.stripe_url());
    start(instance, "localstripe", "localstripe", &mut command, &url)
}

/// Starts the fault proxy in front of the emulator.
///
/// # Errors
/// When it cannot be installed, its port is taken or it does not come to answer.
pub fn start_fault_proxy(instance: &Instance) -> Outcome<Process> {
    require_free_port(instance.fault_port(), "The fault proxy")?;
    let tools = Environment::prepare(instance, Tools::Faults)?;
    let mut command = tools.program("python");
    clean_environment(&mut command);
    command
        .arg(instance.root.join("infra/local/python/faults.py"))
        .args([
            "--no-resign",
            "--upstream",
            &format!("http://127.0.0.1:{}", instance.port),
        ])
        .args(["--port", &instance.fault_port().to_string(), "--config"])
        .arg(instance.root.join("infra/local/faults.yaml"));
    let url = format!("http://127.0.0.1:{}/_ministack/ready", instance.fault_port());
    start(instance, "faults", "the fault proxy", &mut command, &url)
}

/// Lets only harmless variables through: functions inherit the emulator's environment, and neither a proxy setting nor
/// a real AWS profile of the user's may reach them.
fn clean_environment(command: &mut Command) {
    command.env_clear();
    for name in ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH"] {
        if let Some(value) = clock::variable(name) {
            command.env(name, value);
        }
    }
}

/// Starts one server and waits until it answers.
fn start(instance: &Instance, name: &str, title: &str, command: &mut Command, url: &str) -> Outcome<Process> {
    let mut step = Step::begin(format!("Starting {title}"));
    let log = instance.log(name);
    let process = Process::start(name, command, &log)?;
    let http = Http::new();
    let started = Instant::now();
    while !http
        .send(&client::Method::GET, url, &[], b"")
        .is_ok_and(|answer| answer.status < 500)
    {
        let stopped = !process.alive();
        if stopped || started.elapsed() > START_TIMEOUT {
            process.stop();
            let state = if stopped { "it stopped" } else { "it did not answer" };
            return Err(Failure::new(
                format!("Starting {title} failed"),
                format!("{state}; the end of {}:\n{}", log.display(), tail(&log, 15)),
                "remove the folder .local and try again; if it stays so, report the log",
            ));
        }
        step.progress("");
        sleep(Duration::from_millis(50));
    }
    step.done("");
    Ok(process)
}
