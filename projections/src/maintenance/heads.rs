//! Heads: what the view keeps of sessions to which nothing happens any more. There are millions of them, so that each is about a hundred
//! bytes, and what many have in common is there once.

use crate::extent::Extent;
use crate::numbered::Numbered;
use crate::packed::Packed;
use crate::registry::{Entry, Stamp};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use upkeep_domain::kernel::ids::{ComputerId, ServerId, SessionId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::maintenance::session::{About, Requested, Session, Status};
use upkeep_event_store::Position;

/// By session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Heads {
    /// Written apart (`bulk.rs`).
    #[serde(skip)]
    all: Packed<SessionId, Head>,
    shared: Shared,
}

/// What heads name by numbers. It follows the fleet, the catalogue and who works with them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    computers: Numbered<ComputerId>,
    tenants: Numbered<TenantId>,
    abouts: Numbered<About>,
    servers: Numbered<ServerId>,
    actors: Numbered<Actor>,
}

/// All that is known of a session without its stream; times in nanoseconds, all but the first as distances from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    asked_at: i64,
    created_at: i64,
    changed_at: i64,
    started_at: i64,
    ended_at: i64,
    first: Position,
    last: Position,
    computer: u32,
    tenant: u32,
    about: u32,
    server: u32,
    created_by: u32,
    changed_by: u32,
    revision: u32,
    moves: u32,
    left_out: u32,
    status: Status,
}

/// In the place of a time that never came.
const NEVER: i64 = i64::MIN;
/// In the place of a server where none claimed the session.
const NOBODY: u32 = u32::MAX;

impl Heads {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// As a session without actions, runs and waits.
    pub fn get(&self, id: SessionId) -> Option<Entry<Session>> {
        self.shared.entry(self.all.get(id)?)
    }

    /// What was asked for, and how it ended.
    pub fn asked(&self, id: SessionId) -> Option<(Requested, Status)> {
        let head = self.all.get(id)?;
        Some((self.shared.request(head)?, head.status))
    }

