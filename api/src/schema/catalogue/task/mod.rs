//! A task: something on a computer that scripts test, set and read; and the values that they told.

mod change;
mod node;
mod query;
mod value;

pub use change::TaskMutation;
pub use node::TaskNode;
pub use query::TaskQuery;
pub use value::CollectedNode;
