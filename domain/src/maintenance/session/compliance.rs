//! Whether a computer has what it should have, as far as is known.

use super::assess::assess;
use super::state::{ActionReason, ActionType, Session};
use crate::catalogue::version::Version;
use crate::rules::deployment::{DesiredState, MaintenanceItem};

/// What a session last saw of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Nothing if it was not there.
    pub version: Option<Version>,
}

/// How an item on a computer compares with what should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compliance {
    /// It is as it should be.
    Has,
    /// It is not as it should be.
    Differs,
    /// No session has looked yet.
    Unknown,
    /// No deployment wants anything of it here.
    NotWanted,
}

impl Session {
    /// What this session last saw of an item; nothing if it never came to looking.
    pub fn seen(&self, item: MaintenanceItem) -> Option<Seen> {
        let action = self
            .actions
            .iter()
            .find(|action| action.plan.item == item)?;
        let (_, reason) = action.progress.assessment()?;
        // What is to be left alone is not looked at.
        (reason != ActionReason::Ignored).then(|| Seen {
            version: action.detected.clone(),
        })
    }
}

/// Compares what should be there with what was last seen. `wanted` is the version that the desired state means.
pub fn compliance(
    desired: Option<&DesiredState>,
    wanted: Option<&Version>,
    seen: Option<&Seen>,
) -> Compliance {
    let Some(desired) = desired.filter(|desired| **desired != DesiredState::Ignored) else {
        return Compliance::NotWanted;
    };
    let Some(seen) = seen else {
        return Compliance::Unknown;
    };
    let assessment = assess(desired, wanted, seen.version.as_ref());
    match (assessment.action_type, assessment.reason) {
        (_, ActionReason::NoApplicableVersion) => Compliance::Differs,
        (ActionType::NoAction, _) => Compliance::Has,
        _ => Compliance::Differs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_compared_with_what_should_be() {
        let version = |text: &str| Version::new(text).unwrap();
        let seen = |text: Option<&str>| Seen {
            version: text.map(version),
        };
        let latest = version("2");
        let rows = [
            (
                DesiredState::InstalledLatest,
                Some(seen(Some("2"))),
                Compliance::Has,
            ),
            (
                DesiredState::InstalledLatest,
                Some(seen(Some("1"))),
                Compliance::Differs,
            ),
            (
                DesiredState::InstalledLatest,
                Some(seen(None)),
                Compliance::Differs,
            ),
            (DesiredState::InstalledLatest, None, Compliance::Unknown),
            (DesiredState::Uninstalled, Some(seen(None)), Compliance::Has),
            (
                DesiredState::Uninstalled,
                Some(seen(Some("1"))),
                Compliance::Differs,
            ),
            (
                DesiredState::UpdateIfFound,
                Some(seen(None)),
                Compliance::Has,
            ),
            (
                DesiredState::Ignored,
                Some(seen(None)),
                Compliance::NotWanted,
            ),
        ];
        for (desired, seen, expected) in rows {
            let found = compliance(Some(&desired), Some(&latest), seen.as_ref());
            assert_eq!(found, expected, "{desired:?} {seen:?}");
        }
        assert_eq!(compliance(None, None, None), Compliance::NotWanted);
        let unpublished = compliance(
            Some(&DesiredState::InstalledLatest),
            None,
            Some(&seen(None)),
        );
        assert_eq!(unpublished, Compliance::Differs);
    }
}
