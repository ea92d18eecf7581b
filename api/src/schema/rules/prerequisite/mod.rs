//! What has to come before a software is brought onto a computer.

mod change;
mod input;
mod node;
mod query;
mod range;

pub use change::PrerequisiteMutation;
pub use node::PrerequisiteNode;
pub use query::{PrerequisiteQuery, needed_by, of_software};
