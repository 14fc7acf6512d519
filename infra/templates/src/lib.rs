//! Writes `infra/<service>.yaml`: what all services have in common stands in `service.yaml.jinja`, what one has of its own in `services/<service>.yaml`,
//! and its routes are the operations of its OpenAPI document. What comes out is plain SAM, committed and read as such.

mod description;
mod route;
#[cfg(test)]
mod tests;
pub mod yaml;

use askama::Template;
use serde_json::Value;

use description::Description;
use route::{Gate, Route};

/// What every function of a name is, as YAML.
const FUNCTIONS: &str = include_str!("../functions.yaml");

/// Why there is no template.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The description is no YAML.
    #[error("the description is no YAML")]
    Yaml(#[from] saphyr::ScanError),
    /// A field of the description or of the OpenAPI document is unknown, missing or of the wrong kind.
    #[error("a field is unknown, missing or of the wrong kind")]
    Field(#[from] serde_json::Error),
    /// The service's own SAM has a section that is copied nowhere.
    #[error("the section `{0}` of the service's own SAM is copied nowhere")]
    UnknownSection(String),
    /// An operation needs no token, and the description does not say why.
    #[error("`{0}` needs no token: say why as `public`")]
    PublicWithoutReason(String),
    /// The template cannot be filled in.
    #[error("the template cannot be filled in")]
    Template(#[from] askama::Error),
}

/// What the template is filled in with.
#[derive(Template)]
#[template(path = "service.yaml.jinja", escape = "none")]
struct Page<'a> {
    service: &'a str,
    described: Description,
    own: Own,
    routes: Vec<Route>,
}

/// The SAM that a service alone has, by section, each from its first line break on.
#[derive(Default)]
struct Own {
    parameters: String,
    conditions: String,
    resources: String,
    outputs: String,
}

/// The template of a service, from its description and its OpenAPI document.
///
/// # Errors
/// When one of the two does not say what the template needs.
pub fn template(service: &str, description: &str, openapi: &str) -> Result<String, Error> {
    let (described, own) = description.split_once("\n---\n").unwrap_or((description, ""));
    let described = describe(described)?;
    let routes = route::routes(service, &described, &serde_json::from_str(openapi)?)?;
    let page = Page {
        service,
        described,
        own: own_sections(own)?,
        routes,
    };
    Ok(page.render()? + "\n")
}

/// A description, completed by what every function of the same name is.
fn describe(text: &str) -> Result<Description, Error> {
    let (mut value, known) = (yaml::load(text)?, yaml::load(FUNCTIONS)?);
    for (name, function) in value["functions"].as_object_mut().into_iter().flatten() {
        let own = function.take();
        *function = known[name].clone();
        overlay(function, own);
    }
    let mut described: Description = serde_json::from_value(value)?;
    for (name, function) in &mut described.functions {
        function.name.clone_from(name);
    }
    Ok(described)
}

/// Lays the fields of one value over those of another.
fn overlay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                overlay(below.entry(key).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (below, above) => *below = above,
    }
}

/// The sections of a service's own SAM: each begins with its name at the start of a line.
fn own_sections(text: &str) -> Result<Own, Error> {
    let mut own = Own::default();
    let mut section = &mut String::new();
    for line in text.lines() {
        if line.starts_with(char::is_alphabetic) {
            section = match line {
                "Parameters:" => &mut own.parameters,
                "Conditions:" => &mut own.conditions,
                "Resources:" => &mut own.resources,
                "Outputs:" => &mut own.outputs,
                _ => return Err(Error::UnknownSection(line.to_owned())),
            };
        } else {
            section.push('\n');
            section.push_str(line);
        }
    }
    for section in [
        &mut own.parameters,
        &mut own.conditions,
        &mut own.resources,
        &mut own.outputs,
    ] {
        section.truncate(section.trim_end().len());
    }
    Ok(own)
}

/// A text of several lines, further in, from its first line break on; empty if the text is.
fn indented(text: &str, columns: usize) -> String {
    let lines = text.lines().map(|line| format!("\n{:columns$}{line}", ""));
    lines.collect()
}

/// A word with a capital first letter.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
