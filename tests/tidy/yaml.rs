//! Templates as JSON: the short forms of CloudFormation's functions (`!Ref X`) become the long ones (`{"Ref": "X"}`).

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

use super::{read, root};

/// One of the templates, `infra/order.yaml` for example.
pub fn template(path: &str) -> Value {
    let documents =
        Yaml::load_from_str(&read(&root().join(path))).map(|documents| documents.iter().map(to_json).collect());
    let documents: Vec<Value> = documents.unwrap_or_else(|error| panic!("{path}: {error}"));
    documents.into_iter().next().unwrap_or_default()
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

fn to_json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Value(Scalar::Null) | Yaml::BadValue | Yaml::Alias(_) => Value::Null,
        Yaml::Representation(text, ..) => json!(text),
        Yaml::Sequence(members) => members.iter().map(to_json).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(key, value)| (key_text(key), to_json(value));
            Value::Object(entries.iter().map(entry).collect())
        }
        Yaml::Tagged(tag, value) => {
            let name = tag.suffix.trim_start_matches('!');
            let name = if name == "Ref" || name == "Condition" {
                name.to_owned()
            } else {
                format!("Fn::{name}")
            };
            Value::Object(Map::from_iter([(name, to_json(value))]))
        }
    }
}

fn key_text(key: &Yaml<'_>) -> String {
    let key = to_json(key);
    key.as_str().map_or_else(|| key.to_string(), str::to_owned)
}
