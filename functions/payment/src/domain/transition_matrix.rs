//! The walk of every state x command, and the parts of the README that are made from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::tests::{action, attempt, expires_at, now, request, reserved, seen, settle, state, states, total};
use super::*;

/// One example of each command, in the order in which they come up.
fn commands() -> Vec<Command> {
    let failed = IntentStatus::Failed {
        reason: "card_declined".to_owned(),
    };
    vec![
        request(),
        Command::Prepare(attempt()),
        Command::Refuse {
            reason: "payment_method_missing".to_owned(),
        },
        seen(IntentStatus::Unconfirmed),
        seen(IntentStatus::Processing),
        seen(IntentStatus::NeedsAction(action())),
        seen(reserved()),
        seen(failed),
        settle(2890),
        settle(0),
        seen(IntentStatus::Captured { amount: total() }),
        seen(IntentStatus::Canceled),
        Command::Check,
        Command::Retry,
        Command::Postpone { now: now() },
        Command::Expire { now: expires_at() },
    ]
}

/// What a decision is, in a word or two.
fn outcome(decision: &Result<Decision, Rejection>) -> String {
    match decision {
        Ok(Decision::Nothing) => "-".to_owned(),
        Ok(Decision::Ask(ask)) => match ask {
            ProviderRequest::Prepare { .. } => "ask: prepare",
            ProviderRequest::Confirm(_) => "ask: confirm",
            ProviderRequest::Look(_) => "ask: look",
            ProviderRequest::Cancel { .. } => "ask: cancel",
            ProviderRequest::Capture { .. } => "ask: capture",
        }
        .to_owned(),
        Ok(Decision::Become { state, .. }) => format!("**{}**", state.name()),
        Err(Rejection::Premature { .. }) => "too early".to_owned(),
        Err(Rejection::AnotherTotal { .. }) => "another total".to_owned(),
        Err(Rejection::ExceedsReservation { .. }) => "too much".to_owned(),
        Err(Rejection::NothingReserved { .. }) => "nothing reserved".to_owned(),
        Err(Rejection::AlreadyCaptured { .. }) => "already charged".to_owned(),
        Err(Rejection::Contradiction { .. }) => "contradiction".to_owned(),
    }
}

fn existing() -> Vec<(&'static str, Option<State>)> {
    let mut all = vec![("absent", None)];
    all.extend(states().into_iter().map(|state| (state.name(), Some(state))));
    all
}

fn matrix() -> String {
    let mut text = String::from("| command |");
    for (name, _) in existing() {
        write!(text, " {name} |").unwrap();
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(existing().len()));
    for command in commands() {
        let kind = if matches!(command, Command::Observe(_)) {
            "seen: "
        } else {
            ""
        };
        write!(text, "\n| {kind}{} |", command.name()).unwrap();
        for (_, state) in existing() {
            write!(text, " {} |", outcome(&decide(state.as_ref(), &command))).unwrap();
        }
    }
    text.push('\n');
    text
}

fn diagram() -> String {
    let mut edges: BTreeMap<(String, String), Vec<&'static str>> = BTreeMap::new();
    for (from, state) in existing() {
        for command in commands() {
            if let Ok(Decision::Become { state: to, .. }) = decide(state.as_ref(), &command) {
                let from = if from == "absent" { "[*]" } else { from };
                if from != to.name() {
                    edges
                        .entry((from.to_owned(), to.name().to_owned()))
                        .or_default()
                        .push(command.name());
                }
            }
        }
    }
    let mut text = String::from("```mermaid\nstateDiagram-v2\n");
    for ((from, to), commands) in edges {
        writeln!(text, "    {from} --> {to}: {}", commands.join(", ")).unwrap();
    }
    for end in ["captured", "declined", "voided"] {
        writeln!(text, "    {end} --> [*]").unwrap();
    }
    text.push_str("```\n");
    text
}

/// Replaces what stands between the two markers.
fn between(text: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text
        .split_once(&begin)
        .unwrap_or_else(|| panic!("README.md has no {begin}"));
    let (_, after) = rest
        .split_once(&end)
        .unwrap_or_else(|| panic!("README.md has no {end}"));
    format!("{before}{begin}{part}{end}{after}")
}

#[test]
fn the_readme_shows_the_transition_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let known = std::fs::read_to_string(&path).unwrap();
    let current = between(&between(&known, "diagram", &diagram()), "matrix", &matrix());
    if std::env::vars().any(|(name, value)| name == "UPDATE_README" && value == "1") {
        std::fs::write(&path, current).unwrap();
        return;
    }
    assert_eq!(known, current, "run with UPDATE_README=1 and commit README.md");
}

#[test]
fn every_state_has_an_example() {
    let names: std::collections::BTreeSet<_> = states().iter().map(State::name).collect();
    assert_eq!(names.len(), 10);
    assert_eq!(states().len(), 10);
}

#[test]
fn an_end_stays_an_end() {
    for name in ["declined", "captured", "voided"] {
        for command in commands() {
            let decision = decide(state(name).as_ref(), &command);
            assert!(!matches!(decision, Ok(Decision::Become { .. })), "{name}: {decision:?}");
        }
    }
}

#[test]
fn what_was_decided_once_is_no_news_the_second_time() {
    for (name, from) in existing() {
        for command in commands() {
            // Each time that a settlement does not succeed is another one.
            if matches!(command, Command::Postpone { .. }) {
                continue;
            }
            let Ok(Decision::Become { state: to, .. }) = decide(from.as_ref(), &command) else {
                continue;
            };
            let again = decide(Some(&to), &command);
            assert!(
                matches!(again, Ok(Decision::Nothing | Decision::Ask(_))),
                "{name}, {}: {again:?}",
                command.name()
            );
        }
    }
}

#[test]
fn only_an_end_or_a_step_towards_one_is_published() {
    for (_, from) in existing() {
        for command in commands() {
            if let Ok(Decision::Become { state, event }) = decide(from.as_ref(), &command) {
                let silent = ["forestalled", "requested", "authorizing"].contains(&state.name());
                assert_eq!(event.is_none(), silent, "{}", state.name());
            }
        }
    }
}
