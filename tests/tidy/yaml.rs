//! Templates as JSON: the short forms of CloudFormation's functions (`!Ref X`) become the long ones (`{"Ref": "X"}`).

use serde_json::Value;

use super::{read, root};

/// One of the templates, `infra/order.yaml` for example.
pub fn template(path: &str) -> Value {
    templates::yaml::load(&read(&root().join(path))).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The resources of a kind in a template, with their names.
pub fn resources<'a>(template: &'a Value, kind: &str) -> Vec<(&'a str, &'a Value)> {
    let all = template["Resources"].as_object().expect("a template has resources");
    let of_kind = all.iter().filter(|(_, resource)| resource["Type"] == kind);
    of_kind.map(|(name, resource)| (name.as_str(), resource)).collect()
}

/// The name of the resource or parameter that a value stands for: `!Ref X` or `!GetAtt X.Arn`.
pub fn referred(value: &Value) -> Option<&str> {
    let name = value["Ref"].as_str().or_else(|| value["Fn::GetAtt"].as_str())?;
    name.split('.').next()
}
