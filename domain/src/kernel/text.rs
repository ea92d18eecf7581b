//! Texts that people give: composed (Unicode's form NFC), so that what looks the same is the same, and of characters that can
//! be seen, so that nothing hides in them.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use unicode_properties::{
    GeneralCategory as Category, GeneralCategoryGroup as Group, UnicodeGeneralCategory as _,
};

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Nothing in it can be seen.
    Empty,
    /// A line break or another control character, where there may be none.
    Control,
    /// A character that shows nothing, or that changes how others are shown.
    Invisible(char),
}

/// A character as people write of it: `U+200B`.
pub(crate) struct CodePoint(pub char);

impl std::fmt::Display for CodePoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "U+{:04X}", u32::from(self.0))
    }
}

/// The text in the form NFC: `e` and an accent become `é`.
pub fn composed(text: &str) -> String {
    if text.is_ascii() || is_nfc(text) {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}

/// One line: trimmed, composed, every kind of space a space.
pub(crate) fn line(text: &str) -> Result<String, TextError> {
    check(text.trim(), |_| false).map(|text| text.replace(is_space, " "))
}

/// Any number of lines: trimmed and composed.
pub fn prose(text: &str) -> Result<String, TextError> {
    check(text.trim(), |c| matches!(c, '\n' | '\r' | '\t'))
}

fn check(text: &str, may_be: impl Fn(char) -> bool) -> Result<String, TextError> {
    let text = composed(text);
    let mut before = None;
    let mut rest = text.chars();
    let mut shows = false;
    while let Some(c) = rest.next() {
        let after = rest.clone().next();
        if !may_be(c) {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                return Err(TextError::Control);
            }
            if is_hidden(before, c, after) {
                return Err(TextError::Invisible(c));
            }
        }
        shows |= is_seen(c);
        before = Some(c);
    }
    if shows {
        Ok(text)
    } else {
        Err(TextError::Empty)
    }
}

fn is_space(c: char) -> bool {
    c.general_category() == Category::SpaceSeparator
}

pub(crate) fn is_seen(c: char) -> bool {
    !matches!(
        c.general_category_group(),
        Group::Separator | Group::Mark | Group::Other
    ) || matches!(
        c.general_category(),
        Category::PrivateUse | Category::Unassigned
    )
}

/// Letters and signs that show nothing, and marks and unassigned ones that Unicode says to ignore.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2065}' | '\u{2800}'
            | '\u{3164}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
    )
}

fn is_hidden(before: Option<char>, c: char, after: Option<char>) -> bool {
    /// The first letter of a script that is not an alphabet of Europe; emoji come later too.
    const HEBREW: char = '\u{590}';
    let joins = |c: Option<char>| c.is_some_and(|c| c >= HEBREW && !is_blank(c));
    match c {
        // Persian, the scripts of India and emoji need them, between their own signs.
        '\u{200c}' | '\u{200d}' => !(joins(before) && joins(after)),
        // How an emoji or an ideograph is drawn; a digit only as a key cap.
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            before.is_none_or(|before| before.is_ascii() && after != Some('\u{20e3}'))
        }
        c => is_blank(c) || c.general_category() == Category::Format,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(line("cafe\u{301}"), Ok("caf\u{e9}".into()));
        assert_eq!(line(" Contoso\u{a0}Ltd\u{3000}"), Ok("Contoso Ltd".into()));
        assert_eq!(composed("\u{212b}"), "\u{c5}");
    }

    #[test]
    fn nothing_hides_in_a_text() {
        for (text, hidden) in [
            ("Con\u{200b}toso", '\u{200b}'),
            ("Con\u{ad}toso", '\u{ad}'),
            ("\u{feff}Contoso", '\u{feff}'),
            ("invoice\u{202e}fdp.exe", '\u{202e}'),
            ("a\u{200d}b", '\u{200d}'),
            ("a\u{fe0f}", '\u{fe0f}'),
            ("a\u{3164}", '\u{3164}'),
            ("a\u{e0041}", '\u{e0041}'),
            ("\u{200b}", '\u{200b}'),
        ] {
            assert_eq!(line(text), Err(TextError::Invisible(hidden)), "{text:?}");
        }
        for empty in ["", " \u{a0}", "\u{301}", "\u{2003}"] {
            assert_eq!(line(empty), Err(TextError::Empty), "{empty:?}");
        }
        for broken in ["a\nb", "a\u{2028}b", "a\u{7}b", "a\u{85}b"] {
            assert_eq!(line(broken), Err(TextError::Control), "{broken:?}");
        }
    }

    #[test]
    fn every_script_and_emoji_may_be_written() {
        for text in [
            "Größe & Söhne",
            "Ελλάδα",
            "חברה",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "日本 株式会社",
            "👩\u{200d}💻",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3} first",
        ] {
            assert_eq!(line(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn prose_has_lines_and_hides_nothing_either() {
        assert_eq!(prose(" one\n\ttwo "), Ok("one\n\ttwo".into()));
        assert_eq!(prose("one\u{202e}"), Err(TextError::Invisible('\u{202e}')));
        assert_eq!(prose("one\u{1b}[31m"), Err(TextError::Control));
    }
}
