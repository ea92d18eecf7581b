use super::*;
use crate::folder;
use crate::read::{Source, read};
use std::path::PathBuf;
use upkeep_domain::catalogue::pack::{PackedName, PackedPattern, PackedSign};
use upkeep_domain::catalogue::software::{Revision, SourceName, Title};

fn data(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/data/winget")
        .join(folder)
}

/// What becomes of a folder: packages, and how many manifests in it could not be read.
fn translated(folder: &str) -> (Vec<Translated>, usize) {
    let (mut titles, mut refused) = (Titles::default(), 0);
    for found in folder::read(&data(folder)) {
        match found.unwrap().manifest {
            Ok(manifest) => titles.add(&manifest),
            Err(_) => refused += 1,
        }
    }
    (titles.finish().collect(), refused)
}

/// As the server reads it.
fn accepted(title: &PackedTitle) -> Result<Title, String> {
    let source = SourceName::new("winget").unwrap();
    let revision = Revision::new("r1").unwrap();
    let json = serde_json::to_string(title).unwrap();
    upkeep_domain::catalogue::pack::read(&json, &source, &revision)
        .map_err(|refused| refused.to_string())
}

#[test]
fn every_real_manifest_is_in_a_title_or_left_out_for_a_reason() {
    let (packages, refused) = translated("manifests");
    let titles = packages.iter().filter_map(|package| package.title.as_ref());
    let titles: Vec<&PackedTitle> = titles.collect();
    let taken_over: usize = titles.iter().map(|title| title.versions.len()).sum();
    let left_out: usize = packages.iter().map(|package| package.left_out.len()).sum();
    for title in &titles {
        let accepted = accepted(title).map_err(|why| format!("{}: {why}", title.identifier));
        assert_eq!(
            accepted.unwrap().content.versions.len(),
            title.versions.len()
        );
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (_, unfit) in packages.iter().flat_map(|package| &package.left_out) {
        let kind = format!("{unfit:?}");
        let kind = kind.split(['(', ' ']).next().unwrap().to_owned();
        *reasons.entry(kind).or_default() += 1;
        assert!(unfit.to_string().len() > 20, "{unfit:?}");
    }
    assert_eq!(
        taken_over + left_out + refused,
        139,
        "every version of the folder"
    );
    let counts = (packages.len(), titles.len(), taken_over, left_out, refused);
    assert_eq!(counts, (76, 63, 113, 26, 0), "{reasons:?}");
}

/// The titles that are looked at when they change.
const LOOKED_AT: [&str; 7] = [
    "7zip.7zip",
    "Canonical.Multipass",
    "Git.Git",
    "Microsoft.WindowsTerminal",
    "Notepad++.Notepad++",
    "OpenJS.NodeJS.LTS",
    "TeamViewer.TeamViewer",
];

#[test]
fn titles_are_what_they_were() {
    let (packages, _) = translated("manifests");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/title/golden");
    for identifier in LOOKED_AT {
        let package = packages
            .iter()
            .find(|package| package.identifier == identifier);
        let title = package.unwrap().title.as_ref().unwrap();
        let written = serde_json::to_string_pretty(title).unwrap() + "\n";
        let file = folder.join(format!("{identifier}.json"));
        if std::env::var_os("UPKEEP_GOLDEN").is_some_and(|it| it == "write") {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &written).unwrap();
        }
        let known = std::fs::read_to_string(&file).unwrap();
        assert_eq!(written, known, "{identifier}");
    }
}

/// Whether a name in Windows' list is one of a title's, as agents compare.
fn is_called(title: &PackedTitle, name: &str) -> bool {
    let PackedDetection::Program(signs) = &title.detection else {
        panic!("{:?}", title.detection)
    };
    signs.iter().any(|sign| match sign {
        PackedSign::Name(PackedName {
            name: PackedPattern::Regex(expression),
            ..
        }) => regex::RegexBuilder::new(expression)
            .case_insensitive(true)
            .build()
            .unwrap()
            .is_match(name),
        _ => false,
    })
}

