//! What the caller may do, so that a console can hide or explain what would be refused.

use super::viewer::Viewer;
use crate::request::Request;
use crate::schema::page::times;
use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject};
use upkeep_domain::access;

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

#[ComplexObject]
impl Viewer {
    /// What the caller may do; whatever is not here is refused. It follows from the role alone.
    #[graphql(complexity = "times(access::Permission::ALL.len(), child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Result<Vec<Allowance>> {
        let principal = Request::of(context).principal()?;
        let allowances = principal
            .permissions()
            .map(|(permission, reach)| Allowance {
                permission: permission.into(),
                scope: reach.into(),
            });
        Ok(allowances.collect())
    }
}
