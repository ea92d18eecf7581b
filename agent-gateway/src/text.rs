//! Texts from outside, before they are stored or logged: one line, visible, bounded. A line break in a computer's name
//! would be a line of the log that nobody wrote.

/// One line of at most so many characters. Controls, line and paragraph separators, and what turns the direction of
/// writing or shows nothing, become spaces.
pub fn one_line(text: &str, max_chars: usize) -> String {
    let visible: String = text
        .chars()
        .take(max_chars)
        .map(|c| if is_invisible(c) { ' ' } else { c })
        .collect();
    visible.trim().to_owned()
}

/// Of the Unicode categories Cc, Zl, Zp, and of Cf what has no place in a line of text.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_is_one_visible_line() {
        let rows = [
            ("pc-1", "pc-1"),
            (
                "pc\n2026-11-26T12:00:00Z  INFO forged",
                "pc 2026-11-26T12:00:00Z  INFO forged",
            ),
            (
                "a\r\nb\u{85}c\u{2028}d\u{2029}e\u{b}f\u{c}g",
                "a  b c d e f g",
            ),
            ("\u{1b}[31mred\u{7}", "[31mred"),
            ("gnp\u{202e}exe.\u{200b}", "gnp exe."),
            ("\0\0", ""),
            ("Grüße 🦀", "Grüße 🦀"),
        ];
        for (text, line) in rows {
            assert_eq!(one_line(text, 100), line, "{text:?}");
        }
        assert_eq!(one_line(&"x".repeat(300), 200).len(), 200);
    }
}
