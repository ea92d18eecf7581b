//! A software of the catalogue: how to detect it on a computer, and its versions.

mod change;
mod node;
mod query;

pub use change::SoftwareMutation;
pub use node::SoftwareNode;
pub use query::SoftwareQuery;
