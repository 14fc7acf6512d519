//! Where a restaurant stands with the platform, and what moves it: one table, from which the code, the README's diagram
//! and the tests are made.

use contracts::restaurant::Pause;
use kernel::{Text, Timestamp};
use serde::{Deserialize, Serialize};

/// Characters that a pause's reason has, at most.
pub const PAUSE_REASON_LENGTH_MAX: usize = 200;

const _: () = assert!(
    PAUSE_REASON_LENGTH_MAX == 200,
    "the schema of `contracts::restaurant::Pause` says so"
);

/// Why no orders are taken, for customers to read.
pub type PauseReason = Text<PAUSE_REASON_LENGTH_MAX>;

/// Where a restaurant stands, with what is true only there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Stage {
    /// Being set up by its owner.
    Draft,
    /// Waiting for an operator.
    Submitted {
        /// Since when.
        since: Timestamp,
    },
    /// Public.
    Approved {
        /// Since when.
        since: Timestamp,
        /// Set while it takes no orders.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pause: Option<Pause>,
    },
    /// Taken off by an operator.
    Suspended {
        /// Since when.
        since: Timestamp,
        /// Why, for its staff to read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// The stages by name; a pause counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageName {
    /// Being set up.
    Draft,
    /// Waiting for an operator.
    Submitted,
    /// Public and taking orders when open.
    Approved,
    /// Public and taking no orders.
    Paused,
    /// Taken off.
    Suspended,
}

/// What moves a restaurant from stage to stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The owner asks for approval.
    Submit,
    /// An operator lets it onto the platform, or back on.
    Approve,
    /// An operator takes it off.
    Suspend,
    /// It takes no orders for a while.
    Pause,
    /// It takes orders again.
    Resume,
}

impl StageName {
    /// Every stage.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Submitted,
        Self::Approved,
        Self::Paused,
        Self::Suspended,
    ];

    /// The name in answers, diagrams and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Paused => "paused",
            Self::Suspended => "suspended",
        }
    }

    /// The stage that an action leads to from here; the same stage if it changes nothing, `None` if it is not possible from here.
    #[must_use]
    pub const fn after(self, action: Action) -> Option<Self> {
        match (self, action) {
            (Self::Draft | Self::Submitted, Action::Submit) => Some(Self::Submitted),
            (Self::Submitted | Self::Suspended | Self::Approved, Action::Approve)
            | (Self::Paused | Self::Approved, Action::Resume) => Some(Self::Approved),
            (Self::Paused, Action::Approve) | (Self::Approved | Self::Paused, Action::Pause) => Some(Self::Paused),
            (Self::Approved | Self::Paused | Self::Suspended, Action::Suspend) => Some(Self::Suspended),
            (Self::Draft, Action::Approve | Action::Suspend | Action::Pause | Action::Resume)
            | (Self::Submitted, Action::Suspend | Action::Pause | Action::Resume)
            | (Self::Approved | Self::Paused, Action::Submit)
            | (Self::Suspended, Action::Submit | Action::Pause | Action::Resume) => None,
        }
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] = [Self::Submit, Self::Approve, Self::Suspend, Self::Pause, Self::Resume];

    /// The name in answers and diagrams, which is also the route's last part.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Suspend => "suspend",
            Self::Pause => "pause",
            Self::Resume => "resume",
        }
    }
}

impl Stage {
    /// Its name. A pause that has ended by itself is none.
    #[must_use]
    pub fn name(&self, now: Timestamp) -> StageName {
        match self {
            Self::Draft => StageName::Draft,
            Self::Submitted { .. } => StageName::Submitted,
            Self::Approved { .. } if self.pause(now).is_some() => StageName::Paused,
            Self::Approved { .. } => StageName::Approved,
            Self::Suspended { .. } => StageName::Suspended,
        }
    }

    /// The pause, unless it has ended by itself.
    #[must_use]
    pub fn pause(&self, now: Timestamp) -> Option<&Pause> {
        match self {
            Self::Approved { pause, .. } => in_force(pause.as_ref(), now),
            Self::Draft | Self::Submitted { .. } | Self::Suspended { .. } => None,
        }
    }

    /// Approved, with or without a pause; since `at`, unless it is so already.
    #[must_use]
    pub fn admitted(&self, pause: Option<Pause>, at: Timestamp) -> Self {
        let since = match self {
            Self::Approved { since, .. } => *since,
            Self::Draft | Self::Submitted { .. } | Self::Suspended { .. } => at,
        };
        Self::Approved { since, pause }
    }

    /// True if anybody may see it.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        match self {
            Self::Approved { .. } => true,
            Self::Draft | Self::Submitted { .. } | Self::Suspended { .. } => false,
        }
    }

    /// True once an operator has approved it: from then on other services know it and hear of every change.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        match self {
            Self::Approved { .. } | Self::Suspended { .. } => true,
            Self::Draft | Self::Submitted { .. } => false,
        }
    }
}

/// A pause, unless it has ended by itself.
#[must_use]
pub fn in_force(pause: Option<&Pause>, now: Timestamp) -> Option<&Pause> {
    pause.filter(|pause| pause.until.is_none_or(|until| now < until))
}

/// The state diagram in Mermaid's notation, for the README.
#[cfg(test)]
fn diagram() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned(), "    [*] --> draft: create".to_owned()];
    for from in StageName::ALL {
        for action in Action::ALL {
            if let Some(to) = from.after(action).filter(|to| *to != from) {
                lines.push(format!(
                    "    {} --> {}: {}",
                    from.as_str(),
                    to.as_str(),
                    action.as_str()
                ));
            }
        }
    }
    lines.push("    paused --> approved: until".to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_shows_this_diagram() {
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&diagram()), "README.md must show:\n{}", diagram());
    }

    #[test]
    fn a_pause_ends_by_itself() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let until = at("2026-11-20T19:00:00Z");
        let stage = Stage::Approved {
            since: at("2026-11-01T00:00:00Z"),
            pause: Some(Pause {
                until: Some(until),
                reason: "full".to_owned(),
            }),
        };
        assert_eq!(stage.name(at("2026-11-20T18:59:59Z")), StageName::Paused);
        assert_eq!(stage.name(until), StageName::Approved);
    }
}
