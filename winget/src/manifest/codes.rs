//! What an installer's exit code means.

use super::{InstallerType, Response};

/// What the exit codes of an installer mean, its type's own ones among them. A code is what Windows gives: 32 bits, of which
/// manifests write the upper half negative or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnCodes {
    /// Besides 0.
    pub success: Vec<u32>,
    pub expected: Vec<ExpectedCode>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedCode {
    pub code: u32,
    pub response: Response,
    /// Where more is said of it.
    pub url: Option<String>,
}

/// What became of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning<'a> {
    Succeeded,
    /// It is done once the computer has started anew.
    NeedsRestart,
    /// It has made the computer start anew.
    Restarting,
    /// With what the code says, if it is known.
    Failed(Option<&'a ExpectedCode>),
}

impl ReturnCodes {
    pub fn meaning(&self, code: u32) -> Meaning<'_> {
        if code == 0 || self.success.contains(&code) {
            return Meaning::Succeeded;
        }
        let expected = self.expected.iter().find(|expected| expected.code == code);
        match expected.map(|expected| expected.response) {
            Some(Response::RebootRequiredToFinish) => Meaning::NeedsRestart,
            Some(Response::RebootInitiated) => Meaning::Restarting,
            _ => Meaning::Failed(expected),
        }
    }

    /// Adds what all installers of a type answer, where the manifest says nothing of the code.
    pub(crate) fn with_defaults(mut self, kind: InstallerType) -> Self {
        for (code, response) in defaults(kind) {
            let is_said = self.success.contains(code)
                || self.expected.iter().any(|expected| expected.code == *code);
            if !is_said {
                self.expected.push(ExpectedCode {
                    code: *code,
                    response: *response,
                    url: None,
                });
            }
        }
        self
    }
}

/// As the Windows Package Manager's client has them (`ManifestCommon.cpp`).
fn defaults(kind: InstallerType) -> &'static [(u32, Response)] {
    match kind {
        InstallerType::Msi | InstallerType::Wix | InstallerType::Burn => WINDOWS_INSTALLER,
        InstallerType::Inno => INNO,
        InstallerType::Msix => DEPLOYMENT,
        InstallerType::Nullsoft
        | InstallerType::Exe
        | InstallerType::Portable
        | InstallerType::Font => &[],
    }
}

/// learn.microsoft.com, "MsiExec.exe and InstMsi.exe error messages".
const WINDOWS_INSTALLER: &[(u32, Response)] = &[
    (87, Response::InvalidParameter),
    (112, Response::DiskFull),
    (1601, Response::ContactSupport),
    (1602, Response::CancelledByUser),
    (1618, Response::InstallInProgress),
    (1623, Response::SystemNotSupported),
    (1625, Response::BlockedByPolicy),
    (1628, Response::InvalidParameter),
    (1633, Response::SystemNotSupported),
    (1638, Response::AlreadyInstalled),
    (1639, Response::InvalidParameter),
    (1640, Response::BlockedByPolicy),
    (1641, Response::RebootInitiated),
    (1643, Response::BlockedByPolicy),
    (1644, Response::BlockedByPolicy),
    (1649, Response::BlockedByPolicy),
    (1650, Response::InvalidParameter),
    (1654, Response::SystemNotSupported),
    (3010, Response::RebootRequiredToFinish),
];

/// jrsoftware.org, "Setup exit codes".
const INNO: &[(u32, Response)] = &[
    (2, Response::CancelledByUser),
    (5, Response::CancelledByUser),
    (8, Response::RebootRequiredForInstall),
];

/// learn.microsoft.com, "Troubleshooting packaging, deployment, and query of Windows apps": errors of Windows as HRESULT.
const DEPLOYMENT: &[(u32, Response)] = &[
    (0x8007_3CF3, Response::MissingDependency),
    (0x8007_3CF4, Response::DiskFull),
    (0x8007_3CF8, Response::CancelledByUser),
    (0x8007_3CFB, Response::AlreadyInstalled),
    (0x8007_3CFD, Response::MissingDependency),
    (0x8007_3CFF, Response::BlockedByPolicy),
    (0x8007_3D01, Response::BlockedByPolicy),
    (0x8007_3D02, Response::PackageInUse),
    (0x8007_3D06, Response::Downgrade),
    (0x8007_3D10, Response::SystemNotSupported),
    (0x8007_3D12, Response::MissingDependency),
    (0x8007_3D13, Response::SystemNotSupported),
    (0x8007_3D1D, Response::SystemNotSupported),
    (0x8007_3D2A, Response::SystemNotSupported),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_manifest_says_counts_before_what_its_type_says() {
        let written = ReturnCodes {
            success: vec![1603, 3010],
            expected: vec![ExpectedCode {
                code: 1618,
                response: Response::Custom,
                url: None,
            }],
        };
        let codes = written.with_defaults(InstallerType::Msi);
        assert_eq!(codes.meaning(0), Meaning::Succeeded);
        assert_eq!(codes.meaning(3010), Meaning::Succeeded);
        assert_eq!(codes.meaning(1641), Meaning::Restarting);
        assert!(
            matches!(codes.meaning(1618), Meaning::Failed(Some(code)) if code.response == Response::Custom)
        );
        assert!(
            matches!(codes.meaning(112), Meaning::Failed(Some(code)) if code.response == Response::DiskFull)
        );
        assert_eq!(codes.meaning(7), Meaning::Failed(None));
    }

    #[test]
    fn only_types_that_agree_on_codes_have_some_by_themselves() {
        let of = |kind| ReturnCodes::default().with_defaults(kind);
        assert_eq!(of(InstallerType::Wix).meaning(3010), Meaning::NeedsRestart);
        assert_eq!(of(InstallerType::Exe).meaning(3010), Meaning::Failed(None));
        assert_eq!(of(InstallerType::Exe), of(InstallerType::Nullsoft));
        assert!(matches!(
            of(InstallerType::Inno).meaning(8),
            Meaning::Failed(Some(_))
        ));
    }
}
