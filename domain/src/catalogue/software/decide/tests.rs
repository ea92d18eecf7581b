use super::*;
use crate::catalogue::script::{Interpreter, Script, ScriptTimeout};
use crate::catalogue::software::{
    ExitCodes, Notes, Package, PackageUrl, RepairStrategy, ScriptSet, UpgradeStrategy,
};
use crate::catalogue::version::Version;
use crate::kernel::digest::Sha256Digest;
use crate::kernel::harness::{given, nothing};
use crate::kernel::limits::{MAX_PACKAGE_BYTES, MAX_SCRIPT_BYTES};
use crate::kernel::name::Name;

pub(crate) fn script(text: &str) -> Script {
    Script::new(Interpreter::Sh, text, ScriptTimeout::ACTION).unwrap()
}

pub(crate) fn version(text: &str) -> Version {
    Version::new(text).unwrap()
}

pub(crate) fn created() -> SoftwareEvent {
    SoftwareCreated {
        name: Name::new("Reader").unwrap(),
        detection: script("detect").into(),
    }
    .into()
}

pub(crate) fn published(number: &str) -> SoftwareEvent {
    VersionPublished {
        version: version(number),
        content: content(number),
    }
    .into()
}

fn content(number: &str) -> SoftwareVersion {
    SoftwareVersion {
        package: None,
        scripts: [
            ScriptRole::Install,
            ScriptRole::Uninstall,
            ScriptRole::Upgrade,
        ]
        .into_iter()
        .map(|role| (role, script(&format!("{} {number}", role.phrase()))))
        .collect(),
    }
}

fn publish(number: &str) -> SoftwareCommand {
    SoftwareCommand::PublishVersion(Box::new(NewVersion {
        version: version(number),
        content: content(number),
    }))
}

#[test]
fn a_version_is_published_once_however_it_is_written() {
    given::<Software>([created()])
        .when(publish("1.0"))
        .then([published("1.0")]);
    given::<Software>([created(), published("1.0")])
        .when(publish("1.0.0"))
        .then_rejected(SoftwareRejection::VersionExists(version("1.0.0")));
}

fn set(role: ScriptRole) -> SoftwareEvent {
    let script = script("for all");
    SoftwareScriptSet { role, script }.into()
}

fn bare(number: &str) -> NewVersion {
    NewVersion {
        version: version(number),
        content: SoftwareVersion {
            package: None,
            scripts: ScriptSet::default(),
        },
    }
}

#[test]
fn a_versions_own_script_beats_its_softwares() {
    let software = [
        created(),
        set(ScriptRole::Install),
        set(ScriptRole::Test),
        published("1.0"),
    ]
    .iter()
    .fold(Software::default(), Software::evolve);
    let text = |role| Some(software.script(&version("1.0"), role)?.text.as_str());
    assert_eq!(text(ScriptRole::Install), Some("install 1.0"));
    assert_eq!(text(ScriptRole::Test), Some("for all"));
    assert_eq!(text(ScriptRole::Repair), None);
    assert_eq!(software.script(&version("2.0"), ScriptRole::Test), None);
}

#[test]
fn a_version_needs_a_way_onto_the_computer_and_off_it() {
    let publish = || SoftwareCommand::PublishVersion(Box::new(bare("1.0")));
    let missing = |role| SoftwareRejection::ScriptMissing {
        version: version("1.0"),
        role,
    };
    given::<Software>([created()])
        .when(publish())
        .then_rejected(missing(ScriptRole::Install));
    given::<Software>([created(), set(ScriptRole::Install)])
        .when(publish())
        .then_rejected(missing(ScriptRole::Uninstall));
    let both = [
        created(),
        set(ScriptRole::Install),
        set(ScriptRole::Uninstall),
    ];
    let NewVersion {
        version: number,
        content,
    } = bare("1.0");
    let bare: SoftwareEvent = VersionPublished {
        version: number,
        content,
    }
    .into();
    given::<Software>(both.clone())
        .when(publish())
        .then([bare.clone()]);
    let role = ScriptRole::Uninstall;
    given::<Software>(both.into_iter().chain([bare]))
        .when(SoftwareCommand::RemoveScript { role })
        .then_rejected(missing(role));
}

