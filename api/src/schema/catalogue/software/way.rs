//! How a software is brought onto computers, mended and taken off them: the scripts for all of its versions, its strategies,
//! its exit codes; and what else is told of it.

use super::node::SoftwareNode;
use crate::schema::catalogue::script::{ScriptInput, ScriptNode};
use crate::schema::change::{change, optional_name, optional_notes, seen};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{assumed, times};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use std::collections::BTreeSet;
use upkeep_commands::{Ask, Change, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::software::{self, Software, SoftwareCommand};

/// What a script of a software does. Detection is none of them: it belongs to the software alone, and is always there.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "software::ScriptRole")]
pub enum ScriptRole {
    /// Fetches what the installation needs, before anything changes.
    Download,
    /// Brings a version onto the computer.
    Install,
    /// Brings an older version to a newer one.
    Upgrade,
    /// Mends a version that is there and does not work.
    Repair,
    /// Takes a version off the computer.
    Uninstall,
    /// Runs after an installation, an upgrade or a repair.
    PostInstall,
    /// Runs after a removal.
    PostUninstall,
    /// Tells whether what is there works: it ends with 0, and its last line is true or false. Anything else says nothing, and the
    /// action fails.
    Test,
    /// Tells the newest version that the computer can get, as a detection tells one, or an object with version, url, sha256 and
    /// size; nothing where there is none. A software that has it takes "latest" from each computer, and its scripts run for whatever
    /// version that is; no version has one of its own.
    Available,
}

impl std::fmt::Debug for ScriptRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        software::ScriptRole::from(*self).fmt(f)
    }
}

/// What an update does.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "software::UpgradeStrategy")]
pub enum UpgradeStrategy {
    /// The newer version's upgrade script where there is one, else its install script over what is there.
    InstallOver,
    /// What is there is removed first.
    UninstallThenInstall,
    /// The newer version's upgrade script, and nothing in its place.
    UpgradeScript,
    /// Nothing: an update that is due fails and says so.
    Never,
}

impl std::fmt::Debug for UpgradeStrategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        software::UpgradeStrategy::from(*self).fmt(f)
    }
}

/// What is done where the right version is there and its test says that it does not work.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "software::RepairStrategy")]
pub enum RepairStrategy {
    /// The repair script.
    RepairScript,
    /// The install script, over what is there.
    InstallOver,
    /// It is removed and installed anew.
    UninstallThenInstall,
    /// Nothing: the action fails and says so.
    Never,
}

impl std::fmt::Debug for RepairStrategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        software::RepairStrategy::from(*self).fmt(f)
    }
}

/// Exit codes by which scripts tell more than success and failure.
pub struct ExitCodes(pub software::ExitCodes);

/// Exit codes by which scripts tell more than success and failure. 0 is always success, and what is in neither list is a failure.
#[Object]
impl ExitCodes {
    /// They mean success, as 0 does; at most 100, with those of the other list.
    #[graphql(complexity = "times(assumed::EXIT_CODES, child_complexity.max(1))")]
    async fn success(&self) -> Vec<i32> {
        self.0.success.iter().copied().collect()
    }

    /// They mean success, and that the computer has to be restarted before all of it works; at most 100, with those of the
    /// other list.
    #[graphql(complexity = "times(assumed::EXIT_CODES, child_complexity.max(1))")]
    async fn reboot(&self) -> Vec<i32> {
        self.0.reboot.iter().copied().collect()
    }
}

/// A script of a software or of one of its versions, with what it is for.
#[derive(SimpleObject)]
pub struct SoftwareScript {
    /// What it does.
    pub role: ScriptRole,
    /// The script.
    pub script: ScriptNode,
    /// Whether a version has it from its software; false where the software itself is looked at.
    pub is_inherited: bool,
}

/// A script, with what it is for.
#[derive(Clone, Debug, InputObject)]
pub struct SoftwareScriptInput {
    /// What it does. Each role is there once.
    pub role: ScriptRole,
    /// The script.
    pub script: ScriptInput,
}

payloads! {
    /// The answer to a mutation of a software.
    [NameSoftwarePublisherPayload WriteSoftwareNotesPayload SetSoftwareScriptPayload RemoveSoftwareScriptPayload ChooseUpgradeStrategyPayload ChooseRepairStrategyPayload ChooseExitCodesPayload] of Software {
        /// The software, with the change.
        software: SoftwareNode
    }
}

