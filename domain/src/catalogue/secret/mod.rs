//! Secrets: what scripts are told that nobody may read, such as the password with which a computer joins a domain.
//!
//! Whoever sets one cannot read it back, and neither can anybody else: a secret is kept sealed (encrypted and authenticated) under a
//! key that is outside of the data directory, and is opened only where a run that is told it goes to its agent. Here it is an opaque text.

mod access;
mod command;
mod decide;
mod event;
mod sealed;
mod value;

pub use command::{SecretCommand, SecretRejection};
pub use event::{SecretCreated, SecretEvent, SecretRemoved, SecretRenamed, SecretReplaced};
pub use sealed::Sealed;
pub use value::SecretValueError;

use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};

/// What is known of a secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Secret {
    /// Nothing until it was created.
    terms: Option<Terms>,
    /// Nothing once it was removed.
    sealed: Option<Sealed>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Terms {
    owner: Option<TenantId>,
    name: Name,
}

impl Secret {
    /// What people call it; nothing until it was created.
    pub fn name(&self) -> Option<&Name> {
        Some(&self.terms.as_ref()?.name)
    }

    /// The tenant whose it is; within it, nothing where it is the installation's. Nothing until it was created.
    pub fn owner(&self) -> Option<Option<TenantId>> {
        Some(self.terms.as_ref()?.owner)
    }

    /// The secret itself; nothing where there is none, or none any more.
    pub fn sealed(&self) -> Option<&Sealed> {
        self.sealed.as_ref()
    }

    /// Whether it is there.
    pub fn is_present(&self) -> bool {
        self.sealed.is_some()
    }

    /// Whether it may be told about the computers of this tenant, or of every one. One that is a tenant's is for that tenant alone, not
    /// for those below it.
    pub fn serves(&self, tenant: Option<TenantId>) -> bool {
        let owner = self.owner().filter(|_| self.is_present());
        owner.is_some_and(|owner| owner.is_none() || owner == tenant)
    }
}
