use super::TenantRejection;
use crate::fleet::tag::Tag;
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is known of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// Nothing until it was created.
    pub name: Option<Name>,
    pub parent: Option<TenantId>,
    /// The newest turn of the tree that it was told of; 0 from before.
    pub turn: u64,
    pub tags: BTreeSet<Tag>,
    /// In which its days begin and end; UTC until one is set.
    pub time_zone: Tz,
    pub cross_tenant: CrossTenant,
    pub presence: Presence,
    /// The newest turn of the tree that it was told of whether it is there; 0 from before.
    pub presence_turn: u64,
}

impl Tenant {
    /// Whether it was removed, and not restored since.
    pub fn is_removed(&self) -> bool {
        self.presence == Presence::Removed
    }

    /// Refuses whatever would change something of a tenant that was removed.
    pub fn refuse_if_removed(&self) -> Result<(), TenantRejection> {
        if self.is_removed() {
            Err(TenantRejection::Removed)
        } else {
            Ok(())
        }
    }
}

/// Whether a tenant is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    #[default]
    Present,
    Removed,
}

/// Whether cross-tenant deployments apply to a tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CrossTenant {
    #[default]
    Included,
    Excluded,
}
