//! A tenant: a customer of the MSP, or the MSP itself. Tenants form a tree.

mod access;
mod command;
mod decide;
mod event;
mod state;
mod tree;

pub use command::{TenantCommand, TenantRejection};
pub use event::{
    TenantCreated, TenantEvent, TenantExcludedFromCrossTenant, TenantIncludedInCrossTenant,
    TenantParentChanged, TenantRemoved, TenantRenamed, TenantRestored, TenantTagged,
    TenantTimeZoneSet, TenantUntagged,
};
pub use state::{CrossTenant, Presence, Tenant};
pub use tree::{
    Known, PlaceTenant, TenantPlace, TenantPlaced, TenantPresence, TenantPutBack, TenantTakenOut,
    TenantTree, TenantTreeCommand, TenantTreeEvent, TheTenantTree, TreeDecision,
};
