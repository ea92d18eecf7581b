use crate::{published, table};
use std::collections::BTreeMap;
use upkeep_domain::catalogue::version::VersionScheme;

/// Each row ascends strictly, and is what the manifests of the package say.
#[test]
fn the_versions_of_each_package_are_in_the_clients_order() {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for manifest in published() {
        versions
            .entry(manifest.id)
            .or_default()
            .push(manifest.version);
    }
    let rows = table("version-order.tsv");
    assert_eq!(rows.len(), 45);
    for row in rows {
        let [id, in_order @ ..] = &row[..] else {
            panic!("{row:?}")
        };
        for pair in in_order.windows(2) {
            assert!(
                VersionScheme::Winget.compare(&pair[0], &pair[1]).is_lt(),
                "{id}: {} < {}",
                pair[0],
                pair[1]
            );
        }
        let mut found = versions[id].clone();
        found.sort_by(|left, right| VersionScheme::Winget.compare(left, right));
        assert_eq!(found, in_order, "{id}");
    }
}
