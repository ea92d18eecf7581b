//! What is managed: tenants, their computers and people, the agents that lead to computers, and what groups them.

pub mod agent;
pub mod agreement;
pub mod claim;
pub mod computer;
pub mod enrolment;
pub mod group;
pub mod passage;
pub mod person;
pub mod tag;
pub mod tenant;
