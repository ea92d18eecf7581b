//! The state that an item should have.

use async_graphql::{Enum, InputObject, Object, Result};
use upkeep_commands::Stop;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::rules::deployment;
use upkeep_domain::rules::resolution::desired_phrase;

/// The state that an item should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DesiredStateKind {
    /// Installed, in the newest published version.
    InstalledLatest,
    /// Installed, in exactly one version; a newer one is downgraded.
    InstalledExactly,
    /// Installed, in one version or a newer one; what is older or missing comes in the newest published version.
    InstalledAtLeast,
    /// The newest version where some version is there; nothing where it is missing.
    UpdateIfFound,
    /// Not there.
    Uninstalled,
    /// Left alone, whatever is there: the way to make an exception.
    Ignored,
    /// A cloud task is brought into its state.
    Enforce,
    /// A cloud task is looked at, and what differs is reported.
    Audit,
    /// A cloud task's values are collected.
    Monitor,
}

/// The state that an item should have.
#[derive(Clone, Debug, InputObject)]
pub struct DesiredStateInput {
    /// What kind of state.
    kind: DesiredStateKind,
    /// The exact version, for INSTALLED_EXACTLY, and the oldest one that is enough, for INSTALLED_AT_LEAST; nothing else has one.
    version: Option<String>,
}

impl DesiredStateInput {
    pub fn check(&self) -> Result<deployment::DesiredState, Stop> {
        use deployment::DesiredState as State;
        let state = match (self.kind, &self.version) {
            (DesiredStateKind::InstalledExactly, Some(version)) => {
                return Version::new(version)
                    .map(State::InstalledExactly)
                    .map_err(|error| Stop::invalid(&error).at("desired.version"));
            }
            (DesiredStateKind::InstalledAtLeast, Some(version)) => {
                return Version::new(version)
                    .map(State::InstalledAtLeast)
                    .map_err(|error| Stop::invalid(&error).at("desired.version"));
            }
            (DesiredStateKind::InstalledExactly | DesiredStateKind::InstalledAtLeast, None) => {
                let message = "INSTALLED_EXACTLY and INSTALLED_AT_LEAST need a version: say which";
                return Err(Stop::invalid(message).at("desired.version"));
            }
            (_, Some(_)) => {
                let message = "only INSTALLED_EXACTLY and INSTALLED_AT_LEAST have a version: leave it out, or choose one of them";
                return Err(Stop::invalid(message).at("desired.version"));
            }
            (DesiredStateKind::InstalledLatest, None) => State::InstalledLatest,
            (DesiredStateKind::UpdateIfFound, None) => State::UpdateIfFound,
            (DesiredStateKind::Uninstalled, None) => State::Uninstalled,
            (DesiredStateKind::Ignored, None) => State::Ignored,
            (DesiredStateKind::Enforce, None) => State::Enforce,
            (DesiredStateKind::Audit, None) => State::Audit,
            (DesiredStateKind::Monitor, None) => State::Monitor,
        };
        Ok(state)
    }
}

/// The state that an item should have.
#[derive(Clone)]
pub struct DesiredStateNode {
    pub state: deployment::DesiredState,
    pub latest: Option<Version>,
}

/// The state that an item should have: kind and version can be written back as they are read.
#[Object(name = "DesiredState")]
impl DesiredStateNode {
    /// What kind of state.
    async fn kind(&self) -> DesiredStateKind {
        match self.state {
            deployment::DesiredState::InstalledLatest => DesiredStateKind::InstalledLatest,
            deployment::DesiredState::InstalledExactly(_) => DesiredStateKind::InstalledExactly,
            deployment::DesiredState::InstalledAtLeast(_) => DesiredStateKind::InstalledAtLeast,
            deployment::DesiredState::UpdateIfFound => DesiredStateKind::UpdateIfFound,
            deployment::DesiredState::Uninstalled => DesiredStateKind::Uninstalled,
            deployment::DesiredState::Ignored => DesiredStateKind::Ignored,
            deployment::DesiredState::Enforce => DesiredStateKind::Enforce,
            deployment::DesiredState::Audit => DesiredStateKind::Audit,
            deployment::DesiredState::Monitor => DesiredStateKind::Monitor,
        }
    }

    /// The exact version, for INSTALLED_EXACTLY; the oldest one that is enough, for INSTALLED_AT_LEAST.
    async fn version(&self) -> Option<String> {
        match &self.state {
            deployment::DesiredState::InstalledExactly(version)
            | deployment::DesiredState::InstalledAtLeast(version) => Some(version.to_string()),
            _ => None,
        }
    }

    /// The version that it means: the exact one, or what "latest" means at this moment.
    async fn meant_version(&self) -> Option<String> {
        match &self.state {
            deployment::DesiredState::InstalledExactly(version) => Some(version.to_string()),
            deployment::DesiredState::InstalledLatest | deployment::DesiredState::UpdateIfFound => {
                self.latest.as_ref().map(ToString::to_string)
            }
            deployment::DesiredState::InstalledAtLeast(least) => {
                let latest = self.latest.as_ref().filter(|latest| *latest >= least);
                latest.map(ToString::to_string)
            }
            _ => None,
        }
    }

    /// In words.
    async fn text(&self) -> String {
        desired_phrase(&self.state, self.latest.as_ref())
    }
}
