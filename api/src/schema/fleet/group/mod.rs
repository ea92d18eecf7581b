//! A group of a directory or of an RMM. Who is in it chooses computers.

mod change;
mod node;
mod query;

pub use change::{ChangeGroupMembersInput, GroupMutation, RemoveGroupInput};
pub use node::GroupNode;
pub use query::GroupQuery;
