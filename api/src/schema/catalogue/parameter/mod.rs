//! Parameters: what a task can be told, and what deployments tell it.

mod definition;
mod value;

pub use definition::{ParameterNode, TaskParameterInput, check};
pub use value::{GivenParameter, GivenParameterInput, given, known, path_of};
