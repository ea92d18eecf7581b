//! What an action needs before it is carried out, and what was judged of it (`rules::prerequisite`).

use super::action::ResultReason;
use super::finding::Finding;
use super::plan::Goal;
use crate::kernel::ids::{ActionId, PrerequisiteId, SoftwareId};
use crate::rules::deployment::DesiredState;
use crate::rules::prerequisite::{Conditions, Judgement, VersionRange};
use serde::{Deserialize, Serialize};

/// One prerequisite of an action, as it was when the session resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Need {
    pub prerequisite: PrerequisiteId,
    /// The versions that it is for: of the version that the action brings.
    pub versions: VersionRange,
    pub when: Conditions,
    pub met: Met,
    /// What it says, in one sentence.
    pub says: String,
}

/// How a need is met where it applies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Met {
    /// By an action of this session, before.
    Before { action: ActionId, goal: Goal },
    /// By what is there, if it is so: a deployment leaves that as it is.
    AsFound { software: SoftwareId, goal: Goal },
    /// By nothing.
    Never { obstacle: Obstacle, why: String },
}

/// Why a need is never met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Obstacle {
    /// The prerequisite says to fail.
    Forbidden,
    /// A deployment, or another prerequisite, wants the contrary.
    Contradicted,
    /// It would have to come before itself, or behind too many others.
    Circle,
    /// The catalogue does not have it.
    Unknown,
}

impl Obstacle {
    pub(super) fn reason(self) -> ResultReason {
        match self {
            Self::Forbidden => ResultReason::PrerequisiteForbids,
            Self::Contradicted => ResultReason::PrerequisiteContradicted,
            Self::Circle => ResultReason::PrerequisiteCircle,
            Self::Unknown => ResultReason::PrerequisiteFailed,
        }
    }
}

/// Whether a need applies on this computer, and what that was judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JudgedNeed {
    pub prerequisite: PrerequisiteId,
    pub judgement: Judgement,
    /// What was found of the software that it asks for.
    pub seen: Vec<SeenSoftware>,
}

/// What a look at a software told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenSoftware {
    pub software: SoftwareId,
    /// Nothing where the look told nothing.
    pub finding: Option<Finding>,
}

impl Need {
    /// The action that it is met by.
    pub fn action(&self) -> Option<(ActionId, &Goal)> {
        match &self.met {
            Met::Before { action, goal } => Some((*action, goal)),
            Met::AsFound { .. } | Met::Never { .. } => None,
        }
    }

    /// Each software that has to be looked at before it can be judged.
    pub(super) fn software(&self) -> Vec<SoftwareId> {
        let mut named = self.when.software();
        if let Met::AsFound { software, .. } = &self.met
            && !named.contains(software)
        {
            named.push(*software);
        }
        named
    }
}

impl Goal {
    /// Whether what brings this about brings the other about, too; nothing where it leaves what is there as it is, which may be so or not.
    pub(super) fn fulfils(&self, wanted: &Self) -> Option<bool> {
        use DesiredState as State;
        let brings = self.version.as_ref();
        Some(match (&self.desired, &wanted.desired) {
            (State::Ignored, _) | (State::UpdateIfFound, State::Uninstalled) => return None,
            (State::Uninstalled, wanted) => *wanted == State::Uninstalled,
            // Whoever wants the newest one takes whichever others want there.
            (mine, State::InstalledLatest) => mine.may_bring(),
            (State::InstalledExactly(mine), State::InstalledExactly(exact)) => mine == exact,
            (
                State::InstalledExactly(mine) | State::InstalledAtLeast(mine),
                State::InstalledAtLeast(least),
            ) => mine >= least,
            (State::InstalledLatest | State::UpdateIfFound, State::InstalledExactly(exact)) => {
                brings == Some(exact)
            }
            (State::InstalledLatest | State::UpdateIfFound, State::InstalledAtLeast(least)) => {
                // Where computers say what they can get, it is not known yet: `Dependents::unmet` looks when they have.
                brings.is_none_or(|brings| brings >= least)
            }
            _ => false,
        })
    }

