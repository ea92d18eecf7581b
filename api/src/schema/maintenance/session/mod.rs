//! A maintenance session: brings one computer into the state that its winning deployments describe.

mod action;
mod change;
mod compliance;
mod draft;
mod need;
mod node;
pub mod output;
mod query;
mod result;
mod run;

pub use action::ActionNode;
pub use change::{SessionMutation, StartSessionInput, ad_hoc};
pub use compliance::ComplianceQuery;
pub use draft::{DraftMutation, RunScriptInput};
pub use node::{SessionKindName, SessionNode, SessionStatus, status_of};
pub use query::SessionQuery;
pub use run::{OutputChunk, RunNode};
