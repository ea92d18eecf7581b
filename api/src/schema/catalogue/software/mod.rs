//! A software of the catalogue: how to detect it on a computer, and its versions.

mod change;
mod node;
mod origin;
mod package;
mod query;
mod way;

pub use change::SoftwareMutation;
pub use node::SoftwareNode;
pub use origin::{CopyMutation, Part};
pub use query::SoftwareQuery;
pub use way::SoftwareWayMutation;
