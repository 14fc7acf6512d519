//! `cargo local deploy <service>`: builds one service and updates its stack alone, while the others go on.

use clap::Args;

use crate::artefacts::{Profile, known_service, prepare};
use crate::failure::Outcome;
use crate::instance::Instance;
use crate::package::Package;
use crate::platform::Service;
use crate::python::{Environment, Tools};
use crate::record::Record;
use crate::stack::{Stacks, Value};
use crate::ui::Step;

/// How `deploy` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The service to deploy.
    service: String,
    /// Build as for production.
    #[arg(long)]
    release: bool,
    /// Deploy the program in `target/lambda/<service>` as it is, instead of building it.
    #[arg(long)]
    no_build: bool,
}

/// Builds and deploys the service.
///
/// # Errors
/// When it does not compile, nothing runs, or the update fails.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    let name = known_service(&options.service)?;
    Record::require(instance)?;
    let tools = Environment::prepare(instance, Tools::Emulator)?;
    if !options.no_build {
        prepare(instance, &[name], Profile::of(options.release))?;
    }
    let mut step = Step::begin(format!("Deploying {name}"));
    let package = Package::upload(instance, &tools, &instance.root.join(format!("infra/{name}.yaml")))?;
    let aws = instance.aws();
    let service = Service::find(&aws, name)?;
    let stacks = Stacks::new(&aws);
    // The values it was deployed with stay, but for parameters that the template has lost since.
    let known = stacks.parameters(&service.stack)?;
    let kept = known
        .into_iter()
        .filter(|parameter| package.root_parameters().contains(parameter));
    let parameters: Vec<_> = kept.map(|parameter| (parameter, Value::Previous)).collect();
    stacks.update(&service.stack, &package.root_url(instance), &parameters, &mut step)?;
    step.done("");
    Ok(())
}
