//! Whose turn it is.

use super::about::About;
use crate::fleet::computer::OnboardingStatus;
use crate::kernel::ids::{ComputerId, SessionId};
use crate::kernel::limits::NEIGHBOUR_GRACE;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

/// A session in the queue.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub session: SessionId,
    pub computer: ComputerId,
    pub about: About,
    pub since: DateTime<Utc>,
    pub onboarding: OnboardingStatus,
    pub agent: Nearness,
    pub place: Place,
}

/// Whether the computer has let the session in already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Whoever let it in died before it began, or was refused: no other one can begin before it did.
    Admitted,
    InLine,
}

/// Where an agent of the computer is connected that may work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearness {
    Offline,
    /// To this server.
    Here,
    /// To another server of the installation.
    Elsewhere,
}

/// The sessions to start now: at most one per computer, never more than `limit` at once together with those
/// that run; ad hoc before onboarding before the rest, and among equals the one that waits longest. A session whose
/// agent is connected to another server is left to that one for [`NEIGHBOUR_GRACE`], so that servers share the work.
/// A session that its computer has let in is the only one of that computer, however urgent the others are.
pub fn next(
    running: &HashSet<ComputerId, impl BuildHasher>,
    waiting: impl IntoIterator<Item = Waiting>,
    limit: usize,
    now: DateTime<Utc>,
) -> Vec<SessionId> {
    let waiting: Vec<Waiting> = waiting.into_iter().collect();
    let admitted: HashMap<ComputerId, SessionId> = waiting
        .iter()
        .filter(|session| session.place == Place::Admitted)
        .map(|session| (session.computer, session.session))
        .collect();
    let is_next = |session: &Waiting| {
        let admitted = admitted.get(&session.computer);
        admitted.is_none_or(|admitted| *admitted == session.session)
    };
    let mut candidates: Vec<Waiting> = waiting
        .into_iter()
        .filter(|session| is_ours(session, now) && !running.contains(&session.computer))
        .filter(is_next)
        .collect();
    candidates.sort_unstable_by_key(|session| (urgency(session), session.since, session.session));
    let mut busy = HashSet::new();
    candidates
        .into_iter()
        .filter(|session| busy.insert(session.computer))
        .take(limit.saturating_sub(running.len()))
        .map(|session| session.session)
        .collect()
}

fn is_ours(session: &Waiting, now: DateTime<Utc>) -> bool {
    match session.agent {
        Nearness::Offline => false,
        Nearness::Here => true,
        Nearness::Elsewhere => now > session.since + NEIGHBOUR_GRACE,
    }
}

fn urgency(session: &Waiting) -> u8 {
    match (session.about, session.onboarding) {
        (About::Item { .. } | About::Deployment { .. } | About::Draft, _) => 0,
        (About::Everything, OnboardingStatus::NeedsOnboarding) => 1,
        (About::Everything, OnboardingStatus::Onboarded) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{id, noon};
    use crate::kernel::ids::SoftwareId;
    use crate::rules::deployment::MaintenanceItem;
    use chrono::Duration;

    fn waiting(n: u128, computer: u128) -> Waiting {
        Waiting {
            session: SessionId(id(n)),
            computer: ComputerId(id(computer)),
            about: About::Everything,
            since: noon() + Duration::seconds(i64::try_from(n).unwrap()),
            onboarding: OnboardingStatus::Onboarded,
            agent: Nearness::Here,
            place: Place::InLine,
        }
    }

    fn numbers(sessions: Vec<SessionId>) -> Vec<u128> {
        sessions.into_iter().map(|s| s.0.as_u128() & 0xff).collect()
    }

    #[test]
    fn one_session_per_computer_and_the_longest_wait_first() {
        let running = HashSet::from([ComputerId(id(9))]);
        let queue = [waiting(3, 1), waiting(1, 1), waiting(2, 2), waiting(4, 9)];
        assert_eq!(numbers(next(&running, queue, 10, noon())), [1, 2]);
        assert_eq!(numbers(next(&running, queue, 2, noon())), [1]);
        assert_eq!(numbers(next(&running, queue, 1, noon())), []);
    }

    #[test]
    fn ad_hoc_goes_before_onboarding_before_the_rest() {
        let adhoc = Waiting {
            about: About::Item {
                item: MaintenanceItem::Software(SoftwareId(id(1))),
            },
            ..waiting(3, 3)
        };
        let onboarding = Waiting {
            onboarding: OnboardingStatus::NeedsOnboarding,
            ..waiting(2, 2)
        };
        let queue = [waiting(1, 1), onboarding, adhoc];
        assert_eq!(
            numbers(next(&HashSet::<ComputerId>::new(), queue, 10, noon())),
            [3, 2, 1]
        );
    }

    #[test]
    fn a_session_that_was_let_in_and_did_not_begin_goes_before_every_other_one() {
        let urgent = Waiting {
            about: About::Item {
                item: MaintenanceItem::Software(SoftwareId(id(1))),
            },
            ..waiting(2, 1)
        };
        let admitted = Waiting {
            place: Place::Admitted,
            ..waiting(1, 1)
        };
        let nobody = HashSet::<ComputerId>::new();
        assert_eq!(numbers(next(&nobody, [urgent, admitted], 10, noon())), [1]);
        let away = Waiting {
            agent: Nearness::Elsewhere,
            ..admitted
        };
        assert_eq!(
            numbers(next(&nobody, [urgent, away], 10, noon())),
            [],
            "the computer would refuse it"
        );
    }

    #[test]
    fn the_server_that_has_the_agent_goes_first() {
        let elsewhere = Waiting {
            agent: Nearness::Elsewhere,
            ..waiting(1, 1)
        };
        let turn = |seconds| {
            let now = noon() + Duration::seconds(seconds);
            next(&HashSet::<ComputerId>::new(), [elsewhere], 10, now).len()
        };
        assert_eq!((turn(1), turn(11), turn(12)), (0, 0, 1));
    }

    #[test]
    fn who_is_offline_waits() {
        let offline = Waiting {
            agent: Nearness::Offline,
            ..waiting(1, 1)
        };
        assert!(next(&HashSet::<ComputerId>::new(), [offline], 10, noon()).is_empty());
    }
}
