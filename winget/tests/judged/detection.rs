use crate::published;
use std::collections::BTreeSet;
use upkeep_domain::catalogue::version::VersionScheme;
use upkeep_winget::detection::{InstalledEntry, Recognition, Sign, Signs};

fn entry(name: &str, publisher: &str, version: &str) -> InstalledEntry {
    InstalledEntry {
        display_name: Some(name.into()),
        publisher: Some(publisher.into()),
        display_version: Some(version.into()),
        ..InstalledEntry::default()
    }
}

/// What every code of every manifest leads to: its own package, or several that name the same code.
#[test]
fn every_code_leads_to_its_package() {
    let all = published();
    let signs = Signs::of(&all);
    let (mut recognised, mut ambiguous) = (0, BTreeSet::new());
    for manifest in &all {
        for installer in &manifest.installers {
            let codes = installer
                .entries
                .iter()
                .map(|entry| (&entry.product_code, &entry.upgrade_code, &None));
            for (product, upgrade, family) in codes.chain([(
                &installer.product_code,
                &None,
                &installer.package_family_name,
            )]) {
                let mut entry = entry("Something", "Somebody", &manifest.version);
                (entry.key, entry.package_family_name) = (product.clone(), family.clone());
                entry.upgrade_codes = upgrade.iter().cloned().collect();
                match signs.recognise(&entry) {
                    Recognition::Package { id, sign, .. } => {
                        assert_eq!((id, sign), (manifest.id.clone(), Sign::Strong));
                        recognised += 1;
                    }
                    Recognition::Ambiguous(ids) => {
                        assert!(ids.contains(&manifest.id));
                        ambiguous.insert(ids.join(" "));
                    }
                    Recognition::Unknown => {
                        assert!(product.is_none() && upgrade.is_none() && family.is_none());
                    }
                    Recognition::Ignored => panic!("{} was not looked at", manifest.id),
                }
            }
        }
    }
    assert!(recognised > 500, "{recognised}");
    assert_eq!(
        ambiguous.into_iter().collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}

/// By the names that Windows shows on real computers.
#[test]
fn names_on_real_computers_lead_to_packages() {
    let signs = Signs::of(&published());
    for (name, publisher, version, id, is) in [
        (
            "7-Zip 24.08 (x64)",
            "Igor Pavlov",
            "24.08",
            "7zip.7zip",
            "24.08",
        ),
        (
            "Git",
            "The Git Development Community",
            "2.46.0",
            "Git.Git",
            "2.46.0",
        ),
        (
            "Notepad++ (64-bit x64)",
            "Notepad++ Team",
            "8.6.9",
            "Notepad++.Notepad++",
            "8.6.9",
        ),
        (
            "Greenshot 1.2.10.6",
            "Greenshot",
            "1.2.10.6",
            "Greenshot.Greenshot",
            "1.2.10.6",
        ),
        (
            "LibreOffice 24.2.5.2",
            "The Document Foundation",
            "24.2.5.2",
            "TheDocumentFoundation.LibreOffice",
            "24.2.5.2",
        ),
        (
            "VLC media player",
            "VideoLAN",
            "3.0.21",
            "VideoLAN.VLC",
            "3.0.21",
        ),
        (
            "Mozilla Firefox (x64 de)",
            "Mozilla",
            "129.0.1",
            "Mozilla.Firefox",
            "129.0.1",
        ),
    ] {
        match signs.recognise(&entry(name, publisher, version)) {
            Recognition::Package {
                id: found, version, ..
            } => assert_eq!((&*found, &*version.to_string()), (id, is), "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// Where a package calls its versions otherwise than Windows shows them.
#[test]
fn shown_versions_become_the_packages() {
    let all = published();
    let signs = Signs::of(&all);
    let of = |name: &str, publisher: &str, version: &str| match signs
        .recognise(&entry(name, publisher, version))
    {
        Recognition::Package { version, .. } => version.to_string(),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(
        of(
            "Python 3.12.5 (64-bit)",
            "Python Software Foundation",
            "3.12.5150.0"
        ),
        "3.12.5"
    );
    assert_eq!(
        of(
            "Python 3.12.4 (64-bit)",
            "Python Software Foundation",
            "3.12.4150.0"
        ),
        "3.12.4"
    );
    assert_eq!(
        of(
            "Python 3.12.3 (64-bit)",
            "Python Software Foundation",
            "3.12.3150.0"
        ),
        "< 3.12.4"
    );
    assert_eq!(
        of(
            "Python 3.12.8 (64-bit)",
            "Python Software Foundation",
            "3.12.8150.0"
        ),
        "> 3.12.5"
    );
    assert!(VersionScheme::Winget.compare("< 3.12.4", "3.12.4").is_lt());
}
