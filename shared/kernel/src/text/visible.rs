//! What can be seen of a text.
//!
//! Characters that steer the display without being seen (Unicode's default-ignorable code points: overrides of the writing
//! direction, zero-width spaces, soft hyphens, tags, fillers) make one name look like another, or like none. They are
//! taken out, except where a script or an emoji is written with them: joiners between letters of scripts that join, joiners
//! and selectors within emoji, selectors of a glyph after ideographs, and the tags of a flag. Text from right to left needs
//! no marks: its letters say it.

use std::ops::RangeInclusive;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, ExtendedPictographic, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Zero-width non-joiner and joiner.
const JOINERS: [char; 2] = ['\u{200C}', ZWJ];
const ZWJ: char = '\u{200D}';
/// The base of the flags of parts of countries, which tags follow (UTS #51, annex C).
const BLACK_FLAG: char = '\u{1F3F4}';
/// Ends the tags of a flag.
const CANCEL_TAG: char = '\u{E007F}';
/// Tags of a flag: a country's two, and one to three of its part (ISO 3166-2).
const FLAG_TAGS: RangeInclusive<usize> = 3..=6;
/// A space that is a letter to Unicode: the Braille pattern without dots.
const BLANK: char = '\u{2800}';

/// The text without what cannot be seen, in the composed form (NFC), without white space around it. Tabs become spaces, and
/// every kind of line break becomes `\n`, or a space unless there may be several lines. Cleaning twice is cleaning once.
pub fn cleaned(raw: &str, lines: bool) -> String {
    let shown = shown(&broken(raw, lines));
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&shown);
    composed.trim_matches(is_blank).to_owned()
}

/// Whether a cleaned text has anything to see: marks on nothing are nothing.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !is_blank(c) && !is_mark(c))
}

/// The longest run of combining marks; selectors of a glyph are none.
pub fn marks_in_a_row(text: &str) -> usize {
    let (longest, _) = text
        .chars()
        .filter(|c| !is_ignorable(*c))
        .fold((0, 0), |(longest, run), c| {
            let run = if is_mark(c) { run + 1 } else { 0 };
            (run.max(longest), run)
        });
    longest
}

/// One form of line breaks and tabs.
fn broken(raw: &str, lines: bool) -> String {
    let line_break = if lines { '\n' } else { ' ' };
    let plain = |c| match c {
        '\r' | '\n' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => line_break,
        '\t' => ' ',
        other => other,
    };
    raw.replace("\r\n", "\n").chars().map(plain).collect()
}

/// The characters that are seen, and those that change what is seen where they stand.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    // The last character that was kept, and the last one that is neither a mark nor a selector: the two that decide.
    let (mut last, mut base) = (None, None);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        let keep = !is_ignorable(c) || is_meant(c, last, base, next);
        if !keep {
            continue;
        }
        shown.push(c);
        last = Some(c);
        if !is_ignorable(c) && !is_mark(c) && !is_skin_tone(c) {
            base = Some(c);
        }
        if c == BLACK_FLAG {
            let tags = flag_tags(rest.as_str());
            shown.push_str(tags);
            rest = rest.as_str()[tags.len()..].chars();
        }
    }
    shown
}

/// Whether an invisible character is part of how the text around it is written.
fn is_meant(c: char, last: Option<char>, base: Option<char>, next: Option<char>) -> bool {
    let Some(last) = last.filter(|last| !JOINERS.contains(last)) else {
        return false;
    };
    match c {
        // Marks alone have no joined form: at the end of a word only a vowel's killer takes a joiner.
        '\u{200C}' | ZWJ if joins(last) => is_mark(last) || next.is_some_and(joins),
        ZWJ => base.is_some_and(is_pictograph) && next.is_some_and(is_pictograph),
        // A picture as text or in colours, and the keys of a telephone.
        '\u{FE0E}' | '\u{FE0F}' => is_pictograph(last) || matches!(last, '0'..='9' | '#' | '*'),
        // The glyph of an ideograph, as names are written with.
        '\u{FE00}'..='\u{FE0D}' | '\u{E0100}'..='\u{E01EF}' => is_ideograph(last),
        '\u{180B}'..='\u{180F}' => matches!(last, '\u{1820}'..='\u{18AA}'),
        _ => false,
    }
}

/// The tags that make a flag another one; nothing unless they end as they must.
fn flag_tags(text: &str) -> &str {
    let is_tag = |c: &char| matches!(c, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}');
    let tags: Vec<char> = text.chars().take_while(is_tag).take(FLAG_TAGS.end() + 1).collect();
    let length: usize = tags.iter().map(|c| c.len_utf8()).sum();
    if FLAG_TAGS.contains(&tags.len()) && text[length..].starts_with(CANCEL_TAG) {
        &text[..length + CANCEL_TAG.len_utf8()]
    } else {
        ""
    }
}

/// A letter or mark of the scripts whose letters change their shape with a joiner between them: Arabic and its neighbours, the
/// scripts of India and of the lands around it, Mongolian.
fn joins(c: char) -> bool {
    let in_script = matches!(c,
        '\u{600}'..='\u{DFF}' | '\u{F00}'..='\u{109F}' | '\u{1780}'..='\u{18AF}' | '\u{A840}'..='\u{A8FF}'
            | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10A00}'..='\u{11FFF}' | '\u{1E900}'..='\u{1E95F}');
    in_script && (c.is_alphabetic() || is_mark(c)) && !is_ignorable(c)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

fn is_pictograph(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c) || is_skin_tone(c)
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

/// Not seen by itself. The marks between the lines of annotated text are not shown either, though Unicode does not say so.
fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) || matches!(c, '\u{FFF9}'..='\u{FFFB}')
}

fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == BLANK
}
