//! A software of the catalogue: how to detect it on a computer, and how to install each of its versions.

mod access;
mod command;
mod decide;
mod event;
mod state;

pub use command::{NewVersion, SoftwareCommand, SoftwareRejection};
#[cfg(test)]
pub(crate) use decide::tests as test_events;
pub use event::{
    DetectionChanged, SoftwareCreated, SoftwareEvent, SoftwareRenamed, VersionPublished,
    VersionWithdrawn,
};
pub use state::{Definition, Package, Software, SoftwareVersion};

use crate::kernel::ids::SoftwareId;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

/// Where software is looked up.
pub trait Catalogue: Debug + Send + Sync {
    fn software(&self, id: SoftwareId) -> Option<&Software>;
}

impl Catalogue for BTreeMap<SoftwareId, Arc<Software>> {
    fn software(&self, id: SoftwareId) -> Option<&Software> {
        self.get(&id).map(AsRef::as_ref)
    }
}
