use super::{
    Definition, DetectionChanged, ExitCodesChosen, NewVersion, NotesWritten, PublisherNamed,
    RepairStrategyChosen, ScriptRole, Software, SoftwareCommand, SoftwareCreated, SoftwareEvent,
    SoftwareRejection, SoftwareRenamed, SoftwareScriptRemoved, SoftwareScriptSet, SoftwareVersion,
    UpgradeStrategyChosen, VersionPublished, VersionWithdrawn,
};
use crate::catalogue::version::Version;
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::SoftwareId;
use crate::kernel::limits::{MAX_VERSION_SCRIPT_BYTES, MAX_VERSIONS_PER_SOFTWARE};

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
                SoftwareCommand::TakeOver(title) => self.take_over(*title),
                SoftwareCommand::Copy(copy) => Ok(self.begin_as(*copy)),
                _ => Err(SoftwareRejection::NotFound),
            };
        };
        match command {
            SoftwareCommand::TakeOver(title) => self.take_over(*title),
            SoftwareCommand::WithdrawTitle { source, revision } => self.withdraw(&source, revision),
            SoftwareCommand::Create { .. } | SoftwareCommand::Copy(_) => {
                Err(SoftwareRejection::AlreadyExists)
            }
            _ if self.origin.is_some() => Err(self.of_catalogue()),
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
            SoftwareEvent::Described(described) => {
                self.description.clone_from(&described.description);
            }
            SoftwareEvent::Catalogued(catalogued) => {
                self.origin = Some(catalogued.origin.clone());
                self.is_withdrawn = false;
            }
            SoftwareEvent::Withdrawn(withdrawn) => {
                self.is_withdrawn = true;
                if let Some(origin) = &mut self.origin {
                    origin.revision = withdrawn.revision.clone();
                }
            }
            SoftwareEvent::Copied(copied) => self.copied = Some(copied.copied.clone()),
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
        self.check_version(&version, &content)?;
        Ok(vec![VersionPublished { version, content }.into()])
    }

    /// Whether it could be a version of this software.
    pub(in crate::catalogue) fn check_version(
        &self,
        version: &Version,
        content: &SoftwareVersion,
    ) -> Result<(), SoftwareRejection> {
        if let Some(package) = &content.package {
            package.check()?;
        }
        let bytes = content.scripts.bytes();
        if bytes > MAX_VERSION_SCRIPT_BYTES {
            return Err(SoftwareRejection::ScriptsTooLong(bytes));
        }
        let alone = ScriptRole::Available;
        if content.scripts.get(alone).is_some() {
            return Err(SoftwareRejection::ScriptOfSoftwareAlone(alone));
        }
        for role in ScriptRole::REQUIRED {
            if content.scripts.get(role).is_none() && self.scripts.get(role).is_none() {
                let version = version.clone();
                return Err(SoftwareRejection::ScriptMissing { version, role });
            }
        }
        Ok(())
    }

    /// What a version cannot be without is not taken from it.
    fn remove_script(&self, role: ScriptRole) -> Result<Vec<SoftwareEvent>, SoftwareRejection> {
        if self.scripts.get(role).is_none() {
            return Err(SoftwareRejection::ScriptNotFound(role));
        }
        let leans_on_it = |(_, content): &(&_, &SoftwareVersion)| {
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

#[cfg(test)]
pub(crate) mod tests;
