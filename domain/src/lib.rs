//! What is true: the events, commands, decisions and rules of Upkeep.
//!
//! This crate is pure. It does no I/O, reads no clock, draws no random number and knows no runtime:
//! whatever a decision needs (the time, the actor, facts from elsewhere) is handed to it, so that the same
//! question always has the same answer, in a test, in a live server and in a replay of last year.
//!
//! Not here: where events are stored (`event-store`), what can be asked (`projections`), what happens by
//! itself (`automation`), how people and agents reach it (`api`, `agent-gateway`).
//!
//! Start reading at [`decider`] (the shape of every decision), then [`deployment`], [`resolution`] and
//! [`session`], which are what the product is about.

pub mod access;
pub mod agent;
pub mod agreement;
pub mod api_token;
pub mod clock_jumps;
pub mod cloud_task;
pub mod computer;
pub mod decider;
pub mod deployment;
pub mod enrolment;
pub mod event;
pub mod expression;
pub mod group;
#[cfg(test)]
mod harness;
pub mod ids;
pub mod instance;
pub mod limits;
pub mod metadata;
pub mod name;
pub mod person;
pub mod resolution;
pub mod script;
pub mod secret;
pub mod server;
pub mod session;
pub mod software;
pub mod tag;
pub mod tenant;
pub mod text;
pub mod version;
