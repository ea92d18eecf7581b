use crate::{Sampled, name, package, script, version};
use upkeep_domain::catalogue::cloud_task::*;
use upkeep_domain::catalogue::parameter::*;
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
            TaskParametersDefined {
                parameters: parameters(),
            }
            .into(),
            TaskMadeSerial {}.into(),
            TaskMadeParallel {}.into(),
        ]
    }
}

/// One of each kind, and everything that one can have.
fn parameters() -> Parameters {
    let named = |text| ParameterName::new(text).unwrap();
    let number = |number| Number::new(number).unwrap();
    let choices = || Choices::new(vec!["inbound".into(), "outbound".into()]).unwrap();
    let plain = |text, kind| Parameter {
        name: named(text),
        label: None,
        help: None,
        kind,
        required: false,
        default: None,
        shown_when: None,
    };
    let pattern = TextPattern::new("[a-z.]+").unwrap();
    let text = TextRule::new(Some(80), Some(pattern)).unwrap();
    let range = NumberRange::new(Some(number(1.0)), Some(number(65_535.0)), Numbers::Whole);
    let port = Parameter {
        label: Some(name("Port")),
        help: Some(Notes::new("Where it listens.\nMostly 443.").unwrap()),
        required: true,
        default: Some(ParameterValue::Number(number(443.0))),
        shown_when: Some(ShownWhen {
            parameter: named("directions"),
            is: ParameterValue::Text("inbound".into()),
        }),
        ..plain("port", ParameterKind::Number(range.unwrap()))
    };
    Parameters::new(vec![
        plain("host", ParameterKind::Text(text)),
        plain("note", ParameterKind::Text(TextRule::default())),
        plain("directions", ParameterKind::MultiChoice(choices())),
        port,
        plain("share", ParameterKind::Number(NumberRange::default())),
        plain("log", ParameterKind::Boolean),
        plain("first", ParameterKind::Choice(choices())),
    ])
    .unwrap()
}
