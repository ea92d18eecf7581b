//! How anything is changed: for people, agents, and what happens by itself, the same way.
//!
//! Whoever asks for something names an aggregate and a command ([`Ask::see`], [`Sight::plan`]); here it is asked once whether
//! the sender may ([`upkeep_domain::access`]), how far the change reaches and whether that was meant ([`impact`]), which
//! streams it has to pass first ([`tree`], [`hardware`], [`claims`]); then the one handler loads, decides and appends ([`handler`]), and the
//! answer waits for a view that shows it. The same plan can be imagined instead.
//!
//! Not here: what is decided (`domain`), how a door tells it (`api`, `agent-gateway`), what asks by itself (`automation`).
//!
//! Start reading at [`Change`], then [`Commands::carry_out`].

#![deny(clippy::iter_over_hash_type)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "tests wait in the real world"
    )
)]

mod ask;
mod change;
mod claims;
mod envelope;
mod error;
mod handler;
mod hardware;
mod impact;
mod kept;
mod modes;
mod parameters;
mod room;
mod secrets;
mod send;
mod stop;
mod tree;

pub use ask::{Ask, Plan, Sight};
pub use change::{Change, Confirmation, Done};
pub use envelope::Envelope;
pub use error::CommandError;
pub use handler::{CommandHandler, Outcome};
pub use impact::reach;
pub use send::{Commands, OWN_WRITES_PATIENCE};
pub use stop::{At, Refusal, Stop};
