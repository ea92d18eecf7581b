use super::{SHA, URL, one, refused, whole};
use crate::limits::{MAX_FILE_BYTES, MAX_INSTALLERS, MAX_LABEL_CHARS, MAX_WARNINGS};
use crate::read::{Source, read};
use crate::refusal::Why;

#[test]
fn what_is_hostile_is_refused_where_it_stands() {
    for (installer, key) in [
        (
            "  InstallerType: msi\n  InstallerSwitches:\n    Custom: TRANSFORMS=x.mst",
            "Installers[0].InstallerSwitches.Custom",
        ),
        (
            "  InstallerType: msi\n  InstallerSwitches:\n    Log: /l \\\\host\\x",
            "Installers[0].InstallerSwitches.Log",
        ),
        (
            "  InstallerType: msi\n  ProductCode: \"a\\u0000\"",
            "Installers[0].ProductCode",
        ),
        (
            "  InstallerType: msi\n  AppsAndFeaturesEntries:\n  - DisplayVersion: '> 1'",
            "Installers[0].AppsAndFeaturesEntries[0].DisplayVersion",
        ),
        (
            "  InstallerType: msi\n  Dependencies:\n    PackageDependencies:\n    - PackageIdentifier: ../x",
            "Installers[0].Dependencies.PackageDependencies[0].PackageIdentifier",
        ),
        (
            "  InstallerType: msi\n  InstallerSuccessCodes: [zero]",
            "Installers[0].InstallerSuccessCodes",
        ),
    ] {
        assert_eq!(refused(one("", installer)).0, key);
    }
    let long = format!(
        "  InstallerType: msi\n  ProductCode: {}",
        "x".repeat(MAX_LABEL_CHARS + 1)
    );
    assert_eq!(refused(one("", &long)).1, Why::TooLong(MAX_LABEL_CHARS));
    let many = "- {}\n".repeat(MAX_INSTALLERS + 1);
    assert_eq!(
        refused(whole(&format!("Installers:\n{many}"))).1,
        Why::TooMany(MAX_INSTALLERS)
    );
    let large = vec![b' '; usize::try_from(MAX_FILE_BYTES).unwrap() + 1];
    let large = read(&[Source {
        name: "A.B.yaml",
        bytes: &large,
    }]);
    assert_eq!(refused(large).1, Why::FileTooLarge);
}

#[test]
fn an_address_without_encryption_is_warned_of() {
    let text = "InstallerType: msi\nInstallers:\n- Architecture: x64\n  InstallerUrl: http://a.example/a.msi\n  InstallerSha256: ";
    let manifest = whole(&format!("{text}{SHA}")).unwrap();
    assert_eq!(manifest.warnings[0].key, "Installers[0].InstallerUrl");
    assert!(matches!(
        refused(whole(&format!("{text}abc"))).1,
        Why::Sha256(_)
    ));
}

#[test]
fn what_comes_down_is_shared_and_not_copied() {
    let commands = "- c\n".repeat(1_000);
    let installer =
        format!("- Architecture: x64\n  InstallerUrl: {URL}\n  InstallerSha256: {SHA}\n");
    let installers = installer.repeat(MAX_INSTALLERS);
    let manifest = whole(&format!(
        "InstallerType: msi\nCommands:\n{commands}Installers:\n{installers}"
    ))
    .unwrap();
    let first = &manifest.installers[0].commands;
    assert_eq!(
        (manifest.installers.len(), first.len()),
        (MAX_INSTALLERS, 1_000)
    );
    assert!(
        manifest
            .installers
            .iter()
            .all(|one| std::sync::Arc::ptr_eq(&one.commands, first))
    );
}

#[test]
fn warnings_are_as_many_as_a_person_reads() {
    let installer = format!(
        "- Architecture: x64\n  InstallerUrl: {URL}\n  InstallerSha256: {SHA}\n  Scope: x\n"
    );
    let manifest = whole(&format!(
        "InstallerType: msi\nInstallers:\n{}",
        installer.repeat(MAX_WARNINGS + 1)
    ))
    .unwrap();
    assert_eq!(manifest.warnings.len(), MAX_WARNINGS);
}
