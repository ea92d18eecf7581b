//! What is written of installers, at the root or at one of them, before anything comes down to anybody.

use super::{each, exact_version, near_version, package_id, sha256};
use crate::fields::Fields;
use crate::limits::MAX_LIST_ITEMS;
use crate::manifest::{
    Architecture, Dependencies, Elevation, Entry, ExpectedCode, InstallMode, InstalledFile,
    InstallerType, Markets, NestedFile, PackageDependency, Response, Scope, Switches,
    UpgradeBehavior, WrittenType,
};
use crate::refusal::{Quote, Refusal, Warnings, Why};
use crate::trust::{self, Download};
use std::sync::Arc;

/// Each key as it is written, or nothing where it is not.
#[derive(Clone, Default)]
pub(super) struct Draft {
    pub architecture: Option<Architecture>,
    pub written_type: Option<WrittenType>,
    pub nested_type: Option<WrittenType>,
    pub nested_files: Option<Arc<[NestedFile]>>,
    pub scope: Option<Scope>,
    pub locale: Option<String>,
    pub url: Option<String>,
    pub sha256: Option<String>,
    pub minimum_os: Option<String>,
    pub unsupported_os_architectures: Option<Arc<[Architecture]>>,
    pub markets: Option<Arc<Markets>>,
    pub product_code: Option<String>,
    pub package_family_name: Option<String>,
    pub entries: Option<Arc<[Entry]>>,
    pub switches: Switches,
    pub success_codes: Option<Arc<[u32]>>,
    pub expected_codes: Option<Arc<[ExpectedCode]>>,
    pub dependencies: Option<Arc<Dependencies>>,
    pub upgrade_behavior: Option<UpgradeBehavior>,
    pub requires_explicit_upgrade: Option<bool>,
    pub elevation: Option<Elevation>,
    pub modes: Option<Arc<[InstallMode]>>,
    pub needs_install_location: Option<bool>,
    pub commands: Option<Arc<[String]>>,
    pub authentication: Option<String>,
    pub default_install_location: Option<String>,
    pub installed_files: Option<Arc<[InstalledFile]>>,
}

impl Draft {
    pub(super) fn read(fields: &Fields<'_>, warnings: &mut Warnings) -> Result<Self, Refusal> {
        let authentication = fields.map("Authentication")?;
        let authentication = authentication
            .map(|map| map.label("AuthenticationType"))
            .transpose()?;
        let metadata = fields.map("InstallationMetadata")?;
        let metadata = metadata.map(|map| installation(&map)).transpose()?;
        let (default_install_location, installed_files) = metadata.unwrap_or_default();
        let dependencies = fields.map("Dependencies")?;
        Ok(Self {
            architecture: fields.known_word("Architecture")?,
            written_type: fields.known_word("InstallerType")?,
            nested_type: fields.known_word("NestedInstallerType")?,
            nested_files: each(
                fields.maps("NestedInstallerFiles", MAX_LIST_ITEMS)?,
                nested_file,
            )?
            .map(Arc::from),
            scope: fields.word("Scope", warnings)?,
            locale: fields.label("InstallerLocale")?,
            url: url(fields, warnings)?,
            sha256: sha256(fields, "InstallerSha256")?,
            minimum_os: near_version(fields, "MinimumOSVersion")?,
            unsupported_os_architectures: fields
                .words("UnsupportedOSArchitectures", warnings)?
                .map(Arc::from),
            markets: fields
                .map("Markets")?
                .map(|map| markets(&map))
                .transpose()?
                .map(Arc::new),
            product_code: fields.label("ProductCode")?,
            package_family_name: fields.label("PackageFamilyName")?,
            entries: each(
                fields.maps("AppsAndFeaturesEntries", MAX_LIST_ITEMS)?,
                |map| entry(map, warnings),
            )?
            .map(Arc::from),
            switches: fields
                .map("InstallerSwitches")?
                .map_or(Ok(Switches::default()), |map| switches(&map, warnings))?,
            success_codes: success_codes(fields)?.map(Arc::from),
            expected_codes: expected_codes(fields, warnings)?.map(Arc::from),
            dependencies: dependencies
                .map(|map| dependencies_of(&map))
                .transpose()?
                .map(Arc::new),
            upgrade_behavior: fields.word("UpgradeBehavior", warnings)?,
            requires_explicit_upgrade: fields.is_true("RequireExplicitUpgrade")?,
            elevation: fields.word("ElevationRequirement", warnings)?,
            modes: fields.words("InstallModes", warnings)?.map(Arc::from),
            needs_install_location: fields.is_true("InstallLocationRequired")?,
            commands: fields.labels("Commands")?.map(Arc::from),
            authentication: authentication.flatten(),
            default_install_location,
            installed_files: installed_files.map(Arc::from),
        })
    }
}

fn url(fields: &Fields<'_>, warnings: &mut Warnings) -> Result<Option<String>, Refusal> {
    const KEY: &str = "InstallerUrl";
    let url = fields.line(KEY)?;
    if let Some(text) = &url
        && let Download::Plain = trust::download(text).map_err(|why| fields.refuse(KEY, why))?
    {
        warnings.push(fields.warn(KEY, "the file comes over an unencrypted connection; only its SHA-256 tells whether it is the right one"));
    }
    Ok(url)
}

