use proptest::prelude::*;

use super::*;

fn entered(text: &str) -> EnteredPhone {
    serde_json::from_value(serde_json::json!(text)).unwrap()
}

fn country(code: &str) -> Option<Country> {
    Country::try_from(code).ok()
}

fn read_in(code: &str, text: &str) -> Result<String, InvalidPhone> {
    entered(text).read(country(code)).map(String::from)
}

#[test]
fn a_number_is_read_as_people_write_it() {
    for (code, text, number) in [
        ("NL", "+31 6 5555 0301", "+31655550301"),
        ("NL", "06 55550301", "+31655550301"),
        ("NL", "06-55 55 03 01", "+31655550301"),
        ("NL", "0031 6 55550301", "+31655550301"),
        ("NL", "+31 (0)6 5555 0301", "+31655550301"),
        ("NL", "(020) 555-0101", "+31205550101"),
        ("NL", "\u{202A}+31 6 5555 0301\u{202C}", "+31655550301"),
        ("NL", "+\u{FF13}\u{FF11} 6 5555 0301", "+31655550301"),
        ("NL", "tel:+31-6-55550301", "+31655550301"),
        ("NL", "0800 1234", "+318001234"),
        ("", "+31655550301", "+31655550301"),
        ("", "0031655550301", "+31655550301"),
        ("US", "(202) 555-0123", "+12025550123"),
        ("US", "011 31 6 55550301", "+31655550301"),
        ("US", "0031655550301", "+31655550301"),
        ("IT", "06 698 12345", "+390669812345"),
        ("GB", "07400 123456", "+447400123456"),
        ("DE", "030 123456", "+4930123456"),
        // A plan that the metadata do not know, as long as a mobile number is.
        ("NL", "06 00000000", "+31600000000"),
    ] {
        assert_eq!(read_in(code, text).as_deref(), Ok(number), "{text} in {code}");
    }
}

#[test]
fn a_guess_must_fit() {
    let guess = |text: &str, codes: &[&str]| {
        let countries: Vec<_> = codes.iter().map(|code| country(code)).collect();
        entered(text).guess(&countries).map(String::from)
    };
    // A language is no place: these have ten digits as well.
    for language in ["US", "GB", ""] {
        assert_eq!(guess("06 12345678", &[language, "NL"]), Ok("+31612345678".to_owned()));
    }
    assert_eq!(guess("07400 123456", &["GB", "NL"]), Ok("+447400123456".to_owned()));
    assert_eq!(guess("+49 30 12345678", &["US"]), Ok("+493012345678".to_owned()));
    assert_eq!(guess("06 12345678", &["US"]), Err(InvalidPhone::CountryNeeded));
    assert_eq!(guess("06 12345678", &[]), Err(InvalidPhone::CountryNeeded));
    assert_eq!(guess("06 1234", &["", "NL"]), Err(InvalidPhone::TooShort));
}

#[test]
fn what_cannot_be_called_is_refused_with_a_code() {
    for (code, text, refusal) in [
        ("", "06 55550301", InvalidPhone::CountryNeeded),
        ("", "(020) 555-0101", InvalidPhone::CountryNeeded),
        ("NL", "06 5555", InvalidPhone::TooShort),
        ("NL", "+31 6 5555 030", InvalidPhone::TooShort),
        ("NL", "+31 6 5555 0301 99 99", InvalidPhone::TooLong),
        ("NL", "5550101", InvalidPhone::TooShort),
        ("US", "555-0123", InvalidPhone::TooShort),
        ("NL", "+999 6 5555 0301", InvalidPhone::NotANumber),
        ("NL", "call me", InvalidPhone::NotANumber),
        ("NL", "+", InvalidPhone::NotANumber),
        ("NL", "06 55550301 ext 12", InvalidPhone::Extension),
    ] {
        assert_eq!(read_in(code, text), Err(refusal), "{text} in {code}");
    }
    for text in [
        "",
        " ",
        "\u{200B}",
        "0655\u{0}50301",
        &"1".repeat(ENTERED_CHARACTERS_MAX + 1),
    ] {
        let error = serde_json::from_value::<EnteredPhone>(serde_json::json!(text)).unwrap_err();
        assert_eq!(
            coded::split(&error.to_string()).map(|(code, _)| code),
            Some("phone_invalid"),
            "{text:?}"
        );
    }
}

#[test]
fn a_number_tells_its_country() {
    for (number, code) in [
        ("+31612345678", "NL"),
        ("+31600000000", "NL"),
        ("+352621123456", "LU"),
        ("+447400123456", "GB"),
        // Countries that share a code are told apart: texts to them cost differently.
        ("+447781123456", "GG"),
        ("+12025550123", "US"),
        ("+14165550123", "CA"),
        ("+18765550123", "JM"),
        // A satellite's, and one that costs the caller more.
        ("+88216123456", ""),
        ("+979123456789", ""),
    ] {
        let phone = Phone::try_from(number.to_owned()).unwrap();
        assert_eq!(phone.country(), country(code), "{number}");
    }
}

#[test]
fn a_number_is_shown_as_its_country_writes_it() {
    for (number, national, international) in [
        ("+31655550301", "06 55550301", "+31 6 55550301"),
        ("+31205550101", "020 555 0101", "+31 20 555 0101"),
        ("+12025550123", "(202) 555-0123", "+1 202-555-0123"),
        ("+447400123456", "07400 123456", "+44 7400 123456"),
    ] {
        let phone = Phone::try_from(number.to_owned()).unwrap();
        let shown = (phone.national(), phone.international());
        assert_eq!(shown, (national.to_owned(), international.to_owned()));
    }
}

#[test]
fn what_is_kept_has_the_form_of_e164() {
    for (text, valid) in [
        ("+31612345678", true),
        ("+1234567", true),
        ("+123456789012345", true),
        ("+123456", false),
        ("+1234567890123456", false),
        ("31612345678", false),
        ("+0612345678", false),
        ("+31 612345678", false),
        ("+٣١٦١٢٣٤٥٦", false),
        ("+", false),
        ("", false),
    ] {
        assert_eq!(Phone::try_from(text.to_owned()).is_ok(), valid, "{text:?}");
    }
}

#[test]
fn nothing_of_it_is_shown() {
    let phone = Phone::try_from("+31612345678".to_owned()).unwrap();
    assert_eq!(
        format!("{phone:?} {:?}", entered("0612345678")),
        "Phone(redacted) EnteredPhone(redacted)"
    );
}

proptest! {
    #[test]
    fn whatever_is_shown_is_read_as_the_same_number(digits in "6[1-58][0-9]{7}|20[0-9]{7}") {
        let phone = Phone::try_from(format!("+31{digits}")).unwrap();
        for shown in [phone.national(), phone.international(), String::from(phone.clone())] {
            prop_assert_eq!(entered(&shown).read(country("NL")), Ok(phone.clone()));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9+() ./x-]{1,40}|\\PC{1,40}", code in "[A-Z]{2}") {
        if let Ok(entered) = serde_json::from_value::<EnteredPhone>(serde_json::json!(text))
            && let Ok(phone) = entered.read(country(&code)) {
                prop_assert!(Phone::try_from(String::from(phone)).is_ok());
        }
    }
}
