//! What the user service publishes. No name, mail address or number: consumers that need them ask for them.

use std::collections::BTreeMap;

use kernel::{Role, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person confirmed an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Registered {
    /// The new user.
    pub user_id: UserId,
    /// What the person may be.
    pub roles: Vec<Role>,
    /// The BCP 47 language tag to write in.
    pub locale: String,
}

/// Name, number, language or time zone changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProfileChanged {
    /// Whose.
    pub user_id: UserId,
}

/// What the person may be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RolesChanged {
    /// Whose.
    pub user_id: UserId,
    /// All roles from now on.
    pub roles: Vec<Role>,
    /// True while an operator bars the person from the platform; then there are no roles.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// The operator who changed them; nothing if it was done in the identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<UserId>,
}

/// What and how the person wants to be told changed. Carries the whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreferencesChanged {
    /// Whose.
    pub user_id: UserId,
    /// By category of message; a missing category keeps its default.
    pub notifications: BTreeMap<String, Channels>,
    /// When only urgent messages may make a sound, in the person's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// True if the person asked for advertising.
    pub marketing: bool,
}

/// The ways to reach a person for one category of message.
#[expect(
    clippy::struct_excessive_bools,
    reason = "one switch per channel is what the settings page shows"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// By e-mail.
    pub email: bool,
    /// By text message.
    pub sms: bool,
    /// On the person's devices.
    pub push: bool,
    /// In the app's inbox.
    pub in_app: bool,
}

/// A span of local time; `to` before `from` runs over midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`.
    pub to: String,
}

/// Somebody tried to sign up with the address of an existing account, whose owner should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignUpRepeated {
    /// The owner of the address.
    pub user_id: UserId,
}
