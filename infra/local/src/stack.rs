//! The stack: created or changed through the CloudFormation API, with its progress and the reasons of its failures.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use client::{Aws, element, elements};

use crate::failure::{Failure, Outcome};
use crate::ui::Step;

/// The version of the CloudFormation API.
const VERSION: &str = "2010-05-15";

/// How long a stack may take; the whole platform takes a few seconds.
const TIMEOUT: Duration = Duration::from_mins(5);

/// The calls about stacks.
pub struct Stacks<'a> {
    aws: &'a Aws,
}

/// A stack as it is now.
#[derive(Debug)]
pub struct Stack {
    /// `CREATE_COMPLETE` and so on.
    pub status: String,
    /// Why, if it failed.
    pub reason: String,
    /// What the template gives out.
    pub outputs: BTreeMap<String, String>,
}

/// The value of a parameter.
#[derive(Debug, Clone)]
pub enum Value {
    /// This one.
    New(String),
    /// The one that the stack has already.
    Previous,
}

/// A resource of a stack.
#[derive(Debug)]
pub struct Resource {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name or ARN in the account.
    pub physical_id: String,
    /// `AWS::SQS::Queue` and so on.
    pub kind: String,
}

impl<'a> Stacks<'a> {
    /// Speaks of the stacks behind `aws`.
    pub fn new(aws: &'a Aws) -> Self {
        Self { aws }
    }

    /// Creates a stack and waits for it.
    ///
    /// # Errors
    /// When a resource fails: it is named with the reason.
    pub fn create(
        &self,
        name: &str,
        template: &str,
        parameters: &[(String, Value)],
        step: &mut Step,
    ) -> Outcome<Stack> {
        self.aws.form(
            "cloudformation",
            VERSION,
            "CreateStack",
            &form(name, template, parameters),
        )?;
        self.wait(name, step)
    }

    /// Changes a stack and waits for it. A change that changes nothing is well.
    ///
    /// # Errors
    /// When a resource fails: it is named with the reason.
    pub fn update(
        &self,
        name: &str,
        template: &str,
        parameters: &[(String, Value)],
        step: &mut Step,
    ) -> Outcome<Stack> {
        let changed = self.aws.form(
            "cloudformation",
            VERSION,
            "UpdateStack",
            &form(name, template, parameters),
        );
        match changed {
            Err(failure) if failure.to_string().contains("No updates are to be performed") => {}
            other => drop(other?),
        }
        self.wait(name, step)
    }

    /// The stack of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn describe(&self, name: &str) -> Outcome<Stack> {
        let form = [("StackName".to_owned(), name.to_owned())];
        let xml = self.aws.form("cloudformation", VERSION, "DescribeStacks", &form)?;
        let outputs = xml.split("<OutputKey>").skip(1).filter_map(|part| {
            let key = part.split_once("</OutputKey>")?.0.to_owned();
            Some((key, element(part, "OutputValue")?))
        });
        Ok(Stack {
            status: element(&xml, "StackStatus").unwrap_or_default(),
            reason: element(&xml, "StackStatusReason").unwrap_or_default(),
            outputs: outputs.collect(),
        })
    }

    /// The parameters that a stack was created with, by name.
    ///
    /// # Errors
    /// When there is no such stack.
    pub fn parameters(&self, name: &str) -> Outcome<Vec<String>> {
        let form = [("StackName".to_owned(), name.to_owned())];
        Ok(elements(
            &self.aws.form("cloudformation", VERSION, "DescribeStacks", &form)?,
            "ParameterKey",
        ))
    }

    /// The resources of a stack.
    ///
    /// # Errors
    /// When there is no such stack.
    pub fn resources(&self, name: &str) -> Outcome<Vec<Resource>> {
        let form = [("StackName".to_owned(), name.to_owned())];
        let xml = self
            .aws
            .form("cloudformation", VERSION, "DescribeStackResources", &form)?;
        let members = elements(&xml, "member");
        let resource = |member: &String| Resource {
            logical_id: element(member, "LogicalResourceId").unwrap_or_default(),
            physical_id: element(member, "PhysicalResourceId").unwrap_or_default(),
            kind: element(member, "ResourceType").unwrap_or_default(),
        };
        Ok(members.iter().map(resource).collect())
    }

    /// The names of all stacks that stand, root and nested.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub fn names(&self) -> Outcome<Vec<String>> {
        Ok(elements(
            &self.aws.form("cloudformation", VERSION, "ListStacks", &[("", ""); 0])?,
            "StackName",
        ))
    }

    fn wait(&self, name: &str, step: &mut Step) -> Outcome<Stack> {
        let started = Instant::now();
        loop {
            let stack = self.describe(name)?;
            if stack.status.ends_with("_COMPLETE") && !stack.status.contains("ROLLBACK") {
                return Ok(stack);
            }
            if !stack.status.ends_with("_IN_PROGRESS") || stack.status.contains("ROLLBACK") {
                let failures = self.failures(name);
                return Err(Failure::new(
                    format!("The stack {name} ended as {}", stack.status),
                    if failures.is_empty() {
                        stack.reason
                    } else {
                        format!("\n{}", failures.join("\n"))
                    },
                    "correct the template, then `cargo local down` and `cargo local up`",
                ));
            }
            if started.elapsed() > TIMEOUT {
                return Err(Failure::new(
                    format!("The stack {name} does not come to stand"),
                    format!("it is {} after {} s", stack.status, TIMEOUT.as_secs()),
                    "see `cargo local logs emulator`, then `cargo local down` and `cargo local up`",
                ));
            }
            let standing = self.names().map_or(0, |names| names.len());
            step.progress(&format!("{standing} stacks"));
            sleep(Duration::from_millis(150));
        }
    }

    /// The resources that failed in a stack and those nested in it, each with its reason.
    fn failures(&self, root: &str) -> Vec<String> {
        let mut failures = Vec::new();
        let nested = self.names().unwrap_or_default();
        for name in nested.iter().filter(|name| name.starts_with(root)) {
            let form = [("StackName".to_owned(), name.clone())];
            let Ok(xml) = self.aws.form("cloudformation", VERSION, "DescribeStackEvents", &form) else {
                continue;
            };
            for event in elements(&xml, "member") {
                let field = |tag| element(&event, tag).unwrap_or_default();
                let (status, reason) = (field("ResourceStatus"), field("ResourceStatusReason"));
                if status.ends_with("_FAILED") && !reason.is_empty() {
                    failures.push(format!(
                        "    {name}: {} ({}): {reason}",
                        field("LogicalResourceId"),
                        field("ResourceType")
                    ));
                }
            }
        }
        failures.sort();
        failures.dedup();
        failures
    }
}

/// The form of a stack's creation or change.
fn form(name: &str, template: &str, parameters: &[(String, Value)]) -> Vec<(String, String)> {
    let mut form = vec![
        ("StackName".to_owned(), name.to_owned()),
        ("TemplateURL".to_owned(), template.to_owned()),
        ("DisableRollback".to_owned(), "true".to_owned()),
    ];
    for (index, capability) in ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"].into_iter().enumerate() {
        form.push((format!("Capabilities.member.{}", index + 1), capability.to_owned()));
    }
    for (index, (key, value)) in parameters.iter().enumerate() {
        let member = format!("Parameters.member.{}", index + 1);
        form.push((format!("{member}.ParameterKey"), key.clone()));
        form.push(match value {
            Value::New(value) => (format!("{member}.ParameterValue"), value.clone()),
            Value::Previous => (format!("{member}.UsePreviousValue"), "true".to_owned()),
        });
    }
    form
}
