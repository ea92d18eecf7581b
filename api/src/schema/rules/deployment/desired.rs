//! The state that an item should have.

use async_graphql::{Enum, Object, OneofObject, Result};
use upkeep_commands::Stop;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::rules::deployment;
use upkeep_domain::rules::resolution::desired_phrase;

/// The state that an item should have.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum DesiredStateKind {
    /// Installed, in the newest published version.
    InstalledLatest,
    /// Installed, in exactly one version; a newer one is downgraded.
    InstalledExactly,
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

/// The state that an item should have: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum DesiredStateInput {
    /// `true`: installed, in the newest published version.
    InstalledLatest(bool),
    /// Installed, in exactly this version.
    InstalledExactly(String),
    /// `true`: the newest version where some version is there; nothing where it is missing.
    UpdateIfFound(bool),
    /// `true`: not there.
    Uninstalled(bool),
    /// `true`: left alone, whatever is there.
    Ignored(bool),
    /// `true`: a cloud task is brought into its state.
    Enforce(bool),
    /// `true`: a cloud task is looked at, and what differs is reported.
    Audit(bool),
    /// `true`: a cloud task's values are collected.
    Monitor(bool),
}

impl DesiredStateInput {
    pub fn check(&self) -> Result<deployment::DesiredState, Stop> {
        use deployment::DesiredState as State;
        match self {
            Self::InstalledExactly(version) => Version::new(version)
                .map(State::InstalledExactly)
                .map_err(|error| Stop::invalid(&error).at("desired")),
            Self::InstalledLatest(true) => Ok(State::InstalledLatest),
            Self::UpdateIfFound(true) => Ok(State::UpdateIfFound),
            Self::Uninstalled(true) => Ok(State::Uninstalled),
            Self::Ignored(true) => Ok(State::Ignored),
            Self::Enforce(true) => Ok(State::Enforce),
            Self::Audit(true) => Ok(State::Audit),
            Self::Monitor(true) => Ok(State::Monitor),
            _ => {
                let message = "the state is true or not given: choose another state";
                Err(Stop::invalid(message).at("desired"))
            }
        }
    }
}

/// The state that an item should have.
#[derive(Clone)]
pub struct DesiredStateNode {
    pub state: deployment::DesiredState,
    pub latest: Option<Version>,
}

/// The state that an item should have.
#[Object(name = "DesiredState")]
impl DesiredStateNode {
    /// What kind of state.
    async fn kind(&self) -> DesiredStateKind {
        match self.state {
            deployment::DesiredState::InstalledLatest => DesiredStateKind::InstalledLatest,
            deployment::DesiredState::InstalledExactly(_) => DesiredStateKind::InstalledExactly,
            deployment::DesiredState::UpdateIfFound => DesiredStateKind::UpdateIfFound,
            deployment::DesiredState::Uninstalled => DesiredStateKind::Uninstalled,
            deployment::DesiredState::Ignored => DesiredStateKind::Ignored,
            deployment::DesiredState::Enforce => DesiredStateKind::Enforce,
            deployment::DesiredState::Audit => DesiredStateKind::Audit,
            deployment::DesiredState::Monitor => DesiredStateKind::Monitor,
        }
    }

    /// The version that it means: the exact one, or what "latest" means at this moment.
    async fn version(&self) -> Option<String> {
        match &self.state {
            deployment::DesiredState::InstalledExactly(version) => Some(version.to_string()),
            deployment::DesiredState::InstalledLatest | deployment::DesiredState::UpdateIfFound => {
                self.latest.as_ref().map(ToString::to_string)
            }
            _ => None,
        }
    }

    /// In words.
    async fn text(&self) -> String {
        desired_phrase(&self.state, self.latest.as_ref())
    }
}
