//! A tenant: a customer of the MSP, or the MSP itself. Tenants form a tree.

mod change;
mod node;
pub mod place;
mod query;

pub use change::{
    RemoveTenantInput, RenameTenantInput, RestoreTenantInput, SetCrossTenantInput,
    SetTenantParentInput, SetTimeZoneInput, TenantMutation, visible_tenant,
};
pub use node::TenantNode;
pub use query::{TenantQuery, confine};
