//! How a mutation becomes a change. What is to be changed stands with the concept that it is about: an input says which command it
//! is for which aggregate (`upkeep_commands::Change`). Here is what all have in common: the shapes that they are written in, what
//! inputs hold, who asks, and the answer.

#[macro_use]
mod shapes;
#[macro_use]
mod bulk;

mod asking;
mod input;
mod together;

pub use asking::{asking, carry_out, change, envelope};
pub use bulk::{Became, Bulk, BulkOptions, MAX_BULK, change_each};
pub use input::{Global, Input, Payload, id_of, name, optional_name, optional_notes, seen};
pub use together::Together;
