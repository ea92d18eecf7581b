//! What a manifest may not do, whoever wrote it: lead out of its archive, run or load something from another computer, make an
//! installer install something else, or leave open which file is meant. As `ManifestValidation.cpp` of the Windows Package
//! Manager's client has it; addresses are judged more strictly here.

use crate::manifest::Installer;
use crate::refusal::{Quote, Why};

/// Properties of Windows Installer that apply other packages to the one that is installed.
const BLOCKED_PROPERTIES: [&str; 4] = ["TRANSFORMS", "PATCH", "MSINEWINSTANCE", "ADMINPROPERTIES"];

/// A path or a name within an archive.
pub(crate) fn stays_inside(path: &str) -> Result<(), Why> {
    let is_rooted = path.starts_with(['/', '\\']) || path.contains(':');
    let climbs = path.split(['/', '\\']).any(|part| part.trim() == "..");
    if is_rooted || climbs {
        Err(Why::Escape(Quote::of(path)))
    } else {
        Ok(())
    }
}

/// A part of a command line.
pub(crate) fn switch(text: &str) -> Result<(), Why> {
    if let Some(at) = network_path(text) {
        return Err(Why::NetworkPath(Quote::of(&text[at..])));
    }
    match BLOCKED_PROPERTIES
        .iter()
        .find(|property| sets(text, property))
    {
        Some(property) => Err(Why::BlockedProperty(property)),
        None => Ok(()),
    }
}

/// Whether a switch names an address, which is not refused: some installers take one for good reasons.
pub(crate) fn names_address(switch: &str) -> bool {
    let switch = switch.to_ascii_lowercase();
    ["http://", "https://", "ftp://", "file://"]
        .iter()
        .any(|scheme| switch.contains(scheme))
}

/// Where two backslashes begin a word: what stands before them is nothing, a blank, a quotation mark, or parts of a switch.
fn network_path(text: &str) -> Option<usize> {
    text.match_indices("\\\\").map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ':' | ',' | ';' | '(')
        })
    })
}

/// Whether a command line gives the property a value: its name as a word, then an equals sign.
fn sets(text: &str, property: &str) -> bool {
    let text = text.to_ascii_uppercase();
    text.match_indices(property).any(|(at, _)| {
        let begins = text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
        begins && text[at + property.len()..].trim_start().starts_with('=')
    })
}

/// An address that a file is downloaded from.
pub(crate) enum Download {
    Encrypted,
    /// What comes may be another file than was sent. Its digest tells.
    Plain,
}

pub(crate) fn download(url: &str) -> Result<Download, Why> {
    let refused = || Why::Url(Quote::of(url));
    let (scheme, rest) = url.split_once("://").ok_or_else(refused)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains(['@', '\\']) || url.contains(char::is_whitespace) {
        return Err(refused());
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok(Download::Encrypted),
        "http" => Ok(Download::Plain),
        _ => Err(refused()),
    }
}

/// Which installer names an address that another one names with other contents.
pub(crate) fn two_hashes(installers: &[Installer]) -> Option<usize> {
    let mut known = std::collections::HashMap::new();
    (installers.iter()).position(|installer| {
        *known.entry(&installer.url).or_insert(&installer.sha256) != &installer.sha256
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_climbs_out_of_an_archive_is_refused() {
        for inside in ["a.exe", "./code.exe", "a/b\\c.exe", "a..b/c...exe", "..a"] {
            assert_eq!(stays_inside(inside), Ok(()), "{inside}");
        }
        for outside in [
            "../a",
            "a/../b",
            "a\\..\\b",
            "..",
            " .. /a",
            "/etc",
            "\\\\host\\a",
            "C:\\a",
            "a:stream",
        ] {
            assert!(stays_inside(outside).is_err(), "{outside}");
        }
    }

    #[test]
    fn switches_that_bring_something_else_are_refused() {
        for fine in [
            "/S /D=\"C:\\Program Files\\x\"",
            "/log \"<LOGPATH>\"",
            "NOTRANSFORMS=1",
            "/patch",
            "PATCHES=2",
        ] {
            assert_eq!(switch(fine), Ok(()), "{fine}");
        }
        for (hostile, what) in [
            ("\\\\host\\share\\x", "another computer"),
            ("/config:\\\\host\\x", "another computer"),
            ("/c \"\\\\host\\x\"", "another computer"),
            ("DIR=\\\\host\\x", "another computer"),
            ("TRANSFORMS=evil.mst", "TRANSFORMS"),
            ("/qn transforms = evil.mst", "TRANSFORMS"),
            ("\"PATCH=a.msp\"", "PATCH"),
            ("MSINEWINSTANCE=1", "MSINEWINSTANCE"),
            ("x AdminProperties=y", "ADMINPROPERTIES"),
        ] {
            let why = switch(hostile).unwrap_err().to_string();
            assert!(why.contains(what), "{hostile}: {why}");
        }
        assert!(names_address("/url=HTTPS://a.example"));
        assert!(!names_address("/https"));
    }

    #[test]
    fn an_address_has_a_host_and_a_scheme_that_downloads() {
        assert!(matches!(
            download("https://a.example/x y?z#1".replace(' ', "%20").as_str()),
            Ok(Download::Encrypted)
        ));
        assert!(matches!(download("HTTP://a.example"), Ok(Download::Plain)));
        for none in [
            "",
            "a.example",
            "https://",
            "https:///a",
            "file://host/a",
            "https://user@host/a",
            "https://a b/",
            "javascript://x",
        ] {
            assert!(download(none).is_err(), "{none}");
        }
    }
}
