use crate::{Sampled, name, package, script, version};
use upkeep_domain::catalogue::cloud_task::*;
use upkeep_domain::catalogue::software::*;

impl Sampled for Software {
    fn samples() -> Vec<Self::Event> {
        let content = SoftwareVersion {
            package: Some(package()),
            install: script("install"),
            uninstall: script("uninstall"),
            upgrade: Some(script("upgrade")),
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