inputs! {
    /// Who makes a software.
    NameSoftwarePublisherInput {
        /// The software.
        id: ID,
        /// Its publisher's name; not told any more if not given.
        publisher: Option<String>,
    }
    /// What technicians should know of a software.
    WriteSoftwareNotesInput {
        /// The software.
        id: ID,
        /// Lines of plain text, at most 10,000 characters; taken away if not given.
        notes: Option<String>,
    }
    /// A script for all versions of a software that have none of their own.
    SetSoftwareScriptInput {
        /// The software.
        id: ID,
        /// What it does.
        role: ScriptRole,
        /// The script; 120 seconds if it is a test or tells what is available and says nothing, else 900.
        script: ScriptInput,
        /// On how many computers its scripts run, as the software's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A script that is not to be there any more for all versions of a software.
    RemoveSoftwareScriptInput {
        /// The software.
        id: ID,
        /// What it does.
        role: ScriptRole,
        /// On how many computers its scripts run, as the software's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// What an update of a software does.
    ChooseUpgradeStrategyInput {
        /// The software.
        id: ID,
        /// The strategy.
        strategy: UpgradeStrategy,
        /// On how many computers its scripts run, as the software's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// What is done where a software is there and does not work.
    ChooseRepairStrategyInput {
        /// The software.
        id: ID,
        /// The strategy.
        strategy: RepairStrategy,
        /// On how many computers its scripts run, as the software's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// Which exit codes of a software's scripts mean success; of detection and test only 0 does.
    ChooseExitCodesInput {
        /// The software.
        id: ID,
        /// They mean success, as 0 does; none if not given. At most 100 with those of the other list.
        success: OrDefault<Vec<i32>>,
        /// They mean success, and that the computer has to be restarted before all of it works; none if not given.
        reboot: OrDefault<Vec<i32>>,
        /// On how many computers its scripts run, as the software's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl Change for NameSoftwarePublisherInput {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let publisher = optional_name("publisher", self.publisher.as_ref())?;
        seen::<Software>(ask, &self.id, "id")?.plan(SoftwareCommand::NamePublisher { publisher })
    }
}

impl Change for WriteSoftwareNotesInput {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let notes = optional_notes("notes", self.notes.as_ref())?;
        seen::<Software>(ask, &self.id, "id")?.plan(SoftwareCommand::WriteNotes { notes })
    }
}

runs_on_computers! { Software:
    SetSoftwareScriptInput => |input| SoftwareCommand::SetScript {
        role: input.role.into(),
        script: input.script.check("script", software::ScriptRole::from(input.role).usual_timeout())?,
    };
    RemoveSoftwareScriptInput => |input| SoftwareCommand::RemoveScript {
        role: input.role.into(),
    };
    ChooseUpgradeStrategyInput => |input| SoftwareCommand::ChooseUpgradeStrategy {
        strategy: input.strategy.into(),
    };
    ChooseRepairStrategyInput => |input| SoftwareCommand::ChooseRepairStrategy {
        strategy: input.strategy.into(),
    };
    ChooseExitCodesInput => |input| SoftwareCommand::ChooseExitCodes {
        exit_codes: exit_codes(&input.success, &input.reboot)?,
    };
}

fn exit_codes(success: &[i32], reboot: &[i32]) -> Result<software::ExitCodes, Stop> {
    let set = |codes: &[i32]| codes.iter().copied().collect::<BTreeSet<i32>>();
    let field = if success.contains(&0) {
        "success"
    } else {
        "reboot"
    };
    software::ExitCodes::new(set(success), set(reboot))
        .map_err(|error| Stop::invalid(&error).at(field))
}

/// What can be changed about how a software is installed, mended and removed.
#[derive(Default)]
pub struct SoftwareWayMutation;

#[Object]
impl SoftwareWayMutation {
    /// Names who makes a software.
    async fn name_software_publisher(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its publisher.")] input: NameSoftwarePublisherInput,
    ) -> Result<Option<NameSoftwarePublisherPayload>> {
        change(context, "nameSoftwarePublisher", input).await
    }

    /// Writes what technicians should know of a software.
    async fn write_software_notes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its notes.")] input: WriteSoftwareNotesInput,
    ) -> Result<Option<WriteSoftwareNotesPayload>> {
        change(context, "writeSoftwareNotes", input).await
    }

    /// Gives all versions of a software a script that have none of their own.
    async fn set_software_script(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its script.")] input: SetSoftwareScriptInput,
    ) -> Result<Option<SetSoftwareScriptPayload>> {
        change(context, "setSoftwareScript", input).await
    }

    /// Takes a script away from all versions of a software that have none of their own. One that a version cannot be without is not
    /// taken away.
    async fn remove_software_script(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and the role.")] input: RemoveSoftwareScriptInput,
    ) -> Result<Option<RemoveSoftwareScriptPayload>> {
        change(context, "removeSoftwareScript", input).await
    }

    /// Chooses what an update of a software does.
    async fn choose_upgrade_strategy(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and the strategy.")] input: ChooseUpgradeStrategyInput,
    ) -> Result<Option<ChooseUpgradeStrategyPayload>> {
        change(context, "chooseUpgradeStrategy", input).await
    }

    /// Chooses what is done where a software is there and does not work.
    async fn choose_repair_strategy(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and the strategy.")] input: ChooseRepairStrategyInput,
    ) -> Result<Option<ChooseRepairStrategyPayload>> {
        change(context, "chooseRepairStrategy", input).await
    }

    /// Chooses which exit codes of a software's scripts mean success.
    async fn choose_exit_codes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and the codes.")] input: ChooseExitCodesInput,
    ) -> Result<Option<ChooseExitCodesPayload>> {
        change(context, "chooseExitCodes", input).await
    }
}
