//! Who may do what: the one place that decides it.
//!
//! Every GraphQL field and mutation, upload and download asks [`may`]. An [`Action`] needs a [`Permission`] for a thing that has
//! an [`Owner`]; how far each permission reaches for each role is a line of one table, in `matrix.rs`. What is not allowed here
//! is not allowed anywhere, and nothing outside this folder compares roles.

mod action;
pub mod api_token;
mod denied;
mod guarded;
mod matrix;
mod principal;

pub use action::{Action, Overridden, Owner};
pub use denied::Denied;
pub use guarded::{Audience, Guarded, Need, Sender, Whereabouts, may_send, tenant_of_scope};
pub use matrix::{Permission, Rank, Reach};
pub use principal::{Principal, principal_of};

/// Whether this principal may do that.
pub fn may(principal: Principal, action: Action) -> Result<(), Denied> {
    let (permission, owner) = action.needs();
    has(principal, permission, owner)
}

/// Whether this principal has a permission for what is that owner's.
pub fn has(principal: Principal, permission: Permission, owner: Owner) -> Result<(), Denied> {
    let rank = principal.rank();
    match permission.reach(rank) {
        Some(reach) if reaches(principal, reach, owner) => Ok(()),
        _ => Err(Denied::Role { rank, permission }),
    }
}

/// Whether what reaches so far reaches this owner's things. Whoever is confined to a tenant is let out of it by no table.
fn reaches(principal: Principal, reach: Reach, owner: Owner) -> bool {
    match (principal.confined_to(), owner) {
        (None, _) | (Some(_), Owner::Installation) => reach == Reach::Everywhere,
        (Some(own), Owner::Tenant(tenant)) => tenant == own,
        (Some(_), Owner::Unknown) => false,
    }
}

#[cfg(test)]
mod tests;
