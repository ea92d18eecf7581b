//! By which signs a title is found among the programs of a computer: its codes, and its names where no code fits. Detection compares
//! one title with one computer; which title a program is, of all there are, is [`crate::detection`]'s question.

use super::draft::Draft;
use super::words::shown;
use upkeep_domain::catalogue::pack::{PackedName, PackedPattern, PackedSign};
use upkeep_domain::catalogue::program::ProgramRegex;
use upkeep_domain::kernel::limits::MAX_PROGRAM_SIGNS;

/// Names that are asked for at most, of the newest versions: the rest of the room is for codes.
const MAX_NAMES: usize = 8;

/// What may stand behind a program's name in Windows' list: a version, then whatever stands in brackets.
const BEHIND: &str = r"(?:[ -]+(?:version |v)?[0-9][0-9a-z.+_-]*)?(?: ?[(\[][^)\]]*[)\]])*$";

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
    let stem = without_brackets(&stem);
    // One or two letters are in too many names.
    if stem.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        return None;
    }
    let expression = format!("^{}{BEHIND}", escaped(stem));
    ProgramRegex::new(&expression).ok()?;
    let publisher = publisher.and_then(|publisher| company(publisher));
    Some(PackedName {
        name: PackedPattern::Regex(expression),
        publisher: publisher.map(PackedPattern::Contains),
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
    fn a_text_stands_in_an_expression_as_it_is() {
        assert_eq!(escaped("a.b (c) [d] #1 & é"), r"a\.b \(c\) \[d\] \#1 \& é");
        assert!(ProgramRegex::new(&escaped(r"\.+*?()|[]{}^$#&-~")).is_ok());
    }
}
