//! A tenant: a customer of the MSP, or the MSP itself. Tenants form a tree.

mod command;
mod decide;
mod event;
mod state;
mod tree;

pub use command::{TenantCommand, TenantRejection};
pub use event::{
    TenantCreated, TenantEvent, TenantExcludedFromCrossTenant, TenantIncludedInCrossTenant,
    TenantParentChanged, TenantRenamed, TenantTagged, TenantTimeZoneSet, TenantUntagged,
};
pub use state::{CrossTenant, Tenant};
pub use tree::{
    PlaceTenant, TenantPlace, TenantPlaced, TenantTree, TenantTreeEvent, TheTenantTree,
};
