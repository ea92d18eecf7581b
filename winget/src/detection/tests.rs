use super::*;
use crate::read::{Source, read};

/// A version of a package, with the lines of its one installer.
fn manifest(id: &str, version: &str, installer: &str) -> Manifest {
    let text = format!(
        "PackageIdentifier: {id}\nPackageVersion: '{version}'\nPackageLocale: en-US\nPublisher: Acme Corporation\nPackageName: Tool\n\
         License: MIT\nShortDescription: S\nManifestType: singleton\nManifestVersion: 1.10.0\nInstallers:\n- Architecture: x64\n  \
         InstallerType: msi\n  InstallerUrl: https://a.example/\n  InstallerSha256: {}\n{installer}",
        "0".repeat(64)
    );
    read(&[Source {
        name: "a",
        bytes: text.as_bytes(),
    }])
    .unwrap()
}

fn shows(version: &str) -> String {
    format!("  AppsAndFeaturesEntries: [{{DisplayVersion: '{version}'}}]")
}

fn entry(name: &str, publisher: &str, version: &str) -> InstalledEntry {
    InstalledEntry {
        display_name: Some(name.into()),
        publisher: Some(publisher.into()),
        display_version: Some(version.into()),
        ..InstalledEntry::default()
    }
}

fn found(signs: &Signs, entry: &InstalledEntry) -> (String, String, Sign) {
    match signs.recognise(entry) {
        Recognition::Package { id, version, sign } => (id, version.to_string(), sign),
        other => panic!("{other:?}"),
    }
}

fn version(signs: &Signs, shown: &str) -> String {
    found(signs, &entry("Tool", "Acme", shown)).1
}

#[test]
fn a_code_is_a_strong_sign_in_any_case_and_a_name_a_weak_one() {
    let signs = Signs::of(&[
        manifest("Acme.Tool", "1.0", "  ProductCode: '{ABC}'"),
        manifest(
            "Acme.Tool",
            "2.0",
            "  AppsAndFeaturesEntries: [{UpgradeCode: '{UP}', DisplayName: Other Tool}]",
        ),
    ]);
    let mut by_code = entry("Something", "Else", "1.5");
    by_code.key = Some("{abc}".into());
    assert_eq!(
        found(&signs, &by_code),
        ("Acme.Tool".into(), "1.5".into(), Sign::Strong)
    );
    let mut by_upgrade = entry("Something", "Else", "1.5");
    by_upgrade.upgrade_codes = vec!["{none}".into(), "{up}".into()];
    assert_eq!(found(&signs, &by_upgrade).2, Sign::Strong);
    for name in ["TOOL 1.5 (x64)", "Other Tool"] {
        assert_eq!(
            found(&signs, &entry(name, "Acme Corp.", "1.5")).2,
            Sign::Weak
        );
    }
    assert_eq!(
        signs.recognise(&entry("Tool", "Somebody", "1")),
        Recognition::Unknown
    );
    assert_eq!(
        signs.recognise(&entry("Tools", "Acme", "1")),
        Recognition::Unknown
    );
}

#[test]
fn of_several_packages_the_only_one_with_a_strong_sign_is_meant() {
    let signs = Signs::of(&[
        manifest("Acme.Tool", "1.0", "  ProductCode: a"),
        manifest("Acme.Tool.Beta", "1.0", "  ProductCode: b"),
        manifest("Acme.Tool.Next", "1.0", "  ProductCode: b"),
    ]);
    let of = |key: &str| {
        let mut entry = entry("Tool", "Acme", "1.0");
        entry.key = Some(key.into());
        signs.recognise(&entry)
    };
    assert!(
        matches!(of("A"), Recognition::Package { id, sign: Sign::Strong, .. } if id == "Acme.Tool")
    );
    assert_eq!(
        of("b"),
        Recognition::Ambiguous(vec!["Acme.Tool.Beta".into(), "Acme.Tool.Next".into()])
    );
    assert!(matches!(of("c"), Recognition::Ambiguous(ids) if ids.len() == 3));
}

#[test]
fn parts_of_the_system_and_the_nameless_are_passed_over() {
    let signs = Signs::of(&[manifest("Acme.Tool", "1.0", "  ProductCode: a")]);
    let mut part = entry("Tool", "Acme", "1.0");
    part.origin = Origin::SystemComponent;
    assert_eq!(signs.recognise(&part), Recognition::Ignored);
    let mut nameless = entry("Tool", "Acme", "1.0");
    (nameless.display_name, nameless.key) = (None, Some("a".into()));
    assert_eq!(signs.recognise(&nameless), Recognition::Ignored);
}

#[test]
fn the_version_is_the_text_or_a_number_beside_it_or_unknown() {
    let signs = Signs::of(&[manifest("Acme.Tool", "1.0", "")]);
    let mut entry = entry("Tool", "Acme", "1.2.3");
    (entry.major_minor, entry.packed_version) = (Some((1, 2)), Some(0x0102_0003));
    assert_eq!(found(&signs, &entry).1, "1.2.3");
    entry.display_version = Some(" ".into());
    assert_eq!(found(&signs, &entry).1, "1.2");
    entry.major_minor = None;
    assert_eq!(found(&signs, &entry).1, "1.2.3");
    entry.packed_version = None;
    assert_eq!(found(&signs, &entry).1, "Unknown");
}

#[test]
fn a_shown_version_is_what_the_package_calls_it() {
    let signs = Signs::of(&[
        manifest("Acme.Tool", "3.12.5", &shows("3.12.5150.0")),
        manifest("Acme.Tool", "3.12.4", &shows("3.12.4150.0")),
        manifest("Acme.Tool", "3.12.3", ""),
    ]);
    for (shown, is) in [
        ("3.12.4150.0", "3.12.4"),
        ("3.12.5150", "3.12.5"),
        ("3.12.4500.0", "< 3.12.5"),
        ("3.11.9150.0", "< 3.12.4"),
        ("3.13.1150.0", "> 3.12.5"),
    ] {
        assert_eq!(version(&signs, shown), is);
    }
}

#[test]
fn a_package_whose_newest_version_shows_itself_is_taken_at_its_word() {
    let signs = Signs::of(&[
        manifest("Acme.Tool", "1", &shows("100")),
        manifest("Acme.Tool", "2", &shows("2.0.0")),
    ]);
    assert_eq!(version(&signs, "100"), "100");
    let signs = Signs::of(&[
        manifest("Acme.Tool", "1", &shows("100")),
        manifest("Acme.Tool", "2", ""),
    ]);
    assert_eq!(version(&signs, "100"), "100");
}

#[test]
fn ranges_out_of_order_translate_only_what_is_in_them() {
    let signs = Signs::of(&[
        manifest("Acme.Tool", "1", &shows("9")),
        manifest("Acme.Tool", "2", &shows("5")),
    ]);
    assert_eq!(version(&signs, "9"), "1");
    assert_eq!(version(&signs, "5.0"), "2");
    assert_eq!(version(&signs, "7"), "7");
}
