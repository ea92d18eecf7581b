//! Who may do what: the one place that decides it (design.md, section 12).
//!
//! Every GraphQL field and mutation, upload and download asks [`may`]. An [`Action`] needs a [`Permission`] for a thing that has
//! an [`Owner`]; how far each permission reaches for each role is a line of one table, in `matrix.rs`. What is not allowed here
//! is not allowed anywhere, and nothing outside this folder compares roles.

mod action;
pub mod api_token;
mod matrix;
mod principal;

pub use action::{Action, Overridden, Owner};
pub use matrix::{Permission, Rank, Reach};
pub use principal::{Principal, principal_of};

/// The answer to what may not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("your role does not allow this: ask an administrator of yours")]
pub struct Denied;

/// Whether this principal may do that.
pub fn may(principal: Principal, action: Action) -> Result<(), Denied> {
    let (permission, owner) = action.needs();
    match permission.reach(principal.rank()) {
        Some(reach) if reaches(principal, reach, owner) => Ok(()),
        _ => Err(Denied),
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
