//! From a text to a title, or to the sentence that says what is wrong with it.

use super::detection::program;
use super::format::{
    PackedDependency, PackedDetection, PackedPackage, PackedScript, PackedTitle, PackedVersion,
};
use crate::catalogue::script::{Script, ScriptTimeout};
use crate::catalogue::software::{
    Definition, Description, Detection, ExitCodes, Homepage, Notes, Origin, Package, PackageUrl,
    Revision, ScriptRole, ScriptSet, SearchWords, Software, SoftwareVersion, SourceName, Title,
    TitleIdentifier,
};
use crate::catalogue::version::Version;
use crate::kernel::digest::Sha256Digest;
use crate::kernel::limits::{MAX_DEPENDENCIES, MAX_TITLE_BYTES, MAX_VERSIONS_PER_TITLE};
use crate::kernel::name::Name;
use crate::kernel::text;
use std::collections::BTreeMap;
use std::fmt::Display;

/// Why a title is not taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(
        "the title has {0} bytes: at most {MAX_TITLE_BYTES} are allowed; leave old versions out"
    )]
    TooLarge(usize),
    #[error("it is no title of a pack: {0}")]
    Shape(String),
    /// The path of keys, as `versions[2].version`.
    #[error("{key}: {why}")]
    Key { key: String, why: String },
}

/// Reads the JSON of one title of a source.
pub fn read(json: &str, source: &SourceName, revision: &Revision) -> Result<Title, Refused> {
    if json.len() > MAX_TITLE_BYTES {
        return Err(Refused::TooLarge(json.len()));
    }
    let packed: PackedTitle =
        serde_json::from_str(json).map_err(|error| Refused::Shape(error.to_string()))?;
    packed.title(source, revision)
}

impl PackedTitle {
    /// What it is a title of the catalogue as.
    pub fn title(&self, source: &SourceName, revision: &Revision) -> Result<Title, Refused> {
        let identifier = TitleIdentifier::new(&self.identifier).at("identifier")?;
        let exit_codes = &self.exit_codes;
        let content = Software {
            definition: Some(Definition {
                name: Name::new(&self.name).at("name")?,
                detection: detection(&self.detection)?,
            }),
            publisher: optional(self.publisher.as_deref(), Name::new).at("publisher")?,
            notes: optional(self.notes.as_deref(), Notes::new).at("notes")?,
            description: Description {
                homepage: optional(self.homepage.as_deref(), Homepage::new).at("homepage")?,
                licence: optional(self.licence.as_deref(), Name::new).at("licence")?,
                tags: SearchWords::new(self.tags.iter().map(String::as_str)).at("tags")?,
            },
            scripts: scripts("", &self.scripts)?,
            upgrade_strategy: self.upgrade_strategy,
            repair_strategy: self.repair_strategy,
            exit_codes: ExitCodes::new(exit_codes.success.clone(), exit_codes.reboot.clone())
                .at("exitCodes")?,
            versions: versions(&self.versions)?,
            ..Software::default()
        };
        // Whatever a publication would be refused for, as it is said there.
        for (version, of_version) in &content.versions {
            (content.check_version(version, of_version)).at(&format!("version {version}"))?;
        }
        Ok(Title {
            origin: Origin {
                source: source.clone(),
                identifier,
                revision: revision.clone(),
            },
            content,
        })
    }
}

fn detection(packed: &PackedDetection) -> Result<Detection, Refused> {
    match packed {
        PackedDetection::Script(packed) => script(packed, ScriptTimeout::DETECTION)
            .map(Detection::from)
            .at("detection.script"),
        PackedDetection::Program(signs) => {
            program(signs).map(Detection::from).at("detection.program")
        }
    }
}

fn package(packed: &PackedPackage, place: &str) -> Result<Package, Refused> {
    let key = |key: &str| format!("{place}.package.{key}");
    let sha256 = Sha256Digest::parse(&packed.sha256).ok_or("it has 64 hexadecimal digits");
    Ok(Package {
        file_name: text::composed(&packed.file_name),
        sha256: sha256.at(&key("sha256"))?,
        size: packed.size,
        url: Some(PackageUrl::new(&packed.url).at(&key("url"))?),
    })
}

fn versions(packed: &[PackedVersion]) -> Result<BTreeMap<Version, SoftwareVersion>, Refused> {
    if packed.len() > MAX_VERSIONS_PER_TITLE {
        let (count, most) = (packed.len(), MAX_VERSIONS_PER_TITLE);
        let why =
            format!("there are {count} versions: at most {most} are allowed, the newest ones");
        return refuse("versions", why);
    }
    let mut versions = BTreeMap::new();
    for (at, packed) in packed.iter().enumerate() {
        let key = format!("versions[{at}]");
        let version = Version::new(&packed.version).at(&format!("{key}.version"))?;
        dependencies(&packed.dependencies).at(&format!("{key}.dependencies"))?;
        let content = SoftwareVersion {
            package: (packed.package.as_ref())
                .map(|packed| package(packed, &key))
                .transpose()?,
            scripts: scripts(&format!("{key}."), &packed.scripts)?,
        };
        if versions.insert(version.clone(), content).is_some() {
            let why =
                format!("there is another version {version}, however it is written: leave one out");
            return refuse(&format!("{key}.version"), why);
        }
    }
    Ok(versions)
}

/// They are kept in the pack until there is something that can become of them; what could become nothing is refused now.
fn dependencies(packed: &[PackedDependency]) -> Result<(), String> {
    if packed.len() > MAX_DEPENDENCIES {
        let count = packed.len();
        return Err(format!(
            "there are {count}: at most {MAX_DEPENDENCIES} are allowed"
        ));
    }
    for dependency in packed {
        TitleIdentifier::new(&dependency.identifier).map_err(|error| error.to_string())?;
        if let Some(minimum) = &dependency.minimum_version {
            Version::new(minimum).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

fn scripts(place: &str, packed: &BTreeMap<ScriptRole, PackedScript>) -> Result<ScriptSet, Refused> {
    let checked = packed.iter().map(|(role, packed)| {
        let key = format!("{place}scripts, {} script", role.phrase());
        Ok((*role, script(packed, role.usual_timeout()).at(&key)?))
    });
    checked.collect()
}

fn script(packed: &PackedScript, usual: ScriptTimeout) -> Result<Script, impl Display + use<>> {
    let timeout = packed.timeout_seconds.map(ScriptTimeout::from_seconds);
    timeout
        .unwrap_or(Ok(usual))
        .and_then(|timeout| Script::new(packed.interpreter, &packed.text, timeout))
}

fn optional<T, E>(
    text: Option<&str>,
    checked: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, E> {
    text.map(checked).transpose()
}

fn refuse<T>(key: &str, why: String) -> Result<T, Refused> {
    let key = key.to_owned();
    Err(Refused::Key { key, why })
}

/// Says where something is wrong.
trait At<T> {
    fn at(self, key: &str) -> Result<T, Refused>;
}

impl<T, E: Display> At<T> for Result<T, E> {
    fn at(self, key: &str) -> Result<T, Refused> {
        self.or_else(|error| refuse(key, error.to_string()))
    }
}

#[cfg(test)]
mod tests;
