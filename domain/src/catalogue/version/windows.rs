//! Windows' four-part versions: of files, products and the system itself (`VS_FIXEDFILEINFO`, `System.Version`).
//!
//! 1. Numbers compare as numbers, first difference decides; missing numbers are zero, so `10.0` = `10.0.0.0`.
//! 2. The text of a file's version may have commas for dots and blanks behind them: `5, 0, 42, 0`.
//! 3. What stands behind a blank after the numbers is a note of the build: `10.0.19041.1 (WinBuild.160101.0800)`.
//!
//! What has another shape sorts below everything that has it, in the order of its characters. More than four numbers do count:
//! texts have them where Windows itself has four.

use super::number::Number;

/// In the order in which they sort.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Other(String),
    Numbers(Vec<Number>),
}

pub(super) fn key(text: &str) -> Key {
    let numbers = if text.contains(',') {
        Number::dotted(&text.replace(", ", ","), ',')
    } else {
        let numbers = text.split_whitespace().next().unwrap_or_default();
        Number::dotted(numbers, '.')
    };
    numbers.map_or_else(|| Key::Other(text.to_owned()), Key::Numbers)
}
