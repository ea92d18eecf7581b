//! A token with which agents enrol: bound to a tenant, expiring, limited in uses, stored as a digest.

mod access;
mod command;
mod decide;
mod event;
mod state;

pub use command::{EnrolmentTokenCommand, EnrolmentTokenRejection};
pub use event::{
    EnrolmentTokenCreated, EnrolmentTokenEvent, EnrolmentTokenRevoked, EnrolmentTokenUsed,
};
pub use state::{EnrolmentToken, TokenTerms};

/// The prefix of the token's text.
pub const ENROLMENT_TOKEN_PREFIX: &str = "upe";
