//! The script that installs a version. Like `uninstall.rs` it is for Windows PowerShell 5.1 and for PowerShell 7, asks nobody anything, and
//! ends with the code that the installer ended with.

use super::powershell::literal;
use super::unfit::Unfit;
use crate::manifest::{Architecture, Installer, InstallerType, Layout, NestedFile};
use crate::trust;
use std::fmt::Write as _;

/// How long an installation may take: suites of office programs take half an hour.
pub(super) const INSTALL_SECONDS: u32 = 60 * 60;

/// The install script of one version.
pub(super) fn install(installer: &Installer) -> Result<String, Unfit> {
    let arguments = arguments(installer)?;
    let mut script = String::from("$ErrorActionPreference = 'Stop'\n");
    requirements(installer, &mut script);
    script.push_str(&file(installer)?);
    let start = match installer.kind {
        InstallerType::Msix => {
            script.push_str(
                "Add-AppxProvisionedPackage -Online -PackagePath $file -SkipLicense | Out-Null\nexit 0\n",
            );
            return Ok(script);
        }
        InstallerType::Msi | InstallerType::Wix => format!(
            "$run = Start-Process -FilePath msiexec.exe -ArgumentList ('/i \"' + $file + '\" ' + {}) -Wait -PassThru",
            expression(&arguments)
        ),
        _ if arguments.is_empty() => {
            "$run = Start-Process -FilePath $file -Wait -PassThru".to_owned()
        }
        _ => format!(
            "$run = Start-Process -FilePath $file -ArgumentList ({}) -Wait -PassThru",
            expression(&arguments)
        ),
    };
    script.push_str(&start);
    script.push_str("\nexit $run.ExitCode\n");
    Ok(script)
}

/// What the installer is told so that it asks nothing: what is always told, and a silent way.
fn arguments(installer: &Installer) -> Result<String, Unfit> {
    let switches = &installer.switches;
    let silent = (switches.silent.as_ref()).or(switches.silent_with_progress.as_ref());
    if silent.is_none() && installer.kind != InstallerType::Msix {
        return Err(Unfit::NotSilent);
    }
    let all = silent.into_iter().chain(&switches.custom);
    let all: Vec<&str> = all.map(String::as_str).collect();
    let arguments = all.join(" ");
    // What no switch does by itself, two may do one behind the other.
    trust::switch(&arguments).map_err(Unfit::Switches)?;
    if arguments.contains("<INSTALLPATH>") {
        return Err(Unfit::NeedsPlace);
    }
    Ok(arguments)
}

/// As PowerShell writes it. Whoever wants to know where to log to is told a file of the account that installs.
fn expression(arguments: &str) -> String {
    let arguments_literal = literal(arguments);
    if arguments.contains("<LOGPATH>") {
        format!(
            "{arguments_literal}.Replace('<LOGPATH>', (Join-Path ([IO.Path]::GetTempPath()) 'upkeep-install.log'))"
        )
    } else {
        arguments_literal
    }
}

/// What the manifest asks of the computer.
fn requirements(installer: &Installer, script: &mut String) {
    if let Some(minimum) = installer.minimum_os.as_deref().and_then(four_parts) {
        let _ = writeln!(
            script,
            "if ([Environment]::OSVersion.Version -lt [version]'{minimum}') {{ throw 'it needs Windows {minimum} or newer' }}"
        );
    }
    let is_64_bit = matches!(
        installer.architecture,
        Architecture::X64 | Architecture::Arm64
    );
    if is_64_bit {
        script.push_str(
            "if (-not [Environment]::Is64BitOperatingSystem) { throw 'it is for a 64-bit Windows' }\n",
        );
    }
}

/// A version that PowerShell reads, if it is one: two to four numbers.
fn four_parts(version: &str) -> Option<&str> {
    let parts: Vec<&str> = version.split('.').collect();
    let is_number = |part: &&str| part.parse::<u16>().is_ok();
    ((2..=4).contains(&parts.len()) && parts.iter().all(is_number)).then_some(version)
}

/// What is started: the package itself, or the one installer in an archive.
fn file(installer: &Installer) -> Result<String, Unfit> {
    let Layout::Zip(nested) = &installer.layout else {
        return Ok("$file = $env:UPKEEP_PACKAGE\n".to_owned());
    };
    let [NestedFile { path, .. }] = &**nested else {
        return Err(Unfit::SeveralInstallers);
    };
    Ok(format!(
        "$folder = Join-Path ([IO.Path]::GetDirectoryName($env:UPKEEP_PACKAGE)) 'upkeep-unpacked'\n\
         Expand-Archive -LiteralPath $env:UPKEEP_PACKAGE -DestinationPath $folder -Force\n\
         $file = Join-Path $folder {}\n",
        literal(&path.replace('/', "\\"))
    ))
}
