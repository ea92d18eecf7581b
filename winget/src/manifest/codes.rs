//! What an installer's exit code means.

use super::{InstallerType, Response};
use std::sync::Arc;

/// What the exit codes of an installer mean, its type's own ones among them. A code is what Windows gives: 32 bits, of which
/// manifests write the upper half negative or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnCodes {
    /// Besides 0.
    pub success: Arc<[u32]>,
    /// As the manifest says; what it does not say, its type does.
    pub expected: Arc<[ExpectedCode]>,
    kind: InstallerType,
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
    pub(crate) fn new(
        kind: InstallerType,
        success: Arc<[u32]>,
        expected: Arc<[ExpectedCode]>,
    ) -> Self {
        Self {
            success,
            expected,
            kind,
        }
    }

    /// What an installation came to that ended with a code. What the manifest says counts before what its type says.
    pub fn meaning(&self, code: u32) -> Meaning<'_> {
        if code == 0 || self.success.contains(&code) {
            return Meaning::Succeeded;
        }
        let mut all = self.expected.iter().chain(defaults(self.kind));
        let expected = all.find(|expected| expected.code == code);
        match expected.map(|expected| expected.response) {
            Some(Response::RebootRequiredToFinish) => Meaning::NeedsRestart,
            Some(Response::RebootInitiated) => Meaning::Restarting,
            _ => Meaning::Failed(expected),
        }
    }
}

const fn says(code: u32, response: Response) -> ExpectedCode {
    ExpectedCode {
        code,
        response,
        url: None,
    }
}

/// As the Windows Package Manager's client has them (`ManifestCommon.cpp`).
fn defaults(kind: InstallerType) -> &'static [ExpectedCode] {
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
static WINDOWS_INSTALLER: &[ExpectedCode] = &[
    says(87, Response::InvalidParameter),
    says(112, Response::DiskFull),
    says(1601, Response::ContactSupport),
    says(1602, Response::CancelledByUser),
    says(1618, Response::InstallInProgress),
    says(1623, Response::SystemNotSupported),
    says(1625, Response::BlockedByPolicy),
    says(1628, Response::InvalidParameter),
    says(1633, Response::SystemNotSupported),
    says(1638, Response::AlreadyInstalled),
    says(1639, Response::InvalidParameter),
    says(1640, Response::BlockedByPolicy),
    says(1641, Response::RebootInitiated),
    says(1643, Response::BlockedByPolicy),
    says(1644, Response::BlockedByPolicy),
    says(1649, Response::BlockedByPolicy),
    says(1650, Response::InvalidParameter),
    says(1654, Response::SystemNotSupported),
    says(3010, Response::RebootRequiredToFinish),
];

/// jrsoftware.org, "Setup exit codes".
static INNO: &[ExpectedCode] = &[
    says(2, Response::CancelledByUser),
    says(5, Response::CancelledByUser),
    says(8, Response::RebootRequiredForInstall),
];

/// learn.microsoft.com, "Troubleshooting packaging, deployment, and query of Windows apps": errors of Windows as HRESULT.
static DEPLOYMENT: &[ExpectedCode] = &[
    says(0x8007_3CF3, Response::MissingDependency),
    says(0x8007_3CF4, Response::DiskFull),
    says(0x8007_3CF8, Response::CancelledByUser),
    says(0x8007_3CFB, Response::AlreadyInstalled),
    says(0x8007_3CFD, Response::MissingDependency),
    says(0x8007_3CFF, Response::BlockedByPolicy),
    says(0x8007_3D01, Response::BlockedByPolicy),
    says(0x8007_3D02, Response::PackageInUse),
    says(0x8007_3D06, Response::Downgrade),
    says(0x8007_3D10, Response::SystemNotSupported),
    says(0x8007_3D12, Response::MissingDependency),
    says(0x8007_3D13, Response::SystemNotSupported),
    says(0x8007_3D1D, Response::SystemNotSupported),
    says(0x8007_3D2A, Response::SystemNotSupported),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_manifest_says_counts_before_what_its_type_says() {
        let expected = [says(1618, Response::Custom)];
        let codes = ReturnCodes::new(InstallerType::Msi, [1603, 3010].into(), expected.into());
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
        let of = |kind| ReturnCodes::new(kind, Arc::default(), Arc::default());
        assert_eq!(of(InstallerType::Wix).meaning(3010), Meaning::NeedsRestart);
        assert_eq!(of(InstallerType::Exe).meaning(3010), Meaning::Failed(None));
        assert_eq!(
            of(InstallerType::Nullsoft).meaning(3010),
            Meaning::Failed(None)
        );
        assert!(matches!(
            of(InstallerType::Inno).meaning(8),
            Meaning::Failed(Some(_))
        ));
    }
}
