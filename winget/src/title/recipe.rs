//! The scripts of a title: what installs a version, and what removes whichever version is there. They are for Windows PowerShell 5.1 and
//! for PowerShell 7, ask nobody anything, and end with the code that the installer ended with.

use super::powershell::literal;
use super::unfit::Unfit;
use crate::manifest::{Architecture, Installer, InstallerType, Layout, NestedFile};
use std::fmt::Write as _;
use upkeep_domain::catalogue::pack::{PackedName, PackedPattern, PackedSign};

/// How long an installation may take: suites of office programs take half an hour.
pub(super) const INSTALL_SECONDS: u32 = 60 * 60;

/// Where Windows keeps its list of programs, of both kinds of processors.
const LISTS: &str = "'HKLM:\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall', 'HKLM:\\Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall'";

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

/// The uninstall script of a title. It finds the program as detection does: by its codes, and by its names where no code fits.
pub(super) fn uninstall(kind: InstallerType, signs: &[PackedSign]) -> String {
    if kind == InstallerType::Msix {
        return uninstall_packages(signs);
    }
    let codes = list(signs.iter().filter_map(|sign| match sign {
        PackedSign::ProductCode(code) => Some(code.as_str()),
        _ => None,
    }));
    let names = signs.iter().filter_map(|sign| match sign {
        PackedSign::Name(PackedName {
            name: PackedPattern::Regex(expression),
            ..
        }) => Some(expression.as_str()),
        _ => None,
    });
    let names = list(names);
    let publishers = list(signs.iter().filter_map(|sign| match sign {
        PackedSign::Name(PackedName {
            publisher: Some(PackedPattern::Contains(publisher)),
            ..
        }) => Some(publisher.as_str()),
        _ => None,
    }));
    let silent = literal(silent_removal(kind));
    format!(
        "$ErrorActionPreference = 'Stop'\n\
         $codes = {codes}\n\
         $names = {names}\n\
         $publishers = {publishers}\n\
         $silent = {silent}\n\
         $all = @(foreach ($list in {LISTS}) {{ Get-ItemProperty -Path \"$list\\*\" -ErrorAction Ignore }})\n\
         $found = @($all | Where-Object {{ $codes -contains $_.PSChildName }})\n\
         if (-not $found) {{\n    \
         $found = @($all | Where-Object {{ $it = $_; ($names | Where-Object {{ $it.DisplayName -match $_ }}) -and \
         (-not $publishers -or ($publishers | Where-Object {{ \"$($it.Publisher)\".ToLower().Contains($_.ToLower()) }})) }})\n\
         }}\n\
         $code = 0\n\
         foreach ($it in $found) {{\n    \
         if ($it.WindowsInstaller -eq 1) {{\n        \
         $run = Start-Process -FilePath msiexec.exe -ArgumentList ('/x ' + $it.PSChildName + ' /quiet /norestart') -Wait -PassThru\n    \
         }} else {{\n        \
         $line = \"$($it.QuietUninstallString)\"\n        \
         if (-not $line -and $silent) {{ $line = \"$($it.UninstallString) $silent\" }}\n        \
         if (-not ($line -match '^\\s*(\"(?<file>[^\"]+)\"|(?<file>.+?\\.exe))(?=\\s|$)(?<rest>.*)$')) {{ throw \"$($it.DisplayName) says no way to remove it without questions\" }}\n        \
         $rest = $Matches['rest'].Trim()\n        \
         $run = if ($rest) {{ Start-Process -FilePath $Matches['file'] -ArgumentList $rest -Wait -PassThru }} else {{ Start-Process -FilePath $Matches['file'] -Wait -PassThru }}\n    \
         }}\n    \
         if ($run.ExitCode -ne 0) {{ $code = $run.ExitCode }}\n\
         }}\n\
         exit $code\n"
    )
}

fn uninstall_packages(signs: &[PackedSign]) -> String {
    let families = list(signs.iter().filter_map(|sign| match sign {
        PackedSign::PackageFamily(family) => Some(family.as_str()),
        _ => None,
    }));
    format!(
        "$ErrorActionPreference = 'Stop'\n\
         $families = {families}\n\
         $found = @(Get-AppxPackage -AllUsers | Where-Object {{ $families -contains $_.PackageFamilyName }})\n\
         $names = @($found | ForEach-Object {{ $_.Name }})\n\
         Get-AppxProvisionedPackage -Online | Where-Object {{ $names -contains $_.DisplayName }} | Remove-AppxProvisionedPackage -Online | Out-Null\n\
         $found | Remove-AppxPackage -AllUsers\n"
    )
}

/// What makes removers of a kind silent; nothing where their makers agree on nothing.
fn silent_removal(kind: InstallerType) -> &'static str {
    match kind {
        InstallerType::Inno => "/VERYSILENT /SUPPRESSMSGBOXES /NORESTART",
        InstallerType::Nullsoft => "/S",
        InstallerType::Burn => "/quiet /norestart",
        InstallerType::Msix
        | InstallerType::Msi
        | InstallerType::Wix
        | InstallerType::Exe
        | InstallerType::Portable
        | InstallerType::Font => "",
    }
}

/// A list in PowerShell, each once.
fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    let literals: Vec<String> = seen.into_iter().map(literal).collect();
    format!("@({})", literals.join(", "))
}