    /// Whether what is there is so already.
    pub(super) fn is_reached(&self, finding: &Finding) -> bool {
        let there = finding.version();
        match &self.desired {
            DesiredState::Uninstalled => there.is_none(),
            DesiredState::InstalledExactly(exact) => there == Some(exact),
            DesiredState::InstalledAtLeast(least) => there.is_some_and(|there| there >= least),
            _ => there.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::parameter::Values;
    use crate::catalogue::version::Version;

    /// Where 2 is the newest version.
    fn goal(desired: DesiredState) -> Goal {
        let v = |text: &str| Version::new(text).unwrap();
        let version = match &desired {
            DesiredState::InstalledExactly(version) => Some(version.clone()),
            DesiredState::InstalledLatest
            | DesiredState::InstalledAtLeast(_)
            | DesiredState::UpdateIfFound => Some(v("2")),
            _ => None,
        };
        Goal {
            desired,
            version,
            parameters: Values::default(),
        }
    }

    #[test]
    fn what_a_deployment_wants_fulfils_a_prerequisite_or_contradicts_it() {
        use DesiredState as State;
        let v = |text: &str| Version::new(text).unwrap();
        let exactly = |text| State::InstalledExactly(v(text));
        let least = |text| State::InstalledAtLeast(v(text));
        let rows = [
            (State::InstalledLatest, State::InstalledLatest, Some(true)),
            (State::InstalledLatest, exactly("2"), Some(true)),
            (State::InstalledLatest, exactly("1"), Some(false)),
            (State::InstalledLatest, least("1"), Some(true)),
            (State::InstalledLatest, least("3"), Some(false)),
            (State::InstalledLatest, State::Uninstalled, Some(false)),
            (exactly("1"), State::InstalledLatest, Some(true)),
            (exactly("1"), exactly("1.0"), Some(true)),
            (exactly("1"), exactly("2"), Some(false)),
            (exactly("1"), least("1"), Some(true)),
            (exactly("1"), least("2"), Some(false)),
            (exactly("1"), State::Uninstalled, Some(false)),
            (least("1"), State::InstalledLatest, Some(true)),
            (least("2"), least("1"), Some(true)),
            (least("1"), least("2"), Some(false)),
            (least("1"), exactly("2"), Some(false)),
            (State::UpdateIfFound, State::InstalledLatest, Some(true)),
            (State::UpdateIfFound, least("3"), Some(false)),
            (State::UpdateIfFound, State::Uninstalled, None),
            (State::Uninstalled, State::Uninstalled, Some(true)),
            (State::Uninstalled, State::InstalledLatest, Some(false)),
            (State::Ignored, State::InstalledLatest, None),
            (State::Ignored, State::Uninstalled, None),
        ];
        for (mine, wanted, expected) in rows {
            let (mine, wanted) = (goal(mine), goal(wanted));
            assert_eq!(mine.fulfils(&wanted), expected, "{mine:?} {wanted:?}");
        }
    }

    #[test]
    fn what_is_there_is_enough_or_not() {
        let v = |text: &str| Version::new(text).unwrap();
        let rows = [
            (DesiredState::InstalledLatest, "1"),
            (DesiredState::InstalledExactly(v("2")), "2"),
            (DesiredState::InstalledAtLeast(v("2")), "2 3"),
            (DesiredState::Uninstalled, ""),
        ];
        for (desired, enough) in rows {
            for there in ["", "1", "2", "3"] {
                let finding = match there {
                    "" => Finding::Absent,
                    there => Finding::from(v(there)),
                };
                let expected = match &desired {
                    DesiredState::InstalledLatest => !there.is_empty(),
                    DesiredState::Uninstalled => there.is_empty(),
                    _ => !there.is_empty() && enough.contains(there),
                };
                let is_reached = goal(desired.clone()).is_reached(&finding);
                assert_eq!(is_reached, expected, "{desired:?} {there}");
            }
        }
    }
}
