//! What is true: the events, commands, decisions and rules of Upkeep.
//!
//! This crate is pure. It does no I/O, reads no clock, draws no random number and knows no runtime:
//! whatever a decision needs (the time, the actor, facts from elsewhere) is handed to it, so that the same
//! question always has the same answer, in a test, in a live server and in a replay of last year.
//!
//! Not here: where events are stored (`event-store`), what can be asked (`projections`), what happens by
//! itself (`automation`), how people and agents reach it (`api`, `agent-gateway`).
//!
//! Six contexts, whose names are folders in every layer, on one kernel. Start reading at [`kernel::decider`] (the shape of
//! every decision) and [`aggregates`] (the list of all that decide), then [`rules`] and [`maintenance`], which are what the
//! product is about.

pub mod access;
pub mod aggregates;
pub mod catalogue;
pub mod fleet;
pub mod installation;
pub mod kernel;
pub mod maintenance;
pub mod rules;
