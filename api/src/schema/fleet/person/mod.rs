//! People who work for tenants.

mod change;
mod node;
mod query;

pub use change::{
    MovePersonInput, PersonMutation, RemovePersonInput, RenamePersonInput, SetPersonUpnInput,
    present_person,
};
pub use node::PersonNode;
pub use query::PersonQuery;
