//! Of software, tasks and cloud tasks.

use super::{Attempt, Possible, act, choose, made_up};
use upkeep_commands::{Done, Sight, Stop};
use upkeep_domain::access::{Action, Guarded as _};
use upkeep_domain::catalogue::cloud_task::{CloudTask, CloudTaskCommand};
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::secret::{Secret, SecretCommand};
use upkeep_domain::catalogue::software::{
    Definition, NewVersion, Origin, ScriptRole, Software, SoftwareCommand, SoftwareRejection,
    SoftwareVersion,
};
use upkeep_domain::catalogue::task::{Task, TaskCommand, TaskScriptRole};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::ids::PrerequisiteId;
use upkeep_domain::rules::prerequisite::{
    Conditions, Consequence, FailMessage, Prerequisite, PrerequisiteCommand, Prerequisites,
    ThePrerequisites, VersionRange,
};

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
            let script = script()?;
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
        choose("copySoftware", |ask, software| {
            ask.require(Action::ManageCatalogue)?;
            let copy = software.state.copy(software.id, None);
            copy.map_err(|rejection| Stop::rejected(&rejection))?;
            Ok(Done::Now)
        }),
        choose("withdrawCatalogueTitle", |ask, software| {
            ask.require(Action::SyncCatalogue)?;
            let origin = software.state.origin.clone();
            let Some(Origin {
                source, revision, ..
            }) = origin
            else {
                return Err(Stop::rejected(&SoftwareRejection::NotOfCatalogue));
            };
            ask.weigh(&software.plan(SoftwareCommand::WithdrawTitle { source, revision })?)
        }),
        choose("publishSoftwareVersion", |ask, software| {
            let script = script()?;
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
        choose("addPrerequisite", |ask, software| {
            // One that contradicts no other.
            let message = FailMessage::new("new").map_err(|error| Stop::invalid(&error))?;
            let says = Box::new(Prerequisite {
                of: software.id,
                versions: VersionRange::Any,
                when: Conditions::always(),
                then: Consequence::Fail { message },
            });
            let add = PrerequisiteCommand::Add {
                prerequisite: PrerequisiteId(ask.new_id("prerequisite")),
                says,
                catalogue: ask.view().clone(),
            };
            ask.weigh(&ask.make::<Prerequisites>(ThePrerequisites, add)?)
        }),
    ];
}

/// What stands where a script has to be that nobody has written yet.
fn script() -> Result<Script, Stop> {
    Script::new(Interpreter::Sh, "true", ScriptTimeout::ACTION)
        .map_err(|error| Stop::invalid(&error))
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

impl Possible for Secret {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("changeSecret", |ask, secret| {
            let change = SecretCommand::Change {
                name: Some(made_up()),
                sealed: None,
            };
            ask.weigh(&secret.plan(change)?)
        }),
        act("removeSecret", |ask, secret| {
            let done = ask.weigh(&secret.plan(SecretCommand::Remove)?)?;
            ask.refuse_if_told(secret.id)?;
            Ok(done)
        }),
    ];
}

impl Possible for CloudTask {
    const ATTEMPTS: &'static [Attempt<Self>] = &[choose("renameCloudTask", |ask, task| {
        let name = made_up();
        ask.weigh(&task.plan(CloudTaskCommand::Rename { name })?)
    })];
}
