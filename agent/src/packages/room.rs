//! Room for a package whose length nobody has said before it comes.

use super::Failure;
use crate::space;
use std::path::Path;
use upkeep_agent_protocol::{MAX_PACKAGE_BYTES, PackageOrder};

/// How much comes of a file of unknown length before its disk is asked again whether there is room, in bytes.
const STRIDE: u64 = 16 * 1024 * 1024;

/// In bytes, if that is known before it comes.
pub(super) fn size_of(package: &PackageOrder) -> Option<u64> {
    (package.url.is_none() || package.size > 0).then_some(package.size)
}

/// Room for what nobody had said the length of before it came.
pub(super) struct Room<'a> {
    pub(super) folder: &'a Path,
    pub(super) size: Option<u64>,
    /// How long it is in all, as its host says now.
    pub(super) comes: Option<u64>,
}

impl Room<'_> {
    pub(super) fn before_it_comes(&self, here: u64) -> Result<(), Failure> {
        match (self.size, self.comes) {
            // It was asked for before.
            (Some(_), _) => Ok(()),
            (None, Some(all)) if all > MAX_PACKAGE_BYTES => Err(Failure::Final(format!(
                "it has {all} bytes, and at most {MAX_PACKAGE_BYTES} are fetched"
            ))),
            (None, Some(all)) => space::for_package(self.folder, all, all.saturating_sub(here))
                .map_err(Failure::NoRoom),
            (None, None) => {
                space::for_package(self.folder, STRIDE, STRIDE).map_err(Failure::NoRoom)
            }
        }
    }

    pub(super) fn while_it_comes(&self, before: u64, after: u64) -> Result<(), Failure> {
        let is_due = before / STRIDE != after / STRIDE;
        if is_due && self.size.is_none() && self.comes.is_none() {
            space::for_package(self.folder, after, STRIDE).map_err(Failure::NoRoom)
        } else {
            Ok(())
        }
    }
}
