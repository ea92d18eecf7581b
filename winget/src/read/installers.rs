//! Installers after inheritance (`ManifestYamlPopulator.cpp`): each begins as the root is, replaces what it says itself, whole
//! lists too, merges switches and what is known of the installation key by key, and gets from its type what nobody says.

use super::draft::Draft;
use crate::fields::Fields;
use crate::limits::MAX_INSTALLERS;
use crate::manifest::{
    Installer, InstallerType, Layout, NestedFile, ReturnCodes, Switches, UpgradeBehavior,
    WrittenType,
};
use crate::refusal::{Quote, Refusal, Warnings, Why};
use crate::trust;
use std::collections::HashSet;

const KEY: &str = "Installers";

/// What an installer says itself of a key, or what another draft says.
macro_rules! said {
    ($own:ident, $other:ident, $key:ident) => {
        $own.$key.or_else(|| $other.$key.clone())
    };
}

pub(super) fn read(root: &Fields<'_>, warnings: &mut Warnings) -> Result<Vec<Installer>, Refusal> {
    let of_all = Draft::read(root, warnings)?;
    let maps = root.maps(KEY, MAX_INSTALLERS)?.unwrap_or_default();
    if maps.is_empty() {
        return Err(root.refuse(KEY, Why::Missing));
    }
    let mut installers = Vec::with_capacity(maps.len());
    for map in &maps {
        let own = Draft::read(map, warnings)?;
        installers.push(installer(map, own, &of_all, warnings)?);
    }
    match trust::two_hashes(&installers) {
        Some(at) => Err(maps[at].refuse("InstallerSha256", Why::TwoHashes)),
        None => Ok(installers),
    }
}

fn installer(
    map: &Fields<'_>,
    own: Draft,
    root: &Draft,
    warnings: &mut Warnings,
) -> Result<Installer, Refusal> {
    let missing = |key: &str| map.refuse(key, Why::Missing);
    let (kind, layout) = kind_and_layout(map, &own, root)?;
    let switches = own
        .switches
        .or(&root.switches)
        .or(&Switches::defaults(kind));
    if kind == InstallerType::Exe
        && switches.silent.is_none()
        && switches.silent_with_progress.is_none()
    {
        warnings.push(map.warn(
            "InstallerSwitches",
            "nothing makes the installer silent, so that it may wait for somebody",
        ));
    }
    let codes = ReturnCodes::new(
        kind,
        said!(own, root, success_codes).unwrap_or_default(),
        said!(own, root, expected_codes).unwrap_or_default(),
    );
    // What names an installed program comes down only to types of which there is such a name.
    let none = Draft::default();
    let with_code = if kind.has_product_code() { root } else { &none };
    let with_family = if kind == InstallerType::Msix {
        root
    } else {
        &none
    };
    Ok(Installer {
        architecture: own
            .architecture
            .or(root.architecture)
            .ok_or_else(|| missing("Architecture"))?,
        kind,
        layout,
        scope: own.scope.or(root.scope),
        locale: said!(own, root, locale),
        url: said!(own, root, url).ok_or_else(|| missing("InstallerUrl"))?,
        sha256: said!(own, root, sha256).ok_or_else(|| missing("InstallerSha256"))?,
        minimum_os: said!(own, root, minimum_os),
        unsupported_os_architectures: said!(own, root, unsupported_os_architectures)
            .unwrap_or_default(),
        markets: said!(own, root, markets).unwrap_or_default(),
        product_code: said!(own, with_code, product_code),
        package_family_name: said!(own, with_family, package_family_name),
        entries: said!(own, with_code, entries).unwrap_or_default(),
        switches,
        codes,
        dependencies: said!(own, root, dependencies).unwrap_or_default(),
        upgrade_behavior: own
            .upgrade_behavior
            .or(root.upgrade_behavior)
            .unwrap_or(UpgradeBehavior::Install),
        requires_explicit_upgrade: own
            .requires_explicit_upgrade
            .or(root.requires_explicit_upgrade)
            .unwrap_or(false),
        elevation: own.elevation.or(root.elevation),
        modes: said!(own, root, modes).unwrap_or_default(),
        needs_install_location: own
            .needs_install_location
            .or(root.needs_install_location)
            .unwrap_or(false),
        commands: said!(own, root, commands).unwrap_or_default(),
        authentication: said!(own, root, authentication),
        default_install_location: said!(own, root, default_install_location),
        installed_files: said!(own, root, installed_files).unwrap_or_default(),
    })
}

fn kind_and_layout(
    map: &Fields<'_>,
    own: &Draft,
    root: &Draft,
) -> Result<(InstallerType, Layout), Refusal> {
    let written = own
        .written_type
        .or(root.written_type)
        .ok_or_else(|| map.refuse("InstallerType", Why::Missing))?;
    if written != WrittenType::Zip {
        let kind = plain(map, "InstallerType", written)?;
        return Ok((kind, Layout::Plain));
    }
    let nested = own.nested_type.or(root.nested_type);
    let nested = nested.ok_or_else(|| map.refuse("NestedInstallerType", Why::Missing))?;
    let kind = plain(map, "NestedInstallerType", nested)?;
    let files = own
        .nested_files
        .as_ref()
        .or(root.nested_files.as_ref())
        .cloned()
        .unwrap_or_default();
    nested_files(map, kind, &files)?;
    Ok((kind, Layout::Zip(files)))
}

fn plain(map: &Fields<'_>, key: &str, written: WrittenType) -> Result<InstallerType, Refusal> {
    InstallerType::plain(written).ok_or_else(|| {
        let why = match written {
            WrittenType::Zip => Why::Unknown(
                Quote::of("zip"),
                "what an archive holds: msix, msi, wix, burn, nullsoft, inno, exe, portable, font",
            ),
            WrittenType::Web => Why::Store(Quote::of("pwa")),
            _ => Why::Store(Quote::of("msstore")),
        };
        map.refuse(key, why)
    })
}

fn nested_files(
    map: &Fields<'_>,
    kind: InstallerType,
    files: &[NestedFile],
) -> Result<(), Refusal> {
    const KEY: &str = "NestedInstallerFiles";
    let may_be_several = matches!(kind, InstallerType::Portable | InstallerType::Font);
    if files.is_empty() {
        return Err(map.refuse(KEY, Why::Missing));
    }
    if files.len() > 1 && !may_be_several {
        let kind = format!("{kind:?}").to_lowercase();
        return Err(map.refuse(KEY, Why::NestedFiles(Quote::of(&kind), files.len())));
    }
    let (mut paths, mut aliases) = (HashSet::new(), HashSet::new());
    for file in files {
        let alias = file.alias.as_ref();
        let is_new = paths.insert(file.path.to_lowercase())
            && alias.is_none_or(|alias| aliases.insert(alias.to_lowercase()));
        if !is_new {
            return Err(map.refuse(KEY, Why::NamedTwice(Quote::of(&file.path))));
        }
    }
    Ok(())
}
