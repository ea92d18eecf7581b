use crate::{Sampled, name, package, script, version};
use upkeep_domain::catalogue::cloud_task::*;
use upkeep_domain::catalogue::software::*;
use upkeep_domain::catalogue::task::*;

impl Sampled for Software {
    fn samples() -> Vec<Self::Event> {
        let content = SoftwareVersion {
            package: Some(package()),
            scripts: ScriptRole::ALL
                .map(|role| (role, script(role.phrase())))
                .into_iter()
                .collect(),
        };
        vec![
            SoftwareCreated {
                name: name("Reader"),
                detection: script("detect"),
            }
            .into(),
            SoftwareRenamed {
                name: name("Adobe Reader"),
            }
            .into(),
            DetectionChanged {
                detection: script("look"),
            }
            .into(),
            VersionPublished {
                version: version("1:24.1-2"),
                content,
            }
            .into(),
            VersionWithdrawn {
                version: version("24.1"),
            }
            .into(),
            PublisherNamed {
                publisher: Some(name("Adobe")),
            }
            .into(),
            NotesWritten {
                notes: Some(Notes::new("Ask Ada first.\nShe knows.").unwrap()),
            }
            .into(),
            SoftwareScriptSet {
                role: ScriptRole::PostInstall,
                script: script("configure"),
            }
            .into(),
            SoftwareScriptRemoved {
                role: ScriptRole::Test,
            }
            .into(),
            UpgradeStrategyChosen {
                strategy: UpgradeStrategy::UninstallThenInstall,
            }
            .into(),
            RepairStrategyChosen {
                strategy: RepairStrategy::InstallOver,
            }
            .into(),
            ExitCodesChosen {
                exit_codes: ExitCodes::new([1].into(), [1641, 3010].into()).unwrap(),
            }
            .into(),
        ]
    }
}

impl Sampled for CloudTask {
    fn samples() -> Vec<Self::Event> {
        vec![
            CloudTaskCreated { name: name("MFA") }.into(),
            CloudTaskRenamed {
                name: name("MFA on"),
            }
            .into(),
        ]
    }
}

impl Sampled for Task {
    fn samples() -> Vec<Self::Event> {
        vec![
            TaskCreated {
                name: name("Firewall"),
            }
            .into(),
            TaskRenamed {
                name: name("Firewall on"),
            }
            .into(),
            TaskNotesWritten {
                notes: Some(Notes::new("Ask Ada first.\nShe knows.").unwrap()),
            }
            .into(),
            TaskScriptSet {
                role: TaskScriptRole::Combined,
                script: script("look at UPKEEP_METHOD"),
            }
            .into(),
            TaskScriptRemoved {
                role: TaskScriptRole::Get,
            }
            .into(),
            TaskMadeSerial {}.into(),
            TaskMadeParallel {}.into(),
        ]
    }
}
