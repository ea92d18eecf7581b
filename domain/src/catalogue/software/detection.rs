//! How it is found out whether a software is on a computer, and in which version.

use crate::catalogue::program::ProgramMatch;
use crate::catalogue::script::Script;
use serde::{Deserialize, Serialize};

/// How a software is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Detection {
    /// It prints the installed version and nothing else; no output means that it is not installed.
    Script(Script),
    /// Among the programs that the computer's own system lists. Of several that fit the newest version counts; none means that it
    /// is not installed.
    Program(ProgramMatch),
}

impl Detection {
    /// What runs, if it is a script.
    pub fn script(&self) -> Option<&Script> {
        match self {
            Self::Script(script) => Some(script),
            Self::Program(_) => None,
        }
    }

    /// What is looked for, if no script looks.
    pub fn program(&self) -> Option<&ProgramMatch> {
        match self {
            Self::Program(program) => Some(program),
            Self::Script(_) => None,
        }
    }
}

impl From<Script> for Detection {
    fn from(script: Script) -> Self {
        Self::Script(script)
    }
}

impl From<ProgramMatch> for Detection {
    fn from(program: ProgramMatch) -> Self {
        Self::Program(program)
    }
}
