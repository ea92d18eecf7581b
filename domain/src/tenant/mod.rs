//! A tenant: a customer of the MSP, or the MSP itself. Tenants form a tree.

mod command;
mod decide;
mod event;
mod state;

pub use command::{Lineage, TenantCommand, TenantRejection};
pub use event::{
    TenantCreated, TenantEvent, TenantExcludedFromCrossTenant, TenantIncludedInCrossTenant,
    TenantParentChanged, TenantRenamed, TenantTagged, TenantTimeZoneSet, TenantUntagged,
};
pub use state::{CrossTenant, Tenant};
