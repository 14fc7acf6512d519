//! Preferences as the API takes and shows them.

use std::collections::{BTreeMap, BTreeSet};

use contracts::user::Channels;
use kernel::Currency;
use kernel::hours::Interval;
use runtime::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{self, Tag};

/// What a person likes, must avoid, and wants to be told.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// How the person eats, such as `vegan`: at most 10.
    #[serde(default)]
    #[schema(max_items = 10, value_type = Vec<Tag>)]
    diets: BTreeSet<Tag>,
    /// What the person must not eat, such as `peanuts`: at most 20.
    #[serde(default)]
    #[schema(max_items = 20, value_type = Vec<Tag>)]
    allergens: BTreeSet<Tag>,
    /// What the person likes, such as `italian`: at most 20.
    #[serde(default)]
    #[schema(max_items = 20, value_type = Vec<Tag>)]
    cuisines: BTreeSet<Tag>,
    /// What prices are shown in.
    currency: Option<Currency>,
    /// How to tell what, by category such as `order_updates`: at most 20. A missing one keeps its default.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Channels>)]
    notifications: BTreeMap<Tag, Channels>,
    /// When only urgent messages may make a sound, in the person's time zone.
    quiet_hours: Option<Interval>,
    /// True if the person asks for advertising.
    #[serde(default)]
    marketing: bool,
}

impl From<domain::Preferences> for Preferences {
    fn from(preferences: domain::Preferences) -> Self {
        Self {
            diets: preferences.diets,
            allergens: preferences.allergens,
            cuisines: preferences.cuisines,
            currency: preferences.currency,
            notifications: preferences.notifications,
            quiet_hours: preferences.quiet_hours,
            marketing: preferences.marketing,
        }
    }
}

impl TryFrom<Preferences> for domain::Preferences {
    type Error = Problem;
    fn try_from(body: Preferences) -> Result<Self, Problem> {
        let preferences = Self {
            diets: body.diets,
            allergens: body.allergens,
            cuisines: body.cuisines,
            currency: body.currency,
            notifications: body.notifications,
            quiet_hours: body.quiet_hours,
            marketing: body.marketing,
        };
        Ok(preferences.check()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_documented_body_and_nothing_else() {
        let json = serde_json::json!({
            "diets": ["vegan"], "allergens": ["peanuts"], "cuisines": ["thai", "thai"], "currency": "EUR",
            "notifications": {"order_updates": {"email": true, "sms": false, "push": true, "in_app": true}},
            "quiet_hours": {"from": "22:00", "to": "07:00"}, "marketing": true,
        });
        let body: Preferences = serde_json::from_value(json.clone()).unwrap();
        let read = domain::Preferences::try_from(body).unwrap();
        let mut expected = json;
        expected["cuisines"] = serde_json::json!(["thai"]);
        assert_eq!(serde_json::to_value(Preferences::from(read)).unwrap(), expected);
        assert!(serde_json::from_str::<Preferences>("{}").is_ok());
        for wrong in [
            r#"{"diet": []}"#,
            r#"{"diets": ["Vegan!"]}"#,
            r#"{"currency": "XXQ"}"#,
            r#"{"quiet_hours": {"from": "24:00", "to": "07:00"}}"#,
            r#"{"notifications": {"order_updates": {"email": true}}}"#,
            r#"{"marketing": "yes"}"#,
        ] {
            assert!(serde_json::from_str::<Preferences>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_the_list_that_is_too_long() {
        let words: Vec<_> = (0..=domain::DIETS_MAX).map(|index| format!("diet-{index}")).collect();
        let body: Preferences = serde_json::from_value(serde_json::json!({"diets": words})).unwrap();
        let problem = domain::Preferences::try_from(body).unwrap_err();
        assert_eq!(problem.status(), 422);
        assert_eq!(problem.errors()[0].pointer, "/diets");
    }
}
