//! What of sessions is written apart from the rest of a view, because there is so much of it: heads, where the streams of old sessions lie, and
//! what was seen last. It comes in pieces, which are read side by side and put together in their order.

use super::findings::{Found, Returning, Written};
use super::heads::{Head, Shared};
use super::listed::Listed;
use super::sessions::{Archived, Sessions};
use crate::extent::Extent;
use crate::packed::Packed;
use serde::{Deserialize, Serialize};
use std::iter::from_fn;
use upkeep_domain::kernel::ids::{ComputerId, SessionId};
use upkeep_event_store::Position;

/// Most entries of one piece.
const PIECE: usize = 65_536;

/// A piece; in each everything is in its order, and behind what is in the one before.
#[derive(Serialize, Deserialize)]
pub enum Piece {
    Heads(Vec<(SessionId, Head)>),
    Archived(Vec<(ComputerId, SessionId, Extent)>),
    /// Every version once.
    Findings(Vec<Written>),
    Found(Vec<(ComputerId, Found)>),
}

impl Sessions {
    pub fn pieces(&self) -> impl Iterator<Item = Piece> {
        let heads = in_pieces(self.heads.iter(), PIECE, Piece::Heads);
        let archived = self.archived.iter().flat_map(|(computer, of_computer)| {
            (of_computer.iter()).map(|(id, extent)| (*computer, id, *extent))
        });
        let archived = in_pieces(archived, PIECE, Piece::Archived);
        let distinct = self.findings.distinct().filter_map(Written::of);
        let distinct = Piece::Findings(distinct.collect());
        let found = in_pieces(self.findings.all(), PIECE / 16, Piece::Found);
        heads.chain(archived).chain([distinct]).chain(found)
    }
}

/// At most so many in each.
pub fn in_pieces<T, P>(
    mut all: impl Iterator<Item = T>,
    most: usize,
    piece: impl Fn(Vec<T>) -> P,
) -> impl Iterator<Item = P> {
    from_fn(move || {
        let part: Vec<T> = all.by_ref().take(most).collect();
        (!part.is_empty()).then(|| piece(part))
    })
}

/// A view's sessions on their way back from pieces.
#[derive(Default)]
pub struct Restoring {
    heads: Packed<SessionId, Head>,
    listing: Listing,
    archived: Archived,
    findings: Returning,
}

impl Restoring {
    pub fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Heads(heads) => {
                for (id, head) in &heads {
                    self.listing.add(*id, head);
                }
                self.heads.extend(heads);
            }
            Piece::Archived(archived) => {
                for (computer, id, extent) in archived {
                    self.archived
                        .entry(computer)
                        .or_default()
                        .insert(id, extent);
                }
            }
            Piece::Findings(distinct) => self.findings.add_distinct(distinct),
            Piece::Found(found) => self.findings.add(found),
        }
    }

    /// Puts it together with the rest, which was written with the view.
    pub fn finish(self, sessions: &mut Sessions) {
        (sessions.order, sessions.listed) = self.listing.finish(sessions.heads.shared());
        sessions.heads.restore(self.heads);
        sessions.archived = self.archived;
        self.findings.finish(&mut sessions.findings);
        for (id, entry) in sessions.whole.iter() {
            let asked_at = entry.created.position;
            sessions.order.insert(asked_at, id);
            if let Some(request) = entry.state.request {
                sessions.listed.insert(asked_at, &request);
            }
        }
    }
}

/// Lists of heads by the numbers of what they are of.
#[derive(Default)]
struct Listing {
    all: Vec<(Position, SessionId)>,
    by_computer: Vec<Vec<Position>>,
    by_tenant: Vec<Vec<Position>>,
}

impl Listing {
    fn add(&mut self, id: SessionId, head: &Head) {
        let (computer, tenant) = head.belongs_to();
        self.all.push((head.asked_at(), id));
        push(&mut self.by_computer, computer, head.asked_at());
        push(&mut self.by_tenant, tenant, head.asked_at());
    }

    /// Heads come in the order of their ids, which is nearly that of creation, and not for certain.
    fn finish(mut self, shared: &Shared) -> (Packed<Position, SessionId>, Listed) {
        self.all.sort_unstable();
        let in_order = |mut of: Vec<Position>| {
            of.sort_unstable();
            of
        };
        let computers = (0..).zip(self.by_computer);
        let tenants = (0..).zip(self.by_tenant);
        let listed = Listed::of(
            computers.filter_map(|(number, of)| Some((shared.computer(number)?, in_order(of)))),
            tenants.filter_map(|(number, of)| Some((shared.tenant(number)?, in_order(of)))),
        );
        (self.all.into_iter().collect(), listed)
    }
}

