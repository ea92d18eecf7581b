//! What the caller may do, so that a console can hide or explain what would be refused.

use async_graphql::{Enum, SimpleObject};
use upkeep_domain::access::{self, Principal};

macro_rules! permission {
    ($($(#[$meta:meta])* $name:ident => $row:tt,)*) => {
        /// What may be done. Who has which permission, and where, is in docs/roles.md.
        #[derive(Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(remote = "access::Permission")]
        pub enum Permission { $($(#[$meta])* $name,)* }
    };
}

upkeep_domain::permissions!(permission!);

/// How far a permission reaches.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "access::Reach")]
pub enum PermissionScope {
    /// What is of the tenant that the role is bound to.
    OwnTenant,
    /// All there is; for a role that is bound to a tenant, all that is of no other tenant.
    Everywhere,
}

/// Something that the caller may do.
#[derive(Clone, SimpleObject)]
pub struct Allowance {
    /// What.
    permission: Permission,
    /// With what.
    scope: PermissionScope,
}

impl Allowance {
    pub fn all_of(principal: Principal) -> Vec<Self> {
        let permissions = principal.permissions();
        permissions
            .map(|(permission, reach)| Self {
                permission: permission.into(),
                scope: reach.into(),
            })
            .collect()
    }
}
