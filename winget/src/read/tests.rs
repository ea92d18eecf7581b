mod hostile;

use super::{Source, read};
use crate::manifest::{InstallerType, Layout, Manifest, Meaning, Scope, UpgradeBehavior};
use crate::refusal::{Refusal, Why};

const URL: &str = "https://a.example/a.exe";
const SHA: &str = "69D84CA8899800A5575CE31798293CD4FEBAB1D734A07C2E51E56A28E0DF8C82";

fn whole(rest: &str) -> Result<Manifest, Refusal> {
    let text = format!(
        "PackageIdentifier: A.B\nPackageVersion: 1.0\nPackageLocale: en-US\nPublisher: A\nPackageName: B\nLicense: MIT\n\
         ShortDescription: S\nManifestType: singleton\nManifestVersion: 1.10.0\n{rest}"
    );
    read(&[Source {
        name: "A.B.yaml",
        bytes: text.as_bytes(),
    }])
}

/// One installer, of an architecture with an address, and what is said of it and at the root.
fn one(root: &str, installer: &str) -> Result<Manifest, Refusal> {
    whole(&format!(
        "{root}\nInstallers:\n- Architecture: x64\n  InstallerUrl: {URL}\n  InstallerSha256: {SHA}\n{installer}"
    ))
}

fn refused(manifest: Result<Manifest, Refusal>) -> (String, Why) {
    let refusal = manifest.unwrap_err();
    assert_eq!(refusal.file, "A.B.yaml");
    (refusal.key, refusal.why)
}

#[test]
fn an_installer_begins_as_the_root_and_replaces_what_it_says_itself() {
    let root = "installertype: EXE\nScope: machine\nUpgradeBehavior: deny\nInstallModes: [silent, interactive]\nCommands: [a, b]\n\
                ProductCode: '{root}'\nInstallerSwitches:\n  Silent: /root\n  Custom: /c\nInstallerSuccessCodes: [1]\nRequireExplicitUpgrade: true";
    let own = "  Scope: ~\n  Commands: [c]\n  InstallerSwitches:\n    silent: /own\n  Dependencies:\n    WindowsFeatures: [IIS]";
    let manifest = one(root, own).unwrap();
    let installer = &manifest.installers[0];
    assert_eq!(installer.kind, InstallerType::Exe);
    assert_eq!(installer.layout, Layout::Plain);
    assert_eq!(
        installer.scope,
        Some(Scope::Machine),
        "nothing replaces nothing"
    );
    assert_eq!(
        installer.commands[..],
        ["c"],
        "a list replaces the whole list"
    );
    assert_eq!(installer.switches.silent.as_deref(), Some("/own"));
    assert_eq!(
        installer.switches.custom.as_deref(),
        Some("/c"),
        "switches merge one by one"
    );
    assert_eq!(installer.upgrade_behavior, UpgradeBehavior::Deny);
    assert_eq!(installer.product_code.as_deref(), Some("{root}"));
    assert_eq!(installer.codes.meaning(1), Meaning::Succeeded);
    assert_eq!(installer.dependencies.windows_features, ["IIS"]);
    assert!(installer.requires_explicit_upgrade);
    assert_eq!(installer.sha256, SHA.to_lowercase());
    assert!(manifest.warnings.is_empty());
}

#[test]
fn what_names_an_installed_program_comes_down_only_to_types_that_have_it() {
    let root =
        "ProductCode: '{p}'\nPackageFamilyName: a_b\nAppsAndFeaturesEntries:\n- DisplayName: N";
    let of = |kind: &str| {
        one(root, &format!("  InstallerType: {kind}"))
            .unwrap()
            .installers
            .remove(0)
    };
    let (msi, appx, portable) = (of("msi"), of("appx"), of("portable"));
    assert_eq!(
        (
            msi.product_code.as_deref(),
            msi.package_family_name.as_deref()
        ),
        (Some("{p}"), None)
    );
    assert_eq!(msi.entries.len(), 1);
    assert_eq!(appx.kind, InstallerType::Msix);
    assert_eq!(
        (
            appx.product_code.as_deref(),
            appx.package_family_name.as_deref()
        ),
        (None, Some("a_b"))
    );
    assert!(appx.entries.is_empty());
    assert_eq!(portable.product_code.as_deref(), Some("{p}"));
}

#[test]
fn types_bring_the_switches_that_nobody_says() {
    let silent = |kind: &str| {
        one("", &format!("  InstallerType: {kind}"))
            .unwrap()
            .installers
            .remove(0)
            .switches
            .silent
    };
    assert_eq!(silent("wix").as_deref(), Some("/quiet /norestart"));
    assert_eq!(silent("nullsoft").as_deref(), Some("/S"));
    assert_eq!(
        silent("inno").as_deref(),
        Some("/SP- /VERYSILENT /SUPPRESSMSGBOXES /NORESTART")
    );
    let exe = one("", "  InstallerType: exe").unwrap();
    assert_eq!(exe.installers[0].switches.silent, None);
    assert_eq!(exe.warnings[0].key, "Installers[0].InstallerSwitches");
}

