//! Texts of strangers in scripts of ours.

/// A text as PowerShell reads it literally: in single quotation marks. To PowerShell the typographic ones end such a text too, and each of
/// them stands for itself where it is written twice.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            literal.push(c);
        }
        literal.push(c);
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn nothing_ends_a_text_before_its_end() {
        assert_eq!(literal("/S"), "'/S'");
        assert_eq!(literal("$(calc) `n \"x\""), "'$(calc) `n \"x\"'");
        assert_eq!(literal("'; calc #"), "'''; calc #'");
        assert_eq!(
            literal("\u{2018}\u{2019}\u{201a}\u{201b}"),
            "'\u{2018}\u{2018}\u{2019}\u{2019}\u{201a}\u{201a}\u{201b}\u{201b}'"
        );
    }
}
