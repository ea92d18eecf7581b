//! A software of the catalogue: how to detect it on a computer, and its versions.

mod change;
mod node;
mod package;
mod query;
mod way;

pub use change::SoftwareMutation;
pub use node::SoftwareNode;
pub use query::SoftwareQuery;
pub use way::SoftwareWayMutation;
