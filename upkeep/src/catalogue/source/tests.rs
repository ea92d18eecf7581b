use super::*;
use serde_json::Value;
use std::process::Command;
use tempfile::TempDir;
use upkeep_domain::catalogue::pack;
use upkeep_domain::catalogue::software::{Revision, SourceName};

const PACK: &str = r#"{ "schemaVersion": 1, "source": "ours", "titles": [{ "identifier": "b" }, { "identifier": "a" }] }"#;

fn read(path: &Path) -> anyhow::Result<Offered> {
    Source::Path(path.to_owned()).read()
}

#[test]
fn a_folder_of_packs_is_one_source_and_its_digest_is_of_what_it_holds() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("1.json"), PACK).unwrap();
    let one = read(folder.path()).unwrap();
    assert_eq!(one.source, "ours");
    assert_eq!(one.titles.len(), 2);
    assert!(one.revision.starts_with("sha256:"), "{}", one.revision);
    let alone = read(&folder.path().join("1.json")).unwrap();
    assert_eq!(alone.revision, one.revision);
    let more = PACK.replace("\"b\"", "\"c\"").replace("\"a\"", "\"d\"");
    fs::write(folder.path().join("2.json"), more).unwrap();
    let two = read(folder.path()).unwrap();
    assert_eq!(two.titles.len(), 4);
    assert_ne!(two.revision, one.revision);
    fs::write(folder.path().join("3.json"), PACK.replace("ours", "others")).unwrap();
    let mixed = read(folder.path()).unwrap_err().to_string();
    assert!(mixed.contains("two sources"), "{mixed}");
}

#[test]
fn what_is_no_pack_is_told() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.json");
    for (text, why) in [
        ("", "a.json is no pack"),
        (
            r#"{ "schemaVersion": 2, "source": "a", "titles": [] }"#,
            "a.json is of schema version 2",
        ),
        (
            r#"{ "schemaVersion": 1, "source": "a", "titles": [] }"#,
            "there is no title",
        ),
        (
            r#"{ "schemaVersion": 1, "source": "a", "titles": [], "more": 1 }"#,
            "a.json is no pack",
        ),
        (
            r#"{ "schemaVersion": 1, "source": "a", "titles": [{ "identifier": "a" }, { "identifier": "A" }] }"#,
            "the title A is there twice",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let told = format!("{:#}", read(&file).unwrap_err());
        assert!(told.contains(why), "{told}");
    }
    let empty = TempDir::new().unwrap();
    assert!(
        read(empty.path())
            .unwrap_err()
            .to_string()
            .contains("there is no title")
    );
}

/// A manifest that cannot be read, where the public collection would have it.
fn broken_manifest() -> TempDir {
    let folder = TempDir::new().unwrap();
    let version = folder.path().join("manifests/o/OpenJS/NodeJS/22.5.1");
    fs::create_dir_all(&version).unwrap();
    fs::write(version.join("a.yaml"), ": no manifest").unwrap();
    folder
}

#[test]
fn what_could_not_be_read_is_not_gone_whichever_folder_is_named() {
    let folder = broken_manifest();
    let node = folder.path().join("manifests/o/OpenJS/NodeJS");
    for named in [
        folder.path().to_owned(),
        folder.path().join("manifests/o"),
        node.clone(),
        node.join("22.5.1"),
        node.join("22.5.1/../../NodeJS/."),
    ] {
        let offered = manifests(&named).unwrap();
        assert_eq!(offered.left_out.len(), 1, "{named:?}");
        assert!(offered.may_have("openjs.NODEJS"), "{named:?}");
        for gone in ["Git.Gitk", "OpenJS.NodeJS.LTS"] {
            assert!(!offered.may_have(gone), "{gone} in {named:?}");
        }
    }
    #[cfg(unix)]
    {
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(node.join("22.5.1"), &link).unwrap();
        assert!(manifests(&link).unwrap().may_have("OpenJS.NodeJS"));
    }
    // Where folders say nothing, files do.
    let flat = TempDir::new().unwrap();
    fs::write(
        flat.path().join("Acme.Tool.installer.yaml"),
        ": no manifest",
    )
    .unwrap();
    let offered = manifests(flat.path()).unwrap();
    assert!(offered.may_have("Acme.Tool"));
    assert!(!offered.may_have("Acme.Tools"));
}

