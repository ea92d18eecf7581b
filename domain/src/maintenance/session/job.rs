//! What a run carries out.

use crate::catalogue::parameter::Values;
use crate::catalogue::program::ProgramMatch;
use crate::catalogue::script::ScriptTimeout;
use crate::catalogue::software::{Detection, Package};
use crate::catalogue::version::Version;
use crate::kernel::digest::Sha256Digest;
use serde::{Deserialize, Serialize};

/// What is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every run carries out a script"
)]
pub enum Job {
    Script {
        script: Sha256Digest,
        /// The version that it installs or removes; nothing for a detection.
        version: Option<Version>,
        package: Option<Package>,
        /// What it is told: the action's, checked once more when it was asked for.
        #[serde(default, skip_serializing_if = "Values::is_empty")]
        parameters: Values,
    },
    /// Nothing but a look at the programs that the computer's system lists.
    Program { program: ProgramMatch },
}

impl Job {
    /// What looks whether a software is there, and how long that may take.
    pub(super) fn detecting(detection: &Detection) -> (Self, ScriptTimeout) {
        match detection {
            Detection::Script(script) => {
                let job = Self::Script {
                    script: script.digest(),
                    version: None,
                    package: None,
                    parameters: Values::default(),
                };
                (job, script.timeout)
            }
            Detection::Program(program) => {
                let program = program.clone();
                (Self::Program { program }, ScriptTimeout::DETECTION)
            }
        }
    }

    /// The script, if one runs.
    pub fn script(&self) -> Option<Sha256Digest> {
        match self {
            Self::Script { script, .. } => Some(*script),
            Self::Program { .. } => None,
        }
    }

    /// Names what is carried out: the script, or what is looked for.
    pub fn digest(&self) -> Sha256Digest {
        match self {
            Self::Script { script, .. } => *script,
            // It can be written: it is written in the run's event.
            Self::Program { program } => {
                Sha256Digest::of(&serde_json::to_vec(program).unwrap_or_default())
            }
        }
    }

    pub fn version(&self) -> Option<&Version> {
        match self {
            Self::Script { version, .. } => version.as_ref(),
            Self::Program { .. } => None,
        }
    }

    pub fn package(&self) -> Option<&Package> {
        match self {
            Self::Script { package, .. } => package.as_ref(),
            Self::Program { .. } => None,
        }
    }

    /// What is looked for, if no script runs.
    pub fn program(&self) -> Option<&ProgramMatch> {
        match self {
            Self::Program { program } => Some(program),
            Self::Script { .. } => None,
        }
    }

    /// What its script is told, if one runs.
    pub fn parameters(&self) -> Option<&Values> {
        match self {
            Self::Script { parameters, .. } => Some(parameters),
            Self::Program { .. } => None,
        }
    }
}
