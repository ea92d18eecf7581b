//! By which signs a title is found among the programs of a computer: its codes, and its names where no code fits. Detection compares
//! one title with one computer; which title a program is, of all there are, is [`crate::detection`]'s question.

use super::draft::Draft;
use super::words::shown;
use upkeep_domain::catalogue::pack::{PackedName, PackedPattern, PackedSign};
use upkeep_domain::catalogue::program::ProgramRegex;
use upkeep_domain::kernel::limits::MAX_PROGRAM_SIGNS;

/// Names that are asked for at most, of the newest versions: the rest of the room is for codes.
const MAX_NAMES: usize = 8;

/// What may stand behind a program's name in Windows' list: a version.
const VERSION: &str = r"(?:[ -]+(?:version |v)?[0-9][0-9a-z.+_-]*)?";
/// What may stand behind the numbers that a version begins with.
const REST: &str = "(?:[a-z.+_-][0-9a-z.+_-]*)?";
/// What may stand behind all of that: whatever is in brackets.
const BRACKETS: &str = r"(?: ?[(\[][^)\]]*[)\]])*$";

/// Legal forms that one version of a publisher's name has and another has not.
const FORMS: [&str; 14] = [
    "inc",
    "llc",
    "ltd",
    "limited",
    "gmbh",
    "corp",
    "corporation",
    "co",
    "ag",
    "bv",
    "sa",
    "sarl",
    "srl",
    "sro",
];

/// Strong ones first, and of the newest version first: there is room for so many.
pub(super) fn of(drafts: &[Draft]) -> Vec<PackedSign> {
    let mut signs: Vec<PackedSign> = Vec::new();
    let mut add = |sign: PackedSign, most: usize| {
        if signs.len() < most && !signs.contains(&sign) {
            signs.push(sign);
        }
    };
    let names = names(drafts);
    let most = MAX_PROGRAM_SIGNS - names.len();
    for draft in drafts {
        for family in draft.codes.families.iter().filter_map(|code| shown(code)) {
            add(PackedSign::PackageFamily(family), most);
        }
    }
    for draft in drafts {
        for code in draft.codes.upgrades.iter().filter_map(|code| shown(code)) {
            add(PackedSign::UpgradeCode(code), most);
        }
    }
    for draft in drafts {
        for code in draft.codes.products.iter().filter_map(|code| shown(code)) {
            add(PackedSign::ProductCode(code), most);
        }
    }
    for name in names {
        add(PackedSign::Name(name), MAX_PROGRAM_SIGNS);
    }
    signs
}

/// As manifests say that they stand in Windows' list; where none says so, as the package is called.
fn names(drafts: &[Draft]) -> Vec<PackedName> {
    let mut names: Vec<PackedName> = Vec::new();
    let mut add = |name: Option<PackedName>| {
        if let Some(name) = name.filter(|name| !names.contains(name))
            && names.len() < MAX_NAMES
        {
            names.push(name);
        }
    };
    for draft in drafts {
        for (name, publisher) in &draft.names {
            let publisher = publisher.as_ref().or(draft.publisher.as_ref());
            add(name_of(draft, name, publisher));
        }
    }
    for draft in drafts.iter().filter(|draft| draft.names.is_empty()) {
        add(name_of(draft, &draft.name, draft.publisher.as_ref()));
    }
    names
}

fn name_of(draft: &Draft, name: &str, publisher: Option<&String>) -> Option<PackedName> {
    let stem = without_version(&shown(name)?, draft);
    let expression = expression(draft, without_brackets(&stem))?;
    ProgramRegex::new(&expression).ok()?;
    let publisher = publisher.and_then(|publisher| company(publisher));
    Some(PackedName {
        name: PackedPattern::Regex(expression),
        publisher: publisher.map(PackedPattern::Contains),
    })
}

/// Which names a title's programs have. Numbers at the end of its identifier tell it from its siblings, as `3.12` does in
/// `Python.Python.3.12`: the name has them, or its version begins with them. A name that has them nowhere is the siblings' too, and no sign.
fn expression(draft: &Draft, stem: &str) -> Option<String> {
    let line = line(&draft.identifier);
    let (stem, line) = match &line {
        None => (stem, None),
        Some(line) => match stem.strip_suffix(line.as_str()) {
            Some(before) if before.ends_with([' ', '-']) => {
                (before.trim_end_matches([' ', '-']), Some(line))
            }
            _ if has_word(stem, line) => (stem, None),
            _ => {
                let versions = [draft.version.as_str(), &draft.written];
                let is_of_line = versions.iter().any(|version| begins(version, line));
                is_of_line.then_some((stem, Some(line)))?
            }
        },
    };
    // One or two letters are in too many names.
    if stem.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        return None;
    }
    let stem = escaped(stem);
    Some(match line {
        None => format!("^{stem}{VERSION}{BRACKETS}"),
        Some(line) => format!(
            "^{stem}[ -]+(?:version |v)?{}{REST}{BRACKETS}",
            escaped(line)
        ),
    })
}

