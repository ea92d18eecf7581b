//! Facts across aggregates: what no stream can decide alone is decided in one stream that all such changes pass, before the
//! stream that it is about.

use crate::fleet::tenant::Presence;
use crate::kernel::ids::{ComputerId, PersonId, SessionId, TenantId};
use crate::kernel::name::Name;

/// The stream that a command has to pass before its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// The tree of tenants: nobody is below himself, nor below somebody who is not there. Its decision is told in the
    /// tenant's stream.
    Tree { tenant: TenantId, wanted: Wanted },
    /// A place in the tree for a tenant that is about to be made.
    PlaceInTree { tenant: TenantId, parent: TenantId },
    /// The claim of the computer's hardware in the tenant that it goes to.
    HardwareThere {
        computer: ComputerId,
        tenant: TenantId,
    },
    /// The claim of the computer's hardware in its own tenant, for it may be somebody else's by now.
    HardwareAgain { computer: ComputerId },
    /// The claim of a user principal name in the tenant that the person is of, or comes to.
    Upn {
        person: PersonId,
        tenant: TenantId,
        upn: Name,
    },
    /// The claim of a place among the sessions that wait for a computer.
    PlaceInQueue {
        session: SessionId,
        computer: ComputerId,
        tenant: TenantId,
    },
}

/// What is asked of the tree for a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Parent(Option<TenantId>),
    Presence(Presence),
}
