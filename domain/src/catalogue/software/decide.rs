use super::{
    Definition, DetectionChanged, ExitCodesChosen, NewVersion, NotesWritten, Package,
    PublisherNamed, RepairStrategyChosen, ScriptRole, Software, SoftwareCommand, SoftwareCreated,
    SoftwareEvent, SoftwareRejection, SoftwareRenamed, SoftwareScriptRemoved, SoftwareScriptSet,
    UpgradeStrategyChosen, VersionPublished, VersionWithdrawn,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::SoftwareId;
use crate::kernel::limits::{
    MAX_PACKAGE_BYTES, MAX_VERSION_SCRIPT_BYTES, MAX_VERSIONS_PER_SOFTWARE,
};
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
            SoftwareCommand::NamePublisher { publisher } if publisher == self.publisher => {
                Ok(vec![])
            }
            SoftwareCommand::NamePublisher { publisher } => {
                Ok(vec![PublisherNamed { publisher }.into()])
            }
            SoftwareCommand::WriteNotes { notes } if notes == self.notes => Ok(vec![]),
            SoftwareCommand::WriteNotes { notes } => Ok(vec![NotesWritten { notes }.into()]),
            SoftwareCommand::SetScript { role, script }
                if self.scripts.get(role) == Some(&script) =>
            {
                Ok(vec![])
            }
            SoftwareCommand::SetScript { role, script } => {
                Ok(vec![SoftwareScriptSet { role, script }.into()])
            }
            SoftwareCommand::RemoveScript { role } => self.remove_script(role),
            SoftwareCommand::ChooseUpgradeStrategy { strategy }
                if strategy == self.upgrade_strategy =>
            {
                Ok(vec![])
            }
            SoftwareCommand::ChooseUpgradeStrategy { strategy } => {
                Ok(vec![UpgradeStrategyChosen { strategy }.into()])
            }
            SoftwareCommand::ChooseRepairStrategy { strategy }
                if strategy == self.repair_strategy =>
            {
                Ok(vec![])
            }
            SoftwareCommand::ChooseRepairStrategy { strategy } => {
                Ok(vec![RepairStrategyChosen { strategy }.into()])
            }
            SoftwareCommand::ChooseExitCodes { exit_codes } if exit_codes == self.exit_codes => {
                Ok(vec![])
            }
            SoftwareCommand::ChooseExitCodes { exit_codes } => {
                Ok(vec![ExitCodesChosen { exit_codes }.into()])
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
            SoftwareEvent::PublisherNamed(named) => self.publisher.clone_from(&named.publisher),
            SoftwareEvent::NotesWritten(written) => self.notes.clone_from(&written.notes),
            SoftwareEvent::ScriptSet(set) => self.scripts.set(set.role, set.script.clone()),
            SoftwareEvent::ScriptRemoved(removed) => self.scripts.remove(removed.role),
            SoftwareEvent::UpgradeStrategyChosen(chosen) => self.upgrade_strategy = chosen.strategy,
            SoftwareEvent::RepairStrategyChosen(chosen) => self.repair_strategy = chosen.strategy,
            SoftwareEvent::ExitCodesChosen(chosen) => {
                self.exit_codes.clone_from(&chosen.exit_codes);
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
        let bytes = content.scripts.bytes();
        if bytes > MAX_VERSION_SCRIPT_BYTES {
            return Err(SoftwareRejection::ScriptsTooLong(bytes));
        }
        for role in ScriptRole::REQUIRED {
            if content.scripts.get(role).is_none() && self.scripts.get(role).is_none() {
                return Err(SoftwareRejection::ScriptMissing { version, role });
            }
        }
        Ok(vec![VersionPublished { version, content }.into()])
    }
}

impl Software {
    /// What a version cannot be without is not taken from it.
    fn remove_script(&self, role: ScriptRole) -> Result<Vec<SoftwareEvent>, SoftwareRejection> {
        if self.scripts.get(role).is_none() {
            return Err(SoftwareRejection::ScriptNotFound(role));
        }
        let leans_on_it = |(_, content): &(&_, &super::SoftwareVersion)| {
            ScriptRole::REQUIRED.contains(&role) && content.scripts.get(role).is_none()
        };
        match self.versions.iter().find(leans_on_it) {
            Some((version, _)) => Err(SoftwareRejection::ScriptMissing {
                version: version.clone(),
                role,
            }),
            None => Ok(vec![SoftwareScriptRemoved { role }.into()]),
        }
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
    use crate::catalogue::software::{ScriptSet, SoftwareVersion};
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
            scripts: [
                ScriptRole::Install,
                ScriptRole::Uninstall,
                ScriptRole::Upgrade,
            ]
            .into_iter()
            .map(|role| (role, script(&format!("{} {number}", role.phrase()))))
            .collect(),
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

    fn set(role: ScriptRole) -> SoftwareEvent {
        let script = script("for all");
        SoftwareScriptSet { role, script }.into()
    }

    fn bare(number: &str) -> NewVersion {
        NewVersion {
            version: version(number),
            content: SoftwareVersion {
                package: None,
                scripts: ScriptSet::default(),
            },
        }
    }

    #[test]
    fn a_versions_own_script_beats_its_softwares() {
        let software = [
            created(),
            set(ScriptRole::Install),
            set(ScriptRole::Test),
            published("1.0"),
        ]
        .iter()
        .fold(Software::default(), Software::evolve);
        let text = |role| Some(software.script(&version("1.0"), role)?.text.as_str());
        assert_eq!(text(ScriptRole::Install), Some("install 1.0"));
        assert_eq!(text(ScriptRole::Test), Some("for all"));
        assert_eq!(text(ScriptRole::Repair), None);
        assert_eq!(software.script(&version("2.0"), ScriptRole::Test), None);
    }

    #[test]
    fn a_version_needs_a_way_onto_the_computer_and_off_it() {
        let publish = || SoftwareCommand::PublishVersion(Box::new(bare("1.0")));
        let missing = |role| SoftwareRejection::ScriptMissing {
            version: version("1.0"),
            role,
        };
        given::<Software>([created()])
            .when(publish())
            .then_rejected(missing(ScriptRole::Install));
        given::<Software>([created(), set(ScriptRole::Install)])
            .when(publish())
            .then_rejected(missing(ScriptRole::Uninstall));
        let both = [
            created(),
            set(ScriptRole::Install),
            set(ScriptRole::Uninstall),
        ];
        let NewVersion {
            version: number,
            content,
        } = bare("1.0");
        let bare: SoftwareEvent = VersionPublished {
            version: number,
            content,
        }
        .into();
        given::<Software>(both.clone())
            .when(publish())
            .then([bare.clone()]);
        let role = ScriptRole::Uninstall;
        given::<Software>(both.into_iter().chain([bare]))
            .when(SoftwareCommand::RemoveScript { role })
            .then_rejected(missing(role));
    }

    #[test]
    fn a_script_that_no_version_needs_is_removed_once() {
        let role = ScriptRole::Test;
        let removed: SoftwareEvent = SoftwareScriptRemoved { role }.into();
        given::<Software>([created(), set(role), published("1.0")])
            .when(SoftwareCommand::RemoveScript { role })
            .then([removed.clone()]);
        given::<Software>([created(), set(role), removed])
            .when(SoftwareCommand::RemoveScript { role })
            .then_rejected(SoftwareRejection::ScriptNotFound(role));
    }

    #[test]
    fn the_scripts_of_a_version_fit_into_one_event() {
        let mut new = bare("1.0");
        for role in ScriptRole::ALL {
            new.content.scripts.set(role, script(&"x".repeat(100_000)));
        }
        given::<Software>([created()])
            .when(SoftwareCommand::PublishVersion(Box::new(new)))
            .then_rejected(SoftwareRejection::ScriptsTooLong(800_000));
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
    fn what_is_there_is_of_its_own_version_or_of_the_nearest_older_one() {
        let software = [created(), published("1.0"), published("2.0")]
            .iter()
            .fold(Software::default(), Software::evolve);
        let of = |v: &str| software.nearest(&version(v)).map(|v| v.as_str().to_owned());
        assert_eq!(of("2.0").as_deref(), Some("2.0"));
        assert_eq!(of("1.5").as_deref(), Some("1.0"));
        assert_eq!(of("9").as_deref(), Some("2.0"));
        assert_eq!(of("0.1").as_deref(), Some("1.0"));
        assert_eq!(software.latest(), Some(&version("2.0")));
    }
}
