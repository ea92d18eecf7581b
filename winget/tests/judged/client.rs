//! The client's own test manifests.

use crate::folder_of;
use std::collections::BTreeMap;
use upkeep_winget::{
    Architecture, InstallerType, Layout, Manifest, Meaning, Refusal, Scope, UpgradeBehavior, folder,
};

fn manifests() -> BTreeMap<String, Result<Manifest, Refusal>> {
    let found = folder::read(&folder_of("cli-testdata")).map(Result::unwrap);
    found
        .map(|found| (found.files.join(" "), found.manifest))
        .collect()
}

const MULTI_FILE: &str = "ManifestV1_12-MultiFile-DefaultLocale.yaml ManifestV1_12-MultiFile-Installer.yaml \
                          ManifestV1_12-MultiFile-Locale.yaml ManifestV1_12-MultiFile-Version.yaml";

/// Each file, and what is said of it: of bad ones the sentence.
#[test]
fn each_is_taken_over_or_refused_as_the_client_does() {
    let expected: BTreeMap<&str, &str> = [
        ("Manifest-Bad-ApproximateVersionInArpVersion.yaml", "Installers[0].AppsAndFeaturesEntries[0].DisplayVersion: \"< 12.0\" says that a version is near another one"),
        ("Manifest-Bad-ApproximateVersionInPackageVersion.yaml", "PackageVersion: \"> 1.7.32\" says that a version is near another one"),
        ("Manifest-Bad-BlockedMsiProperty.yaml", "Installers[0].InstallerSwitches.Silent: the switch sets TRANSFORMS"),
        ("Manifest-Bad-DuplicateKey-DifferentCase.yaml", "installerType: the key is there twice, in lines 6 and 7"),
        ("Manifest-Bad-DuplicateKey.yaml", "Id: the key is there twice, in lines 2 and 3"),
        ("Manifest-Bad-InconsistentSha256.yaml", "Installers[1].InstallerSha256: the same address has another SHA-256"),
        ("Manifest-Bad-InstallerTypeZip-InvalidPortableCommandAlias.yaml", "PortableCommandAlias: the path \"../command-alias\" leads out"),
        ("Manifest-Bad-InstallerTypeZip-InvalidRelativeFilePath.yaml", "RelativeFilePath: the path \"../../relativeFilePath\" leads out"),
        ("Manifest-Bad-NetworkAddressInSwitches.yaml", ""),
        ("Manifest-Bad-UnsupportedVersion.yaml", "ManifestVersion: format \"1000.1.0\" is not read"),
        ("Manifest-Encoding-ANSI.yaml", "the text is neither UTF-8 nor UTF-16 (byte 36 belongs to neither)"),
        // The client's preview format, of which nothing is published any more. That it is told means that the text was read.
        ("Manifest-Encoding-UTF16BE.yaml", "ManifestVersion: format \"0.1.0\" is not read"),
        ("Manifest-Encoding-UTF16LE-BOM.yaml", "ManifestVersion: format \"0.1.0\" is not read"),
        ("Manifest-Encoding-UTF8-BOM.yaml", "ManifestVersion: format \"0.1.0\" is not read"),
        ("Manifest-Good-AllDependencyTypes.yaml", ""),
        ("Manifest-Good-DefaultExpectedReturnCodeInInstallerSuccessCodes.yaml", ""),
        ("Manifest-Good-MultipleArpVersionDeclared.yaml", ""),
        ("ManifestV1_10-InstallerAuthentication.yaml", ""),
        ("ManifestV1_10-Singleton.yaml", ""),
        ("ManifestV1_12-Singleton.yaml", ""),
        ("ManifestV1_28-Singleton.yaml", ""),
        (MULTI_FILE, ""),
    ]
    .into();
    let manifests = manifests();
    assert_eq!(
        manifests.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (files, told) in expected {
        let is_told = manifests[files]
            .as_ref()
            .map_or_else(ToString::to_string, |_| String::new());
        assert_eq!(is_told.is_empty(), told.is_empty(), "{files}: {is_told}");
        assert!(is_told.contains(told), "{files}: {is_told}");
        assert!(
            is_told.is_empty() || is_told.starts_with(files),
            "the file is named: {is_told}"
        );
    }
}

fn good(files: &str) -> Manifest {
    manifests().remove(files).unwrap().unwrap()
}

#[test]
fn an_address_in_a_switch_is_warned_of() {
    let warnings = good("Manifest-Bad-NetworkAddressInSwitches.yaml").warnings;
    assert_eq!(warnings[0].key, "Installers[0].InstallerSwitches.Silent");
}

#[test]
fn all_kinds_of_dependencies() {
    let manifest = good("Manifest-Good-AllDependencyTypes.yaml");
    let dependencies = &manifest.installers[0].dependencies;
    assert_eq!(
        dependencies.packages[0].minimum_version.as_deref(),
        Some("1.0")
    );
    assert_eq!(
        (
            &*dependencies.packages[1].id,
            &dependencies.packages[1].minimum_version
        ),
        ("Package.Dep2-x64", &None)
    );
    assert_eq!(dependencies.windows_features.len(), 2);
    assert_eq!(dependencies.windows_libraries, ["WindowsLibrariesDep"]);
    assert_eq!(dependencies.external, ["ExternalDep"]);
}

#[test]
fn a_code_that_the_manifest_calls_success_is_success() {
    let manifest = good("Manifest-Good-DefaultExpectedReturnCodeInInstallerSuccessCodes.yaml");
    let codes = &manifest.installers[0].codes;
    assert_eq!(codes.meaning(3010), Meaning::Succeeded);
    assert_eq!(codes.meaning(1603), Meaning::Succeeded);
    assert_eq!(codes.meaning(1641), Meaning::Restarting);
}

/// The manifest with every field, as one file and as four: what comes down to whom.
#[test]
fn every_field_comes_down_as_it_should() {
    let manifest = good(MULTI_FILE);
    assert_eq!(manifest.installers.len(), 7);
    let [msix, exe, portable, zip, burn, fonts, font] = &manifest.installers[..] else {
        panic!()
    };
    assert_eq!(
        (msix.kind, msix.architecture, msix.scope),
        (InstallerType::Msix, Architecture::X86, Some(Scope::User))
    );
    assert_eq!(msix.locale.as_deref(), Some("en-GB"));
    assert_eq!(msix.minimum_os.as_deref(), Some("10.0.1.0"));
    assert_eq!(msix.switches.silent.as_deref(), Some("/s"));
    assert_eq!(
        (msix.product_code.as_deref(), msix.entries.len()),
        (None, 0)
    );
    assert_eq!(
        msix.package_family_name.as_deref(),
        Some("Microsoft.DesktopAppInstallerPreview_8wekyb3d8bbwe")
    );
    assert_eq!(
        msix.dependencies.packages[0].id,
        "Microsoft.MsixSdkDepPreview"
    );
    assert_eq!(
        (msix.markets.allowed.len(), &*msix.markets.excluded),
        (0, &["US".to_owned()][..])
    );
    assert_eq!(msix.codes.meaning(0x8007_0005), Meaning::Succeeded);
    assert!(!msix.requires_explicit_upgrade && !msix.needs_install_location);
    assert_eq!(
        (exe.product_code.as_deref(), exe.upgrade_behavior),
        (Some("{Bar}"), UpgradeBehavior::Deny)
    );
    assert_eq!(
        (
            exe.switches.repair.as_deref(),
            exe.switches.silent.as_deref()
        ),
        (Some("/r"), Some("/silence"))
    );
    assert_eq!(exe.entries[0].upgrade_code.as_deref(), Some("UpgradeCode"));
    assert_eq!(exe.package_family_name, None);
    assert!(exe.requires_explicit_upgrade && exe.needs_install_location);
    assert!(matches!(exe.codes.meaning(10), Meaning::Failed(Some(code)) if code.url.is_some()));
    assert_eq!(
        (portable.commands.len(), portable.product_code.as_deref()),
        (1, Some("{Foo}"))
    );
    assert_eq!(
        portable.codes.meaning(10),
        Meaning::Failed(None),
        "a list replaces the whole list"
    );
    assert!(
        matches!(&zip.layout, Layout::Zip(files) if files[1].alias.as_deref() == Some("portableAlias2"))
    );
    assert_eq!(
        zip.default_install_location.as_deref(),
        Some("%ProgramFiles%\\TestApp2")
    );
    assert_eq!(burn.codes.meaning(3010), Meaning::NeedsRestart);
    assert!(matches!(&fonts.layout, Layout::Zip(files) if files.len() == 5));
    assert_eq!(
        (font.kind, font.architecture),
        (InstallerType::Font, Architecture::Neutral)
    );
    let locale = &manifest.default_locale;
    assert_eq!(
        (&*locale.tag, locale.name.as_deref(), locale.tags.len()),
        ("en-US", Some("MSIX SDK"), 2)
    );
    assert_eq!(
        manifest.locales[0].publisher.as_deref(),
        Some("Microsoft UK")
    );
    assert_eq!(manifest.moniker.as_deref(), Some("msixsdk"));
}
