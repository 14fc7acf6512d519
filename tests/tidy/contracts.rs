//! What is published, by whom, and who listens.

use std::collections::BTreeSet;

use contracts::PUBLISHED;

use super::yaml::{resources, template};
use super::{SERVICES, files, no_complaints, read, root};

/// The name of an event's payload in Rust: `order.picked_up.v1` is `PickedUp`.
fn payload(event_type: &str) -> String {
    let words = event_type.split('.').nth(1).unwrap_or_default().split('_');
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

#[test]
fn every_event_has_an_example_and_every_example_an_event() {
    let folder = root().join("shared/contracts/golden");
    let known: BTreeSet<String> = PUBLISHED
        .iter()
        .map(|event| format!("{}.json", event.event_type))
        .collect();
    let examples: BTreeSet<String> = files("shared/contracts/golden", ".json")
        .iter()
        .map(|path| path.strip_prefix(&folder).unwrap_or(path).display().to_string())
        .collect();
    assert_eq!(known, examples);
}

#[test]
fn every_event_has_a_publisher() {
    no_complaints(PUBLISHED.iter().filter_map(|event| {
        let service = event.source.trim_start_matches('/');
        let name = payload(event.event_type);
        let sources = files(&format!("functions/{service}/src"), ".rs");
        let published = sources.iter().any(|path| read(path).contains(&name));
        (!published).then(|| format!("nothing in functions/{service} makes a {}", event.event_type))
    }));
}

#[test]
fn every_subscription_names_events_that_exist_on_their_own_topic() {
    let mut complaints = Vec::new();
    for service in SERVICES {
        let template = template(&format!("infra/{service}.yaml"));
        for (name, subscription) in resources(&template, "AWS::SNS::Subscription") {
            let topic = subscription["Properties"]["TopicArn"]["Ref"]
                .as_str()
                .unwrap_or_default();
            let name_of_topic = topic.trim_end_matches("TopicArn").to_lowercase();
            let filter = &subscription["Properties"]["FilterPolicy"]["event_type"];
            for event_type in filter.as_array().into_iter().flatten().filter_map(|one| one.as_str()) {
                match PUBLISHED.iter().find(|event| event.event_type == event_type) {
                    Some(event) if event.topic == name_of_topic => {}
                    Some(event) => complaints.push(format!(
                        "{service}: {name} waits at {topic} for {event_type}, which {} carries",
                        event.topic
                    )),
                    None => complaints.push(format!(
                        "{service}: {name} waits for {event_type}, which nobody publishes"
                    )),
                }
            }
        }
    }
    no_complaints(complaints);
}

/// Who reads what a service is about finds every event there, whole (`order.placed`) or behind another (`.placed`).
#[test]
fn every_readme_names_the_events_that_its_service_hears_and_says() {
    let mut complaints = Vec::new();
    for service in SERVICES {
        let readme = read(&root().join(format!("functions/{service}/README.md")));
        let template = template(&format!("infra/{service}.yaml"));
        let subscriptions = resources(&template, "AWS::SNS::Subscription");
        let heard = subscriptions
            .iter()
            .filter_map(|(_, one)| one["Properties"]["FilterPolicy"]["event_type"].as_array())
            .flatten()
            .filter_map(|event_type| event_type.as_str());
        let said = PUBLISHED
            .iter()
            .filter(|event| event.source.trim_start_matches('/') == service)
            .map(|event| event.event_type);
        for event_type in heard.chain(said) {
            let whole = event_type.trim_end_matches(".v1");
            let short = whole.find('.').map_or(whole, |dot| &whole[dot..]);
            if !readme.contains(whole) && !readme.contains(&format!("`{short}")) {
                complaints.push(format!("functions/{service}/README.md does not name {whole}"));
            }
        }
    }
    no_complaints(complaints);
}
