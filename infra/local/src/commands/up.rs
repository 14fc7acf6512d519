//! `cargo local up`: builds, starts and deploys everything, and seeds a small city.

use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use client::{Http, Method};
use serde_json::json;

use crate::artefacts::{Profile, SERVICES, prepare};
use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, REGION, STACK};
use crate::outputs::{City, Outputs};
use crate::package::Package;
use crate::process::{Process, tail};
use crate::python::{Environment, Tools};
use crate::record::Record;
use crate::stack::{Stack, Stacks, Value};
use crate::ui::{Step, say};
use crate::{secrets, servers};

/// The operator of the seeded city.
const DEMO_OPERATOR: &str = "olga@tiffin.example";
/// The sender of all mails, unless it is set: the default of `MailFrom` in `template.yaml`.
const MAIL_FROM: &str = "no-reply@tiffin.example";
/// What a shell expects of a program that Ctrl-C ended.
const EXIT_INTERRUPTED: i32 = 130;

/// How `up` is called.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Options {
    /// Return once everything is ready, instead of staying.
    #[arg(long)]
    pub detach: bool,
    /// Check neither what a function's role allows nor the codes that people enter: any six digits pass as one.
    #[arg(long)]
    pub no_iam: bool,
    /// Let the functions' calls to AWS fail now and then.
    #[arg(long)]
    pub faults: bool,
    /// Build as for production: small and quick to start, but slow to build.
    #[arg(long)]
    pub release: bool,
    /// Deploy the programs in `target/lambda` as they are, instead of building them.
    #[arg(long)]
    pub no_build: bool,
    /// Set a parameter of the root template; may be given more than once.
    #[arg(long = "set", value_name = "PARAMETER=VALUE")]
    pub parameters: Vec<String>,
    /// Deploy only; no customers, restaurants and couriers.
    #[arg(long)]
    pub bare: bool,
}

/// Brings up the copy at this instance's port, unless it is up.
///
/// # Errors
/// When a step fails: what had been started is stopped again, the logs are kept.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    if let Some(record) = Record::load(instance) {
        if record.healthy() && record.iam != options.no_iam && record.faults == options.faults {
            say(format!(
                "Already running; `{}` first to start afresh.",
                instance.command("down")
            ));
            super::status::print_outputs(&Outputs::load(instance)?);
            return Ok(());
        }
        record.stop(instance);
    }
    let started = Instant::now();
    stop_on_interrupt(instance)?;
    let outputs = start(instance, options).inspect_err(|_| {
        if let Some(record) = Record::load(instance) {
            record.stop(instance);
        }
    })?;
    say(format!(
        "\nThe platform runs, {:.0} s after the start.\n",
        started.elapsed().as_secs_f64()
    ));
    super::status::print_outputs(&outputs);
    if options.no_iam {
        say(super::status::UNCHECKED);
    }
    if options.detach {
        say(format!("\n  `{}` stops it.", instance.command("down")));
        return Ok(());
    }
    say("\n  Ctrl-C stops it; `cargo local demo` in another terminal shows it at work.");
    watch(instance)
}

/// All steps of a start.
fn start(instance: &Instance, options: &Options) -> Outcome<Outputs> {
    let tools = Environment::prepare(instance, Tools::Emulator)?;
    if !options.no_build {
        prepare(instance, &SERVICES, Profile::of(options.release))?;
    }

    let mut record = Record {
        processes: Vec::new(),
        iam: !options.no_iam,
        faults: options.faults,
        stack: None,
    };
    let mut add = |process: Process| {
        record.processes.push(process);
        record.save(instance)
    };
    add(servers::start_emulator(
        instance,
        &tools,
        !options.no_iam,
        options.faults,
    )?)?;
    add(servers::start_stripe(instance, &tools)?)?;
    if options.faults {
        add(servers::start_fault_proxy(instance)?)?;
    }

    let stack = deploy(instance, &tools, options)?;
    register_webhook(instance, output(&stack, "ApiUrl")?)?;
    verify_sender(instance, options)?;
    let mut outputs = describe(instance, &stack)?;
    if !options.bare {
        let step = Step::begin("Seeding a small city");
        crate::seed::run(&mut outputs)?;
        let city = &outputs.city;
        step.done(&format!(
            "{} restaurants, {} couriers",
            city.restaurant_ids.len(),
            city.couriers.len()
        ));
    }
    // Written last, so that whoever waits for the file finds a platform that is ready.
    outputs.save(instance)?;
    record.stack = Some(STACK.to_owned());
    record.save(instance)?;
    Ok(outputs)
}

/// Creates the root stack from the real template.
fn deploy(instance: &Instance, tools: &Environment, options: &Options) -> Outcome<Stack> {
    let mut step = Step::begin("Packaging the templates");
    let package = Package::upload(instance, tools, &instance.root.join("template.yaml"))?;
    step.progress("");
    step.done("");
    let mut step = Step::begin(format!("Deploying the stack {STACK}"));
    let parameters = parameters(instance, options, package.root_parameters())?;
    let aws = instance.aws();
    let stacks = Stacks::new(&aws);
    let stack = stacks.create(STACK, &package.root_url(instance), &parameters, &mut step)?;
    let names = stacks.names()?;
    let resources: usize = names
        .iter()
        .map(|name| stacks.resources(name).map_or(0, |list| list.len()))
        .sum();
    step.done(&format!("{} stacks, {resources} resources", names.len()));
    Ok(stack)
}

