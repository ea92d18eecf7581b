//! Resolution: which deployment wins for each maintenance item on a computer or for a tenant, and why.

mod node;
mod query;

pub use node::{ItemResolutionNode, NotCandidateKind, ResolutionKey};
pub use query::{ResolutionQuery, asked_item, one_item};
