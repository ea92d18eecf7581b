use crate::catalogue::parameter::Values;
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
        /// What it is told: the action's, checked once more when it was asked for.
        #[serde(default, skip_serializing_if = "Values::is_empty")]
        parameters: Values,
    },
}

impl Job {
    pub fn script(&self) -> Sha256Digest {
        let Self::Script { script, .. } = self;
        *script
    }

    pub fn version(&self) -> Option<&Version> {
        let Self::Script { version, .. } = self;
        version.as_ref()
    }

    pub fn package(&self) -> Option<&Package> {
        let Self::Script { package, .. } = self;
        package.as_ref()
    }

    pub fn parameters(&self) -> &Values {
        let Self::Script { parameters, .. } = self;
        parameters
    }
}