/// The values of the root template's parameters that differ from production.
fn parameters(instance: &Instance, options: &Options, declared: &[String]) -> Outcome<Vec<(String, Value)>> {
    let api = format!("{}/_aws/execute-api/{{api_id}}", instance.endpoint());
    let live = format!("ws://localhost:{}/_aws/execute-api/{{api_id}}/live", instance.port);
    let local = [
        (
            "Architecture",
            if cfg!(target_arch = "aarch64") {
                "arm64"
            } else {
                "x86_64"
            }
            .to_owned(),
        ),
        ("CompositeAlarms", "false".to_owned()),
        // Here all requests come from one address, and the seeded operator signs in with a password alone.
        ("AddressBudgetFactor", "100000".to_owned()),
        ("OperatorsWithoutSecondFactor", DEMO_OPERATOR.to_owned()),
        // Whoever tries things out does not want to wait: an offer comes at once, however long the kitchen takes, and a
        // door stays closed for seconds.
        ("OfferLeadSeconds", "3600".to_owned()),
        ("DoorWaitSeconds", "5".to_owned()),
        ("DeletionProtection", "false".to_owned()),
        ("InternalApiUrl", format!("{api}/$default")),
        ("LiveApiUrl", format!("{api}/live")),
        ("LiveUrl", live),
        ("PointInTimeRecovery", "false".to_owned()),
        ("StripeApiUrl", instance.stripe_url()),
        // Its values are put into the templates when they are packaged.
        ("StripeSecret", "local".to_owned()),
    ];
    let mut values: Vec<(String, Value)> = local
        .into_iter()
        .filter(|(name, _)| declared.iter().any(|known| known == name))
        .map(|(name, value)| (name.to_owned(), Value::New(value)))
        .collect();
    for setting in &options.parameters {
        let pair = setting
            .split_once('=')
            .filter(|(name, _)| declared.iter().any(|known| known == name));
        let (name, value) = pair.ok_or_else(|| {
            Failure::new(
                format!("Cannot set `{setting}`"),
                format!("the parameters of template.yaml are {}", declared.join(", ")),
                "give it as `--set Name=value`",
            )
        })?;
        values.retain(|(known, _)| known != name);
        values.push((name.to_owned(), Value::New(value.to_owned())));
    }
    Ok(values)
}

/// Tells localstripe where to send its events.
fn register_webhook(instance: &Instance, api_url: &str) -> Outcome {
    let url = format!("{}/_config/webhooks/tiffin", instance.stripe_url());
    let body = json!({"url": format!("{api_url}/v1/webhooks/stripe"), "secret": secrets::WEBHOOK_SECRET});
    let headers = [("content-type", "application/json")];
    let answer = Http::new().send(&Method::POST, &url, &headers, body.to_string().as_bytes())?;
    if answer.ok() {
        Ok(())
    } else {
        Err(answer.refusal("Registering the webhook").into())
    }
}

/// Makes the sender of all mails an identity that may send, as an account's owner does once.
fn verify_sender(instance: &Instance, options: &Options) -> Outcome {
    let set = options
        .parameters
        .iter()
        .find_map(|setting| setting.strip_prefix("MailFrom="));
    let identity = json!({"EmailIdentity": set.unwrap_or(MAIL_FROM)});
    let aws = instance.aws();
    aws.rest("ses", &Method::POST, "/v2/email/identities", &identity)?;
    Ok(())
}

/// The outputs of the deployed stack, without people yet.
fn describe(instance: &Instance, stack: &Stack) -> Outcome<Outputs> {
    let api_url = output(stack, "ApiUrl")?.trim_end_matches('/').to_owned();
    Ok(Outputs {
        docs_url: format!("{api_url}/v1/docs"),
        live_url: output(stack, "LiveUrl")?.to_owned(),
        aws_endpoint: instance.endpoint(),
        region: REGION.to_owned(),
        stack_name: STACK.to_owned(),
        user_pool_id: output(stack, "UserPoolId")?.to_owned(),
        user_pool_client_id: output(stack, "UserPoolClientId")?.to_owned(),
        stripe_url: instance.stripe_url(),
        logins: Vec::new(),
        city: City::default(),
        api_url,
    })
}

fn output<'a>(stack: &'a Stack, name: &str) -> Outcome<&'a str> {
    stack.outputs.get(name).map(String::as_str).ok_or_else(|| {
        let known: Vec<&str> = stack.outputs.keys().map(String::as_str).collect();
        Failure::new(
            format!("template.yaml gives no output {name}"),
            format!("it gives {}", known.join(", ")),
            "add the output to the template",
        )
    })
}

/// Makes Ctrl-C stop whatever has been started by then.
fn stop_on_interrupt(instance: &Instance) -> Outcome {
    let instance = instance.clone();
    ctrlc::set_handler(move || {
        say("");
        super::down::run(&instance);
        std::process::exit(EXIT_INTERRUPTED);
    })
    .or_fail("Cannot listen for Ctrl-C", "use `cargo local up --detach`")
}

/// Stays until a program stops by itself.
fn watch(instance: &Instance) -> Outcome {
    let Some(record) = Record::load(instance) else {
        return Ok(());
    };
    loop {
        sleep(Duration::from_secs(1));
        // `cargo local down` in another terminal removes the record.
        if Record::load(instance).is_none() {
            return Ok(());
        }
        if let Some(stopped) = record.processes.iter().find(|process| !process.alive()) {
            let log = instance.log(&stopped.name);
            record.stop(instance);
            return Err(Failure::new(
                format!("{} has stopped", stopped.name),
                format!("the end of {}:\n{}", log.display(), tail(&log, 15)),
                format!("start again with `{}`", instance.command("up")),
            ));
        }
    }
}
