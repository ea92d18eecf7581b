//! Of software, tasks and cloud tasks.

use super::{Attempt, Possible, choose, made_up};
use upkeep_commands::{Sight, Stop};
use upkeep_domain::access::Guarded as _;
use upkeep_domain::catalogue::cloud_task::{CloudTask, CloudTaskCommand};
use upkeep_domain::catalogue::script::{Interpreter, Script};
use upkeep_domain::catalogue::software::{
    Definition, NewVersion, ScriptRole, Software, SoftwareCommand, SoftwareVersion,
};
use upkeep_domain::catalogue::task::{Task, TaskCommand, TaskScriptRole};
use upkeep_domain::catalogue::version::Version;

impl Possible for Software {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("renameSoftware", |ask, software| {
            let name = made_up();
            ask.weigh(&software.plan(SoftwareCommand::Rename { name })?)
        }),
        choose("changeSoftwareDetection", |ask, software| {
            let detection = definition(software)?.detection.clone();
            ask.weigh(&software.plan(SoftwareCommand::ChangeDetection { detection })?)
        }),
        choose("nameSoftwarePublisher", |ask, software| {
            let publisher = Some(made_up());
            ask.weigh(&software.plan(SoftwareCommand::NamePublisher { publisher })?)
        }),
        choose("writeSoftwareNotes", |ask, software| {
            let notes = software.state.notes.clone();
            ask.weigh(&software.plan(SoftwareCommand::WriteNotes { notes })?)
        }),
        choose("setSoftwareScript", |ask, software| {
            let script = definition(software)?.detection.clone();
            let role = ScriptRole::Test;
            ask.weigh(&software.plan(SoftwareCommand::SetScript { role, script })?)
        }),
        choose("removeSoftwareScript", |ask, software| {
            // One that no version leans on, if there is one.
            let roles = || software.state.scripts.iter().map(|(role, _)| role);
            let free = roles().find(|role| !ScriptRole::REQUIRED.contains(role));
            let role = free.or_else(|| roles().next());
            let role = role.unwrap_or(ScriptRole::Test);
            ask.weigh(&software.plan(SoftwareCommand::RemoveScript { role })?)
        }),
        choose("chooseUpgradeStrategy", |ask, software| {
            let strategy = software.state.upgrade_strategy;
            ask.weigh(&software.plan(SoftwareCommand::ChooseUpgradeStrategy { strategy })?)
        }),
        choose("chooseRepairStrategy", |ask, software| {
            let strategy = software.state.repair_strategy;
            ask.weigh(&software.plan(SoftwareCommand::ChooseRepairStrategy { strategy })?)
        }),
        choose("chooseExitCodes", |ask, software| {
            let exit_codes = software.state.exit_codes.clone();
            ask.weigh(&software.plan(SoftwareCommand::ChooseExitCodes { exit_codes })?)
        }),
        choose("publishSoftwareVersion", |ask, software| {
            let script = &definition(software)?.detection;
            let content = SoftwareVersion {
                package: None,
                scripts: ScriptRole::REQUIRED
                    .map(|role| (role, script.clone()))
                    .into_iter()
                    .collect(),
            };
            // One that is not there yet.
            let version = match software.state.latest() {
                Some(latest) => Version::known(&format!("{latest}.1")),
                None => Version::known("1"),
            };
            let new = Box::new(NewVersion { version, content });
            ask.weigh(&software.plan(SoftwareCommand::PublishVersion(new))?)
        }),
        choose("withdrawSoftwareVersion", |ask, software| {
            let latest = software.state.latest().cloned();
            let version = latest.unwrap_or_else(|| Version::known("1"));
            ask.weigh(&software.plan(SoftwareCommand::WithdrawVersion { version })?)
        }),
    ];
}

fn definition<'a>(software: &'a Sight<'_, Software>) -> Result<&'a Definition, Stop> {
    let definition = software.state.definition.as_ref();
    definition.ok_or_else(|| Stop::not_found(Software::NOUN))
}

impl Possible for Task {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("renameTask", |ask, task| {
            let name = made_up();
            ask.weigh(&task.plan(TaskCommand::Rename { name })?)
        }),
        choose("writeTaskNotes", |ask, task| {
            let notes = task.state.notes.clone();
            ask.weigh(&task.plan(TaskCommand::WriteNotes { notes })?)
        }),
        choose("setTaskScript", |ask, task| {
            let role = role_of(task);
            let timeout = role.usual_timeout();
            let script = Script::new(Interpreter::Sh, "true", timeout)
                .map_err(|error| Stop::invalid(&error))?;
            ask.weigh(&task.plan(TaskCommand::SetScript { role, script })?)
        }),
        choose("chooseTaskConcurrency", |ask, task| {
            let concurrency = task.state.concurrency;
            ask.weigh(&task.plan(TaskCommand::ChooseConcurrency { concurrency })?)
        }),
        choose("removeTaskScript", |ask, task| {
            let role = role_of(task);
            ask.weigh(&task.plan(TaskCommand::RemoveScript { role })?)
        }),
        choose("defineTaskParameters", |ask, task| {
            let parameters = task.state.parameters.clone();
            ask.weigh(&task.plan(TaskCommand::DefineParameters { parameters })?)
        }),
    ];
}

/// One that it has, or may have.
fn role_of(task: &Sight<'_, Task>) -> TaskScriptRole {
    let mut there = task.state.scripts.iter();
    there.next().map_or(TaskScriptRole::Test, |(role, _)| role)
}

impl Possible for CloudTask {
    const ATTEMPTS: &'static [Attempt<Self>] = &[choose("renameCloudTask", |ask, task| {
        let name = made_up();
        ask.weigh(&task.plan(CloudTaskCommand::Rename { name })?)
    })];
}
