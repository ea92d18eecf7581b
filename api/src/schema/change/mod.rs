//! How a mutation becomes a change. What is to be changed stands with the concept that it is about; here is what all have in common:
//! the shapes that they are written in, their inputs checked, a plan that is carried out or only imagined, how far it reaches,
//! and the command on its way.

#[macro_use]
mod shapes;

mod impact;
mod input;
mod order;
mod plan;

pub use impact::{confirmed, imagined, too_many};
pub use input::{Checked, found, name, optional_name};
pub use order::{Order, refuse_if_removed};
pub use plan::{Change, Confirmation, Plan, Planned, carry_out, carry_out_planned, new_id};
