//! Preferences as the API takes and shows them.

use std::collections::BTreeMap;

use contracts::user::Channels;
use kernel::Currency;
use kernel::hours::Interval;
use runtime::Problem;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::{self, ALLERGENS_MAX, CATEGORIES_MAX, CUISINES_MAX, DIETS_MAX, Tag, distinct};

/// What a person likes, must avoid, and wants to be told.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// How the person eats, such as `vegan`: at most 10, repetitions counted.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["vegan"]))]
    diets: Vec<Tag>,
    /// What the person must not eat, such as `peanuts`: at most 20, repetitions counted.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["peanuts"]))]
    allergens: Vec<Tag>,
    /// What the person likes, such as `italian`: at most 20, repetitions counted.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["italian", "thai"]))]
    cuisines: Vec<Tag>,
    /// What prices are shown in.
    currency: Option<Currency>,
    /// How to tell what, by category such as `order_updates`: at most 20. A missing one keeps its default.
    #[serde(default)]
    #[schema(value_type = ByCategory)]
    notifications: BTreeMap<Tag, Channels>,
    /// When only urgent messages may make a sound, in the person's time zone.
    quiet_hours: Option<Interval>,
    /// True if the person asks for advertising.
    #[serde(default)]
    #[schema(example = false)]
    marketing: bool,
}

/// How categories are described: by words, and not more of them than are kept.
enum ByCategory {}

impl PartialSchema for ByCategory {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .property_names(Some(Tag::schema()))
            .additional_properties(Some(Ref::from_schema_name(Channels::name())))
            .max_properties(Some(CATEGORIES_MAX))
            .examples([json!({"order_updates": {"email": true, "sms": false, "push": true, "in_app": true}})])
            .into()
    }
}

impl ToSchema for ByCategory {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Channels::name().into_owned(), Channels::schema()));
    }
}

impl From<domain::Preferences> for Preferences {
    fn from(preferences: domain::Preferences) -> Self {
        Self {
            diets: preferences.diets.into_iter().collect(),
            allergens: preferences.allergens.into_iter().collect(),
            cuisines: preferences.cuisines.into_iter().collect(),
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
            diets: distinct("diets", body.diets, DIETS_MAX)?,
            allergens: distinct("allergens", body.allergens, ALLERGENS_MAX)?,
            cuisines: distinct("cuisines", body.cuisines, CUISINES_MAX)?,
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
        let words: Vec<_> = (0..=DIETS_MAX).map(|index| format!("diet-{index}")).collect();
        for (list, tags) in [
            ("diets", words),
            ("cuisines", vec!["thai".to_owned(); CUISINES_MAX + 1]),
        ] {
            let body: Preferences = serde_json::from_value(serde_json::json!({list: tags})).unwrap();
            let problem = domain::Preferences::try_from(body).unwrap_err();
            assert_eq!(problem.status(), 422);
            assert_eq!(problem.errors()[0].pointer, format!("/{list}"));
            assert_eq!(problem.errors()[0].code, "too_many");
        }
    }
}