#[test]
fn a_title_of_one_line_of_versions_is_not_found_as_another_line() {
    let (packages, _) = translated("manifests");
    let title = |identifier: &str| {
        let mut packages = packages.iter();
        let package = packages.find(|package| package.identifier == identifier);
        package.unwrap().title.as_ref().unwrap()
    };
    let python = title("Python.Python.3.12");
    for fits in [
        "Python 3.12.5 (64-bit)",
        "Python 3.12.11 (32-bit)",
        "python 3.12",
    ] {
        assert!(is_called(python, fits), "{fits}");
    }
    for other in [
        "Python 3.13.0 (64-bit)",
        "Python 3.120",
        "Python",
        "Python Launcher",
    ] {
        assert!(!is_called(python, other), "{other}");
    }
    let seven = title("7zip.7zip");
    assert!(is_called(seven, "7-Zip 24.08 (x64)"));
}

#[test]
fn a_name_without_the_numbers_of_its_identifier_is_no_sign() {
    let of = |name: &str, version: &str| {
        let mut manifest = manifest(version, "  InstallerType: msi");
        "Acme.Tool.2".clone_into(&mut manifest.id);
        manifest.default_locale.name = Some(name.to_owned());
        let mut titles = Titles::default();
        titles.add(&manifest);
        titles.finish().next().unwrap()
    };
    let by_name = of("Tool 2", "17.1").title.unwrap();
    assert!(is_called(&by_name, "Tool 2") && !is_called(&by_name, "Tool 3"));
    let by_version = of("Tool", "2.1").title.unwrap();
    assert!(is_called(&by_version, "Tool 2.4") && !is_called(&by_version, "Tool 3.0"));
    assert_eq!(of("Tool", "17.1").left_out[0].1, Unfit::NoSign);
}

/// A version of a package with one installer.
fn manifest(version: &str, installer: &str) -> Manifest {
    let text = format!(
        "PackageIdentifier: Acme.Tool\nPackageVersion: '{version}'\nPackageLocale: en-US\nPublisher: Acme Corporation\nPackageName: Tool\n\
         License: MIT\nShortDescription: S\nManifestType: singleton\nManifestVersion: 1.10.0\nInstallers:\n- Architecture: x64\n  \
         InstallerUrl: https://a.example/tool\n  InstallerSha256: {}\n{installer}",
        "0".repeat(64)
    );
    read(&[Source {
        name: "a",
        bytes: text.as_bytes(),
    }])
    .unwrap()
}

fn one(installer: &str) -> Translated {
    let mut titles = Titles::default();
    titles.add(&manifest("1.0", installer));
    titles.finish().next().unwrap()
}

fn install_script(installer: &str) -> String {
    let title = one(installer).title.unwrap();
    title.versions[0].scripts[&ScriptRole::Install].text.clone()
}

#[test]
fn what_no_script_does_soundly_is_left_out_with_its_reason() {
    for (installer, unfit) in [
        ("  InstallerType: exe", Unfit::NotSilent),
        ("  InstallerType: portable", Unfit::Portable),
        ("  InstallerType: msix", Unfit::NoFamily),
        (
            "  InstallerType: msi\n  InstallModes: [interactive]",
            Unfit::NotSilent,
        ),
        (
            "  InstallerType: msi\n  InstallerSwitches: {Silent: '/quiet PATCH', Custom: '=C:\\a.msp'}",
            Unfit::Switches(crate::refusal::Why::BlockedProperty("PATCH")),
        ),
        (
            "  InstallerType: inno\n  InstallLocationRequired: true",
            Unfit::NeedsPlace,
        ),
        (
            "  InstallerType: exe\n  InstallerSwitches: {Silent: '/D=<INSTALLPATH>'}",
            Unfit::NeedsPlace,
        ),
        (
            "  InstallerType: inno\n  ElevationRequirement: elevationProhibited",
            Unfit::NoElevation,
        ),
        (
            "  InstallerType: msi\n  Scope: user",
            Unfit::NoInstaller([crate::choice::Unsuitable::Scope].into()),
        ),
    ] {
        let package = one(installer);
        assert_eq!(package.left_out, [("1.0".to_owned(), unfit)], "{installer}");
        assert!(package.title.is_none(), "{installer}");
    }
}