fn push(lists: &mut Vec<Vec<Position>>, number: u32, at: Position) {
    let Ok(place) = usize::try_from(number) else {
        return;
    };
    if lists.len() <= place {
        lists.resize_with(place + 1, Vec::new);
    }
    lists[place].push(at);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Within;
    use crate::maintenance::collected::MAX_COLLECTED_BYTES;
    use crate::maintenance::sessions::{KEPT_SESSIONS_PER_COMPUTER, Which};
    use crate::registry::Stamp;
    use chrono::{DateTime, TimeDelta, Utc};
    use serde_json::Value;
    use std::ops::Bound;
    use upkeep_domain::catalogue::script::ScriptTimeout;
    use upkeep_domain::catalogue::version::Version;
    use upkeep_domain::kernel::digest::Sha256Digest;
    use upkeep_domain::kernel::ids::{
        ActionId, AgentId, ApiTokenId, DeploymentId, RunId, SoftwareId, TenantId,
    };
    use upkeep_domain::kernel::metadata::Actor;
    use upkeep_domain::maintenance::session::{
        About, ActionAssessed, ActionReason, ActionType, Cause, Ending, Finding, Goal, Job,
        PlannedAction, RunContext, RunEnded, RunOutcome, RunPurpose, RunReport, RunRequested,
        SessionCancelled, SessionCompleted, SessionCreated, SessionEvent, SessionMissed,
        SessionResolved,
    };
    use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem, Scope};
    use uuid::Uuid;

    const COMPUTERS: u128 = 3;
    const SESSIONS: u128 = 400;
    const ALL: Within<Position> = (Bound::Unbounded, Bound::Unbounded);

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(1 + n)
    }

    fn item(n: u128) -> MaintenanceItem {
        MaintenanceItem::Software(SoftwareId(id(n % 5)))
    }

    /// In another order than they are asked for, as clients may choose them.
    fn session(n: u128) -> SessionId {
        SessionId(Uuid::from_u128(
            (1 + n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
        ))
    }

    /// What a session's life is, and the last one's is not over.
    fn life(n: u128) -> Vec<SessionEvent> {
        let at = DateTime::UNIX_EPOCH + TimeDelta::nanoseconds(i64::try_from(n).unwrap() * 7);
        let about = match n % 3 {
            0 => About::Everything,
            1 => About::Item { item: item(n) },
            _ => About::named(DeploymentId(id(n % 7))),
        };
        let action = ActionId(id(n));
        let planned = PlannedAction {
            action,
            parent: None,
            item: item(n),
            item_name: "a software".into(),
            goal: Goal {
                desired: DesiredState::InstalledLatest,
                version: None,
                parameters: upkeep_domain::catalogue::parameter::Values::default(),
            },
            cause: Cause::Deployment {
                deployment: DeploymentId(id(0)),
                scope: Scope::CrossTenant,
            },
            because: "somebody said so".into(),
            needs: vec![],
        };
        let version = Version::known(&format!("1.{}", n % 4));
        let finding = match n % 11 {
            0 => Finding::Absent,
            1 | 2 => Finding::Broken { version },
            3 => Finding::Yes,
            4 => Finding::No,
            5..8 => Finding::Value { value: value(n) },
            _ => version.into(),
        };
        let assessed = ActionAssessed {
            action,
            finding: Some(finding),
            action_type: ActionType::NoAction,
            reason: ActionReason::UpToDate,
        };
        let created = SessionCreated {
            subject: ComputerId(id(n % COMPUTERS)).into(),
            tenant: TenantId(id(n % 2)),
            about,
            at,
        };
        let resolved = SessionResolved {
            actions: vec![planned],
            left_out: u32::from(n.is_multiple_of(9)),
        };
        let mut life = vec![created.into(), resolved.into(), assessed.into()];
        if matches!(n % 11, 5..8) {
            life.extend(told(n, action, at));
        }
        match n % 4 {
            _ if n == SESSIONS - 1 => {}
            0 => life.push(SessionCancelled { at }.into()),
            1 => life.push(SessionMissed { at }.into()),
            _ => life.push(
                SessionCompleted {
                    ending: Ending::Passed,
                    at,
                }
                .into(),
            ),
        }
        life
    }

    /// One that is kept, or one that is too large.
    fn value(n: u128) -> Value {
        let length = if n.is_multiple_of(2) {
            3
        } else {
            MAX_COLLECTED_BYTES
        };
        Value::from(format!("{n:0length$}"))
    }

    /// The run that told it.
    fn told(n: u128, action: ActionId, at: DateTime<Utc>) -> [SessionEvent; 2] {
        let run = RunId(id(n));
        let requested = RunRequested {
            run,
            action: Some(action),
            purpose: RunPurpose::Get,
            ordinal: 1,
            context: RunContext::System {
                agent: AgentId(id(0)),
            },
            item: Some(item(n)),
            job: Job::Script {
                script: Sha256Digest::of(b"get"),
                version: None,
                package: None,
                parameters: upkeep_domain::catalogue::parameter::Values::default(),
            },
            timeout: ScriptTimeout::DETECTION,
            deadline: at,
            at,
        };
        let report = RunReport::without_output(RunOutcome::Exited { code: 0 });
        [requested.into(), RunEnded { run, report, at }.into()]
    }

    fn lived() -> Sessions {
        let mut sessions = Sessions::default();
        let mut position = 0;
        for n in 0..SESSIONS {
            for (revision, event) in (0_u32..).zip(life(n)) {
                position += 1;
                let stamp = Stamp {
                    position: Position(position),
                    time: DateTime::UNIX_EPOCH
                        + TimeDelta::nanoseconds(7 + 3 * i64::from(revision)),
                    actor: if n.is_multiple_of(2) {
                        Actor::System
                    } else {
                        Actor::User(ApiTokenId(id(n % 13)))
                    },
                };
                sessions.apply(session(n), &event, u64::from(revision), stamp);
            }
        }
        sessions
    }

    #[test]
    fn what_is_written_comes_back() {
        let sessions = lived();
        assert!(sessions.heads.len() > 100 && sessions.whole.len() == 1);
        let rest = serde_json::to_string(&sessions).unwrap();
        assert!(rest.len() < 20_000, "{} bytes are not apart", rest.len());
        let mut again: Sessions = serde_json::from_str(&rest).unwrap();
        let mut restoring = Restoring::default();
        for piece in sessions.pieces() {
            let bytes = postcard::to_allocvec(&piece).unwrap();
            restoring.add(postcard::from_bytes(&bytes).unwrap());
        }
        restoring.finish(&mut again);
        assert!(again == sessions);
        assert_eq!(again.pieces().count(), sessions.pieces().count());
        // And goes on as the other one would.
        let mut sessions = sessions;
        let stamp = Stamp {
            position: Position(10_000),
            time: DateTime::UNIX_EPOCH,
            actor: Actor::System,
        };
        for (revision, event) in (0..).zip(life(SESSIONS)) {
            for either in [&mut sessions, &mut again] {
                either.apply(session(SESSIONS), &event, revision, stamp);
            }
        }
        assert!(again == sessions);
    }

    #[test]
    fn of_each_computer_the_newest_are_listed_and_the_streams_of_all_are_known() {
        let sessions = lived();
        // Large ones, small ones.
        let mut values = [0; 2];
        for n in 0..COMPUTERS {
            let computer = ComputerId(id(n));
            let of = || (0..SESSIONS).filter(|session| session % COMPUTERS == n);
            let listed = sessions.within(Which::OfComputer(computer), ALL);
            let listed = listed.filter_map(|at| sessions.at(at));
            let newest = of().skip(of().count() - KEPT_SESSIONS_PER_COMPUTER);
            assert!(listed.eq(newest.map(session)));
            assert_eq!(sessions.streams_of(computer).count(), of().count());
            for n in of().rev().take(40) {
                let newest = of().rev().find(|other| item(*other) == item(n));
                let finding = newest.and_then(|newest| life(newest).into_iter().nth(2));
                let Some(SessionEvent::ActionAssessed(assessed)) = finding else {
                    panic!("it assessed");
                };
                let seen = sessions.seen(computer, item(n)).cloned();
                let collected = sessions.collected(computer, item(n));
                let collected = collected.map(|(_, collected)| collected);
                if let Some(Finding::Value { value }) = &assessed.finding {
                    assert!(matches!(seen, Some(Finding::Value { .. })));
                    let json = value.to_string();
                    let is_kept = json.len() <= MAX_COLLECTED_BYTES;
                    let kept = collected.expect("it was collected").json;
                    assert_eq!(kept.as_deref(), is_kept.then_some(&*json));
                    values[usize::from(is_kept)] += 1;
                } else {
                    assert_eq!((seen, collected), (assessed.finding, None));
                }
            }
        }
        let distinct: Vec<&Finding> = sessions.findings.distinct().collect();
        let broken = |finding: &&&Finding| matches!(finding, Finding::Broken { .. });
        assert!(distinct.iter().filter(broken).count() > 0);
        assert!(distinct.len() <= 10, "{distinct:?} are there once each");
        assert!(
            values.iter().all(|seen| *seen > 0),
            "{values:?} of each size"
        );
    }
}
