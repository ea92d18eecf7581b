//! Resolution: which deployment wins for each maintenance item on a computer or for a tenant, and why.

mod kinds;
mod node;
mod query;

pub use kinds::{NotCandidateKind, ResolutionKey};
pub use node::ItemResolutionNode;
pub use query::{ResolutionQuery, asked_item, one_item};
