//! An agent: one pathway to a computer. It enrols with a token and its own key, is identified as a computer,
//! and comes and goes. Presence is not an event; its transitions are (design.md, section 10).

mod command;
mod decide;
mod event;
mod state;

pub use command::{AgentCommand, AgentRejection, Enrolment};
pub use event::{
    AgentConnected, AgentDisconnected, AgentEnrolled, AgentEvent, AgentHeld, AgentIdentified,
    AgentReleased, AgentRevoked, DisconnectReason,
};
pub use state::{Agent, EnrolledAs, PublicKey, Standing};
