//! The passwords that are tried first.

/// Words that the most common passwords are made of, in lower case: alone, or with digits and signs around them.
const WORDS: &str = "abc abcd abcdef access account admin administrator amazon andrew angel apple arsenal asdf asdfgh \
                     asdfghjkl asdfasdf ashley azerty azertyuiop babygirl barcelona baseball basketball batman beautiful \
                     blessed blink bonjour butterfly changeme charlie cheese chelsea chocolate compaq computer cookie \
                     courier customer daniel default delivery dinner donald dragon elephant everton facebook family \
                     flower football forever freedom friends geheim george ginger google guest hannah hello hunter \
                     iloveyou iloveyouso internet jennifer jessica jesus jordan joshua justin killer letmein liverpool \
                     login london lovely loveme lover loveyou maggie manager master matthew matrix michael michelle mickey \
                     minecraft monkey mother motdepasse mustang nicole ninja nothing office orange passe passw password \
                     passwords passwort pepper person phoenix pizza pokemon princess princesa purple qazwsx qazwsxedc qwe \
                     qwer qwert qwerty qwertyuiop qwertyuiopasdfghjkl qwertz qwertzuiop rainbow restaurant robert root \
                     samsung secret security service shadow snoopy soccer spiderman starwars summer sunshine superman \
                     superstar support sweetheart system taylor temp test tester testing testtest thomas thunder tiffin \
                     tigger trustno tinkerbell user username victory wachtwoord welcome welkom whatever william winter \
                     wordpass yankees zaqwsx zxcvbn zxcvbnm";
/// Ways over the keyboard, and what else no word is in.
const PATTERNS: [&str; 14] = [
    "0987654321",
    "1029384756",
    "1357924680",
    "147258369",
    "123qweasdzxc",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "a1b2c3d4e5",
    "abc123abc123",
    "q1w2e3r4t5",
    "q1w2e3r4t5y6",
    "qwe123qwe123",
    "zaq12wsxcde3",
];

/// Whether a password is one of them, in whatever case, with letters written as digits or signs, and with digits and signs
/// around it.
pub fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    let spelt: String = password.chars().map(spelt).collect();
    PATTERNS.contains(&password.as_str())
        || is_word(core(&password))
        || is_word(core(&spelt))
        || is_word(inside(&password, &spelt))
}

/// The letter that a digit or a sign stands for in words.
const fn spelt(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// What is left without the digits and signs around.
fn core(password: &str) -> &str {
    password.trim_matches(|c: char| !c.is_alphabetic())
}

/// The core with its inner signs read as letters: digits around a word are no part of it.
fn inside<'a>(password: &str, spelt: &'a str) -> &'a str {
    let core = core(password);
    let start = password.len() - password.trim_start_matches(|c: char| !c.is_alphabetic()).len();
    // Each sign is read as one letter of as many bytes, so the places are the same.
    spelt.get(start..start + core.len()).unwrap_or_default()
}

fn is_word(core: &str) -> bool {
    WORDS.split_ascii_whitespace().any(|word| word == core)
}
