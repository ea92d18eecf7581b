//! How a mutation becomes a change. What is to be changed stands with the concept that it is about; here is what all have in common:
//! the shapes that they are written in, their inputs checked, a plan that is carried out or only imagined, how far it reaches,
//! and the command on its way.

#[macro_use]
mod shapes;

mod deployment;
mod fact_inputs;
mod facts;
mod impact;
mod input;
mod moving;
mod order;
mod place;
mod plan;
mod preview;

pub use deployment::DeploymentMutation;
pub use fact_inputs::RenameTenantInput;
pub use facts::FactMutation;
pub use impact::{confirmed, imagined, too_many};
pub use input::{Checked, found, name, optional_name};
pub use order::{Order, refuse_if_removed};
pub use place::{Wanted, decide as decide_place};
pub use plan::{Change, Confirmation, Plan, Planned, carry_out, carry_out_planned, new_id};
pub use preview::{PreviewInput, preview};
