//! What has to be there, or gone, before a software is brought onto a computer: if these are installed or not, then install, uninstall
//! or fail (design.md, section 7). A prerequisite decides nothing by itself; the plan of a session takes it in
//! (`maintenance::session`), which brings what is needed right before what needs it.
//!
//! There is one list for the installation, and every change of it passes one stream: a circle cannot arise by two changes at once.
//!
//! What is refused when written, whatever the conditions and the versions say:
//!
//! - **self-reference**: a software whose prerequisite installs or uninstalls that software. A condition may name it ("an old
//!   version of it is there").
//! - **a circle**: software that would have to be installed before itself, by way of any others. What is to be uninstalled needs
//!   nothing before it, and closes no circle.
//! - **a chain** of more than [`MAX_PREREQUISITE_DEPTH`](crate::kernel::limits::MAX_PREREQUISITE_DEPTH) installations.
//! - **a contradiction**: two prerequisites of one software, for versions of it that both are for, of which one installs what the other
//!   uninstalls, or the two install it in versions that are never the same, where both apply whenever the first one does: their conditions
//!   are the same, or one of them has none.

mod access;
mod command;
mod condition;
mod contradiction;
mod decide;
mod event;
mod message;
mod needed;
mod range;
mod state;
mod words;

pub use command::{PrerequisiteChange, PrerequisiteCommand, PrerequisiteRejection};
pub use condition::{Condition, Conditions, Judgement, Quantifier};
#[cfg(test)]
pub(crate) use decide::tests as test_words;
pub use event::{PrerequisiteAdded, PrerequisiteChanged, PrerequisiteEvent, PrerequisiteRemoved};
pub use message::{FailMessage, FailMessageError};
pub use range::{VersionRange, VersionRangeError};
pub use state::{Consequence, Prerequisite, Prerequisites, ThePrerequisites, WantedVersion};
pub use words::path_phrase;
