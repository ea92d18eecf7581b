//! From files to a manifest: the documents of one version, what each of them is, and that they say the same.

mod draft;
mod installers;
mod locale;

use crate::document::{self, Node};
use crate::encoding;
use crate::fields::Fields;
use crate::limits::{MAX_FILE_BYTES, MAX_FILES_PER_VERSION};
use crate::manifest::{Manifest, Role};
use crate::refusal::{Quote, Refusal, Warnings, Why};
use upkeep_domain::catalogue::version::winget::{Nearness, nearness};

/// A file of a manifest.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What it is called in a refusal.
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// A file that was read, and what it is to its manifest.
pub(crate) struct Document {
    file: String,
    node: Node,
    role: Role,
}

/// Reads the manifest that some files describe together: one file with everything, or a version, its installers, its default
/// locale and others.
pub fn read(sources: &[Source<'_>]) -> Result<Manifest, Refusal> {
    let documents = sources.iter().map(document);
    assemble(&documents.collect::<Result<Vec<_>, _>>()?)
}

pub(crate) fn document(source: &Source<'_>) -> Result<Document, Refusal> {
    let refuse = |why| Refusal {
        file: source.name.to_owned(),
        key: String::new(),
        why,
    };
    if source.bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(refuse(Why::FileTooLarge));
    }
    let text = encoding::text(source.bytes).map_err(refuse)?;
    let node = document::read(source.name, &text)?;
    let fields = Fields::of(source.name, &node)?;
    let format = fields.required("ManifestVersion")?;
    if format.split('.').next() != Some("1") {
        return Err(fields.refuse("ManifestVersion", Why::Format(Quote::of(&format))));
    }
    let role = fields.known_word("ManifestType")?;
    let role = role.ok_or_else(|| fields.refuse("ManifestType", Why::Missing))?;
    Ok(Document {
        file: source.name.to_owned(),
        node,
        role,
    })
}

impl Document {
    /// Whether it describes its version alone.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.role, Role::Singleton | Role::Merged)
    }

    fn fields(&self) -> Result<Fields<'_>, Refusal> {
        Fields::of(&self.file, &self.node)
    }
}

/// The documents of one version, each in its place.
struct Parts<'a> {
    version: Fields<'a>,
    installers: Fields<'a>,
    default_locale: Fields<'a>,
    locales: Vec<Fields<'a>>,
}

pub(crate) fn assemble(documents: &[Document]) -> Result<Manifest, Refusal> {
    let first = documents
        .first()
        .map(|document| document.file.clone())
        .unwrap_or_default();
    if documents.len() > MAX_FILES_PER_VERSION {
        return Err(whole(first, Why::TooManyFiles));
    }
    let parts = match documents {
        [one] if one.is_whole() => Parts {
            version: one.fields()?,
            installers: one.fields()?,
            default_locale: one.fields()?,
            locales: one
                .fields()?
                .maps("Localization", MAX_FILES_PER_VERSION)?
                .unwrap_or_default(),
        },
        several => sort(several, &first)?,
    };
    parts.manifest()
}

fn whole(file: String, why: Why) -> Refusal {
    Refusal {
        file,
        key: String::new(),
        why,
    }
}

fn sort<'a>(documents: &'a [Document], first: &str) -> Result<Parts<'a>, Refusal> {
    let only = |role: Role, word: &'static str| {
        let mut of_role = documents.iter().filter(|document| document.role == role);
        match (of_role.next(), of_role.next()) {
            (Some(one), None) => one.fields(),
            (None, _) => Err(whole(first.to_owned(), Why::NoFile(word))),
            (Some(one), Some(other)) => Err(whole(
                one.file.clone(),
                Why::TwoFiles(word, other.file.clone()),
            )),
        }
    };
    let locales = documents
        .iter()
        .filter(|document| document.role == Role::Locale);
    if let Some(alone) = documents.iter().find(|document| document.is_whole()) {
        let other = documents
            .iter()
            .find(|document| document.file != alone.file);
        let other = other.map_or(first, |other| &other.file);
        return Err(whole(
            alone.file.clone(),
            Why::TwoFiles("singleton", other.to_owned()),
        ));
    }
    Ok(Parts {
        version: only(Role::Version, "version")?,
        installers: only(Role::Installer, "installer")?,
        default_locale: only(Role::DefaultLocale, "defaultLocale")?,
        locales: locales.map(Document::fields).collect::<Result<_, _>>()?,
    })
}

