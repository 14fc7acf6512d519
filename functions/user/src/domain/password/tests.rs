use super::*;

fn check(raw: &str) -> Option<InvalidPassword> {
    let email = Email::try_from("ada.lovelace+food@example.com".to_owned()).unwrap();
    let name = Name::try_from("Augusta Ada King").unwrap();
    NewPassword::new(raw.to_owned(), &email, Some(&name)).err()
}

#[test]
fn length_is_what_counts() {
    // As long as asked, and of as many characters as it has.
    let long = |characters: usize| {
        "vexj qk7ü-wnz.omb4ht"
            .chars()
            .cycle()
            .take(characters)
            .collect::<String>()
    };
    assert_eq!(check(&long(PASSWORD_CHARACTERS_MIN)), None);
    assert_eq!(
        check(&long(PASSWORD_CHARACTERS_MIN - 1)),
        Some(InvalidPassword::TooShort)
    );
    let bytes = |bytes: usize| {
        format!("vexj qk7-wn{}", "zomb4ht vexq".repeat(30))
            .get(..bytes)
            .unwrap()
            .to_owned()
    };
    assert_eq!(check(&bytes(PASSWORD_BYTES_MAX)), None);
    assert_eq!(check(&bytes(PASSWORD_BYTES_MAX + 1)), Some(InvalidPassword::TooLong));
    assert_eq!(check(" long enough"), Some(InvalidPassword::Invisible));
    assert_eq!(check("long\u{7}enough"), Some(InvalidPassword::Invisible));
}

#[test]
fn nothing_is_asked_of_its_composition() {
    for good in [
        "correct horse battery staple",
        "Correct-horse-9",
        "пароль для ужина",
        "8302617495",
        "日本語日記帳の合い言葉",
    ] {
        assert_eq!(check(good), None, "{good}");
    }
}

#[test]
fn what_is_made_of_little_is_refused() {
    for repetitive in [
        &"a".repeat(PASSWORD_BYTES_MAX),
        "aaaaaaaaaa",
        "ababababab",
        "acegacegaceg",
        "abcabcabcabc",
        "xk4pm xk4pm xk4pm xk4pm",
        "xk4pmxk4pm",
        "XK4pmxk4PM",
        "1234567890",
        "9876543210",
        "abcdefghijklmnop",
        "aaaabbbbccccddddeeee",
        "12345abcde",
    ] {
        assert_eq!(check(repetitive), Some(InvalidPassword::Repetitive), "{repetitive}");
    }
    // Long enough by itself, twice is no worse.
    assert_eq!(check(&"vexj qk7-w".repeat(2)), None);
}

#[test]
fn the_most_common_are_refused() {
    for common in [
        "Password123!",
        "password2026",
        "P@ssw0rd2026",
        "pa$$word1987",
        "qwertyuiop",
        "QWERTY-1987",
        "1q2w3e4r5t",
        "iloveyou!2",
        "welkom2026!",
        "Tiffin-2026",
        "2026 Sunshine",
        "!!l3tm31n!!",
        "tru5tno1987",
    ] {
        assert_eq!(check(common), Some(InvalidPassword::Common), "{common}");
    }
}

#[test]
fn what_others_know_of_a_person_is_refused() {
    for personal in [
        "ada.lovelace+food",
        "Lovelace-1815",
        "xX-augusta-Xx7",
        "king lovelace engine",
        "best FOOD in town",
    ] {
        assert_eq!(check(personal), Some(InvalidPassword::Personal), "{personal}");
    }
    // Three letters stand there by chance.
    assert_eq!(check("canada-in-winter"), None);
    let email = Email::try_from("ada.lovelace@example.com".to_owned()).unwrap();
    let reset = |raw: &str| NewPassword::new(raw.to_owned(), &email, None).err();
    assert_eq!(reset("lovelace-1815"), Some(InvalidPassword::Personal));
    assert_eq!(reset("augusta-1815-x"), None);
}

#[test]
fn the_user_pool_asks_for_the_same() {
    let template = include_str!("../../../../../infra/user.yaml");
    assert!(template.contains(&format!("MinimumLength: {PASSWORD_CHARACTERS_MIN}\n")));
}

#[test]
fn shows_nothing_of_it() {
    let email = Email::try_from("ada@example.com".to_owned()).unwrap();
    let password = NewPassword::new("correct horse".to_owned(), &email, None).unwrap();
    assert_eq!(format!("{password:?}"), "NewPassword(redacted)");
}
