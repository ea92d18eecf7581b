//! What a run carries out.

use crate::catalogue::program::ProgramMatch;
use crate::catalogue::software::Package;
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
pub enum Job {
    Script {
        script: Sha256Digest,
        /// The version that it installs or removes; nothing for a detection.
        version: Option<Version>,
        package: Option<Package>,
    },
    /// Nothing but a look at the programs that the computer's system lists.
    Program { program: ProgramMatch },
}

impl Job {
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
}