fn nested_file(map: &Fields<'_>) -> Result<NestedFile, Refusal> {
    let path = map.line("RelativeFilePath")?;
    let path = path.ok_or_else(|| map.refuse("RelativeFilePath", Why::Missing))?;
    trust::stays_inside(&path).map_err(|why| map.refuse("RelativeFilePath", why))?;
    let alias = map.label("PortableCommandAlias")?;
    if let Some(alias) = &alias {
        trust::stays_inside(alias).map_err(|why| map.refuse("PortableCommandAlias", why))?;
    }
    Ok(NestedFile { path, alias })
}

fn installation(map: &Fields<'_>) -> Result<(Option<String>, Option<Vec<InstalledFile>>), Refusal> {
    let files = each(map.maps("Files", MAX_LIST_ITEMS)?, |file| {
        let path = file.line("RelativeFilePath")?;
        Ok(InstalledFile {
            path: path.ok_or_else(|| file.refuse("RelativeFilePath", Why::Missing))?,
            sha256: sha256(file, "FileSha256")?,
        })
    })?;
    Ok((map.line("DefaultInstallLocation")?, files))
}

fn markets(map: &Fields<'_>) -> Result<Markets, Refusal> {
    Ok(Markets {
        allowed: map.labels("AllowedMarkets")?.unwrap_or_default(),
        excluded: map.labels("ExcludedMarkets")?.unwrap_or_default(),
    })
}

fn entry(map: &Fields<'_>, warnings: &mut Warnings) -> Result<Entry, Refusal> {
    let written: Option<WrittenType> = map.word("InstallerType", warnings)?;
    Ok(Entry {
        name: map.label("DisplayName")?,
        publisher: map.label("Publisher")?,
        version: near_version(map, "DisplayVersion")?,
        product_code: map.label("ProductCode")?,
        upgrade_code: map.label("UpgradeCode")?,
        kind: written.and_then(InstallerType::plain),
    })
}

fn switches(map: &Fields<'_>, warnings: &mut Warnings) -> Result<Switches, Refusal> {
    let mut switch = |key: &str| -> Result<Option<String>, Refusal> {
        let text = map.line(key)?;
        if let Some(text) = &text {
            trust::switch(text).map_err(|why| map.refuse(key, why))?;
            if trust::names_address(text) {
                warnings.push(map.warn(key, "the installer is told an address, from which it may load what nobody has checked"));
            }
        }
        Ok(text)
    };
    Ok(Switches {
        silent: switch("Silent")?,
        silent_with_progress: switch("SilentWithProgress")?,
        interactive: switch("Interactive")?,
        install_location: switch("InstallLocation")?,
        log: switch("Log")?,
        upgrade: switch("Upgrade")?,
        custom: switch("Custom")?,
        repair: switch("Repair")?,
    })
}

fn success_codes(fields: &Fields<'_>) -> Result<Option<Vec<u32>>, Refusal> {
    const KEY: &str = "InstallerSuccessCodes";
    let Some(texts) = fields.labels(KEY)? else {
        return Ok(None);
    };
    let codes = texts.iter().map(|text| {
        exit_code(text).ok_or_else(|| fields.refuse(KEY, Why::ExitCode(Quote::of(text))))
    });
    codes.collect::<Result<_, _>>().map(Some)
}

fn expected_codes(
    fields: &Fields<'_>,
    warnings: &mut Warnings,
) -> Result<Option<Vec<ExpectedCode>>, Refusal> {
    const KEY: &str = "InstallerReturnCode";
    let codes = each(fields.maps("ExpectedReturnCodes", MAX_LIST_ITEMS)?, |map| {
        let text = map.required(KEY)?;
        let code =
            exit_code(&text).ok_or_else(|| map.refuse(KEY, Why::ExitCode(Quote::of(&text))))?;
        let response: Option<Response> = map.word("ReturnResponse", warnings)?;
        let url = map.line("ReturnResponseUrl")?;
        Ok(response.map(|response| ExpectedCode {
            code,
            response,
            url,
        }))
    })?;
    Ok(codes.map(|codes| codes.into_iter().flatten().collect()))
}

/// Decimal, negative or not, or hexadecimal behind `0x`: the 32 bits that Windows gives.
fn exit_code(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let code = match lower.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok()?,
        None => lower.parse::<i64>().ok()?,
    };
    u32::try_from(code)
        .ok()
        .or_else(|| i32::try_from(code).ok().map(i32::cast_unsigned))
}

fn dependencies_of(map: &Fields<'_>) -> Result<Dependencies, Refusal> {
    let packages = each(
        map.maps("PackageDependencies", MAX_LIST_ITEMS)?,
        |package| {
            Ok(PackageDependency {
                id: package_id(package, "PackageIdentifier")?,
                minimum_version: exact_version(package, "MinimumVersion")?,
            })
        },
    )?;
    Ok(Dependencies {
        packages: packages.unwrap_or_default(),
        windows_features: map.labels("WindowsFeatures")?.unwrap_or_default(),
        windows_libraries: map.labels("WindowsLibraries")?.unwrap_or_default(),
        external: map.labels("ExternalDependencies")?.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::exit_code;

    #[test]
    fn an_exit_code_is_32_bits_however_it_is_written() {
        assert_eq!(exit_code("3010"), Some(3010));
        assert_eq!(exit_code("-1978335226"), Some(2_316_632_070));
        assert_eq!(exit_code("3858759680"), Some(3_858_759_680));
        assert_eq!(exit_code("0x80070005"), Some(0x8007_0005));
        assert_eq!(exit_code("4294967295"), exit_code("-1"));
        for none in [
            "",
            "x",
            "1.0",
            "4294967296",
            "-2147483649",
            "0x",
            "0x1ffffffff",
        ] {
            assert_eq!(exit_code(none), None, "{none}");
        }
    }
}
