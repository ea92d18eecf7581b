//! A token with which a person or an integration uses the API, and its role.

mod access;
mod command;
mod decide;
mod event;
mod state;

pub use command::{ApiTokenCommand, ApiTokenRejection};
pub use event::{ApiTokenCreated, ApiTokenEvent, ApiTokenRevoked};
pub use state::{ApiToken, Grant, Role};

/// The prefix of the token's text.
pub const API_TOKEN_PREFIX: &str = "upt";
