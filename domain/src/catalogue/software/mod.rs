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
