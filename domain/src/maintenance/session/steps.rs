//! The scripts that do what has to be done, in their order.

use super::action::{ActionType, ResultReason, Step};
use super::finding::Finding;
use super::plan::PlannedAction;
use super::purpose::RunPurpose;
use super::words::{REPAIR_FORBIDDEN, UPGRADE_FORBIDDEN, no_script, no_version};
use crate::catalogue::software::{RepairStrategy, ScriptRole, Software, UpgradeStrategy};
use crate::catalogue::version::Version;

/// Why the catalogue has no way to do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoWay {
    /// No version that would do is published.
    NoVersion,
    UpgradeForbidden,
    RepairForbidden,
    /// The strategy wants a script that neither the version nor its software has.
    NoScript {
        purpose: RunPurpose,
        version: Version,
    },
}

impl NoWay {
    /// Why the action fails, and in words.
    pub(super) fn failure(&self, plan: &PlannedAction) -> (ResultReason, String) {
        match self {
            Self::NoVersion => (ResultReason::NoApplicableVersion, no_version(plan)),
            Self::UpgradeForbidden => {
                (ResultReason::UpgradeForbidden, UPGRADE_FORBIDDEN.to_owned())
            }
            Self::RepairForbidden => (ResultReason::RepairForbidden, REPAIR_FORBIDDEN.to_owned()),
            Self::NoScript { purpose, version } => {
                (ResultReason::ScriptMissing, no_script(*purpose, version))
            }
        }
    }
}

/// The steps, as the software's strategies have them.
pub(super) fn steps(
    action_type: ActionType,
    wanted: Option<&Version>,
    finding: &Finding,
    software: &Software,
) -> Result<Vec<Step>, NoWay> {
    let mut way = Way {
        software,
        steps: vec![],
    };
    let wanted = || {
        let offered = wanted.filter(|version| software.offers(version));
        offered.ok_or(NoWay::NoVersion)
    };
    match action_type {
        // The last three are of tasks.
        ActionType::NoAction | ActionType::Enforce | ActionType::Audit | ActionType::Monitor => {}
        ActionType::Install => way.bring(RunPurpose::Install, wanted()?)?,
        ActionType::Update => way.update(wanted()?, finding)?,
        ActionType::Downgrade => way.replace(finding, wanted()?)?,
        ActionType::Uninstall => way.take_off(finding)?,
        ActionType::Repair => way.repair(finding)?,
    }
    Ok(way.steps)
}

struct Way<'a> {
    software: &'a Software,
    steps: Vec<Step>,
}

