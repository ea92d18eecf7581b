use super::{
    Definition, DetectionChanged, NewVersion, Package, Software, SoftwareCommand, SoftwareCreated,
    SoftwareEvent, SoftwareRejection, SoftwareRenamed, VersionPublished, VersionWithdrawn,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::SoftwareId;
use crate::kernel::limits::{MAX_PACKAGE_BYTES, MAX_VERSIONS_PER_SOFTWARE};
use crate::kernel::text;

impl Decider for Software {
    type Id = SoftwareId;
    type Command = SoftwareCommand;
    type Event = SoftwareEvent;
    type Rejection = SoftwareRejection;
    type Premise = ();
    const CATEGORY: &'static str = "software";

    fn decide(
        &self,
        command: SoftwareCommand,
        _: &Context,
    ) -> Result<Vec<SoftwareEvent>, SoftwareRejection> {
        let Some(definition) = &self.definition else {
            return match command {
                SoftwareCommand::Create { name, detection } => {
                    Ok(vec![SoftwareCreated { name, detection }.into()])
                }
                _ => Err(SoftwareRejection::NotFound),
            };
        };
        match command {
            SoftwareCommand::Create { .. } => Err(SoftwareRejection::AlreadyExists),
            SoftwareCommand::Rename { name } if name == definition.name => Ok(vec![]),
            SoftwareCommand::Rename { name } => Ok(vec![SoftwareRenamed { name }.into()]),
            SoftwareCommand::ChangeDetection { detection } if detection == definition.detection => {
                Ok(vec![])
            }
            SoftwareCommand::ChangeDetection { detection } => {
                Ok(vec![DetectionChanged { detection }.into()])
            }
            SoftwareCommand::PublishVersion(new) => self.publish(*new),
            SoftwareCommand::WithdrawVersion { version } => {
                if self.versions.contains_key(&version) {
                    Ok(vec![VersionWithdrawn { version }.into()])
                } else {
                    Err(SoftwareRejection::VersionNotFound(version))
                }
            }
        }
    }

    /// It is of no tenant: nothing of it is judged.
    fn premise(&self) {}

    fn evolve(mut self, event: &SoftwareEvent) -> Self {
        match event {
            SoftwareEvent::Created(created) => {
                self.definition = Some(Definition {
                    name: created.name.clone(),
                    detection: created.detection.clone(),
                });
            }
            SoftwareEvent::Renamed(renamed) => {
                if let Some(definition) = &mut self.definition {
                    definition.name = renamed.name.clone();
                }
            }
            SoftwareEvent::DetectionChanged(changed) => {
                if let Some(definition) = &mut self.definition {
                    definition.detection = changed.detection.clone();
                }
            }
            SoftwareEvent::VersionPublished(published) => {
                self.versions
                    .insert(published.version.clone(), published.content.clone());
            }
            SoftwareEvent::VersionWithdrawn(withdrawn) => {
                self.versions.remove(&withdrawn.version);
            }
        }
        self
    }
}

impl Software {
    fn publish(&self, new: NewVersion) -> Result<Vec<SoftwareEvent>, SoftwareRejection> {
        let NewVersion { version, content } = new;
        if self.versions.contains_key(&version) {
            return Err(SoftwareRejection::VersionExists(version));
        }
        if self.versions.len() >= MAX_VERSIONS_PER_SOFTWARE {
            return Err(SoftwareRejection::TooManyVersions);
        }
        if let Some(package) = &content.package {
            check_package(package)?;
        }
        Ok(vec![VersionPublished { version, content }.into()])
    }
}

fn check_package(package: &Package) -> Result<(), SoftwareRejection> {
    let name = &package.file_name;
    let is_bare = name.len() <= 200
        && !name.starts_with('.')
        && !name.contains(['/', '\\', ':'])
        // Nothing hides in it, and it looks like no other.
        && text::line(name).is_ok_and(|seen| seen == *name);
    if !is_bare {
        Err(SoftwareRejection::BadFileName(name.clone()))
    } else if package.size == 0 {
        Err(SoftwareRejection::PackageEmpty)
    } else if package.size > MAX_PACKAGE_BYTES {
        Err(SoftwareRejection::PackageTooLarge(package.size))
    } else {
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::catalogue::script::{Interpreter, Script, ScriptTimeout};
    use crate::catalogue::software::SoftwareVersion;
    use crate::catalogue::version::Version;
    use crate::kernel::digest::Sha256Digest;
    use crate::kernel::harness::{given, nothing};
    use crate::kernel::name::Name;

    pub(crate) fn script(text: &str) -> Script {
        Script::new(Interpreter::Sh, text, ScriptTimeout::ACTION).unwrap()
    }

    pub(crate) fn version(text: &str) -> Version {
        Version::new(text).unwrap()
    }

    pub(crate) fn created() -> SoftwareEvent {
        SoftwareCreated {
            name: Name::new("Reader").unwrap(),
            detection: script("detect"),
        }
        .into()
    }

    pub(crate) fn published(number: &str) -> SoftwareEvent {
        VersionPublished {
            version: version(number),
            content: content(number),
        }
        .into()
    }

    fn content(number: &str) -> SoftwareVersion {
        SoftwareVersion {
            package: None,
            install: script(&format!("install {number}")),
            uninstall: script(&format!("uninstall {number}")),
            upgrade: Some(script(&format!("upgrade {number}"))),
        }
    }

    fn publish(number: &str) -> SoftwareCommand {
        SoftwareCommand::PublishVersion(Box::new(NewVersion {
            version: version(number),
            content: content(number),
        }))
    }

    #[test]
    fn a_version_is_published_once_however_it_is_written() {
        given::<Software>([created()])
            .when(publish("1.0"))
            .then([published("1.0")]);
        given::<Software>([created(), published("1.0")])
            .when(publish("1.0.0"))
            .then_rejected(SoftwareRejection::VersionExists(version("1.0.0")));
    }

    #[test]
    fn a_withdrawn_version_is_gone_and_may_come_back() {
        let withdrawn: SoftwareEvent = VersionWithdrawn {
            version: version("1.0"),
        }
        .into();
        given::<Software>([created(), published("1.0")])
            .when(SoftwareCommand::WithdrawVersion {
                version: version("1.0"),
            })
            .then([withdrawn.clone()]);
        given::<Software>([created(), published("1.0"), withdrawn.clone()])
            .when(SoftwareCommand::WithdrawVersion {
                version: version("1.0"),
            })
            .then_rejected(SoftwareRejection::VersionNotFound(version("1.0")));
        given::<Software>([created(), published("1.0"), withdrawn])
            .when(publish("1.0"))
            .then([published("1.0")]);
    }

    #[test]
    fn nothing_can_be_published_for_a_software_that_does_not_exist() {
        nothing::<Software>()
            .when(publish("1.0"))
            .then_rejected(SoftwareRejection::NotFound);
    }

    #[test]
    fn changing_to_what_is_there_changes_nothing() {
        given::<Software>([created()])
            .when(SoftwareCommand::ChangeDetection {
                detection: script("detect"),
            })
            .then_nothing();
        given::<Software>([created()])
            .when(SoftwareCommand::Rename {
                name: Name::new("Reader").unwrap(),
            })
            .then_nothing();
    }

    #[test]
    fn a_package_has_a_bare_file_name() {
        for bad in [
            "../x",
            "a/b",
            ".hidden",
            "",
            "c:\\x",
            " x",
            "a\nb",
            "a\u{202e}gpj.exe",
            "cafe\u{301}",
            "\u{200b}",
        ] {
            let mut content = content("1");
            content.package = Some(Package {
                file_name: bad.into(),
                sha256: Sha256Digest::of(b""),
                size: 1,
            });
            given::<Software>([created()])
                .when(SoftwareCommand::PublishVersion(Box::new(NewVersion {
                    version: version("1"),
                    content,
                })))
                .then_rejected(SoftwareRejection::BadFileName(bad.into()));
        }
    }

    #[test]
    fn an_empty_package_is_refused() {
        let mut content = content("1");
        content.package = Some(Package {
            file_name: "tool.deb".into(),
            sha256: Sha256Digest::of(b""),
            size: 0,
        });
        given::<Software>([created()])
            .when(SoftwareCommand::PublishVersion(Box::new(NewVersion {
                version: version("1"),
                content,
            })))
            .then_rejected(SoftwareRejection::PackageEmpty);
    }

    #[test]
    fn the_uninstaller_is_the_detected_versions_own_or_the_nearest_older_one() {
        let software = [created(), published("1.0"), published("2.0")]
            .iter()
            .fold(Software::default(), Software::evolve);
        let of = |v: &str| {
            software
                .uninstaller(&version(v))
                .map(|(v, _)| v.as_str().to_owned())
        };
        assert_eq!(of("2.0").as_deref(), Some("2.0"));
        assert_eq!(of("1.5").as_deref(), Some("1.0"));
        assert_eq!(of("9").as_deref(), Some("2.0"));
        assert_eq!(of("0.1").as_deref(), Some("1.0"));
        assert_eq!(software.latest(), Some(&version("2.0")));
    }
}
