//! What is left of a program's name and its publisher's when all is taken away that changes from version to version and from
//! computer to computer: versions, processors, languages, what stands in brackets, the forms of companies, blanks and signs.
//!
//! It is written for the same purpose as the client's `NameNormalization.cpp` and takes away less where that guesses. Both sides
//! of a comparison pass it, so that it only has to be the same for both.

use crate::limits::MAX_NAMES;
use crate::manifest::Manifest;
use std::collections::BTreeSet;

/// A name and a publisher, each with something left of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Names {
    name: String,
    publisher: String,
}

/// Forms of companies, as words. "Corporation" and the like stand at the end, and what follows is no name any more.
const COMPANY_FORMS: [&str; 42] = [
    "ab",
    "ad",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "ges",
    "gesmbh",
    "gmbh",
    "holding",
    "holdings",
    "inc",
    "incorporated",
    "kg",
    "ks",
    "limited",
    "llc",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "plc",
    "ps",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sc",
    "sca",
    "sl",
    "spa",
    "srl",
    "sro",
    "subsidiary",
];

/// Words before a number that make it a version.
const VERSION_WORDS: [&str; 9] = [
    "v", "ver", "version", "versión", "versão", "versie", "build", "release", "rc",
];

/// Processors, as words between blanks.
const ARCHITECTURES: [&str; 14] = [
    "x86",
    "x64",
    "x32",
    "x86_64",
    "x86-64",
    "amd64",
    "arm64",
    "32bit",
    "64bit",
    "32-bit",
    "64-bit",
    "32-bits",
    "64-bits",
    "32/64-bit",
];

impl Names {
    pub(super) fn of(name: &str, publisher: &str) -> Option<Self> {
        let (name, publisher) = (product(name), company(publisher));
        (!name.is_empty() && !publisher.is_empty()).then_some(Self { name, publisher })
    }

    /// Every name of a manifest with every publisher of it.
    pub(super) fn all(manifest: &Manifest) -> BTreeSet<Self> {
        let locales = || {
            [&manifest.default_locale]
                .into_iter()
                .chain(&manifest.locales)
        };
        let entries = || {
            manifest
                .installers
                .iter()
                .flat_map(|installer| installer.entries.iter())
        };
        let names = locales()
            .map(|locale| &locale.name)
            .chain(entries().map(|entry| &entry.name))
            .flatten();
        let publishers = locales()
            .map(|locale| &locale.publisher)
            .chain(entries().map(|entry| &entry.publisher))
            .flatten();
        let names: BTreeSet<String> = names.map(|name| product(name)).collect();
        let publishers: BTreeSet<String> = publishers.map(|publisher| company(publisher)).collect();
        let each = names
            .iter()
            .flat_map(|name| publishers.iter().map(move |publisher| (name, publisher)));
        each.filter(|(name, publisher)| !name.is_empty() && !publisher.is_empty())
            .map(|(name, publisher)| Self {
                name: name.clone(),
                publisher: publisher.clone(),
            })
            .take(MAX_NAMES)
            .collect()
    }
}

/// A program's name.
fn product(name: &str) -> String {
    let words = words(name);
    let mut kept = String::new();
    let mut after_version_word = false;
    for word in &words {
        let is_number = word.chars().next().is_some_and(char::is_numeric)
            && !word.chars().any(char::is_alphabetic);
        let changes = ARCHITECTURES.contains(&&**word)
            || is_version(word)
            || is_language(word)
            || VERSION_WORDS.contains(&&**word)
            || (is_number && after_version_word);
        after_version_word = VERSION_WORDS.contains(&&**word);
        let part = letters_and_digits(word);
        if !changes && !COMPANY_FORMS.contains(&&*part) {
            kept.push_str(&part);
        }
    }
    kept
}

/// A publisher's name.
fn company(publisher: &str) -> String {
    let words = words(publisher);
    let mut kept = String::new();
    for part in words.iter().map(|word| letters_and_digits(word)) {
        // What follows the form of a company is an address, or another company.
        if !COMPANY_FORMS.contains(&&*part) {
            kept.push_str(&part);
        } else if !kept.is_empty() {
            break;
        }
    }
    kept
}

