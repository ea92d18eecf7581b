use crate::{folder_of, published, table};
use std::collections::BTreeSet;
use upkeep_winget::{Layout, Manifest, folder};

/// Every published manifest is taken over, or refused for a reason that stands here.
#[test]
fn every_published_manifest_is_read_or_refused_with_its_reason() {
    let (mut read, mut refused, mut warned) = (0, Vec::new(), BTreeSet::new());
    for found in ["manifests", "fonts"]
        .into_iter()
        .flat_map(|name| folder::read(&folder_of(name)))
    {
        match found.unwrap().manifest {
            Ok(manifest) => {
                read += 1;
                warned.extend(manifest.warnings.iter().map(|warning| {
                    format!("{} {}: {}", manifest.id, manifest.version, warning.text)
                }));
            }
            Err(refusal) => refused.push(refusal.to_string()),
        }
    }
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(read, 140);
    let expected = [
        "Discord.Discord 1.0.9158: nothing makes the installer silent, so that it may wait for somebody",
        // Its switches stand under a key that does not exist.
        "LMStudio.LMStudio 0.2.21: nothing makes the installer silent, so that it may wait for somebody",
    ];
    assert_eq!(warned.into_iter().collect::<Vec<_>>(), expected);
}

/// The table was made from the same files by other means.
#[test]
fn each_manifest_says_what_the_table_says() {
    let manifests = published();
    let rows = table("index.tsv");
    assert_eq!(rows.len(), 140);
    for row in rows {
        let manifest = crate::one(&manifests, &row[0], &row[1]);
        let sorted = |words: BTreeSet<String>| words.into_iter().collect::<Vec<_>>().join(",");
        let name = format!("{} {}", row[0], row[1]);
        assert_eq!(manifest.installers.len().to_string(), row[2], "{name}");
        assert_eq!(
            sorted(kinds(&manifest)),
            sort(&row[3].replace("appx", "msix")),
            "{name}"
        );
        let architectures = manifest
            .installers
            .iter()
            .map(|installer| format!("{:?}", installer.architecture).to_lowercase());
        assert_eq!(sorted(architectures.collect()), sort(&row[4]), "{name}");
        let scopes = manifest.installers.iter().map(|installer| installer.scope);
        assert_eq!(
            sorted(
                scopes
                    .map(|scope| scope
                        .map_or("-".into(), |scope| format!("{scope:?}").to_lowercase()))
                    .collect()
            ),
            sort(&row[5]),
            "{name}"
        );
        let languages: BTreeSet<_> = manifest
            .installers
            .iter()
            .map(|installer| &installer.locale)
            .collect();
        assert_eq!(languages.len().to_string(), row[6], "{name}");
        assert_eq!(signs(&manifest), row[7], "{name}");
    }
}

fn sort(words: &str) -> String {
    words
        .split(',')
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(",")
}

fn kinds(manifest: &Manifest) -> BTreeSet<String> {
    let kind = |installer: &upkeep_winget::Installer| {
        let kind = format!("{:?}", installer.kind).to_lowercase();
        match installer.layout {
            Layout::Plain => kind,
            Layout::Zip(_) => format!("zip>{kind}"),
        }
    };
    manifest.installers.iter().map(kind).collect()
}

/// By which codes a version can be recognised.
fn signs(manifest: &Manifest) -> String {
    let entries = || {
        manifest
            .installers
            .iter()
            .flat_map(|installer| installer.entries.iter())
    };
    let has_product_code = manifest
        .installers
        .iter()
        .any(|installer| installer.product_code.is_some())
        || entries().any(|entry| entry.product_code.is_some());
    let has_upgrade_code = entries().any(|entry| entry.upgrade_code.is_some());
    let has_family = manifest
        .installers
        .iter()
        .any(|installer| installer.package_family_name.is_some());
    let signs: String = [
        (has_product_code, 'P'),
        (has_upgrade_code, 'U'),
        (has_family, 'F'),
    ]
    .into_iter()
    .filter_map(|(has, sign)| has.then_some(sign))
    .collect();
    if signs.is_empty() { "-".into() } else { signs }
}
