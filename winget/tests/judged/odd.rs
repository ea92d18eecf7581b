//! The odd cases that the data's README names.

use crate::{one, published};
use upkeep_winget::{
    Architecture, Elevation, InstallerType, Layout, Manifest, Meaning, UpgradeBehavior,
};

fn first(manifest: &Manifest) -> &upkeep_winget::Installer {
    &manifest.installers[0]
}

#[test]
fn texts_stay_what_they_are() {
    let all = published();
    for (id, version) in [
        ("squidowl.halloy", "2024.10"),
        ("Tohrusky.Final2x", "2024-06-29"),
        ("Albion.Online", "20230530100424"),
        ("rink-turksma.IntunePrepTool", "'1.4.5.0'"),
        ("Coninfer.ECLiPSeCLP.7.1", "7.1 #13"),
        ("Allen&Heath.dLiveDirector", "V1.87 - Rev. 61624"),
        ("Zoom.Zoom.EXE", "6.1.6 (43767)"),
        ("Canonical.Multipass", "1.13.0+win"),
        ("JanJoneš.ipaSim", "1.0.1.0"),
    ] {
        one(&all, id, version);
    }
    assert_eq!(
        one(&all, "niconico.nair.live", "latest").default_locale.tag,
        "ja-jp"
    );
    let winrar = one(&all, "RARLab.WinRAR", "7.01.0");
    assert!(
        winrar
            .installers
            .iter()
            .all(|installer| !installer.sha256.contains(char::is_uppercase))
    );
}

#[test]
fn codes_of_32_bits_in_every_spelling() {
    let all = published();
    let winzip = all
        .iter()
        .find(|manifest| manifest.id == "Corel.WinZip")
        .unwrap();
    assert_eq!(first(winzip).codes.meaning(1603), Meaning::Succeeded);
    assert_eq!(
        first(winzip)
            .codes
            .meaning((-1_978_335_226_i32).cast_unsigned()),
        Meaning::Succeeded
    );
    let geforce = all
        .iter()
        .find(|manifest| manifest.id == "Nvidia.GeForceExperience")
        .unwrap();
    let codes = &first(geforce).codes;
    assert!(
        codes.success.contains(&3_858_759_680)
            || codes.expected.iter().any(|code| code.code == 3_858_759_680)
    );
    // The manifest itself calls it a success, which counts before what its type says.
    let redistributable = one(&all, "Microsoft.VCRedist.2015+.x64", "14.40.33810.0");
    assert_eq!(
        first(&redistributable).codes.meaning(3010),
        Meaning::Succeeded
    );
}

#[test]
fn what_stands_at_the_root_comes_down() {
    let all = published();
    let edge = one(&all, "Microsoft.Edge", "127.0.2651.105");
    assert!(
        edge.installers
            .iter()
            .all(|installer| installer.product_code.is_some() && !installer.entries.is_empty())
    );
    let seven = one(&all, "7zip.7zip", "24.08");
    let architectures: Vec<_> = seven
        .installers
        .iter()
        .map(|installer| installer.architecture)
        .collect();
    for architecture in [
        Architecture::X86,
        Architecture::X64,
        Architecture::Arm,
        Architecture::Arm64,
    ] {
        assert!(architectures.contains(&architecture));
    }
    assert_eq!(
        one(&all, "Mozilla.Firefox", "129.0.1").installers.len(),
        197
    );
    let autohotkey = one(&all, "AutoHotkey.AutoHotkey", "2.0.18");
    let silent: Vec<_> = autohotkey
        .installers
        .iter()
        .map(|installer| installer.switches.silent.as_deref())
        .collect();
    assert!(silent.iter().all(Option::is_some), "{silent:?}");
    assert!(
        all.iter()
            .filter(|manifest| manifest.id == "Chocolatey.Chocolatey")
            .any(|manifest| first(manifest).requires_explicit_upgrade)
    );
    let miniconda = one(&all, "Anaconda.Miniconda3", "py312_24.5.0-0");
    let denied = miniconda
        .installers
        .iter()
        .filter(|installer| installer.upgrade_behavior == UpgradeBehavior::Deny)
        .count();
    assert!(
        (1..miniconda.installers.len()).contains(&denied),
        "for one scope only"
    );
    let spotify = all
        .iter()
        .find(|manifest| manifest.id == "Spotify.Spotify")
        .unwrap();
    assert_eq!(first(spotify).elevation, Some(Elevation::Prohibited));
    let tools = all
        .iter()
        .find(|manifest| manifest.id == "Microsoft.Sysinternals.PsTools")
        .unwrap();
    assert!(
        tools
            .installers
            .iter()
            .all(|one| one.kind == InstallerType::Portable
                && matches!(&one.layout, Layout::Zip(files) if files.len() == 13))
    );
    let terminal = all
        .iter()
        .find(|manifest| manifest.id == "Microsoft.WindowsTerminal")
        .unwrap();
    assert_eq!(
        first(terminal).dependencies.packages[0].id,
        "Microsoft.UI.Xaml.2.8"
    );
    assert!(
        first(terminal).dependencies.packages[0]
            .minimum_version
            .is_some()
    );
}
