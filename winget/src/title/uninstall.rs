//! The script that removes whichever version of a title is there. It finds the program as detection does: by its codes, all kinds of them,
//! and by its names only where no code fits anything.

use super::powershell::literal;
use crate::manifest::InstallerType;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use upkeep_domain::catalogue::pack::{PackedExitCodes, PackedName, PackedPattern, PackedSign};

/// Where Windows keeps its list of programs, of both kinds of processors.
const LISTS: &str = "'HKLM:\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall', 'HKLM:\\Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall'";
/// What Windows Installer ends with, also under another installer, where a restart is due or has begun.
const RESTARTS: [i32; 2] = [1641, 3010];

/// `kinds` are those of all installers of all versions: any of them may be what is there.
pub(super) fn script(
    kinds: &BTreeSet<InstallerType>,
    signs: &[PackedSign],
    exit_codes: &PackedExitCodes,
) -> String {
    let mut script = String::from("$ErrorActionPreference = 'Stop'\n");
    let families = packages(signs, &mut script);
    let stands_in_list = |kind: &InstallerType| {
        !matches!(
            kind,
            InstallerType::Msix | InstallerType::Portable | InstallerType::Font
        )
    };
    if kinds.iter().any(stands_in_list) {
        programs(signs, families, &mut script);
        removal(kinds, exit_codes, &mut script);
    }
    script
}

/// Whether a title has packages that are found by their families.
#[derive(Clone, Copy)]
enum Families {
    None,
    Some,
}

/// Removes what stands in no list of programs: packages of Windows.
fn packages(signs: &[PackedSign], script: &mut String) -> Families {
    let families: Vec<&str> = signs
        .iter()
        .filter_map(|sign| match sign {
            PackedSign::PackageFamily(family) => Some(family.as_str()),
            _ => None,
        })
        .collect();
    if families.is_empty() {
        return Families::None;
    }
    let families = list(families.into_iter());
    let _ = write!(
        script,
        "$families = {families}\n\
         $packages = @(Get-AppxPackage -AllUsers | Where-Object {{ $families -contains $_.PackageFamilyName }})\n\
         $packaged = @($packages | ForEach-Object {{ $_.Name }})\n\
         Get-AppxProvisionedPackage -Online | Where-Object {{ $packaged -contains $_.DisplayName }} | Remove-AppxProvisionedPackage -Online | Out-Null\n\
         $packages | Remove-AppxPackage -AllUsers\n"
    );
    Families::Some
}

/// Finds the entries of Windows' list that are meant. Windows Installer tells which products an upgrade code stands for, and a bundle says its
/// own. Names are weak: where they alone fit entries of several versions, nobody knows which of them the title is.
fn programs(signs: &[PackedSign], families: Families, script: &mut String) {
    let codes = list(signs.iter().filter_map(|sign| match sign {
        PackedSign::ProductCode(code) => Some(code.as_str()),
        _ => None,
    }));
    let upgrades: Vec<&str> = signs
        .iter()
        .filter_map(|sign| match sign {
            PackedSign::UpgradeCode(code) if is_guid(code) => Some(code.as_str()),
            _ => None,
        })
        .collect();
    let asks_installer = !upgrades.is_empty();
    let upgrades = list(upgrades.into_iter());
    let names: Vec<String> = signs.iter().filter_map(named).collect();
    let names = names.join(", ");
    let nothing_yet = match families {
        Families::None => "-not $found",
        Families::Some => "-not $found -and -not $packages",
    };
    let _ = write!(
        script,
        "$codes = {codes}\n\
         $upgrades = {upgrades}\n\
         $names = @({names})\n\
         $all = @(foreach ($list in {LISTS}) {{ Get-ItemProperty -Path \"$list\\*\" -ErrorAction Ignore }})\n"
    );
    if asks_installer {
        script.push_str(
            "$installer = New-Object -ComObject WindowsInstaller.Installer\n\
             foreach ($upgrade in $upgrades) {\n    \
             foreach ($product in $installer.GetType().InvokeMember('RelatedProducts', 'GetProperty', $null, $installer, @($upgrade))) { $codes += $product }\n\
             }\n",
        );
    }
    let _ = write!(
        script,
        "$found = @($all | Where-Object {{ $codes -contains $_.PSChildName -or @($_.BundleUpgradeCode | Where-Object {{ $upgrades -contains $_ }}).Count }})\n\
         if ({nothing_yet}) {{\n    \
         $found = @($all | Where-Object {{ $it = $_; @($names | Where-Object {{ $it.DisplayName -match $_.Name -and \
         \"$($it.Publisher)\".ToLower().Contains($_.Publisher.ToLower()) }}).Count }})\n    \
         $versions = @($found | ForEach-Object {{ \"$($_.DisplayVersion)\" }} | Select-Object -Unique)\n    \
         if ($versions.Count -gt 1) {{ throw \"no code fits, and by their names programs of several versions do ($($versions -join ', ')): remove the one that is meant by hand\" }}\n\
         }}\n"
    );
}