/// In small letters, without what stands in brackets, unless all does.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let bare = without_brackets(&text);
    let text = if bare.trim().is_empty() { &text } else { &bare };
    (text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"')))
        .map(|word| {
            word.trim_matches(['(', ')', '[', ']', '{', '}', ':', '-', '–', '|'])
                .to_owned()
        })
        .filter(|word| !word.is_empty())
        .collect()
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                kept.push(' ');
            }
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// Numbers with signs between them, as `24.08`, `2015-2022` or `v3.0.21`, perhaps with a letter or a pre-release behind them.
fn is_version(word: &str) -> bool {
    let word = word.strip_prefix('v').unwrap_or(word);
    let mut numbers = word.split(['.', '-', '_', '+']);
    let begins = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let first_is_number = numbers
        .next()
        .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    first_is_number && numbers.next().is_some_and(begins)
}

/// A language with a country, as `en-us` or `zh-hans-cn`.
fn is_language(word: &str) -> bool {
    let mut parts = word.split('-');
    let is_of = |part: Option<&str>, from: usize, to: usize| {
        part.is_some_and(|part| {
            (from..=to).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
    };
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    let is_short = third.is_none()
        && KNOWN_LANGUAGES.contains(&first.unwrap_or_default())
        && is_of(second, 2, 2);
    let is_long =
        parts.next().is_none() && is_of(first, 2, 3) && is_of(second, 4, 4) && is_of(third, 2, 2);
    is_short || is_long
}

/// Languages that programs are translated to: two letters, a hyphen and two letters may also be a name (`x-ray`, `tv-go`).
const KNOWN_LANGUAGES: [&str; 40] = [
    "af", "ar", "be", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi",
    "fr", "gl", "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "nb", "nl", "nn", "pl",
    "pt", "ro", "ru", "sk", "sv", "th", "tr", "zh",
];

fn letters_and_digits(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '+' | '&'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{company, product};

    #[test]
    fn what_changes_from_version_to_version_is_taken_away() {
        for (left, right) in [
            ("7-Zip 24.08 (x64)", "7-Zip"),
            ("Python 3.12.5 (64-bit)", "Python"),
            ("Mozilla Firefox (x64 en-US)", "Mozilla Firefox"),
            ("Mozilla Firefox 129.0.1 (x64 de)", "Mozilla Firefox"),
            (
                "Microsoft Visual C++ 2015-2022 Redistributable (x64) - 14.40.33810",
                "Microsoft Visual C++ Redistributable",
            ),
            ("VLC media player", "VLC Media Player 3.0.21"),
            ("Notepad++ (64-bit x64)", "Notepad++"),
            ("LibreOffice 24.2.5.2", "LibreOffice"),
            ("WinSCP 6.3.4", "WinSCP version 6"),
            ("Tool v2.1 en-US", "Tool"),
            ("Tool zh-Hans-CN 64-bit", "Tool"),
            ("Acme Tool Inc.", "Acme Tool"),
        ] {
            assert_eq!(product(left), product(right), "{left} and {right}");
        }
    }

    #[test]
    fn what_tells_programs_apart_stays() {
        for (left, right) in [
            ("Java 8", "Java 11"),
            ("7-Zip", "Zip"),
            ("Notepad++", "Notepad"),
            ("C & C", "C C"),
            ("Microsoft Edge", "Microsoft Edge WebView2 Runtime"),
            ("Visual Studio Code", "Visual Studio"),
            ("3CX", "CX"),
            ("Übersicht", "bersicht"),
        ] {
            assert_ne!(product(left), product(right), "{left} and {right}");
        }
        assert_eq!(product("(Beta)"), "beta");
        assert_eq!(product("3.1.2"), "");
    }

    #[test]
    fn the_form_of_a_company_is_no_part_of_its_name() {
        for (left, right) in [
            ("Microsoft Corporation", "Microsoft"),
            ("Google LLC", "Google, Inc."),
            ("Adobe Systems Incorporated", "Adobe Systems"),
            ("GlavSoft LLC.", "GlavSoft"),
            ("Dropbox, Inc.", "DROPBOX"),
            ("Acme Ltd. and others", "Acme"),
            ("Company Of Heroes", "OF heroes"),
        ] {
            assert_eq!(company(left), company(right), "{left} and {right}");
        }
        assert_ne!(company("Mozilla"), company("Mozilla Messaging"));
    }
}
