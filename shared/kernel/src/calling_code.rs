//! Which country a telephone number belongs to, for allow-lists of countries that texts are sent to.

/// Country calling codes (ITU-T E.164) and the ISO 3166-1 code of their country. Codes that several countries share, such as
/// +1, are left out: some of their numbers cost a multiple, and the code does not tell which.
const CODES: [(&str, &str); 38] = [
    ("30", "GR"),
    ("31", "NL"),
    ("32", "BE"),
    ("33", "FR"),
    ("34", "ES"),
    ("351", "PT"),
    ("352", "LU"),
    ("353", "IE"),
    ("354", "IS"),
    ("356", "MT"),
    ("357", "CY"),
    ("358", "FI"),
    ("359", "BG"),
    ("36", "HU"),
    ("370", "LT"),
    ("371", "LV"),
    ("372", "EE"),
    ("385", "HR"),
    ("386", "SI"),
    ("39", "IT"),
    ("40", "RO"),
    ("41", "CH"),
    ("420", "CZ"),
    ("421", "SK"),
    ("423", "LI"),
    ("43", "AT"),
    ("44", "GB"),
    ("45", "DK"),
    ("46", "SE"),
    ("47", "NO"),
    ("48", "PL"),
    ("49", "DE"),
    ("81", "JP"),
    ("82", "KR"),
    ("91", "IN"),
    ("961", "LB"),
    ("965", "KW"),
    ("971", "AE"),
];

/// The country of a number in E.164 form, such as `+31612345678`; `None` if its code is not in the table.
#[must_use]
pub fn country_of(number: &str) -> Option<&'static str> {
    let digits = number.strip_prefix('+')?;
    // No code of the table begins another one, as E.164 demands.
    let found = CODES.iter().find(|(code, _)| digits.starts_with(code));
    found.map(|(_, country)| *country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_its_country() {
        for (number, country) in [
            ("+31612345678", Some("NL")),
            ("+352621123456", Some("LU")),
            ("+447911123456", Some("GB")),
            ("+12025550123", None),
            ("+88216123456", None),
            ("+979123456789", None),
            ("31612345678", None),
            ("", None),
        ] {
            assert_eq!(country_of(number), country, "{number}");
        }
    }

    #[test]
    fn no_code_begins_another() {
        for (code, country) in CODES {
            let others = CODES.iter().filter(|(other, _)| *other != code);
            assert!(others.clone().all(|(other, _)| !other.starts_with(code)), "{country}");
        }
    }
}
