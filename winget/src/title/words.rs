//! What is told of a title, in English where there is English. What cannot be shown is left away: it is no reason to do without a
//! program.

use crate::manifest::{Installer, Locale, Manifest, PackageDependency};
use upkeep_domain::catalogue::software::{Homepage, Notes, NotesError, SearchWords};
use upkeep_domain::kernel::limits::{MAX_NAME_CHARS, MAX_NOTES_CHARS, MAX_SOFTWARE_TAGS};
use upkeep_domain::kernel::name::{Name, NameError};

/// How often a text is looked at again after something was taken away from it.
const MAX_TRIES: usize = 16;

pub(super) struct Said {
    pub name: String,
    pub publisher: Option<String>,
    pub notes: Option<String>,
    pub homepage: Option<String>,
    pub licence: Option<String>,
    pub tags: Vec<String>,
}

pub(super) fn of(manifest: &Manifest, installer: &Installer) -> Said {
    let locale = locale(manifest);
    let name = locale.name.as_ref().and_then(|name| shown(name));
    Said {
        name: name.unwrap_or_else(|| manifest.id.clone()),
        publisher: locale.publisher.as_ref().and_then(|name| shown(name)),
        notes: notes(locale, installer),
        homepage: (locale.homepage.clone()).filter(|homepage| Homepage::new(homepage).is_ok()),
        licence: locale.licence.as_ref().and_then(|name| shown(name)),
        tags: tags(manifest, locale),
    }
}

/// Who has no English has the default.
fn locale(manifest: &Manifest) -> &Locale {
    let all = || {
        [&manifest.default_locale]
            .into_iter()
            .chain(&manifest.locales)
    };
    let english = all().find(|locale| locale.tag.eq_ignore_ascii_case("en-US"));
    english
        .filter(|locale| locale.name.is_some())
        .unwrap_or(&manifest.default_locale)
}

/// A name as far as it can be shown.
pub(super) fn shown(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..MAX_TRIES {
        match Name::new(&text) {
            Ok(name) => return Some(name.to_string()),
            Err(NameError::Invisible(c)) => text = text.replace(c, ""),
            Err(NameError::ControlCharacter) => text = text.replace(char::is_control, " "),
            Err(NameError::TooLong(_)) => text = cut(&text, MAX_NAME_CHARS),
            Err(NameError::Empty) => return None,
        }
    }
    None
}

fn cut(text: &str, most: usize) -> String {
    let kept: String = text.trim().chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// What it is, and what has to be there that no script of ours brings.
fn notes(locale: &Locale, installer: &Installer) -> Option<String> {
    let described = locale
        .description
        .as_ref()
        .or(locale.short_description.as_ref());
    let dependencies = &installer.dependencies;
    let packages: Vec<String> = dependencies.packages.iter().map(needed).collect();
    let needs = [
        ("Needs the packages", &packages),
        ("Needs the Windows features", &dependencies.windows_features),
        ("Needs besides", &dependencies.external),
    ];
    let needs = needs.into_iter().filter(|(_, names)| !names.is_empty());
    let needs = needs.map(|(what, names)| format!("{what}: {}.", names.join(", ")));
    let lines: Vec<String> = described.cloned().into_iter().chain(needs).collect();
    let mut text = lines.join("\n\n");
    for _ in 0..MAX_TRIES {
        match Notes::new(&text) {
            Ok(notes) => return Some(notes.as_str().to_owned()),
            Err(NotesError::Invisible(c)) => text = text.replace(c, ""),
            Err(NotesError::TooLong(_)) => text = cut(&text, MAX_NOTES_CHARS),
            Err(NotesError::ControlCharacter) => {
                let breaks = |c: char| matches!(c, '\u{2028}' | '\u{2029}');
                let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
                text = text.replace(|c| breaks(c) || hidden(c), " ");
            }
            Err(NotesError::Empty) => return None,
        }
    }
    None
}

/// A package that has to be there before, in which version.
fn needed(package: &PackageDependency) -> String {
    match &package.minimum_version {
        Some(version) => format!("{} ({version} or newer)", package.id),
        None => package.id.clone(),
    }
}

/// The moniker is how people call it who type.
fn tags(manifest: &Manifest, locale: &Locale) -> Vec<String> {
    let all = manifest.moniker.iter().chain(&locale.tags);
    let is_tag = |tag: &&String| SearchWords::new([tag.as_str()]).is_ok();
    let mut tags: Vec<String> = all.filter(is_tag).map(|tag| tag.to_lowercase()).collect();
    tags.sort();
    tags.dedup();
    tags.truncate(MAX_SOFTWARE_TAGS);
    tags
}