#[test]
fn a_script_that_no_version_needs_is_removed_once() {
    let role = ScriptRole::Test;
    let removed: SoftwareEvent = SoftwareScriptRemoved { role }.into();
    given::<Software>([created(), set(role), published("1.0")])
        .when(SoftwareCommand::RemoveScript { role })
        .then([removed.clone()]);
    given::<Software>([created(), set(role), removed])
        .when(SoftwareCommand::RemoveScript { role })
        .then_rejected(SoftwareRejection::ScriptNotFound(role));
}

#[test]
fn the_scripts_of_a_version_fit_into_one_event() {
    let new = |bytes: usize| {
        let mut new = bare("1.0");
        for (index, role) in ScriptRole::ALL.into_iter().enumerate() {
            let length = bytes.saturating_sub(index * MAX_SCRIPT_BYTES);
            let length = length.min(MAX_SCRIPT_BYTES);
            if length > 0 {
                new.content.scripts.set(role, script(&"x".repeat(length)));
            }
        }
        new
    };
    let base = [
        created(),
        set(ScriptRole::Install),
        set(ScriptRole::Uninstall),
    ];
    let publish = |bytes| SoftwareCommand::PublishVersion(Box::new(new(bytes)));
    let NewVersion { version, content } = new(MAX_VERSION_SCRIPT_BYTES);
    given::<Software>(base.clone())
        .when(publish(MAX_VERSION_SCRIPT_BYTES))
        .then([VersionPublished { version, content }.into()]);
    let bytes = MAX_VERSION_SCRIPT_BYTES + 1;
    given::<Software>(base)
        .when(publish(bytes))
        .then_rejected(SoftwareRejection::ScriptsTooLong(bytes));
}

#[test]
fn what_is_said_once_is_kept_and_what_is_said_again_changes_nothing() {
    use SoftwareCommand as Command;
    let publisher = Some(Name::new("Adobe").unwrap());
    let notes = Some(Notes::new("Ask Ada.").unwrap());
    let (role, text) = (ScriptRole::Repair, script("repair"));
    let exit_codes = ExitCodes::new([1].into(), [3010].into()).unwrap();
    let pairs: [(Command, SoftwareEvent); 6] = [
        (
            Command::NamePublisher {
                publisher: publisher.clone(),
            },
            PublisherNamed { publisher }.into(),
        ),
        (
            Command::WriteNotes {
                notes: notes.clone(),
            },
            NotesWritten { notes }.into(),
        ),
        (
            Command::SetScript {
                role,
                script: text.clone(),
            },
            SoftwareScriptSet { role, script: text }.into(),
        ),
        (
            Command::ChooseUpgradeStrategy {
                strategy: UpgradeStrategy::Never,
            },
            UpgradeStrategyChosen {
                strategy: UpgradeStrategy::Never,
            }
            .into(),
        ),
        (
            Command::ChooseRepairStrategy {
                strategy: RepairStrategy::RepairScript,
            },
            RepairStrategyChosen {
                strategy: RepairStrategy::RepairScript,
            }
            .into(),
        ),
        (
            Command::ChooseExitCodes {
                exit_codes: exit_codes.clone(),
            },
            ExitCodesChosen { exit_codes }.into(),
        ),
    ];
    for (command, event) in pairs {
        given::<Software>([created()])
            .when(command.clone())
            .then([event.clone()]);
        given::<Software>([created(), event])
            .when(command)
            .then_nothing();
    }
}

#[test]
fn a_withdrawn_version_is_gone_and_may_come_back() {
    let withdrawn: SoftwareEvent = VersionWithdrawn {
        version: version("1.0"),
    }
    .into();
    given::<Software>([created(), published("1.0")])
        .when(SoftwareCommand::WithdrawVersion {
            version: version("1.0"),
        })
        .then([withdrawn.clone()]);
    given::<Software>([created(), published("1.0"), withdrawn.clone()])
        .when(SoftwareCommand::WithdrawVersion {
            version: version("1.0"),
        })
        .then_rejected(SoftwareRejection::VersionNotFound(version("1.0")));
    given::<Software>([created(), published("1.0"), withdrawn])
        .when(publish("1.0"))
        .then([published("1.0")]);
}

#[test]
fn nothing_can_be_published_for_a_software_that_does_not_exist() {
    nothing::<Software>()
        .when(publish("1.0"))
        .then_rejected(SoftwareRejection::NotFound);
}

#[test]
fn changing_to_what_is_there_changes_nothing() {
    given::<Software>([created()])
        .when(SoftwareCommand::ChangeDetection {
            detection: script("detect").into(),
        })
        .then_nothing();
    given::<Software>([created()])
        .when(SoftwareCommand::Rename {
            name: Name::new("Reader").unwrap(),
        })
        .then_nothing();
}