impl<'a> Parts<'a> {
    fn manifest(&self) -> Result<Manifest, Refusal> {
        let mut warnings = Warnings::default();
        let id = package_id(&self.version, "PackageIdentifier")?;
        let version = exact_version(&self.version, "PackageVersion")?;
        let version = version.ok_or_else(|| self.version.refuse("PackageVersion", Why::Missing))?;
        for other in [&self.installers, &self.default_locale]
            .into_iter()
            .chain(self.files_of_locales())
        {
            self.agrees(other, "PackageIdentifier", &id)?;
            self.agrees(other, "PackageVersion", &version)?;
        }
        if let Some(tag) = self.version.label("DefaultLocale")? {
            self.agrees(&self.default_locale, "PackageLocale", &tag)?;
        }
        let installers = installers::read(&self.installers, &mut warnings)?;
        let locales = self
            .locales
            .iter()
            .map(|locale| locale::read(locale, &mut warnings));
        let locales = locales.collect::<Result<_, _>>()?;
        let default_locale = locale::read_default(&self.default_locale, &mut warnings)?;
        Ok(Manifest {
            id,
            version,
            moniker: self.default_locale.label("Moniker")?,
            default_locale,
            locales,
            installers,
            warnings: warnings.into_vec(),
        })
    }

    /// Those locales that are files of their own.
    fn files_of_locales(&self) -> impl Iterator<Item = &Fields<'a>> {
        (self.locales.iter()).filter(|locale| locale.file() != self.default_locale.file())
    }

    fn agrees(&self, other: &Fields<'_>, key: &str, expected: &str) -> Result<(), Refusal> {
        let here = other.required(key)?;
        if here.eq_ignore_ascii_case(expected) {
            return Ok(());
        }
        let why = Why::Disagrees {
            here: Quote::of(&here),
            there: Quote::of(expected),
            file: self.version.file().to_owned(),
        };
        Err(other.refuse(key, why))
    }
}

/// The characters that Windows allows in no name of a file.
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\\' | '/' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// The schema's shape of an id.
fn package_id(fields: &Fields<'_>, key: &str) -> Result<String, Refusal> {
    let id = fields.required(key)?;
    let parts: Vec<&str> = id.split('.').collect();
    let is_part = |part: &&str| {
        let chars = part.chars().count();
        (1..=32).contains(&chars) && !part.chars().any(|c| is_forbidden(c) || c.is_whitespace())
    };
    if (2..=8).contains(&parts.len()) && parts.iter().all(is_part) {
        Ok(id)
    } else {
        Err(fields.refuse(key, Why::Id(Quote::of(&id))))
    }
}

/// A version that may stand in a manifest: the schema's shape, and not near to another one.
fn exact_version(fields: &Fields<'_>, key: &str) -> Result<Option<String>, Refusal> {
    let version = near_version(fields, key)?;
    match &version {
        // Dots alone would be a folder, to whoever makes one of it.
        Some(text) if text.chars().any(is_forbidden) || text.chars().all(|c| c == '.') => {
            Err(fields.refuse(key, Why::Version(Quote::of(text))))
        }
        _ => Ok(version),
    }
}

/// A version that others wrote, of whatever shape, which is not near to another one.
fn near_version(fields: &Fields<'_>, key: &str) -> Result<Option<String>, Refusal> {
    let version = fields.label(key)?;
    match &version {
        Some(text) if nearness(text).0 != Nearness::Exact => {
            Err(fields.refuse(key, Why::Approximate(Quote::of(text))))
        }
        _ => Ok(version),
    }
}

/// 64 hexadecimal digits, in small letters.
fn sha256(fields: &Fields<'_>, key: &str) -> Result<Option<String>, Refusal> {
    match fields.label(key)? {
        Some(text) if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Ok(Some(text.to_ascii_lowercase()))
        }
        Some(text) => Err(fields.refuse(key, Why::Sha256(Quote::of(&text)))),
        None => Ok(None),
    }
}

/// A list of packages' ids and such, with their maps read one by one.
fn each<'a, T>(
    maps: Option<Vec<Fields<'a>>>,
    mut read: impl FnMut(&Fields<'a>) -> Result<T, Refusal>,
) -> Result<Option<Vec<T>>, Refusal> {
    maps.map(|maps| maps.iter().map(&mut read).collect::<Result<_, _>>())
        .transpose()
}

#[cfg(test)]
mod tests;
