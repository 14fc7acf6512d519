//! The deployed platform, service by service: which resources of the templates became what in the account.

use std::collections::BTreeMap;

use client::Aws;

use crate::artefacts::SERVICES;
use crate::failure::{Failure, Outcome};
use crate::instance::STACK;
use crate::stack::Stacks;

/// One service as it is deployed.
#[derive(Debug)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// The ARN of its stack.
    pub stack: String,
    /// What the names in its template stand for, with the kind of each.
    pub resources: BTreeMap<String, (String, String)>,
}

impl Service {
    /// All services that are deployed.
    ///
    /// # Errors
    /// When the stack does not stand.
    pub fn all(aws: &Aws) -> Outcome<Vec<Self>> {
        let stacks = Stacks::new(aws);
        let nested = stacks.resources(STACK)?;
        let find = |name: &'static str| {
            let is_its = |id: &str| id.to_lowercase().starts_with(name);
            let nested = nested.iter().filter(|one| one.kind == "AWS::CloudFormation::Stack");
            let stack = nested.into_iter().find(|one| is_its(&one.logical_id)).ok_or_else(|| {
                Failure::new(
                    format!("The service {name} is not deployed"),
                    format!("the stack {STACK} holds no stack of it"),
                    "start again with `cargo local down` and `cargo local up`",
                )
            })?;
            let inside = stacks.resources(&stack.physical_id)?;
            let resources = inside
                .into_iter()
                .map(|one| (one.logical_id, (one.physical_id, one.kind)))
                .collect();
            Ok(Self {
                name,
                stack: stack.physical_id.clone(),
                resources,
            })
        };
        SERVICES.into_iter().map(find).collect()
    }

    /// The service of this name.
    ///
    /// # Errors
    /// When the stack does not stand.
    pub fn find(aws: &Aws, name: &str) -> Outcome<Self> {
        let found = Self::all(aws)?.into_iter().find(|service| service.name == name);
        found.ok_or_else(|| Failure::new(format!("There is no service {name}"), "it is not deployed", ""))
    }

    /// Its functions: the name in the template without `Function`, in lower case, and the name in the account.
    pub fn functions(&self) -> impl Iterator<Item = (String, &str)> {
        let functions = self
            .resources
            .iter()
            .filter(|(_, (_, kind))| kind == "AWS::Lambda::Function");
        functions.map(|(id, (name, _))| (id.trim_end_matches("Function").to_lowercase(), name.as_str()))
    }

    /// The log groups of its functions, named as in [`Self::functions`].
    pub fn log_groups(&self) -> impl Iterator<Item = (String, &str)> {
        let groups = self
            .resources
            .iter()
            .filter(|(_, (_, kind))| kind == "AWS::Logs::LogGroup");
        groups.map(|(id, (name, _))| (id.trim_end_matches("Log").to_lowercase(), name.as_str()))
    }
}