#[test]
fn an_archive_is_of_the_type_that_it_holds() {
    let nested = |kind: &str, files: &str| {
        one(
            "InstallerType: zip",
            &format!("  NestedInstallerType: {kind}\n  NestedInstallerFiles:\n{files}"),
        )
    };
    let manifest = nested(
        "portable",
        "  - RelativeFilePath: ./a.exe\n    PortableCommandAlias: a\n  - RelativeFilePath: b.exe",
    )
    .unwrap();
    let installer = &manifest.installers[0];
    assert_eq!(installer.kind, InstallerType::Portable);
    assert!(
        matches!(&installer.layout, Layout::Zip(files) if files.len() == 2 && files[0].alias.as_deref() == Some("a"))
    );
    let (key, why) = refused(nested(
        "exe",
        "  - RelativeFilePath: a.exe\n  - RelativeFilePath: b.exe",
    ));
    assert_eq!(key, "Installers[0].NestedInstallerFiles");
    assert!(matches!(why, Why::NestedFiles(_, 2)));
    assert!(matches!(
        refused(nested("zip", "  - RelativeFilePath: a")).1,
        Why::Unknown(..)
    ));
    assert!(matches!(
        refused(nested(
            "portable",
            "  - RelativeFilePath: a\n  - RelativeFilePath: A"
        ))
        .1,
        Why::NamedTwice(_)
    ));
    assert_eq!(
        refused(one("InstallerType: zip", "")),
        ("Installers[0].NestedInstallerType".into(), Why::Missing)
    );
    let (key, why) = refused(nested("exe", "  - RelativeFilePath: ..\\a.exe"));
    assert_eq!(
        key,
        "Installers[0].NestedInstallerFiles[0].RelativeFilePath"
    );
    assert!(matches!(why, Why::Escape(_)));
}

#[test]
fn what_is_not_known_is_passed_over_and_what_is_needed_is_asked_for() {
    let manifest = one(
        "Switches:\n  Silent: /x\nScope: everybody\nEpectedReturnCodes: 1",
        "  InstallerType: msi",
    )
    .unwrap();
    assert_eq!(manifest.installers[0].scope, None);
    assert_eq!(manifest.warnings.len(), 1);
    assert_eq!(
        manifest.warnings[0].to_string(),
        "A.B.yaml, Scope: \"everybody\" is not known and does not count; known are user, machine"
    );
    assert_eq!(
        refused(one("", "")),
        ("Installers[0].InstallerType".into(), Why::Missing)
    );
    assert!(matches!(
        refused(one("", "  InstallerType: setup")).1,
        Why::Unknown(..)
    ));
    assert!(matches!(
        refused(one("", "  InstallerType: msstore")).1,
        Why::Store(_)
    ));
    assert_eq!(
        refused(whole("InstallerType: msi")),
        ("Installers".into(), Why::Missing)
    );
    assert_eq!(
        refused(whole("Installers: []")),
        ("Installers".into(), Why::Missing)
    );
    assert!(matches!(
        refused(whole("Installers: x")).1,
        Why::Shape { .. }
    ));
    assert!(matches!(
        refused(one("", "  InstallerType: [msi]")).1,
        Why::Shape { .. }
    ));
}

#[test]
fn the_files_of_a_version_say_the_same() {
    let version = "PackageIdentifier: A.B\nPackageVersion: 1.0\nDefaultLocale: en-US\nManifestType: version\nManifestVersion: 1.6.0\n";
    let installer = format!(
        "PackageIdentifier: A.B\nPackageVersion: 1.0\nInstallerType: msi\nInstallers:\n- Architecture: x64\n  InstallerUrl: {URL}\n  \
         InstallerSha256: {SHA}\nManifestType: installer\nManifestVersion: 1.6.0\n"
    );
    let locale = "PackageIdentifier: A.B\nPackageVersion: 1.0\nPackageLocale: en-US\nPublisher: A\nPackageName: B\nLicense: MIT\n\
                  ShortDescription: S\nManifestType: defaultLocale\nManifestVersion: 1.6.0\n";
    let all = |installer: &str, locale: &str| {
        let sources = [("v", version), ("i", installer), ("l", locale)];
        read(&sources.map(|(name, text)| Source {
            name,
            bytes: text.as_bytes(),
        }))
    };
    assert_eq!(all(&installer, locale).unwrap().id, "A.B");
    for (other_installer, other_locale, key, told) in [
        (
            installer.replace("1.0", "1.1"),
            locale.to_owned(),
            "PackageVersion",
            "\"1.1\" here and \"1.0\" in v",
        ),
        (
            installer.clone(),
            locale.replace("A.B", "A.C"),
            "PackageIdentifier",
            "\"A.C\" here",
        ),
        (
            installer.clone(),
            locale.replace("en-US", "de-DE"),
            "PackageLocale",
            "\"de-DE\" here",
        ),
        (
            version.to_owned(),
            locale.to_owned(),
            "",
            "two files of type version",
        ),
        (
            installer.clone(),
            installer.clone(),
            "",
            "two files of type installer",
        ),
    ] {
        let refusal = all(&other_installer, &other_locale).unwrap_err();
        assert_eq!(refusal.key, key);
        assert!(refusal.to_string().contains(told), "{refusal}");
    }
    assert_eq!(read(&[]).unwrap_err().why, Why::NoFile("version"));
}
