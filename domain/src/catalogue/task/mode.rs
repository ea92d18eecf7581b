//! The modes in which a task is wanted, and what each of them takes.

use super::{Method, Task};
use crate::kernel::codes::Code;

/// In which way a task is wanted. That it is to be left alone is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskMode {
    /// It is brought about, and tested again.
    Enforce,
    /// It is tested, and what differs is reported.
    Audit,
    /// Its value is collected.
    Monitor,
}

impl TaskMode {
    pub const ALL: [Self; 3] = [Self::Enforce, Self::Audit, Self::Monitor];

    /// What is asked of a task in this mode. What enforces without a test brings no evidence of its effect.
    pub fn methods(self) -> &'static [Method] {
        match self {
            Self::Enforce => &[Method::Test, Method::Set],
            Self::Audit => &[Method::Test],
            Self::Monitor => &[Method::Get],
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::Enforce => "enforced",
            Self::Audit => "audited",
            Self::Monitor => "monitored",
        }
    }
}

/// A task lacks what a mode takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the task cannot be {}: it has no {} script; give it one, or choose another mode", mode.phrase(), lacks.name()
)]
pub struct ModeNotServed {
    pub mode: TaskMode,
    pub lacks: Method,
}

impl ModeNotServed {
    pub const CODE: Code = Code::ScriptMissing;
}

impl Task {
    /// Refuses a mode for which it lacks a script.
    pub fn serves(&self, mode: TaskMode) -> Result<(), ModeNotServed> {
        let mut methods = mode.methods().iter().copied();
        match methods.find(|method| self.scripts.of(*method).is_none()) {
            Some(lacks) => Err(ModeNotServed { mode, lacks }),
            None => Ok(()),
        }
    }

    /// The modes that it can serve.
    pub fn modes(&self) -> impl Iterator<Item = TaskMode> {
        let all = TaskMode::ALL.into_iter();
        all.filter(|mode| self.serves(*mode).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::task::TaskScriptRole as Role;
    use crate::catalogue::task::test_events::task;

    #[test]
    fn the_modes_follow_from_the_scripts() {
        let modes = |roles: &[Role]| task(roles).modes().collect::<Vec<_>>();
        let (enforce, audit, monitor) = (TaskMode::Enforce, TaskMode::Audit, TaskMode::Monitor);
        assert_eq!(modes(&[]), []);
        assert_eq!(modes(&[Role::Set]), []);
        assert_eq!(modes(&[Role::Test]), [audit]);
        assert_eq!(modes(&[Role::Get]), [monitor]);
        assert_eq!(modes(&[Role::Test, Role::Set]), [enforce, audit]);
        assert_eq!(modes(&[Role::Combined]), [enforce, audit, monitor]);
    }

    #[test]
    fn what_a_mode_lacks_is_named() {
        let why = task(&[Role::Test]).serves(TaskMode::Enforce).unwrap_err();
        assert_eq!(
            why.to_string(),
            "the task cannot be enforced: it has no set script; give it one, or choose another mode"
        );
    }
}
