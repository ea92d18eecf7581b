use super::{FolderError, Found, read};
use crate::limits::{MAX_FILE_BYTES, MAX_FOLDER_BYTES, MAX_FOLDER_DEPTH};
use crate::refusal::Why;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const HEAD: &str = "PackageIdentifier: A.B\nPackageVersion: 1.0\nManifestVersion: 1.6.0\n";
const LOCALE: &str =
    "PackageLocale: en-US\nPublisher: A\nPackageName: B\nLicense: MIT\nShortDescription: S\n";

fn installers() -> String {
    let hash = "0".repeat(64);
    format!(
        "InstallerType: msi\nInstallers:\n- Architecture: x64\n  InstallerUrl: https://a.example/\n  InstallerSha256: {hash}\n"
    )
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
}

/// A version in three files.
fn three(folder: &Path) {
    write(
        folder,
        "A.B.yaml",
        &format!("{HEAD}DefaultLocale: en-US\nManifestType: version\n"),
    );
    write(
        folder,
        "A.B.installer.yaml",
        &format!("{HEAD}{}ManifestType: installer\n", installers()),
    );
    write(
        folder,
        "A.B.locale.en-US.yaml",
        &format!("{HEAD}{LOCALE}ManifestType: defaultLocale\n"),
    );
}

fn whole(folder: &Path, name: &str) {
    write(
        folder,
        name,
        &format!("{HEAD}{LOCALE}{}ManifestType: singleton\n", installers()),
    );
}

fn found(folder: &TempDir) -> Vec<Found> {
    read(folder.path()).map(Result::unwrap).collect()
}

#[test]
fn folders_are_versions_in_the_order_of_their_names() {
    let folder = TempDir::new().unwrap();
    three(&folder.path().join("b/2"));
    three(&folder.path().join("b/1"));
    three(&folder.path().join("a"));
    three(&folder.path().join(".git"));
    write(&folder.path().join("a"), "README.md", "no manifest");
    let found = found(&folder);
    let folders: Vec<_> = found
        .iter()
        .map(|one| {
            one.folder
                .strip_prefix(folder.path())
                .unwrap()
                .to_str()
                .unwrap()
        })
        .collect();
    assert_eq!(folders, ["a", "b/1", "b/2"]);
    assert_eq!(
        found[0].files,
        ["A.B.installer.yaml", "A.B.locale.en-US.yaml", "A.B.yaml"]
    );
    assert!(found.iter().all(|one| {
        one.manifest
            .as_ref()
            .is_ok_and(|manifest| manifest.id == "A.B")
    }));
}

#[test]
fn whole_manifests_stand_each_for_itself() {
    let folder = TempDir::new().unwrap();
    whole(folder.path(), "1.yaml");
    whole(folder.path(), "3.yml");
    write(folder.path(), "2.yaml", "A: [");
    let found = found(&folder);
    assert_eq!(found.len(), 3);
    assert!(found[0].manifest.is_ok() && found[2].manifest.is_ok());
    assert!(
        matches!(&found[1].manifest, Err(refusal) if refusal.file == "2.yaml" && matches!(refusal.why, Why::Syntax { .. }))
    );
}

#[test]
fn one_bad_file_refuses_its_version_once() {
    let folder = TempDir::new().unwrap();
    three(folder.path());
    write(folder.path(), "A.B.locale.de-DE.yaml", "A: 1\nA: 2\n");
    let found = found(&folder);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].files.len(), 4);
    assert_eq!(
        found[0].manifest.as_ref().unwrap_err().file,
        "A.B.locale.de-DE.yaml"
    );
}

#[test]
fn what_is_too_large_or_too_deep_is_told() {
    let folder = TempDir::new().unwrap();
    let large = " ".repeat(usize::try_from(MAX_FILE_BYTES).unwrap() + 1);
    write(&folder.path().join("a"), "a.yaml", &large);
    three(&folder.path().join("b").join("x/".repeat(MAX_FOLDER_DEPTH)));
    three(&folder.path().join("c"));
    let found: Vec<_> = read(folder.path()).collect();
    assert_eq!(found.len(), 3);
    assert!(
        matches!(&found[0], Ok(Found { manifest: Err(refusal), .. }) if refusal.why == Why::FileTooLarge)
    );
    assert!(matches!(&found[1], Err(FolderError::TooDeep(_))));
    assert!(
        matches!(
            &found[2],
            Ok(Found {
                manifest: Ok(_),
                ..
            })
        ),
        "it goes on behind what it could not read"
    );
    assert!(matches!(
        read(&folder.path().join("none")).next(),
        Some(Err(FolderError::Unreadable { .. }))
    ));
}

#[test]
fn a_folder_is_no_larger_than_can_be_held() {
    let folder = TempDir::new().unwrap();
    let comment = format!(
        "#{}",
        "x".repeat(usize::try_from(MAX_FILE_BYTES).unwrap() - 1)
    );
    let fits = MAX_FOLDER_BYTES / MAX_FILE_BYTES;
    for number in 0..=fits {
        write(folder.path(), &format!("{number:02}.yaml"), &comment);
    }
    let whys: Vec<Why> = found(&folder)
        .into_iter()
        .map(|one| one.manifest.unwrap_err().why)
        .collect();
    let (last, others) = whys.split_last().unwrap();
    assert_eq!(*last, Why::FolderTooLarge);
    assert!(others.iter().all(|why| *why == Why::Empty));
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    let (outside, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    three(&outside.path().join("x"));
    whole(outside.path(), "a.yaml");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("folder")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("a.yaml"), folder.path().join("a.yaml"))
        .unwrap();
    assert!(found(&folder).is_empty());
}
