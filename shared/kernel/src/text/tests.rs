use proptest::prelude::*;

use super::*;

fn line(raw: &str) -> Result<String, InvalidText> {
    Line::<20>::try_from(raw).map(String::from)
}

#[test]
fn trims_bounds_and_refuses() {
    let parse = |raw: &str| Text::<5>::try_from(raw).map(String::from);
    assert_eq!(parse("  Bö\nb "), Ok("Bö\nb".to_owned()));
    assert_eq!(parse("  "), Err(InvalidText::Empty));
    assert_eq!(parse("sixsix"), Err(InvalidText::TooLong(5)));
    assert_eq!(parse("a\u{0}b"), Err(InvalidText::Control));
    assert_eq!(parse("a\u{1B}b"), Err(InvalidText::Control));
    assert_eq!(parse("a\u{9B}b"), Err(InvalidText::Control));
}

#[test]
fn line_breaks_have_one_form() {
    let text = |raw: &str| Text::<20>::try_from(raw).map(String::from);
    for raw in ["a\r\nb\tc", "a\rb\tc", "a\u{2028}b\tc", "a\u{85}b c"] {
        assert_eq!(text(raw).as_deref(), Ok("a\nb c"), "{raw:?}");
        assert_eq!(line(raw).as_deref(), Ok("a b c"), "{raw:?}");
    }
}

#[test]
fn what_cannot_be_seen_is_taken_out() {
    for hidden in [
        '\u{202A}',
        '\u{202B}',
        '\u{202C}',
        '\u{202D}',
        '\u{202E}',
        '\u{2066}',
        '\u{2067}',
        '\u{2068}',
        '\u{2069}',
        '\u{200E}',
        '\u{200F}',
        '\u{61C}',
        '\u{200B}',
        '\u{200C}',
        '\u{200D}',
        '\u{2060}',
        '\u{FEFF}',
        '\u{AD}',
        '\u{180E}',
        '\u{E0001}',
        '\u{E0041}',
        '\u{E007F}',
        '\u{FFF9}',
        '\u{FFFA}',
        '\u{FFFB}',
        '\u{34F}',
        '\u{115F}',
        '\u{3164}',
        '\u{FFA0}',
        '\u{FE0F}',
        '\u{E0100}',
    ] {
        assert_eq!(
            line(&format!("Ro{hidden}bin{hidden}")).as_deref(),
            Ok("Robin"),
            "{hidden:?}"
        );
        assert_eq!(line(&hidden.to_string()), Err(InvalidText::Empty), "{hidden:?}");
    }
    // Neither a space that is none nor a mark on nothing is a name.
    for blank in ["\u{2800}\u{2800}", "\u{3000}", "\u{A0}", "\u{301}", " \u{2800}\u{301}"] {
        assert_eq!(line(blank), Err(InvalidText::Empty), "{blank:?}");
    }
}

#[test]
fn what_writes_a_script_or_an_emoji_stays() {
    for written in [
        // A cook, with a skin tone; a heart on fire; the rainbow's and England's flags; a key; a heart in colours.
        "👩\u{200D}🍳",
        "👩🏽\u{200D}🍳",
        "❤\u{FE0F}\u{200D}🔥",
        "🏳\u{FE0F}\u{200D}🌈",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "1\u{FE0F}\u{20E3}",
        "❤\u{FE0F}",
        // Persian, Hindi, Sinhala, Malayalam and Bengali.
        "می\u{200C}خواهم",
        "क्\u{200D}ष",
        "ශ්\u{200D}රී",
        "അവന്\u{200D}",
        "র\u{200D}্য",
        // From right to left, without marks; a Japanese name's own glyph.
        "مطعم السلام",
        "מסעדת שלום",
        "葛\u{E0100}城",
        "Nguyễn",
        "ཧྐྵྨླྺྼྻྂ",
    ] {
        assert_eq!(line(written).as_deref(), Ok(written));
    }
}

#[test]
fn joiners_and_tags_hide_nowhere_else() {
    for (raw, clean) in [
        ("👩\u{200D}", "👩"),
        ("👩\u{200D}\u{200D}🍳", "👩\u{200D}🍳"),
        ("\u{200D}🍳", "🍳"),
        ("a\u{200D}🍳", "a🍳"),
        ("می\u{200C}", "می"),
        ("🏴\u{E0067}\u{E0062}", "🏴"),
        ("a\u{E0067}\u{E007F}", "a"),
        ("葛\u{E0100}\u{E0101}", "葛\u{E0100}"),
    ] {
        assert_eq!(line(raw).as_deref(), Ok(clean), "{raw:?}");
    }
}

#[test]
fn the_same_name_is_the_same_text() {
    assert_eq!(line("Cafe\u{301}").as_deref(), Ok("Café"));
    assert_eq!(line("\u{212B}ngstro\u{308}m").as_deref(), Ok("Ångström"));
}

#[test]
fn marks_do_not_run_over_the_lines_around() {
    let zalgo = |marks: usize| format!("x{}", "\u{489}".repeat(marks));
    assert!(line(&zalgo(MARKS_IN_A_ROW_MAX)).is_ok());
    assert_eq!(line(&zalgo(MARKS_IN_A_ROW_MAX + 1)), Err(InvalidText::Marks));
    // Nothing hides between them.
    let parted = format!("x{}", "\u{489}\u{200D}".repeat(MARKS_IN_A_ROW_MAX + 1));
    assert_eq!(line(&parted), Err(InvalidText::Marks));
}

#[test]
fn a_refusal_has_a_code() {
    let error = serde_json::from_str::<Line<3>>(r#""abcd""#).unwrap_err().to_string();
    let (code, message) = coded::split(&error).unwrap();
    assert_eq!(code, "text_too_long");
    assert!(message.starts_with("must have at most 3 characters"), "{message}");
}

proptest! {
    #[test]
    fn cleaning_twice_is_cleaning_once(raw in "(\\PC|[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{FE0F}👩🍳🏴क्شa\u{301}\u{E0067}\u{E007F}\r\n]){0,24}") {
        for lines in [true, false] {
            let once = visible::cleaned(&raw, lines);
            prop_assert_eq!(&visible::cleaned(&once, lines), &once);
            let hidden = ['\u{202E}', '\u{200B}', '\u{200E}', '\r'];
            prop_assert!(!once.contains(hidden));
        }
    }
}

#[test]
fn what_was_stored_before_a_rule_is_read() {
    for stored in [
        "\u{3164}",
        "\u{200B}",
        "a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "line\u{7}",
    ] {
        let json = serde_json::to_string(stored).unwrap();
        assert!(serde_json::from_str::<Line<20>>(&json).is_err(), "{stored:?}");
        let kept = crate::restored(|| serde_json::from_str::<Line<20>>(&json)).unwrap();
        assert_eq!(&*kept, stored);
        assert!(
            serde_json::from_str::<Line<20>>(&json).is_err(),
            "only while it is restored"
        );
    }
}