/// A name with the publisher that it goes with.
fn named(sign: &PackedSign) -> Option<String> {
    let PackedSign::Name(PackedName {
        name: PackedPattern::Regex(expression),
        publisher,
    }) = sign
    else {
        return None;
    };
    let publisher = match publisher {
        Some(PackedPattern::Contains(publisher)) => publisher.as_str(),
        _ => "",
    };
    Some(format!(
        "@{{ Name = {}; Publisher = {} }}",
        literal(expression),
        literal(publisher)
    ))
}

/// Removes what was found. Bundles come first, and what they take along is not removed again: Windows Installer would say that it knows no such
/// product. It ends with the first failure, or else with what says that a restart is due.
fn removal(kinds: &BTreeSet<InstallerType>, exit_codes: &PackedExitCodes, script: &mut String) {
    let success = numbers([0].iter().chain(&exit_codes.success));
    let restarts = numbers(RESTARTS.iter().chain(&exit_codes.reboot));
    let inno = literal(silent(InstallerType::Inno));
    let burn = literal(silent(InstallerType::Burn));
    let other = literal(otherwise_silent(kinds));
    let _ = write!(
        script,
        "$success = {success}\n\
         $restarts = {restarts}\n\
         $code = 0\n\
         foreach ($it in @($found | Sort-Object {{ $_.WindowsInstaller -eq 1 }})) {{\n    \
         if (-not (Test-Path -LiteralPath $it.PSPath)) {{ continue }}\n    \
         if ($it.WindowsInstaller -eq 1) {{\n        \
         $run = Start-Process -FilePath msiexec.exe -ArgumentList ('/x ' + $it.PSChildName + ' /quiet /norestart') -Wait -PassThru\n    \
         }} else {{\n        \
         $silent = if ($it.'Inno Setup: Setup Version') {{ {inno} }} elseif ($it.BundleVersion) {{ {burn} }} else {{ {other} }}\n        \
         $line = \"$($it.QuietUninstallString)\"\n        \
         if (-not $line -and $silent) {{ $line = \"$($it.UninstallString) $silent\" }}\n        \
         if (-not ($line -match '^\\s*(\"(?<file>[^\"]+)\"|(?<file>.+?\\.exe))(?=\\s|$)(?<rest>.*)$')) {{ throw \"$($it.DisplayName) says no way to remove it without questions\" }}\n        \
         $rest = $Matches['rest'].Trim()\n        \
         $run = if ($rest) {{ Start-Process -FilePath $Matches['file'] -ArgumentList $rest -Wait -PassThru }} else {{ Start-Process -FilePath $Matches['file'] -Wait -PassThru }}\n    \
         }}\n    \
         if ($success -notcontains $run.ExitCode -and ($code -eq 0 -or $restarts -contains $code)) {{ $code = $run.ExitCode }}\n\
         }}\n\
         exit $code\n"
    );
}

/// What makes a remover silent that does not say itself by whose rules it was made: where a title's installers were all made by the same, it
/// was made by them too. Where makers agree on nothing there is nothing.
fn otherwise_silent(kinds: &BTreeSet<InstallerType>) -> &'static str {
    let is_program = |kind: &InstallerType| {
        matches!(
            kind,
            InstallerType::Burn
                | InstallerType::Nullsoft
                | InstallerType::Inno
                | InstallerType::Exe
        )
    };
    let programs: Vec<InstallerType> = kinds.iter().copied().filter(is_program).collect();
    match *programs {
        [only] => silent(only),
        // Of the others an entry tells.
        _ if !programs.contains(&InstallerType::Exe)
            && programs.contains(&InstallerType::Nullsoft) =>
        {
            silent(InstallerType::Nullsoft)
        }
        _ => "",
    }
}

/// What makes removers of a kind silent.
fn silent(kind: InstallerType) -> &'static str {
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

