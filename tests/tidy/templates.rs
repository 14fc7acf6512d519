//! What every function in the templates must have.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::yaml::{referred, resources, template};
use super::{SERVICES, files, no_complaints, read, root, shown};

/// Variables that Lambda or the runtime crate's own start provide or may do without.
const OPTIONAL: [&str; 2] = ["AWS_CA_BUNDLE", "_HANDLER"];

fn service_templates() -> impl Iterator<Item = (&'static str, Value)> {
    SERVICES
        .into_iter()
        .map(|service| (service, template(&format!("infra/{service}.yaml"))))
}

#[test]
fn every_function_has_a_role_of_its_own() {
    let mut complaints = Vec::new();
    for (service, template) in service_templates() {
        let mut seen = BTreeSet::new();
        for (name, function) in resources(&template, "AWS::Serverless::Function") {
            match referred(&function["Properties"]["Role"]) {
                Some(role) if seen.insert(role.to_owned()) => {}
                Some(role) => complaints.push(format!("{service}: {name} shares {role} with another function")),
                None => complaints.push(format!("{service}: {name} has no role of its own")),
            }
        }
    }
    no_complaints(complaints);
}

#[test]
fn no_role_may_do_everything() {
    let mut complaints = Vec::new();
    for (service, template) in service_templates() {
        for (name, role) in resources(&template, "AWS::IAM::Role") {
            let text = role["Properties"]["Policies"].to_string();
            let managed = role["Properties"]["ManagedPolicyArns"].is_array();
            if managed
                || text.contains("\"Action\":\"*\"")
                || text.contains(":*\",\"Effect\"")
                || text.contains("dynamodb:*")
            {
                complaints.push(format!("{service}: {name} grants more than named calls"));
            }
        }
    }
    no_complaints(complaints);
}

