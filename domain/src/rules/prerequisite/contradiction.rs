//! Two prerequisites that cannot both be met.

use super::state::{Consequence, Prerequisite, WantedVersion};

impl Prerequisite {
    /// Whether no computer can fulfil both, wherever both apply, and both apply wherever one of them does: they are for versions of the
    /// software that both are for, and their conditions are the same, or one of them has none.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let apply_together =
            self.when.are_none() || other.when.are_none() || self.when.are_same(&other.when);
        self.of == other.of
            && self.versions.meets(&other.versions)
            && apply_together
            && self.then.excludes(&other.then)
    }
}

impl Consequence {
    fn excludes(&self, other: &Self) -> bool {
        if self.software() != other.software() {
            return false;
        }
        match (self, other) {
            (Self::Install { .. }, Self::Uninstall { .. })
            | (Self::Uninstall { .. }, Self::Install { .. }) => true,
            (Self::Install { version, .. }, Self::Install { version: other, .. }) => {
                version.excludes(other)
            }
            _ => false,
        }
    }
}

impl WantedVersion {
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exactly(one), Self::Exactly(other)) => one != other,
            (Self::Exactly(exact), Self::AtLeast(least))
            | (Self::AtLeast(least), Self::Exactly(exact)) => exact < least,
            _ => false,
        }
    }
}
