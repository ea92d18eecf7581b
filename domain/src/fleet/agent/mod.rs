//! An agent: one pathway to a computer. It enrols with a token and its own key, is identified as a computer,
//! and comes and goes. Presence is not an event; its transitions are.
//!
//! Who it is may be in doubt: its key is shown by two, it claims hardware that another key was first on, it tells of other
//! hardware than before. Then it is held: it stays out, gets nothing to run, and a person decides.

mod access;
mod command;
mod decide;
mod event;
mod state;

pub use command::{AgentCommand, AgentRejection, Enrolment};
pub use event::{
    AgentConnected, AgentDisconnected, AgentEnrolled, AgentEvent, AgentHardwareKnown, AgentHeld,
    AgentIdentified, AgentMoved, AgentReleased, AgentRevoked, DisconnectReason, HoldReason,
    ReleasedAs,
};
pub use state::{Agent, Alone, EnrolledAs, Identification, PublicKey, Standing};
