//! A task: something on a computer that is no software, and that scripts test, set and read (design.md, section 6).
//!
//! It has separate scripts, or one combined script that is told its [`Method`]. Which modes it can serve follows from what it
//! has: it is enforced by test and set, audited by test, monitored by get. Its parameters are told to all of its scripts.

mod access;
mod command;
mod concurrency;
mod decide;
mod event;
mod mode;
mod scripts;
mod state;

pub use super::notes::{Notes, NotesError};
pub use command::{TaskCommand, TaskRejection};
pub use concurrency::Concurrency;
#[cfg(test)]
pub(crate) use decide::tests as test_events;
pub use event::{
    TaskCreated, TaskEvent, TaskMadeParallel, TaskMadeSerial, TaskNotesWritten,
    TaskParametersDefined, TaskRenamed, TaskScriptRemoved, TaskScriptSet,
};
pub use mode::{ModeNotServed, TaskMode};
pub use scripts::{Method, TaskScriptRole, TaskScripts};
pub use state::Task;
