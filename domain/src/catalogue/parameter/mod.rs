//! Parameters: what a task can be told, deployment by deployment (design.md, section 8: a run executes a script with parameters).
//!
//! A task defines them ([`Parameters`]), a deployment holds [`Values`] for some of them, and [`Parameters::check`] brings both
//! together: when a deployment is saved, to refuse what does not fit; when a session is planned, to fill in what the task says where the
//! deployment says nothing, so that a default that was changed meanwhile counts; and before each run, because a definition may have
//! changed since.
//!
//! Values stand in events, views and answers as they are; a secret stands there as its id.

mod definition;
mod fault;
mod kind;
mod name;
mod value;

pub use definition::{DefinitionError, Parameter, Parameters, ParametersError, ShownWhen};
pub use fault::{Faults, Misfit, ParameterFault};
pub use kind::{Choices, KindError, NumberRange, Numbers, ParameterKind, TextPattern, TextRule};
pub use name::{ParameterName, ParameterNameError};
pub use value::{Number, ParameterValue, Values, ValuesTooLarge};

#[cfg(test)]
mod tests;