/// As Windows Installer wants a code that it is asked about: in braces, or it fails.
fn is_guid(code: &str) -> bool {
    let inner = code
        .strip_prefix('{')
        .and_then(|code| code.strip_suffix('}'));
    let lengths = inner.map(|inner| inner.split('-').map(str::len).collect::<Vec<_>>());
    lengths.is_some_and(|lengths| lengths == [8, 4, 4, 4, 12])
        && (code.bytes()).all(|byte| byte.is_ascii_hexdigit() || b"{-}".contains(&byte))
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

fn numbers<'a>(numbers: impl Iterator<Item = &'a i32>) -> String {
    let numbers: BTreeSet<i32> = numbers.copied().collect();
    let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
    format!("@({})", numbers.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str, publisher: Option<&str>) -> PackedSign {
        PackedSign::Name(PackedName {
            name: PackedPattern::Regex(name.to_owned()),
            publisher: publisher.map(|text| PackedPattern::Contains(text.to_owned())),
        })
    }

    fn of(kinds: &[InstallerType], signs: &[PackedSign]) -> String {
        let codes = PackedExitCodes {
            success: [7].into(),
            reboot: [9].into(),
        };
        script(&kinds.iter().copied().collect(), signs, &codes)
    }

    #[test]
    fn a_name_goes_with_its_own_publisher() {
        let signs = [name("^A$", Some("It's")), name("^B$", None)];
        let script = of(&[InstallerType::Exe], &signs);
        let paired =
            "$names = @(@{ Name = '^A$'; Publisher = 'It''s' }, @{ Name = '^B$'; Publisher = '' })";
        assert!(script.contains(paired), "{script}");
        assert!(
            script.contains("if ($versions.Count -gt 1) { throw "),
            "{script}"
        );
    }

    #[test]
    fn what_detection_finds_by_a_code_is_not_looked_for_by_name() {
        let upgrade = "{114AEC44-152B-5746-952F-F20CE3CAB54A}";
        let signs = [
            PackedSign::UpgradeCode(upgrade.into()),
            PackedSign::UpgradeCode("{none}".into()),
            PackedSign::PackageFamily("A_1".into()),
            name("^A$", None),
        ];
        let all = of(&[InstallerType::Msi, InstallerType::Msix], &signs);
        assert!(
            all.contains(&format!("$upgrades = @('{upgrade}')\n")),
            "{all}"
        );
        assert!(all.contains("'RelatedProducts'"), "{all}");
        assert!(all.contains("$_.BundleUpgradeCode"), "{all}");
        assert!(
            all.contains("if (-not $found -and -not $packages) {"),
            "{all}"
        );
        let package = of(&[InstallerType::Msix], &signs);
        assert!(!package.contains("$names"), "{package}");
        assert!(package.contains("Remove-AppxPackage"), "{package}");
    }

    #[test]
    fn every_kind_of_installer_that_a_title_has_is_removed_without_questions() {
        use InstallerType::{Burn, Exe, Inno, Msi, Nullsoft};
        for (kinds, other) in [
            (&[Msi, Nullsoft][..], "/S"),
            (&[Inno], "/VERYSILENT /SUPPRESSMSGBOXES /NORESTART"),
            (&[Inno, Nullsoft, Burn], "/S"),
            (&[Inno, Burn], ""),
            (&[Nullsoft, Exe], ""),
            (&[Msi], ""),
        ] {
            let script = of(kinds, &[]);
            assert!(
                script.contains(&format!("else {{ '{other}' }}\n")),
                "{script}"
            );
        }
    }

    #[test]
    fn what_a_bundle_takes_along_is_not_removed_again() {
        let script = of(&[InstallerType::Burn], &[]);
        let order = "foreach ($it in @($found | Sort-Object { $_.WindowsInstaller -eq 1 })) {\n    \
            if (-not (Test-Path -LiteralPath $it.PSPath)) { continue }\n";
        assert!(script.contains(order), "{script}");
    }

    #[test]
    fn a_failure_stays_whatever_the_next_one_ends_with() {
        let script = of(&[InstallerType::Msi], &[]);
        for line in [
            "$success = @(0, 7)\n",
            "$restarts = @(9, 1641, 3010)\n",
            "if ($success -notcontains $run.ExitCode -and ($code -eq 0 -or $restarts -contains $code)) { $code = $run.ExitCode }\n",
        ] {
            assert!(script.contains(line), "{script}");
        }
    }
}
