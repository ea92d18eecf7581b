//! Where events live: one port, an embedded engine on `SQLite`, and a client for `EventStoreDB`.
//!
//! The port ([`EventStore`]) promises what `EventStoreDB` promises, so that either can stand behind it: one total
//! order, gap-free stream revisions, atomic and flushed appends, idempotence by event id, subscriptions without a
//! gap or a repeat. `tests/conformance.rs` is written against the port.
//!
//! Not here: what events mean (`domain`), what is made of them (`projections`), how commands become events (`commands`).
//!
//! Start reading at [`port`], then [`sqlite`] for the embedded engine.

#![deny(clippy::iter_over_hash_type)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "tests wait in the real world"
    )
)]

pub mod eventstoredb;
pub mod evidence;
pub mod port;
pub mod private;
mod reading;
pub mod recognition;
pub mod retention;
pub mod sqlite;
pub mod transfer;

pub use eventstoredb::{ConnectError, EventStoreDb};
pub use port::{
    AppendError, Appended, ContentType, Delivery, Direction, EventFault, EventStore,
    EventSubscription, ExpectedRevision, MAX_APPEND_BYTES, NewEvent, Outage, Position, ReadError,
    RecordedEvent, Retention, StreamName, StreamNameError,
};
pub use reading::{Origin, Unreadable};
pub use sqlite::{OpenError, ReadOnlyStore, SqliteReader, SqliteStore};
pub use upkeep_world::{Clock, World, real_world};
