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
}