    pub fn extent(&self, id: SessionId) -> Option<Extent> {
        let head = self.all.get(id)?;
        Some(Extent {
            first: head.first,
            last: head.last,
            revision: head.revision.into(),
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = (SessionId, Head)> {
        self.all.iter().map(|(id, head)| (id, *head))
    }

    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// What was written apart comes back.
    pub fn restore(&mut self, all: Packed<SessionId, Head>) {
        self.all = all;
    }

    /// Keeps the head of a session; nothing and no if that would not tell the same.
    pub fn keep(&mut self, id: SessionId, entry: &Entry<Session>) -> bool {
        let head = self.shared.head(entry);
        let fitting = head.filter(|head| self.shared.entry(head).as_ref() == Some(entry));
        if let Some(head) = fitting {
            self.all.insert(id, head);
        }
        fitting.is_some()
    }

    pub fn remove(&mut self, id: SessionId) -> Option<Entry<Session>> {
        let head = self.all.remove(id)?;
        self.shared.entry(&head)
    }
}

impl Head {
    /// The numbers of its computer and of its tenant.
    pub fn belongs_to(&self) -> (u32, u32) {
        (self.computer, self.tenant)
    }

    /// Where it was asked for.
    pub fn asked_at(&self) -> Position {
        self.first
    }
}

impl Shared {
    pub fn computer(&self, number: u32) -> Option<ComputerId> {
        self.computers.get(number)
    }

    pub fn tenant(&self, number: u32) -> Option<TenantId> {
        self.tenants.get(number)
    }

    /// Nothing where something is beyond its measure.
    fn head(&mut self, entry: &Entry<Session>) -> Option<Head> {
        let session = &entry.state;
        let request = session.request?;
        let asked_at = request.at;
        let since = |time: DateTime<Utc>| (time - asked_at).num_nanoseconds();
        let if_ever = |time: Option<DateTime<Utc>>| time.map_or(Some(NEVER), since);
        Some(Head {
            asked_at: asked_at.timestamp_nanos_opt()?,
            created_at: since(entry.created.time)?,
            changed_at: since(entry.changed.time)?,
            started_at: if_ever(session.started_at)?,
            ended_at: if_ever(session.ended_at)?,
            first: entry.created.position,
            last: entry.changed.position,
            computer: self.computers.number(request.computer())?,
            tenant: self.tenants.number(request.tenant)?,
            about: self.abouts.number(request.about)?,
            server: match session.claim {
                None => NOBODY,
                Some(server) => self.servers.number(server)?,
            },
            created_by: self.actors.number(entry.created.actor)?,
            changed_by: self.actors.number(entry.changed.actor)?,
            revision: entry.revision.try_into().ok()?,
            moves: session.moves.try_into().ok()?,
            left_out: session.left_out,
            status: session.status,
        })
    }

    fn request(&self, head: &Head) -> Option<Requested> {
        Some(Requested {
            subject: self.computers.get(head.computer)?.into(),
            tenant: self.tenants.get(head.tenant)?,
            about: self.abouts.get(head.about)?,
            at: DateTime::from_timestamp_nanos(head.asked_at),
        })
    }

    fn entry(&self, head: &Head) -> Option<Entry<Session>> {
        let request = self.request(head)?;
        let at = |nanoseconds| request.at + TimeDelta::nanoseconds(nanoseconds);
        let if_ever = |nanoseconds| (nanoseconds != NEVER).then(|| at(nanoseconds));
        let mut session = Session::default();
        session.request = Some(request);
        session.status = head.status;
        session.claim = match head.server {
            NOBODY => None,
            server => Some(self.servers.get(server)?),
        };
        session.left_out = head.left_out;
        session.moves = head.moves.into();
        session.started_at = if_ever(head.started_at);
        session.ended_at = if_ever(head.ended_at);
        Some(Entry {
            state: session,
            revision: head.revision.into(),
            created: Stamp {
                position: head.first,
                time: at(head.created_at),
                actor: self.actors.get(head.created_by)?,
            },
            changed: Stamp {
                position: head.last,
                time: at(head.changed_at),
                actor: self.actors.get(head.changed_by)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn entry() -> Entry<Session> {
        let at = "2026-11-27T12:00:00.123456789Z".parse().unwrap();
        let mut session = Session::default();
        session.request = Some(Requested {
            subject: ComputerId(id(1)).into(),
            tenant: TenantId(id(2)),
            about: About::Everything,
            at,
        });
        session.status = Status::Missed;
        session.ended_at = Some(at + TimeDelta::days(7));
        session.moves = 3;
        let stamp = |position, days| Stamp {
            position: Position(position),
            time: at + TimeDelta::days(days),
            actor: Actor::System,
        };
        Entry {
            state: session,
            revision: 3,
            created: stamp(7, 0),
            changed: stamp(u64::MAX, -1),
        }
    }

    type Change = fn(&mut Entry<Session>, DateTime<Utc>);

    #[test]
    fn a_head_takes_so_many_bytes_beside_its_id() {
        assert_eq!(size_of::<Head>(), 96);
    }

    #[test]
    fn a_head_tells_what_the_session_told_and_what_does_not_fit_is_left() {
        let session = SessionId(id(3));
        let mut heads = Heads::default();
        let whole = entry();
        assert!(heads.keep(session, &whole));
        assert_eq!(heads.get(session).as_ref(), Some(&whole));
        assert_eq!(heads.extent(session), Some(Extent::of(&whole)));
        assert_eq!(heads.remove(session), Some(whole));
        let far: DateTime<Utc> = "9999-01-01T00:00:00Z".parse().unwrap();
        let changes: [Change; 4] = [
            |entry, far| entry.changed.time = far,
            |entry, far| entry.state.started_at = Some(far),
            |entry, _| entry.revision = 1 << 32,
            |entry, _| entry.state.request = None,
        ];
        for change in changes {
            let mut odd = entry();
            change(&mut odd, far);
            assert!(!heads.keep(session, &odd));
            assert_eq!((heads.get(session), heads.len()), (None, 0));
        }
    }
}
