//! Of software and cloud tasks.

use super::{Attempt, Possible, choose, made_up};
use upkeep_commands::{Sight, Stop};
use upkeep_domain::access::Guarded as _;
use upkeep_domain::catalogue::cloud_task::{CloudTask, CloudTaskCommand};
use upkeep_domain::catalogue::software::{
    Definition, NewVersion, Software, SoftwareCommand, SoftwareVersion,
};
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
        choose("publishSoftwareVersion", |ask, software| {
            let script = &definition(software)?.detection;
            let content = SoftwareVersion {
                package: None,
                install: script.clone(),
                uninstall: script.clone(),
                upgrade: None,
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

impl Possible for CloudTask {
    const ATTEMPTS: &'static [Attempt<Self>] = &[choose("renameCloudTask", |ask, task| {
        let name = made_up();
        ask.weigh(&task.plan(CloudTaskCommand::Rename { name })?)
    })];
}