impl Way<'_> {
    fn update(&mut self, wanted: &Version, finding: &Finding) -> Result<(), NoWay> {
        let has_script = self.has(wanted, ScriptRole::Upgrade);
        match self.software.upgrade_strategy {
            UpgradeStrategy::InstallOver if !has_script => self.bring(RunPurpose::Install, wanted),
            UpgradeStrategy::InstallOver | UpgradeStrategy::UpgradeScript => {
                self.bring(RunPurpose::Upgrade, wanted)
            }
            UpgradeStrategy::UninstallThenInstall => self.replace(finding, wanted),
            UpgradeStrategy::Never => Err(NoWay::UpgradeForbidden),
        }
    }

    /// The version that is there stays: what the catalogue does not have is mended by the nearest older one's script, and
    /// never replaced by it.
    fn repair(&mut self, finding: &Finding) -> Result<(), NoWay> {
        let software = self.software;
        let there = finding.version().ok_or(NoWay::NoVersion)?;
        let offered = || {
            let offered = Some(there).filter(|there| software.offers(there));
            offered.ok_or(NoWay::NoVersion)
        };
        match software.repair_strategy {
            RepairStrategy::RepairScript => {
                let nearest = software.nearest(there).ok_or(NoWay::NoVersion)?;
                self.bring(RunPurpose::Repair, nearest)
            }
            RepairStrategy::InstallOver => self.bring(RunPurpose::Install, offered()?),
            RepairStrategy::UninstallThenInstall => self.replace(finding, offered()?),
            RepairStrategy::Never => Err(NoWay::RepairForbidden),
        }
    }

    /// What a download script fetches is there while nothing is gone yet; a package comes with the installation.
    fn replace(&mut self, finding: &Finding, version: &Version) -> Result<(), NoWay> {
        self.may(RunPurpose::Download, version);
        self.take_off(finding)?;
        self.must(RunPurpose::Install, version)?;
        self.may(RunPurpose::PostInstall, version);
        Ok(())
    }

    fn bring(&mut self, purpose: RunPurpose, version: &Version) -> Result<(), NoWay> {
        self.may(RunPurpose::Download, version);
        self.must(purpose, version)?;
        self.may(RunPurpose::PostInstall, version);
        Ok(())
    }

    fn take_off(&mut self, finding: &Finding) -> Result<(), NoWay> {
        let there = finding.version().ok_or(NoWay::NoVersion)?;
        let nearest = self.software.nearest(there).ok_or(NoWay::NoVersion)?;
        self.must(RunPurpose::Uninstall, nearest)?;
        self.may(RunPurpose::PostUninstall, nearest);
        Ok(())
    }

    fn must(&mut self, purpose: RunPurpose, version: &Version) -> Result<(), NoWay> {
        if purpose.role().is_some_and(|role| self.has(version, role)) {
            self.push(purpose, version);
            Ok(())
        } else {
            Err(NoWay::NoScript {
                purpose,
                version: version.clone(),
            })
        }
    }

    fn may(&mut self, purpose: RunPurpose, version: &Version) {
        if purpose.role().is_some_and(|role| self.has(version, role)) {
            self.push(purpose, version);
        }
    }

    fn has(&self, version: &Version, role: ScriptRole) -> bool {
        self.software.script(version, role).is_some()
    }

    fn push(&mut self, purpose: RunPurpose, version: &Version) {
        self.steps.push(Step {
            purpose,
            version: Some(version.clone()),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::software::test_events::{created, published, script, version};
    use crate::catalogue::software::{
        RepairStrategyChosen, SoftwareEvent, SoftwareScriptSet, SoftwareVersion,
        UpgradeStrategyChosen, VersionPublished, VersionWithdrawn,
    };
    use crate::kernel::decider::Decider;

    fn software(more: &[SoftwareEvent]) -> Software {
        [created(), published("1"), published("2")]
            .iter()
            .chain(more)
            .fold(Software::default(), Software::evolve)
    }

    fn set(role: ScriptRole) -> SoftwareEvent {
        let script = script("for all");
        SoftwareScriptSet { role, script }.into()
    }

    fn upgrade(strategy: UpgradeStrategy) -> SoftwareEvent {
        UpgradeStrategyChosen { strategy }.into()
    }

    fn repair(strategy: RepairStrategy) -> SoftwareEvent {
        RepairStrategyChosen { strategy }.into()
    }

    /// As `purpose version`, each.
    fn way(
        action_type: ActionType,
        there: Option<&str>,
        more: &[SoftwareEvent],
    ) -> Result<Vec<String>, NoWay> {
        let finding = there.map_or(Finding::Absent, |text| Finding::from(version(text)));
        let steps = steps(action_type, Some(&version("2")), &finding, &software(more))?;
        let told = |step: &Step| {
            let version = step.version.as_ref().map(ToString::to_string);
            format!("{} {}", step.purpose.name(), version.unwrap_or_default())
        };
        Ok(steps.iter().map(told).collect())
    }

    fn is(steps: &[&str]) -> Vec<String> {
        steps.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_installation_is_prepared_and_followed_up() {
        let around = [set(ScriptRole::Download), set(ScriptRole::PostInstall)];
        assert_eq!(way(ActionType::Install, None, &[]), Ok(is(&["install 2"])));
        assert_eq!(
            way(ActionType::Install, None, &around),
            Ok(is(&["download 2", "install 2", "postInstall 2"]))
        );
        assert_eq!(
            way(
                ActionType::Uninstall,
                Some("1.5"),
                &[set(ScriptRole::PostUninstall)]
            ),
            Ok(is(&["uninstall 1", "postUninstall 1"]))
        );
    }

    #[test]
    fn an_update_goes_the_way_that_its_software_says() {
        let update = |strategy| way(ActionType::Update, Some("1"), &[upgrade(strategy)]);
        let over = UpgradeStrategy::InstallOver;
        assert_eq!(update(over), Ok(is(&["upgrade 2"])));
        assert_eq!(
            update(UpgradeStrategy::UninstallThenInstall),
            Ok(is(&["uninstall 1", "install 2"]))
        );
        assert_eq!(
            update(UpgradeStrategy::UpgradeScript),
            Ok(is(&["upgrade 2"]))
        );
        let fetched = [
            upgrade(UpgradeStrategy::UninstallThenInstall),
            set(ScriptRole::Download),
        ];
        assert_eq!(
            way(ActionType::Update, Some("1"), &fetched),
            Ok(is(&["download 2", "uninstall 1", "install 2"]))
        );
        assert_eq!(update(UpgradeStrategy::Never), Err(NoWay::UpgradeForbidden));
    }

    #[test]
    fn without_an_upgrade_script_the_strategies_part() {
        let update = |strategy| {
            let withdrawn = VersionWithdrawn {
                version: version("2"),
            };
            let scripts = ScriptRole::REQUIRED.map(|role| (role, script(role.phrase())));
            let content = SoftwareVersion {
                package: None,
                scripts: scripts.into_iter().collect(),
            };
            let published = VersionPublished {
                version: version("2"),
                content,
            };
            let more = [withdrawn.into(), published.into(), upgrade(strategy)];
            way(ActionType::Update, Some("1"), &more)
        };
        assert_eq!(update(UpgradeStrategy::InstallOver), Ok(is(&["install 2"])));
        assert_eq!(
            update(UpgradeStrategy::UpgradeScript),
            Err(NoWay::NoScript {
                purpose: RunPurpose::Upgrade,
                version: version("2")
            })
        );
    }

    #[test]
    fn a_repair_goes_the_way_that_its_software_says_and_never_changes_the_version() {
        let mend = |there, strategy| {
            let more = [repair(strategy), set(ScriptRole::Repair)];
            way(ActionType::Repair, Some(there), &more)
        };
        assert_eq!(
            mend("1", RepairStrategy::RepairScript),
            Ok(is(&["repair 1"]))
        );
        assert_eq!(
            mend("9", RepairStrategy::RepairScript),
            Ok(is(&["repair 2"]))
        );
        assert_eq!(
            mend("1", RepairStrategy::InstallOver),
            Ok(is(&["install 1"]))
        );
        assert_eq!(
            mend("9", RepairStrategy::InstallOver),
            Err(NoWay::NoVersion)
        );
        assert_eq!(
            mend("1", RepairStrategy::UninstallThenInstall),
            Ok(is(&["uninstall 1", "install 1"]))
        );
        assert_eq!(
            mend("1", RepairStrategy::Never),
            Err(NoWay::RepairForbidden)
        );
        let without = [repair(RepairStrategy::RepairScript)];
        assert_eq!(
            way(ActionType::Repair, Some("1"), &without),
            Err(NoWay::NoScript {
                purpose: RunPurpose::Repair,
                version: version("1")
            })
        );
    }
}