#[test]
fn texts_of_strangers_are_texts_in_scripts() {
    let hostile = "  InstallerType: exe\n  InstallerSwitches: {Silent: \"/S '; calc; ' $(calc)\"}";
    let script = install_script(hostile);
    assert!(
        script.contains("-ArgumentList ('/S ''; calc; '' $(calc)')"),
        "{script}"
    );
    let log = "  InstallerType: exe\n  InstallerSwitches: {Silent: '/S /log \"<LOGPATH>\"'}";
    assert!(install_script(log).contains(".Replace('<LOGPATH>', "));
}

#[test]
fn what_has_to_be_there_before_is_told() {
    let needs = "  InstallerType: msi\n  Dependencies:\n    PackageDependencies:\n    - {PackageIdentifier: Acme.Base, MinimumVersion: '2.1'}\n    - {PackageIdentifier: Acme.Fonts}\n    \
         WindowsFeatures: [IIS]";
    let title = one(needs).title.unwrap();
    assert_eq!(
        title.notes.as_deref(),
        Some(
            "S\n\nNeeds the packages: Acme.Base (2.1 or newer), Acme.Fonts.\n\nNeeds the Windows features: IIS."
        )
    );
}

#[test]
fn a_version_is_what_a_computer_shows_and_is_there_once() {
    let shows = |version: &str| {
        format!("  InstallerType: msi\n  AppsAndFeaturesEntries: [{{DisplayVersion: '{version}'}}]")
    };
    let mut titles = Titles::default();
    titles.add(&manifest("1.0", &shows("1.0.77")));
    titles.add(&manifest("2.0", &shows("2.0.99")));
    titles.add(&manifest("2.0-fix", &shows("2.0.99")));
    titles.add(&manifest("next (x)", "  InstallerType: msi"));
    let package = titles.finish().next().unwrap();
    let versions = package.title.unwrap().versions;
    let versions: Vec<&str> = versions.iter().map(|one| one.version.as_str()).collect();
    assert_eq!(versions, ["2.0.99", "1.0.77"]);
    let left_out: Vec<&str> = package
        .left_out
        .iter()
        .map(|(version, _)| &**version)
        .collect();
    assert_eq!(left_out, ["2.0-fix", "next (x)"]);
}

#[test]
fn a_title_has_its_newest_versions_whatever_order_they_come_in() {
    let mut titles = Titles::default();
    for number in (1..=9).chain(20..=35).chain(10..=19) {
        let mut version = manifest("0", "  InstallerType: msi");
        version.version = format!("1.{number}");
        titles.add(&version);
    }
    let package = titles.finish().next().unwrap();
    let title = package.title.unwrap();
    assert_eq!(title.versions.len(), MAX_VERSIONS_PER_TITLE);
    assert_eq!(title.versions[0].version, "1.35");
    assert_eq!(title.versions.last().unwrap().version, "1.16");
    assert_eq!(package.left_out.len(), 15);
    assert!(
        package
            .left_out
            .iter()
            .all(|(_, unfit)| *unfit == Unfit::Old)
    );
}

#[test]
fn exit_codes_of_windows_installer_mean_a_restart() {
    let codes = |installer: &str| one(installer).title.unwrap().exit_codes;
    let msi = codes("  InstallerType: msi\n  InstallerSuccessCodes: [1603]");
    assert_eq!(msi.reboot, [1641, 3010].into());
    assert_eq!(msi.success, [1603].into());
    let silent = "  InstallerType: exe\n  InstallerSwitches: {Silent: /S}\n";
    assert_eq!(codes(silent), PackedExitCodes::default());
    let unsigned = format!(
        "{silent}  ExpectedReturnCodes: [{{InstallerReturnCode: 3858759680, ReturnResponse: rebootRequiredToFinish}}]"
    );
    assert_eq!(codes(&unsigned).reboot, [-436_207_616].into());
}
