use super::{Version, debian, semver, windows, winget};
use std::cmp::Ordering;

/// By which rules versions are compared: those of the kind that a software is of. Each puts every text into one total order,
/// in which several texts may have the same place (`1.0` and `1.0.0`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VersionScheme {
    /// [`Version`]'s own order, for software whose kind nobody said.
    #[default]
    Universal,
    /// Semantic Versioning 2.0.0, section 11: pre-releases before their release, build metadata without weight.
    SemVer,
    /// Four numbers, as in the resources of a Windows program.
    Windows,
    /// Debian policy, section 5.6.12, as dpkg compares.
    Debian,
    /// The Windows Package Manager's own.
    Winget,
}

impl VersionScheme {
    pub const ALL: [Self; 5] = [
        Self::Universal,
        Self::SemVer,
        Self::Windows,
        Self::Debian,
        Self::Winget,
    ];

    /// Which of two texts is the older version. White space around them does not count. Of any length: whoever takes texts of
    /// strangers bounds them before.
    pub fn compare(self, left: &str, right: &str) -> Ordering {
        let (left, right) = (left.trim(), right.trim());
        match self {
            Self::Universal => Version::known(left).cmp(&Version::known(right)),
            Self::SemVer => semver::key(left).cmp(&semver::key(right)),
            Self::Windows => windows::key(left).cmp(&windows::key(right)),
            Self::Debian => debian::compare(left, right),
            Self::Winget => winget::key(left).cmp(&winget::key(right)),
        }
    }
}
