use crate::{Sampled, id, name, package, script, version};
use upkeep_domain::catalogue::cloud_task::*;
use upkeep_domain::catalogue::parameter::*;
use upkeep_domain::catalogue::program::{NamePattern, ProgramMatch, ProgramRegex, ProgramSign};
use upkeep_domain::catalogue::secret::*;
use upkeep_domain::catalogue::software::*;
use upkeep_domain::catalogue::task::*;
use upkeep_domain::kernel::ids::{SoftwareId, TenantId};

/// Every kind of sign and pattern.
pub fn every_sign() -> ProgramMatch {
    let named = |pattern, publisher| ProgramSign::Name {
        name: pattern,
        publisher,
    };
    let text = || name("7-Zip*");
    let regex = ProgramRegex::new(r"^7-Zip (?<version>[\d.]+)").unwrap();
    let publisher = NamePattern::Equals {
        text: name("Igor Pavlov"),
    };
    ProgramMatch::new(vec![
        named(NamePattern::Equals { text: text() }, None),
        named(NamePattern::Contains { text: text() }, None),
        named(NamePattern::Wildcard { text: text() }, None),
        named(NamePattern::Regex { text: regex }, Some(publisher)),
        ProgramSign::ProductCode {
            code: name("{23170F69-40C1-2702-2201-000001000000}"),
        },
        ProgramSign::UpgradeCode {
            code: name("{23170F69-40C1-2701-0000-000004000000}"),
        },
        ProgramSign::PackageFamily {
            name: name("Microsoft.WindowsTerminal_8wekyb3d8bbwe"),
        },
        ProgramSign::Package {
            name: name("7zip-full"),
        },
    ])
    .unwrap()
}

impl Sampled for Secret {
    fn samples() -> Vec<Self::Event> {
        let sealed = |content: &str| Sealed {
            key: "5c1e0f6a9b3d7724".into(),
            content: content.into(),
        };
        vec![
            SecretCreated {
                tenant: Some(TenantId(id(1))),
                name: name("Domain join"),
                sealed: sealed("Tm9ib2R5IHJlYWRzIHRoaXM="),
            }
            .into(),
            SecretRenamed {
                name: name("Domain join, Berlin"),
            }
            .into(),
            SecretReplaced {
                sealed: sealed("Tm9yIHRoaXM="),
            }
            .into(),
            SecretRemoved {}.into(),
        ]
    }
}

impl Sampled for Software {
    fn samples() -> Vec<Self::Event> {
        let content = SoftwareVersion {
            package: Some(package()),
            scripts: ScriptRole::of_versions()
                .map(|role| (role, script(role.phrase())))
                .collect(),
        };
        vec![
            SoftwareCreated {
                name: name("Reader"),
                detection: script("detect").into(),
            }
            .into(),
            SoftwareRenamed {
                name: name("Adobe Reader"),
            }
            .into(),
            DetectionChanged {
                detection: every_sign().into(),
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
            SoftwareDescribed {
                description: Description {
                    homepage: Some(Homepage::new("https://www.adobe.com").unwrap()),
                    licence: Some(name("Proprietary")),
                    tags: SearchWords::new(["pdf", "reader"]).unwrap(),
                },
            }
            .into(),
            SoftwareCatalogued {
                origin: Origin {
                    source: SourceName::new("winget").unwrap(),
                    identifier: TitleIdentifier::new("Adobe.Acrobat.Reader.64-bit").unwrap(),
                    revision: revision(),
                },
            }
            .into(),
            SoftwareWithdrawn {
                revision: revision(),
            }
            .into(),
            SoftwareCopied {
                copied: Copied {
                    from: SoftwareId(id(2)),
                    revision: revision(),
                },
            }
            .into(),
        ]
    }
}

fn revision() -> Revision {
    Revision::new("06ec1b7a9f0c2d4e8b6a1c3d5e7f9a0b2c4d6e8f").unwrap()
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
