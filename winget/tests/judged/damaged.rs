use crate::folder_of;
use upkeep_winget::{Source, read};

/// Files that were cut off or changed anywhere are read or refused, and nothing falls.
#[test]
fn no_damage_makes_it_fall() {
    let folder = folder_of("cli-testdata");
    let mut read_anyway = 0;
    for name in [
        "ManifestV1_28-Singleton.yaml",
        "Manifest-Good-AllDependencyTypes.yaml",
        "Manifest-Encoding-UTF16LE-BOM.yaml",
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        for at in (0..bytes.len()).step_by(7) {
            let mut changed = bytes.clone();
            // Signs that mean something to YAML, and bytes that are no text.
            changed[at] = b":-[]{}&*!|>'\"%#\n\t\0\xFF "[at / 7 % 20];
            for bytes in [&bytes[..at], &changed] {
                read_anyway += usize::from(read(&[Source { name, bytes }]).is_ok());
            }
        }
    }
    assert!(
        read_anyway > 20,
        "most signs of a description may be others: {read_anyway}"
    );
}
