//! Whether a computer has what it should have, as far as is known.

use super::action::{Action, ActionReason, ActionType};
use super::assess::assess;
use super::finding::Finding;
use super::purpose::RunPurpose;
use super::state::Session;
use crate::catalogue::task::TaskMode;
use crate::catalogue::version::Version;
use crate::rules::deployment::{DesiredState, MaintenanceItem};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// How an item on a computer compares with what should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compliance {
    /// It is as it should be.
    Has,
    /// It is not as it should be.
    Differs,
    /// No session has looked yet, or only the computer knows what it should be compared with.
    Unknown,
    /// No deployment wants anything of it here.
    NotWanted,
}

impl Session {
    /// What this session last saw of an item; nothing if it never came to looking.
    pub fn seen(&self, item: MaintenanceItem) -> Option<&Finding> {
        let is_it = |action: &&Action| action.plan.item == item;
        self.actions().find(is_it)?.finding.as_ref()
    }

    /// The value that this session collected of an item, and when its script had told it.
    pub fn collected(&self, item: MaintenanceItem) -> Option<(&Value, DateTime<Utc>)> {
        let is_it = |action: &&Action| action.plan.item == item;
        let action = self.actions().find(is_it)?;
        let Some(Finding::Value { value }) = &action.finding else {
            return None;
        };
        let run = self.run_for(action, RunPurpose::Get)?;
        Some((value, run.ended_at?))
    }
}

/// The version that a desired state means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    Version(&'a Version),
    /// None, or none that is published.
    Nothing,
    /// What the computer says when a session asks it.
    OfComputer,
}

/// Compares what should be there with what was last seen.
pub fn compliance(
    desired: Option<&DesiredState>,
    wanted: Wanted<'_>,
    seen: Option<&Finding>,
) -> Compliance {
    let Some(desired) = desired.filter(|desired| **desired != DesiredState::Ignored) else {
        return Compliance::NotWanted;
    };
    let Some(seen) = seen else {
        return Compliance::Unknown;
    };
    if let Some(mode) = desired.mode() {
        return of_task(mode, seen);
    }
    let wanted = match wanted {
        Wanted::Version(version) => Some(version),
        // It may get a newer one by now, and that is not for us to say.
        Wanted::OfComputer if seen.version().is_some() => return Compliance::Unknown,
        Wanted::OfComputer | Wanted::Nothing => None,
    };
    let assessment = assess(desired, wanted, seen);
    match (assessment.action_type, assessment.reason) {
        (_, ActionReason::NoApplicableVersion) => Compliance::Differs,
        (ActionType::NoAction, _) => Compliance::Has,
        _ => Compliance::Differs,
    }
}

/// What was seen of a task in another mode tells nothing of this one. What is monitored is as it should be, whatever it is.
fn of_task(mode: TaskMode, seen: &Finding) -> Compliance {
    match (mode, seen) {
        (TaskMode::Enforce | TaskMode::Audit, Finding::Yes)
        | (TaskMode::Monitor, Finding::Value { .. }) => Compliance::Has,
        (TaskMode::Enforce | TaskMode::Audit, Finding::No) => Compliance::Differs,
        _ => Compliance::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_of_a_task_counts_in_the_modes_that_look_so() {
        let value = Finding::Value {
            value: serde_json::Value::Bool(false),
        };
        for (desired, finding, expected) in [
            (DesiredState::Enforce, &Finding::Yes, Compliance::Has),
            (DesiredState::Enforce, &Finding::No, Compliance::Differs),
            (DesiredState::Audit, &Finding::Yes, Compliance::Has),
            (DesiredState::Audit, &Finding::No, Compliance::Differs),
            (DesiredState::Audit, &value, Compliance::Unknown),
            (DesiredState::Monitor, &value, Compliance::Has),
            (DesiredState::Monitor, &Finding::No, Compliance::Unknown),
            (DesiredState::Ignored, &Finding::No, Compliance::NotWanted),
        ] {
            let found = compliance(Some(&desired), Wanted::Nothing, Some(finding));
            assert_eq!(found, expected, "{desired:?} {finding:?}");
        }
    }

    #[test]
    fn what_was_seen_is_compared_with_what_should_be() {
        let version = |text: &str| Version::new(text).unwrap();
        let seen =
            |text: Option<&str>| text.map_or(Finding::Absent, |text| Finding::from(version(text)));
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
            let found = compliance(Some(&desired), Wanted::Version(&latest), seen.as_ref());
            assert_eq!(found, expected, "{desired:?} {seen:?}");
        }
        for (desired, text, expected) in [
            (
                DesiredState::InstalledLatest,
                Some("2"),
                Compliance::Unknown,
            ),
            (DesiredState::InstalledLatest, None, Compliance::Differs),
            (DesiredState::UpdateIfFound, Some("2"), Compliance::Unknown),
            (DesiredState::UpdateIfFound, None, Compliance::Has),
        ] {
            let found = compliance(Some(&desired), Wanted::OfComputer, Some(&seen(text)));
            assert_eq!(found, expected, "{desired:?} {text:?}");
        }
        assert_eq!(
            compliance(None, Wanted::Nothing, None),
            Compliance::NotWanted
        );
        let unpublished = compliance(
            Some(&DesiredState::InstalledLatest),
            Wanted::Nothing,
            Some(&seen(None)),
        );
        assert_eq!(unpublished, Compliance::Differs);
    }
}
