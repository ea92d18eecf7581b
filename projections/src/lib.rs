//! What can be asked: read models folded from events into one consistent view, for now and for any past moment.
//!
//! One projector folds all events in order into a [`View`] of persistent maps and publishes it as a cheap,
//! immutable snapshot. Whoever answers a request takes one snapshot and answers wholly from it. A past view is
//! made by the same fold, from the nearest kept snapshot: what was true then is found, not remembered. A view that
//! is only imagined is made by the same deciders and the same fold: [`View::imagine`].
//!
//! Not here: what events mean (`domain`), how they are stored (`event-store`), what is done about them
//! (`automation`).
//!
//! Start reading at [`View`], then [`Projections`]; for resolution over a whole fleet at [`Fleet`].

#![deny(clippy::iter_over_hash_type)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "tests wait in the real world"
    )
)]

mod caseless;
mod catalogue;
mod details;
mod extent;
mod fleet;
mod imagine;
mod index;
mod kept;
mod maintenance;
mod numbered;
mod packed;
mod projector;
mod registries;
mod registry;
mod rules;
mod snapshot;
mod view;

pub use caseless::{Caseless, folded, head_of};
pub use catalogue::shelf::{Shelf, SoftwareRow, Source};
pub use extent::Extent;
pub use fleet::agents::{AgentNames, AgentRow};
pub use fleet::computers::Onboarding;
pub use fleet::listings::Listing;
pub use fleet::people::{People, PersonLine, PersonRow};
pub use fleet::roster::{AgentsOf, Line, Roster, Row};
pub use fleet::rows::{Placed, Rows};
pub use fleet::tags::{TagCounts, Tags};
pub use index::{Place, Within};
pub use maintenance::collected::{Collected, MAX_COLLECTED_BYTES};
pub use maintenance::runs::OpenRun;
pub use maintenance::sessions::{KEPT_SESSIONS_PER_COMPUTER, Sessions, Which};
pub use maintenance::troubled::Trouble;
pub use projector::{AsOf, FoldError, PastError, Projections};
pub use registries::{Held, Known, Registries};
pub use registry::{Entry, Only, Registry, Stamp};
pub use rules::brought::{Brought, Certainty, MAX_BROUGHT};
pub use rules::difference::{
    Change, ChangeKind, Difference, DifferenceError, MAX_CHANGES, Subject, compare, difference,
};
pub use rules::history::{Cause, HistoryError, MAX_HISTORY_EVENTS, MAX_HISTORY_TURNS, Turn};
pub use rules::resolution::{FOR_TENANTS, Missing, Moment, ViewNames, Won};
pub use rules::tally::{ConflictChange, Stands, Tallies, Tally, TenantStands};
pub use rules::winners::{Fleet, FleetCache};
pub use snapshot::{SNAPSHOT_FILE, Snapshots};
pub use view::{ApplyError, View};
