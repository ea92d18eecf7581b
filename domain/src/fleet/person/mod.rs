//! A person who works for a tenant: known from a directory, an integration, or typed in. People are reached through
//! the computers whose primary person they are.

mod access;
mod command;
mod decide;
mod event;

pub use command::{PersonCommand, PersonRejection};
pub use event::{
    PersonAdded, PersonEvent, PersonMoved, PersonRemoved, PersonRenamed, PersonTagged,
    PersonUntagged, UpnChanged,
};

use crate::fleet::claim::ClaimKey;
use crate::fleet::tag::Tag;
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is known of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Nothing until the person was added.
    pub profile: Option<Profile>,
    pub tags: BTreeSet<Tag>,
    /// A removed person is nobody's primary person any more.
    pub is_removed: bool,
    /// Counts what happened: what is judged is this very person, not one who is the same again after something else.
    pub changes: u64,
}

/// Who a person is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub tenant: TenantId,
    pub name: Name,
    /// The user principal name, `ada@contoso.example`, where there is one.
    pub upn: Option<Name>,
}

impl Person {
    /// The tenant and the name, of somebody who is there.
    pub fn present(&self) -> Option<&Profile> {
        self.profile.as_ref().filter(|_| !self.is_removed)
    }

    /// Whether this is the user principal name of somebody who is there.
    pub fn has_upn(&self, key: ClaimKey) -> bool {
        let upn = self.present().and_then(|profile| {
            let upn = profile.upn.as_ref()?;
            Some(ClaimKey::upn(profile.tenant, upn))
        });
        upn == Some(key)
    }
}
