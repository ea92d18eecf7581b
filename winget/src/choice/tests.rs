use super::*;
use crate::read::{Source, read};

/// Installers as `architecture type scope locale more`, of which `-` says nothing.
fn manifest(installers: &[&str]) -> Manifest {
    let mut text = "PackageIdentifier: A.B\nPackageVersion: 1.0\nPackageLocale: en-US\nPublisher: A\nPackageName: B\nLicense: MIT\n\
                    ShortDescription: S\nManifestType: singleton\nManifestVersion: 1.10.0\nInstallers:\n"
        .to_owned();
    for (at, installer) in installers.iter().enumerate() {
        let words: Vec<&str> = installer.splitn(5, ' ').collect();
        let mut lines = vec![
            format!("- Architecture: {}", words[0]),
            format!("  InstallerType: {}", words[1]),
        ];
        for (key, word) in [("Scope", words[2]), ("InstallerLocale", words[3])] {
            if word != "-" {
                lines.push(format!("  {key}: {word}"));
            }
        }
        lines.extend(words.get(4).map(|more| format!("  {more}")));
        lines.push(format!("  InstallerUrl: https://a.example/{at}"));
        lines.push(format!("  InstallerSha256: {}\n", "0".repeat(64)));
        text.push_str(&lines.join("\n"));
    }
    let (name, bytes) = ("a", text.as_bytes());
    read(&[Source { name, bytes }]).unwrap()
}

fn computer() -> Computer {
    Computer {
        architecture: Architecture::X64,
        os_version: "10.0.19045.3570".into(),
        languages: vec!["de-DE".into(), "en-US".into()],
        scope: WantedScope::Rather(Scope::Machine),
        market: Some("DE".into()),
        installed: None,
    }
}

fn chosen(installers: &[&str], computer: &Computer) -> usize {
    let manifest = manifest(installers);
    let installer = choose(&manifest, computer).unwrap();
    manifest
        .installers
        .iter()
        .position(|one| std::ptr::eq(one, installer))
        .unwrap()
}

fn out(installer: &str, computer: &Computer) -> Unsuitable {
    choose(&manifest(&[installer]), computer).unwrap_err()[0]
}

#[test]
fn language_counts_before_scope_before_processor_before_type() {
    let computer = computer();
    assert_eq!(
        chosen(&["x64 msi machine en-US", "x86 exe user de-AT"], &computer),
        1
    );
    assert_eq!(
        chosen(&["x64 msi user -", "x86 exe machine -"], &computer),
        1
    );
    assert_eq!(
        chosen(
            &[
                "x86 msi machine -",
                "x64 exe machine -",
                "neutral msi machine -"
            ],
            &computer
        ),
        1
    );
    assert_eq!(
        chosen(
            &[
                "x64 exe machine -",
                "x64 inno machine -",
                "x64 wix machine -",
                "x64 msi machine -"
            ],
            &computer
        ),
        3
    );
    assert_eq!(
        chosen(&["x64 msi machine -", "x64 msi machine -"], &computer),
        0,
        "of equals the first"
    );
}

#[test]
fn of_languages_the_first_wanted_counts_then_none_then_others() {
    let computer = computer();
    assert_eq!(
        chosen(
            &["x64 msi - de-AT", "x64 msi - de-DE", "x64 msi - en-US"],
            &computer
        ),
        1
    );
    assert_eq!(
        chosen(
            &["x64 msi - fr-FR", "x64 msi - en-GB", "x64 msi - -"],
            &computer
        ),
        1
    );
    assert_eq!(chosen(&["x64 msi - fr-FR", "x64 msi - -"], &computer), 1);
    assert_eq!(
        chosen(&["x64 msi - fr-FR"], &computer),
        0,
        "better in another language than not at all"
    );
}

#[test]
fn of_scopes_the_wanted_counts_then_unsaid_then_the_other() {
    let mut computer = computer();
    assert_eq!(
        chosen(
            &["x64 msi user -", "x64 msi - -", "x64 exe machine -"],
            &computer
        ),
        2
    );
    assert_eq!(chosen(&["x64 msi user -", "x64 exe - -"], &computer), 1);
    computer.scope = WantedScope::Only(Scope::Machine);
    assert_eq!(out("x64 msi user -", &computer), Unsuitable::Scope);
    assert_eq!(
        chosen(&["x64 msix user -"], &computer),
        0,
        "a package installs for whom it is told to"
    );
    computer.scope = WantedScope::Any;
    assert_eq!(
        chosen(&["x64 msi user -", "x64 msi machine -"], &computer),
        0
    );
}

#[test]
fn what_cannot_run_there_is_out() {
    let mut computer = computer();
    assert_eq!(out("arm64 msi - -", &computer), Unsuitable::Architecture);
    assert_eq!(
        out("x64 msi - - MinimumOSVersion: 10.0.22000.0", &computer),
        Unsuitable::OldWindows
    );
    assert_eq!(
        chosen(&["x64 msi - - MinimumOSVersion: 10.0.19045"], &computer),
        0
    );
    assert_eq!(
        out("x86 msi - - UnsupportedOSArchitectures: [x64]", &computer),
        Unsuitable::UnsupportedArchitecture
    );
    assert_eq!(
        out("x64 msi - - Markets: {AllowedMarkets: [US]}", &computer),
        Unsuitable::Market
    );
    assert_eq!(
        out("x64 msi - - Markets: {ExcludedMarkets: [de]}", &computer),
        Unsuitable::Market
    );
    assert_eq!(
        chosen(
            &["x64 msi - - Markets: {AllowedMarkets: [US, DE]}"],
            &computer
        ),
        0
    );
    computer.architecture = Architecture::Arm64;
    assert_eq!(
        chosen(&["x86 msi - -", "x64 msi - -", "arm64 exe - -"], &computer),
        2
    );
    assert_eq!(
        chosen(
            &["neutral msi - -", "x86 msi - -", "x64 msi - -"],
            &computer
        ),
        2
    );
    computer.architecture = Architecture::X86;
    assert_eq!(out("x64 msi - -", &computer), Unsuitable::Architecture);
}

#[test]
fn what_is_installed_is_updated_by_its_own_kind_only() {
    let mut computer = computer();
    let installed = |kind, scope, language: Option<&str>| {
        Some(Installed {
            kind,
            scope,
            language: language.map(str::to_owned),
        })
    };
    computer.installed = installed(Some(InstallerType::Wix), None, None);
    assert_eq!(out("x64 exe - -", &computer), Unsuitable::InstalledKind);
    assert_eq!(chosen(&["x64 exe - -", "x64 msi - -"], &computer), 1);
    assert_eq!(
        chosen(
            &["x64 exe - - AppsAndFeaturesEntries: [{InstallerType: msi}]"],
            &computer
        ),
        0,
        "its entry is one"
    );
    computer.installed = installed(Some(InstallerType::Inno), None, None);
    assert_eq!(chosen(&["x64 msi - -", "x64 burn - -"], &computer), 1);
    computer.installed = installed(None, Some(Scope::User), None);
    assert_eq!(
        out("x64 exe machine -", &computer),
        Unsuitable::InstalledScope
    );
    assert_eq!(chosen(&["x64 exe machine -", "x64 exe - -"], &computer), 1);
    computer.installed = installed(None, None, Some("fr-FR"));
    assert_eq!(
        out("x64 exe - de-DE", &computer),
        Unsuitable::InstalledLanguage
    );
    assert_eq!(chosen(&["x64 exe - -", "x64 exe - fr-CA"], &computer), 1);
}