#[test]
fn the_user_pool_is_no_second_front_door() {
    let template = template("infra/user.yaml");
    let clients = resources(&template, "AWS::Cognito::UserPoolClient");
    let [(_, client)] = clients[..] else {
        panic!("one client, which is the service: {clients:?}")
    };
    let client = &client["Properties"];
    assert_eq!(
        client["GenerateSecret"], true,
        "whoever knows the id could sign up and in past the service"
    );
    let flows = json!(["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
    assert_eq!(
        client["ExplicitAuthFlows"], flows,
        "passwords are tried with the service's credentials alone"
    );
    assert_eq!(client["PreventUserExistenceErrors"], "ENABLED");
    assert_eq!(
        client["WriteAttributes"],
        json!(["email"]),
        "all else is said in the table"
    );
    let (_, pool) = resources(&template, "AWS::Cognito::UserPool")[0];
    let proven = &pool["Properties"]["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"];
    assert_eq!(*proven, json!(["email"]), "an address counts once it is proven");
}

#[test]
fn every_log_is_kept_for_a_time_and_no_longer() {
    let mut complaints = Vec::new();
    for (service, template) in service_templates() {
        let groups = resources(&template, "AWS::Logs::LogGroup");
        for (name, function) in resources(&template, "AWS::Serverless::Function") {
            let group = referred(&function["Properties"]["LoggingConfig"]["LogGroup"]);
            let kept = groups.iter().find(|(id, _)| Some(*id) == group);
            if kept.is_none_or(|(_, group)| group["Properties"]["RetentionInDays"].is_null()) {
                complaints.push(format!("{service}: the log of {name} has no retention"));
            }
        }
    }
    no_complaints(complaints);
}

#[test]
fn every_function_raises_alarms() {
    let mut complaints = Vec::new();
    for (service, template) in service_templates() {
        let alarms = resources(&template, "AWS::CloudWatch::Alarm");
        for (name, _) in resources(&template, "AWS::Serverless::Function") {
            for metric in ["Errors", "Throttles", "Duration"] {
                let has = alarms.iter().any(|(_, alarm)| watches(alarm, metric, name));
                if !has {
                    complaints.push(format!("{service}: no alarm for {metric} of {name}"));
                }
            }
        }
    }
    no_complaints(complaints);
}

/// Whether an alarm watches this metric of this function or queue.
fn watches(alarm: &Value, metric: &str, name: &str) -> bool {
    let properties = &alarm["Properties"];
    let dimensions = properties["Dimensions"].as_array();
    let about = dimensions.is_some_and(|all| all.iter().any(|one| referred(&one["Value"]) == Some(name)));
    properties["MetricName"] == metric && about
}

#[test]
fn whatever_is_asynchronous_keeps_its_failures_and_says_so() {
    let mut complaints = Vec::new();
    for (service, template) in service_templates() {
        let alarms = resources(&template, "AWS::CloudWatch::Alarm");
        let mut ends = BTreeSet::new();
        for (name, function) in resources(&template, "AWS::Serverless::Function") {
            for (event, source) in function["Properties"]["Events"].as_object().into_iter().flatten() {
                let properties = &source["Properties"];
                let end = match source["Type"].as_str() {
                    Some("SQS") => {
                        let queue = referred(&properties["Queue"]).unwrap_or_default();
                        let target =
                            &template["Resources"][queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"];
                        referred(target)
                    }
                    Some("DynamoDB") => referred(&properties["DestinationConfig"]["OnFailure"]["Destination"]),
                    _ => continue,
                };
                match end {
                    Some(end) => drop(ends.insert(end.to_owned())),
                    None => complaints.push(format!("{service}: {name} loses what {event} cannot deliver")),
                }
                if !properties["FunctionResponseTypes"]
                    .to_string()
                    .contains("ReportBatchItemFailures")
                {
                    complaints.push(format!(
                        "{service}: one bad message of {event} fails the whole batch of {name}"
                    ));
                }
            }
        }
        for (name, subscription) in resources(&template, "AWS::SNS::Subscription") {
            match referred(&subscription["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]) {
                Some(end) => drop(ends.insert(end.to_owned())),
                None => complaints.push(format!("{service}: {name} loses what it cannot deliver")),
            }
        }
        let watched = |end: &String| {
            alarms
                .iter()
                .any(|(_, alarm)| watches(alarm, "ApproximateNumberOfMessagesVisible", end))
        };
        complaints.extend(
            ends.iter()
                .filter(|end| !watched(end))
                .map(|end| format!("{service}: no alarm for {end}")),
        );
    }
    no_complaints(complaints);
}

#[test]
fn nothing_has_a_fixed_name() {
    let names = [
        "TableName",
        "QueueName",
        "FunctionName",
        "RoleName",
        "TopicName",
        "LogGroupName",
        "UserPoolName",
        "BucketName",
    ];
    let mut complaints = Vec::new();
    for (service, template) in service_templates() {
        for (id, resource) in template["Resources"].as_object().into_iter().flatten() {
            let fixed = names.iter().filter(|name| resource["Properties"][**name].is_string());
            complaints.extend(fixed.map(|name| format!("{service}: {id} has a fixed {name}")));
        }
    }
    no_complaints(complaints);
}

#[test]
fn every_variable_that_a_service_reads_is_set_for_it() {
    let mut complaints = Vec::new();
    for (service, template) in service_templates() {
        let mut set: BTreeSet<&str> = names(&template["Globals"]["Function"]["Environment"]["Variables"]);
        for (_, function) in resources(&template, "AWS::Serverless::Function") {
            set.extend(names(&function["Properties"]["Environment"]["Variables"]));
        }
        for path in files(&format!("functions/{service}/src"), ".rs") {
            let text = read(&path);
            let read = [".var(\"", ".seconds(\""]
                .iter()
                .flat_map(|call| text.split(call).skip(1));
            let names = read.filter_map(|rest| rest.split('"').next());
            let unset = names.filter(|name| !set.contains(name) && !OPTIONAL.contains(name));
            complaints.extend(
                unset.map(|name| format!("infra/{service}.yaml sets no {name}, which {} reads", path.display())),
            );
        }
    }
    no_complaints(complaints);
}

fn names(variables: &Value) -> BTreeSet<&str> {
    variables
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

/// An editor that does not know a tag calls a right template wrong.
#[test]
fn the_editors_settings_know_every_tag_of_the_templates() {
    let settings: Value = serde_json::from_str(&read(&root().join(".vscode/settings.json"))).unwrap();
    let tags = settings["yaml.customTags"].as_array().unwrap();
    let known: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.as_str()?.split(' ').next()).collect();
    let mut complaints = BTreeSet::new();
    for path in files("infra", ".yaml")
        .into_iter()
        .chain([root().join("template.yaml")])
    {
        let text = read(&path);
        let words = text.split_whitespace().map(|word| word.trim_start_matches('['));
        let words = words.filter(|word| word.starts_with('!'));
        let unknown = words.filter(|word| !known.contains(word));
        complaints.extend(unknown.map(|word| format!("{}: {word} is not in .vscode/settings.json", shown(&path))));
    }
    no_complaints(complaints);
}
