//! YAML as JSON: the short forms of CloudFormation's functions (`!Ref X`) become the long ones (`{"Ref": "X"}`).

use saphyr::{LoadableYamlNode, Scalar, ScanError, Yaml};
use serde_json::{Map, Value, json};

/// The first document of a text; null if there is none.
///
/// # Errors
/// When the text is no YAML.
pub fn load(text: &str) -> Result<Value, ScanError> {
    let documents = Yaml::load_from_str(text)?;
    Ok(documents.first().map(to_json).unwrap_or_default())
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