#[test]
fn identifiers_are_compared_as_the_server_compares_them() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.json");
    let pack = |titles: &str| {
        format!(r#"{{ "schemaVersion": 1, "source": "ours", "titles": [{titles}] }}"#)
    };
    fs::write(&file, pack(r#"{ "identifier": " Caf\u0065\u0301.Menu" }"#)).unwrap();
    let offered = read(&file).unwrap();
    assert!(offered.may_have("caf\u{e9}.menu"));
    assert!(!offered.may_have("Cafe.Menu"));
    let twice = r#"{ "identifier": "a b" }, { "identifier": "A\u00a0B " }"#;
    fs::write(&file, pack(twice)).unwrap();
    assert!(
        read(&file)
            .unwrap_err()
            .to_string()
            .contains("is there twice")
    );
    for nameless in [r#"{ "name": "A" }"#, r#"{ "identifier": "\u200b" }"#, "1"] {
        fs::write(&file, pack(nameless)).unwrap();
        let offered = read(&file).unwrap();
        assert_eq!(offered.nameless, 1, "{nameless}");
        assert!(offered.may_have("anything"), "{nameless}");
    }
}

#[test]
fn what_is_there_twice_in_a_title_is_refused_and_not_overwritten() {
    let source = SourceName::new("ours").unwrap();
    let revision = Revision::new("r1").unwrap();
    let title = r#"{ "identifier": "a", "name": "A", "detection": { "program": [{ "package": "a" }] },
        "scripts": { "install": { "interpreter": "sh", "text": "1" }, "uninstall": { "interpreter": "sh", "text": "1" } } }"#;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.json");
    let sent = |title: &str| {
        let pack = format!(r#"{{ "schemaVersion": 1, "source": "ours", "titles": [{title}] }}"#);
        fs::write(&file, pack).unwrap();
        let offered = read(&file).unwrap();
        pack::read(&offered.titles[0].json, &source, &revision)
    };
    assert!(sent(title).is_ok());
    for (once, twice, why) in [
        (
            r#""name": "A""#,
            r#""name": "A", "name": "B""#,
            "duplicate field `name`",
        ),
        (
            r#""text": "1" }, "#,
            r#""text": "1", "text": "2" }, "#,
            "duplicate field `text`",
        ),
        (
            r#""uninstall""#,
            r#""install": { "interpreter": "sh", "text": "2" }, "uninstall""#,
            "the install script is there twice",
        ),
    ] {
        let refused = sent(&title.replacen(once, twice, 1))
            .unwrap_err()
            .to_string();
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn what_a_manifest_warns_of_is_told() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/winget/manifests");
    let offered = manifests(&data).unwrap();
    assert!(!offered.warnings.is_empty());
    for warning in &offered.warnings {
        let (place, _) = warning.split_once(": ").unwrap();
        assert!(data.join(place).is_dir(), "{warning}");
    }
}

/// A checkout of one pack.
fn checkout() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.json"), PACK).unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "a"]);
    folder
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.invalid"]);
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
}

#[test]
fn a_checkout_is_known_by_its_commit_and_what_is_read_of_it() {
    let folder = checkout();
    let committed = read(folder.path()).unwrap().revision;
    assert!(Revision::new(&committed).is_ok(), "{committed}");
    let (commit, digest) = committed.split_once('+').unwrap();
    assert_eq!((commit.len(), digest.len()), (40, 32), "{committed}");
    // Something else than is committed is another revision of the same commit, also where git is told not to look.
    git(
        folder.path(),
        &["update-index", "--assume-unchanged", "a.json"],
    );
    fs::write(folder.path().join("a.json"), PACK.replace("\"b\"", "\"c\"")).unwrap();
    let changed = read(folder.path()).unwrap().revision;
    assert!(changed.starts_with(commit), "{changed}");
    assert_ne!(changed, committed);
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_read_runs_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = checkout();
    let (left, program) = (folder.path().join("left"), folder.path().join("program"));
    fs::write(&program, format!("#!/bin/sh\n: > '{}'\n", left.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    git(
        folder.path(),
        &["config", "core.fsmonitor", program.to_str().unwrap()],
    );
    read(folder.path()).unwrap();
    assert!(!left.exists());
    // What git does with it, so that the test can fail.
    git(folder.path(), &["status"]);
    assert!(left.exists());
}

#[test]
fn what_comes_with_the_program_can_be_taken_over() {
    let offered = Source::Embedded.read().unwrap();
    let source = SourceName::new(&offered.source).unwrap();
    let revision = Revision::new(&offered.revision).unwrap();
    let mut identifiers = BTreeSet::new();
    for title in &offered.titles {
        let read = pack::read(&title.json, &source, &revision);
        let read = read.unwrap_or_else(|why| panic!("{}: {why}", title.identifier));
        assert!(
            identifiers.insert(read.id()),
            "{} is there twice",
            title.identifier
        );
    }
    assert!(offered.titles.len() >= 20, "{}", offered.titles.len());
    assert!(
        offered
            .titles
            .iter()
            .any(|title| title.identifier == "7zip.7zip")
    );
}

/// Debian's package manager may be busy with its own updates, and nobody answers its questions.
#[test]
fn what_comes_from_debian_waits_for_its_lock_and_asks_nothing() {
    let offered = Source::Embedded.read().unwrap();
    let titles = offered.titles.iter();
    let debian = titles.filter(|title| title.identifier.starts_with("debian."));
    let options = "apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold";
    for title in debian {
        for change in ["install -y", "remove -y"] {
            let expected = format!("{options} {change} ");
            assert!(title.json.contains(&expected), "{}", title.identifier);
        }
    }
}

/// Which packages of the Windows Package Manager come with the program.
const WINDOWS: [&str; 8] = [
    "7zip.7zip",
    "Git.Git",
    "KeePassXCTeam.KeePassXC",
    "Notepad++.Notepad++",
    "OpenJS.NodeJS.LTS",
    "PuTTY.PuTTY",
    "Python.Python.3.12",
    "VideoLAN.VLC",
];

#[test]
fn the_titles_for_windows_are_what_their_manifests_say() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/winget/manifests");
    let manifests = manifests(&data).unwrap();
    let wanted = WINDOWS.map(|identifier| {
        let title = manifests
            .titles
            .iter()
            .find(|title| title.identifier == identifier);
        let title = title.unwrap_or_else(|| panic!("{identifier}"));
        serde_json::from_str::<Value>(&title.json).unwrap()
    });
    let wanted = serde_json::json!({ "schemaVersion": 1, "source": "upkeep", "titles": wanted });
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/windows.json");
    if std::env::var_os("UPKEEP_GOLDEN").is_some_and(|it| it == "write") {
        let text = serde_json::to_string_pretty(&wanted).unwrap() + "\n";
        fs::write(&file, text).unwrap();
    }
    let known: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(known, wanted);
}