#[test]
fn a_package_has_a_bare_file_name() {
    for bad in [
        "../x",
        "a/b",
        ".hidden",
        "",
        "c:\\x",
        " x",
        "a\nb",
        "a\u{202e}gpj.exe",
        "cafe\u{301}",
        "\u{200b}",
    ] {
        let mut content = content("1");
        content.package = Some(Package {
            file_name: bad.into(),
            sha256: Sha256Digest::of(b""),
            size: Some(1),
            url: None,
        });
        given::<Software>([created()])
            .when(SoftwareCommand::PublishVersion(Box::new(NewVersion {
                version: version("1"),
                content,
            })))
            .then_rejected(SoftwareRejection::BadFileName(bad.into()));
    }
}

#[test]
fn an_empty_package_is_refused() {
    let mut content = content("1");
    content.package = Some(Package {
        file_name: "tool.deb".into(),
        sha256: Sha256Digest::of(b""),
        size: Some(0),
        url: None,
    });
    given::<Software>([created()])
        .when(SoftwareCommand::PublishVersion(Box::new(NewVersion {
            version: version("1"),
            content,
        })))
        .then_rejected(SoftwareRejection::PackageEmpty);
}

#[test]
fn how_large_a_package_is_may_be_known_to_its_host_alone() {
    let publish = |size, url: Option<&str>| {
        let mut content = content("1");
        content.package = Some(Package {
            file_name: "tool.deb".into(),
            sha256: Sha256Digest::of(b""),
            size,
            url: url.map(|url| PackageUrl::new(url).unwrap()),
        });
        let version = version("1");
        SoftwareCommand::PublishVersion(Box::new(NewVersion { version, content }))
    };
    let address = Some("https://example.com/tool.deb");
    given::<Software>([created()])
        .when(publish(None, None))
        .then_rejected(SoftwareRejection::PackageSizeUnknown);
    given::<Software>([created()])
        .when(publish(Some(MAX_PACKAGE_BYTES + 1), address))
        .then_rejected(SoftwareRejection::PackageTooLarge(MAX_PACKAGE_BYTES + 1));
    let SoftwareCommand::PublishVersion(new) = publish(None, address) else {
        unreachable!();
    };
    let NewVersion { version, content } = *new;
    given::<Software>([created()])
        .when(publish(None, address))
        .then([VersionPublished { version, content }.into()]);
}

#[test]
fn where_computers_say_what_is_available_every_version_can_be_had() {
    let available = SoftwareScriptSet {
        role: ScriptRole::Available,
        script: script("apt-cache policy"),
    };
    let software = [
        created(),
        set(ScriptRole::Install),
        published("1.0"),
        available.into(),
    ]
    .iter()
    .fold(Software::default(), Software::evolve);
    assert_eq!(
        software.latest(),
        None,
        "it is not for the catalogue to say"
    );
    let nine = version("9");
    assert!(software.offers(&nine));
    assert_eq!(software.nearest(&nine), Some(&nine));
    let text = |v: &str| {
        Some(
            software
                .script(&version(v), ScriptRole::Install)?
                .text
                .clone(),
        )
    };
    assert_eq!(text("9").as_deref(), Some("for all"));
    assert_eq!(text("1.0").as_deref(), Some("install 1.0"));
    let role = ScriptRole::Available;
    let mut content = content("2.0");
    content.scripts.set(role, script("x"));
    let version = version("2.0");
    given::<Software>([created()])
        .when(SoftwareCommand::PublishVersion(Box::new(NewVersion {
            version,
            content,
        })))
        .then_rejected(SoftwareRejection::ScriptOfSoftwareAlone(role));
}

#[test]
fn what_is_there_is_of_its_own_version_or_of_the_nearest_older_one() {
    let software = [created(), published("1.0"), published("2.0")]
        .iter()
        .fold(Software::default(), Software::evolve);
    let of = |v: &str| software.nearest(&version(v)).map(|v| v.as_str().to_owned());
    assert_eq!(of("2.0").as_deref(), Some("2.0"));
    assert_eq!(of("1.5").as_deref(), Some("1.0"));
    assert_eq!(of("9").as_deref(), Some("2.0"));
    assert_eq!(of("0.1").as_deref(), Some("1.0"));
    assert_eq!(software.latest(), Some(&version("2.0")));
}