/// The numbers at the end of an identifier, with what is between them.
fn line(identifier: &str) -> Option<String> {
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut numbers: Vec<&str> = identifier.rsplit('.').take_while(is_number).collect();
    numbers.reverse();
    (!numbers.is_empty()).then(|| numbers.join("."))
}

/// Whether a version is one of a line: `3.12.5` of `3.12`, and `3.120` not.
fn begins(version: &str, line: &str) -> bool {
    let rest = version.strip_prefix(line);
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a text has the numbers, and not as a part of others.
fn has_word(text: &str, numbers: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    text.match_indices(numbers).any(|(at, _)| {
        !text[..at].ends_with(is_number) && !text[at + numbers.len()..].starts_with(is_number)
    })
}

/// The name up to the version in it, if it holds the one that it is of.
fn without_version(name: &str, draft: &Draft) -> String {
    let versions = [draft.version.as_str(), &draft.written];
    let at = versions
        .into_iter()
        .filter_map(|version| name.find(version))
        .min();
    let stem = at.filter(|at| *at > 0).map_or(name, |at| &name[..at]);
    let stem = stem.trim_end_matches([' ', '-', '(', '[', '_']);
    let stem = ["version", "Version", "v"]
        .iter()
        .filter(|_| at.is_some())
        .find_map(|word| stem.strip_suffix(&format!(" {word}")))
        .unwrap_or(stem);
    stem.trim_end().to_owned()
}

/// The name without what stands in brackets at its end: a processor, a language.
fn without_brackets(name: &str) -> &str {
    let mut stem = name;
    while stem.ends_with([')', ']'])
        && let Some(at) = stem.rfind(['(', '['])
        && at > 0
    {
        stem = stem[..at].trim_end();
    }
    stem
}

/// The part of a publisher's name that stays the same.
fn company(publisher: &str) -> Option<String> {
    let publisher = shown(publisher)?;
    let mut stem = publisher.trim_end_matches('.');
    while let Some((before, last)) = stem.rsplit_once([' ', ',']) {
        let word: String = last.chars().filter(|c| c.is_alphanumeric()).collect();
        if !FORMS.contains(&&*word.to_lowercase()) && !word.is_empty() {
            break;
        }
        stem = before.trim_end_matches([' ', ',', '.']);
    }
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// A text in a regular expression as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publisher_is_known_without_its_legal_form() {
        for (publisher, stem) in [
            ("Foxit Software Inc.", "Foxit Software"),
            (
                "Zoom Video Communications, Inc.",
                "Zoom Video Communications",
            ),
            ("3CX Ltd.", "3CX"),
            ("Co", "Co"),
            (
                "The Git Development Community",
                "The Git Development Community",
            ),
        ] {
            assert_eq!(company(publisher).as_deref(), Some(stem));
        }
        assert_eq!(company("\u{200b}"), None);
    }

    #[test]
    fn what_stands_in_brackets_at_the_end_is_no_name() {
        for (name, stem) in [
            ("Notepad++ (64-bit x64)", "Notepad++"),
            ("Tool (x64 en-US) [beta]", "Tool"),
            ("(all)", "(all)"),
            ("Tool (x) more", "Tool (x) more"),
        ] {
            assert_eq!(without_brackets(name), stem);
        }
    }

    #[test]
    fn numbers_at_an_identifiers_end_are_a_line_of_versions() {
        assert_eq!(line("Python.Python.3.12").as_deref(), Some("3.12"));
        assert_eq!(line("AdoptOpenJDK.OpenJDK.11").as_deref(), Some("11"));
        for none in [
            "7zip.7zip",
            "Adobe.Acrobat.Reader.64-bit",
            "A.2015+.x64",
            "A.",
        ] {
            assert_eq!(line(none), None, "{none}");
        }
        assert!(begins("3.12.5", "3.12") && begins("3.12", "3.12"));
        assert!(!begins("3.120", "3.12") && !begins("3.1", "3.12"));
        assert!(has_word("Visual Studio 2022 Preview", "2022"));
        assert!(!has_word("Tool 20221", "2022") && !has_word("Tool 1.2", "2"));
    }

    #[test]
    fn a_text_stands_in_an_expression_as_it_is() {
        assert_eq!(escaped("a.b (c) [d] #1 & é"), r"a\.b \(c\) \[d\] \#1 \& é");
        assert!(ProgramRegex::new(&escaped(r"\.+*?()|[]{}^$#&-~")).is_ok());
    }
}
