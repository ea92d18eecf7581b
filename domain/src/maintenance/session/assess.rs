//! What has to be done, from what should be there and what is there.

use super::action::{ActionReason, ActionType};
use super::finding::Finding;
use crate::catalogue::version::Version;
use crate::rules::deployment::DesiredState;
use std::cmp::Ordering;

/// What to do, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    pub action_type: ActionType,
    pub reason: ActionReason,
}

impl Assessment {
    fn new(action_type: ActionType, reason: ActionReason) -> Self {
        Self {
            action_type,
            reason,
        }
    }

    fn nothing(reason: ActionReason) -> Self {
        Self::new(ActionType::NoAction, reason)
    }
}

/// Compares what should be there with what is there.
///
/// `wanted` is the version that the desired state means. A newer version than "latest" is left alone: software
/// that updates itself is ahead of the catalogue (reference immybot.md, section 1.4).
pub fn assess(desired: &DesiredState, wanted: Option<&Version>, finding: &Finding) -> Assessment {
    use ActionReason as Reason;
    match (desired, finding) {
        // Tasks have no versions (stages/task.rs), and what is found of them is none.
        (
            DesiredState::Ignored
            | DesiredState::Enforce
            | DesiredState::Audit
            | DesiredState::Monitor,
            _,
        )
        | (_, Finding::Yes | Finding::No | Finding::Value { .. }) => {
            Assessment::nothing(Reason::Ignored)
        }
        (DesiredState::Uninstalled | DesiredState::UpdateIfFound, Finding::Absent) => {
            Assessment::nothing(Reason::SoftwareMissing)
        }
        (DesiredState::Uninstalled, Finding::Version { .. } | Finding::Broken { .. }) => {
            Assessment::new(ActionType::Uninstall, Reason::SoftwareDetected)
        }
        (
            DesiredState::InstalledLatest
            | DesiredState::InstalledExactly(_)
            | DesiredState::InstalledAtLeast(_),
            Finding::Absent,
        ) => {
            if wanted.is_some() {
                Assessment::new(ActionType::Install, Reason::SoftwareMissing)
            } else {
                Assessment::nothing(Reason::NoApplicableVersion)
            }
        }
        (
            DesiredState::InstalledLatest
            | DesiredState::InstalledExactly(_)
            | DesiredState::InstalledAtLeast(_)
            | DesiredState::UpdateIfFound,
            Finding::Version { version } | Finding::Broken { version },
        ) => {
            let stays = match finding {
                Finding::Broken { .. } => Assessment::new(ActionType::Repair, Reason::TestFailed),
                _ => Assessment::nothing(Reason::UpToDate),
            };
            if matches!(desired, DesiredState::InstalledAtLeast(least) if version >= least) {
                return stays;
            }
            let Some(wanted) = wanted else {
                return match desired {
                    DesiredState::InstalledExactly(exact) if exact == version => stays,
                    DesiredState::UpdateIfFound => stays,
                    _ => Assessment::nothing(Reason::NoApplicableVersion),
                };
            };
            match (version.cmp(wanted), desired) {
                (Ordering::Less, _) => Assessment::new(ActionType::Update, Reason::UpdateAvailable),
                (Ordering::Greater, DesiredState::InstalledExactly(_)) => {
                    Assessment::new(ActionType::Downgrade, Reason::OlderVersionRequired)
                }
                (Ordering::Equal | Ordering::Greater, _) => stays,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn every_desired_state_meets_every_finding() {
        use ActionReason as R;
        use ActionType as T;
        let v = |text: &str| Version::new(text).unwrap();
        let exactly = DesiredState::InstalledExactly(v("2"));
        let least = DesiredState::InstalledAtLeast(v("2"));
        let rows = [
            (
                &DesiredState::InstalledLatest,
                Some("2"),
                None,
                T::Install,
                R::SoftwareMissing,
            ),
            (
                &DesiredState::InstalledLatest,
                Some("2"),
                Some("1"),
                T::Update,
                R::UpdateAvailable,
            ),
            (
                &DesiredState::InstalledLatest,
                Some("2"),
                Some("2.0"),
                T::NoAction,
                R::UpToDate,
            ),
            (
                &DesiredState::InstalledLatest,
                Some("2"),
                Some("3"),
                T::NoAction,
                R::UpToDate,
            ),
            (
                &DesiredState::InstalledLatest,
                None,
                None,
                T::NoAction,
                R::NoApplicableVersion,
            ),
            (
                &DesiredState::InstalledLatest,
                None,
                Some("1"),
                T::NoAction,
                R::NoApplicableVersion,
            ),
            (&exactly, Some("2"), None, T::Install, R::SoftwareMissing),
            (
                &exactly,
                Some("2"),
                Some("1"),
                T::Update,
                R::UpdateAvailable,
            ),
            (&exactly, Some("2"), Some("2"), T::NoAction, R::UpToDate),
            (
                &exactly,
                Some("2"),
                Some("3"),
                T::Downgrade,
                R::OlderVersionRequired,
            ),
            (&least, Some("3"), None, T::Install, R::SoftwareMissing),
            (&least, Some("3"), Some("1"), T::Update, R::UpdateAvailable),
            (&least, Some("3"), Some("2"), T::NoAction, R::UpToDate),
            (&least, None, Some("2.5"), T::NoAction, R::UpToDate),
            (&least, None, Some("1"), T::NoAction, R::NoApplicableVersion),
            (&least, None, None, T::NoAction, R::NoApplicableVersion),
            (&exactly, None, Some("2"), T::NoAction, R::UpToDate),
            (
                &exactly,
                None,
                Some("3"),
                T::NoAction,
                R::NoApplicableVersion,
            ),
            (
                &DesiredState::UpdateIfFound,
                Some("2"),
                None,
                T::NoAction,
                R::SoftwareMissing,
            ),
            (
                &DesiredState::UpdateIfFound,
                Some("2"),
                Some("1"),
                T::Update,
                R::UpdateAvailable,
            ),
            (
                &DesiredState::UpdateIfFound,
                Some("2"),
                Some("3"),
                T::NoAction,
                R::UpToDate,
            ),
            (
                &DesiredState::UpdateIfFound,
                None,
                Some("3"),
                T::NoAction,
                R::UpToDate,
            ),
            (
                &DesiredState::Uninstalled,
                None,
                None,
                T::NoAction,
                R::SoftwareMissing,
            ),
            (
                &DesiredState::Uninstalled,
                None,
                Some("1"),
                T::Uninstall,
                R::SoftwareDetected,
            ),
            (
                &DesiredState::Ignored,
                None,
                Some("1"),
                T::NoAction,
                R::Ignored,
            ),
            (&DesiredState::Ignored, None, None, T::NoAction, R::Ignored),
        ];
        for (desired, wanted, detected, action_type, reason) in rows {
            let finding = detected.map_or(Finding::Absent, |version| v(version).into());
            assert_eq!(
                assess(desired, wanted.map(v).as_ref(), &finding),
                Assessment {
                    action_type,
                    reason
                },
                "{desired:?} wanted {wanted:?} detected {detected:?}"
            );
        }
    }

    #[test]
    fn what_does_not_work_is_mended_where_it_would_have_been_left_alone() {
        let v = |text: &str| Version::new(text).unwrap();
        let broken = |text| Finding::Broken { version: v(text) };
        let of = |desired: &DesiredState, wanted, text| {
            assess(desired, Some(&v(wanted)), &broken(text)).action_type
        };
        let latest = DesiredState::InstalledLatest;
        assert_eq!(of(&latest, "2", "2"), ActionType::Repair);
        assert_eq!(of(&latest, "2", "3"), ActionType::Repair);
        assert_eq!(of(&latest, "2", "1"), ActionType::Update);
        assert_eq!(
            of(&DesiredState::UpdateIfFound, "2", "2"),
            ActionType::Repair
        );
        assert_eq!(
            of(&DesiredState::Uninstalled, "2", "2"),
            ActionType::Uninstall
        );
        assert_eq!(of(&DesiredState::Ignored, "2", "2"), ActionType::NoAction);
    }
}
