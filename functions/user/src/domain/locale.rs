//! Language tags.

use icu_locale_core::LanguageIdentifier;
use kernel::Country;

/// The longest code of a language (ISO 639).
const LANGUAGE_LETTERS_MAX: usize = 3;

/// A language tag of the shape that people are written to in: language, script, region (BCP 47, section 2.1), such as
/// `en`, `pt-BR` or `zh-Hant-TW`, in the customary case. Whether the language exists is not checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Locale(String);

/// A text that is no language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a language tag such as en, pt-BR or zh-Hant-TW")]
pub struct InvalidLocale;

impl Locale {
    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country of the tag's region, if it names one.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        let mut parts = self.0.split('-').skip(1);
        parts.find_map(|part| Country::try_from(part).ok())
    }
}

/// English: what is written to those who said nothing.
impl Default for Locale {
    fn default() -> Self {
        Self("en".to_owned())
    }
}

impl TryFrom<String> for Locale {
    type Error = InvalidLocale;
    fn try_from(raw: String) -> Result<Self, InvalidLocale> {
        let tag = LanguageIdentifier::try_from_str(&raw).map_err(|_| InvalidLocale)?;
        let is_of_shape = tag.language.as_str().len() <= LANGUAGE_LETTERS_MAX && tag.variants.is_empty();
        is_of_shape.then(|| Self(tag.to_string())).ok_or(InvalidLocale)
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_may_tell_a_country() {
        for (tag, country) in [
            ("pt-BR", Some("BR")),
            ("zh-Hant-TW", Some("TW")),
            ("nl", None),
            ("es-419", None),
            ("en-XX", None),
        ] {
            let told = Locale::try_from(tag.to_owned()).unwrap().country();
            assert_eq!(told.map(Country::as_str), country, "{tag}");
        }
    }

    #[test]
    fn reads_tags_in_the_customary_case() {
        for (raw, read) in [
            ("en", Some("en")),
            ("NL", Some("nl")),
            ("pt-br", Some("pt-BR")),
            ("ZH-hANT-tw", Some("zh-Hant-TW")),
            ("es-419", Some("es-419")),
            ("fil", Some("fil")),
            ("", None),
            ("e", None),
            ("engl", None),
            ("en-", None),
            ("en_GB", None),
            ("en-GB-oed", None),
            ("en-TW-Hant", None),
            ("é", None),
        ] {
            assert_eq!(
                Locale::try_from(raw.to_owned()).ok().map(String::from).as_deref(),
                read,
                "{raw:?}"
            );
        }
    }
}
