//! Which sessions there are, by what they are asked for. Of those that are over and owed nothing more only heads are kept (`heads.rs`): what
//! they did is in their streams (`details.rs`), what they saw last of each item in `findings.rs`.

use super::collected::Collected;
use super::findings::Findings;
use super::heads::Heads;
use super::listed::Listed;
use super::pending::{Keys, Pending, Worker};
use super::runs::{OpenRun, Runs};
use crate::extent::Extent;
use crate::index::{Index, Within, between};
use crate::packed::Packed;
use crate::registry::{Entry, Registry, Stamp};
use chrono::{DateTime, Utc};
use imbl::{OrdMap, OrdSet, Vector};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{
    AgentId, ComputerId, RunId, ServerId, SessionId, TaskId, TenantId,
};
use upkeep_domain::maintenance::session::{Finding, Requested, Session, SessionEvent, Status};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_event_store::Position;

/// How many sessions of a computer stay in the view; older ones that are over are read from their streams.
pub const KEPT_SESSIONS_PER_COMPUTER: usize = 50;

/// Where the streams of sessions lie that are in no list any more.
pub type Archived = OrdMap<ComputerId, Packed<SessionId, Extent>>;

/// Every session that is not too old.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sessions {
    /// Those to which something may happen; and of the others those whose heads would not tell the same, without what they did.
    pub(super) whole: Registry<Session>,
    pub(super) heads: Heads,
    /// Where each was asked for: the order of creation, whatever their ids are. A client chooses ids, by the ids of its commands.
    #[serde(skip)]
    pub(super) order: Packed<Position, SessionId>,
    #[serde(skip)]
    pub(super) listed: Listed,
    /// Those that left the view. Written apart (`bulk.rs`), as most of heads and findings.
    #[serde(skip)]
    pub(super) archived: Archived,
    /// Those that wait or run.
    going_on: OrdSet<Position>,
    /// Those that are not settled.
    whole_of: Index<ComputerId, SessionId>,
    pub(super) findings: Findings,
    pending: Pending,
    runs: Runs,
}

/// Whether a session is over and no agent owes an answer to it: nothing happens to it any more.
pub fn is_settled(session: &Session) -> bool {
    session.status.is_over() && session.runs.values().all(|run| run.is_answered())
}

/// Sessions that there is an index of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    /// They wait or run.
    GoingOn,
    /// They were asked for in this tenant.
    OfTenant(TenantId),
    OfComputer(ComputerId),
}

impl Sessions {
    /// The session, or its head where it [is settled](is_settled): then it has neither actions nor runs.
    pub fn get(&self, id: SessionId) -> Option<Arc<Entry<Session>>> {
        let whole = self.whole.get(id).cloned();
        whole.or_else(|| self.heads.get(id).map(Arc::new))
    }

    /// What was asked for, and where it stands. Costs less than the session.
    pub fn asked(&self, id: SessionId) -> Option<(Requested, Status)> {
        match self.whole.get(id) {
            Some(entry) => Some((entry.state.request?, entry.state.status)),
            None => self.heads.asked(id),
        }
    }

    /// In the order of creation.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (SessionId, Arc<Entry<Session>>)> {
        self.order
            .iter()
            .filter_map(|(_, id)| Some((*id, self.get(*id)?)))
    }

    pub fn len(&self) -> usize {
        self.whole.len() + self.heads.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sessions of a computer, in the order of creation.
    pub fn of_computer(
        &self,
        computer: ComputerId,
    ) -> impl DoubleEndedIterator<Item = (SessionId, Arc<Entry<Session>>)> {
        let ids = self.listed.of_computer(computer).iter();
        let ids = ids.filter_map(|at| self.at(*at));
        ids.filter_map(|id| Some((id, self.get(id)?)))
    }

    /// Those of a computer to which something may happen yet.
    pub(crate) fn unsettled_of(
        &self,
        computer: ComputerId,
    ) -> impl DoubleEndedIterator<Item = SessionId> {
        self.whole_of.of(computer)
    }

    /// The session that was asked for there.
    pub fn at(&self, asked_at: Position) -> Option<SessionId> {
        self.order.get(asked_at).copied()
    }

    /// Where those of a kind were asked for, between two such places: in the order of creation.
    pub fn within(
        &self,
        which: Which,
        within: Within<Position>,
    ) -> Box<dyn DoubleEndedIterator<Item = Position> + '_> {
        match which {
            Which::All => Box::new(self.order.within(within).map(|(at, _)| at)),
            Which::GoingOn => Box::new(between(&self.going_on, within).copied()),
            Which::OfTenant(tenant) => Box::new(self.listed.of_tenant_within(tenant, within)),
            Which::OfComputer(computer) => {
                let of_computer = self.listed.of_computer_within(computer, within);
                Box::new(of_computer.iter().copied())
            }
        }
    }

    /// Where the streams of a computer's sessions lie, however old these are.
    pub fn streams_of(&self, computer: ComputerId) -> impl Iterator<Item = (SessionId, Extent)> {
        let kept = self.listed.of_computer(computer).iter();
        let kept = kept.filter_map(|at| {
            let id = self.at(*at)?;
            let whole = self.whole.get(id).map(|entry| Extent::of(entry));
            Some((id, whole.or_else(|| self.heads.extent(id))?))
        });
        let archived = self.archived.get(&computer).into_iter();
        kept.chain(archived.flat_map(|of| of.iter().map(|(id, extent)| (id, *extent))))
    }

    /// What the newest session that looked saw of an item on a computer.
    pub fn seen(&self, computer: ComputerId, item: MaintenanceItem) -> Option<&Finding> {
        let whole = self.known(self.whole_of.of(computer));
        let by_whole =
            whole.filter_map(|(_, entry)| Some((entry.created.position, entry.state.seen(item)?)));
        let by_settled = self.findings.of(computer, item);
        let newest = by_whole.chain(by_settled).max_by_key(|(at, _)| *at);
        newest.map(|(_, finding)| finding)
    }

    /// The value that the newest session told that looked at an item on a computer, and where that session was asked for.
    pub(crate) fn collected(
        &self,
        computer: ComputerId,
        item: MaintenanceItem,
    ) -> Option<(Position, Collected)> {
        let whole = self.known(self.whole_of.of(computer));
        let by_whole = whole.filter_map(|(_, entry)| {
            let session = &entry.state;
            session.seen(item)?;
            let collected = Collected::of(session, item);
            Some((entry.created.position, collected))
        });
        let by_settled = self.findings.collected(computer, item);
        let newest = by_whole.chain(by_settled).max_by_key(|(at, _)| *at);
        let (at, collected) = newest?;
        Some((at, collected?))
    }

    /// The session of a computer that was asked for there, however old it is.
    pub(crate) fn asked_there(&self, computer: ComputerId, at: Position) -> Option<SessionId> {
        self.at(at).or_else(|| {
            let mut archived = self.archived.get(&computer)?.iter();
            archived.find_map(|(id, extent)| (extent.first == at).then_some(id))
        })
    }

    /// Those that wait for their turn on a computer.
    pub fn waiting_on(
        &self,
        computer: ComputerId,
    ) -> impl Iterator<Item = (SessionId, &Arc<Entry<Session>>)> {
        self.known(self.pending.waiting.of(computer))
    }

    /// Whether any does.
    pub fn is_waited_on(&self, computer: ComputerId) -> bool {
        self.pending.waiting.of(computer).next().is_some()
    }

    pub fn running(&self) -> impl Iterator<Item = (SessionId, &Arc<Entry<Session>>)> {
        self.known(self.pending.running.all())
    }

    /// Those that a server works on, or those that nobody has claimed.
    pub fn running_for(
        &self,
        server: Option<ServerId>,
    ) -> impl Iterator<Item = (SessionId, &Arc<Entry<Session>>)> {
        self.known(self.pending.running.of(server.into()))
    }

    /// The servers that have claimed a session that runs.
    pub fn servers_at_work(&self) -> impl Iterator<Item = ServerId> {
        self.pending
            .running
            .keys()
            .filter_map(|worker| match worker {
                Worker::Nobody => None,
                Worker::Server(server) => Some(server),
            })
    }

    /// Those that wait or run and were due before that moment.
    pub fn due_before(
        &self,
        moment: DateTime<Utc>,
    ) -> impl Iterator<Item = (SessionId, &Arc<Entry<Session>>)> {
        self.known(self.pending.due.before(moment))
    }

    /// The session that brings a serial task about, or was cancelled as it did and has not had all its time yet.
    pub fn locking(&self, task: TaskId, now: DateTime<Utc>) -> Option<SessionId> {
        let mut holders = self.known(self.pending.locking.of(task));
        let holder = holders.find(|(_, entry)| entry.state.holds_lock(task, now));
        holder.map(|(session, _)| session)
    }

    /// When the first of the sessions that were cancelled as they brought a serial task about has had all its time, after that moment.
    pub fn next_lock_lapse(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let holders = self.known(self.pending.locking.all());
        let lapses = holders.filter_map(|(_, entry)| entry.state.lock_lapses());
        lapses.filter(|lapses| *lapses > moment).min()
    }

    /// Those that wait for a serial task, in the order in which they came to it.
    pub fn awaiting(&self, task: TaskId) -> impl Iterator<Item = SessionId> {
        let from = (task, DateTime::<Utc>::MIN_UTC);
        let to = (task, DateTime::<Utc>::MAX_UTC);
        self.pending.awaiting.among(from, to)
    }

    /// When the next one is due after that moment.
    pub fn next_due(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.pending.due.next(Some(moment))
    }

    fn known(
        &self,
        sessions: impl Iterator<Item = SessionId>,
    ) -> impl Iterator<Item = (SessionId, &Arc<Entry<Session>>)> {
        sessions.filter_map(|id| Some((id, self.whole.get(id)?)))
    }

    /// The agents that owe an answer for at least one run.
    pub fn agents_with_open_runs(&self) -> impl Iterator<Item = AgentId> {
        self.runs.agents()
    }

    /// The runs that this agent owes an answer for; those that were given up first, so that they are stopped before the next
    /// one is asked for.
    pub fn open_runs_of(&self, agent: AgentId) -> impl Iterator<Item = OpenRun<'_>> {
        self.runs.of(agent).filter_map(|(run, session)| {
            let entry = self.whole.get(session)?;
            let details = entry.state.runs.get(&run)?;
            Some(OpenRun {
                run,
                session,
                details,
                draft: entry.state.draft.as_deref(),
                cancelled: entry.state.status.is_over() || details.report.is_some(),
            })
        })
    }

    /// The agents that have something else to start or to stop than they had in an earlier view. Costs what differs.
    pub fn agents_to_tell_since<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = AgentId> {
        self.runs.changed_since(&before.runs)
    }

    /// The session of a run that is open, or was counted as lost.
    pub fn session_of_run(&self, agent: AgentId, run: RunId) -> Option<SessionId> {
        self.runs.session_of(agent, run)
    }

    fn keys(&self, id: SessionId) -> Keys {
        let known = self.whole.get(id);
        known.map_or_else(Keys::default, |entry| Keys::of(&entry.state))
    }

    pub(crate) fn apply(
        &mut self,
        id: SessionId,
        event: &SessionEvent,
        revision: u64,
        stamp: Stamp,
    ) {
        let before = self.keys(id);
        self.wake(id);
        self.whole.apply(id, event, revision, stamp);
        let asked_at = (self.whole.get(id)).map_or(stamp.position, |entry| entry.created.position);
        if self.at(asked_at).is_none() {
            self.order.insert(asked_at, id);
        }
        self.pending.place(id, before, self.keys(id));
        self.note_going_on(id);
        match event {
            SessionEvent::Created(created) => {
                let computer = created.subject.computer();
                let known = self.whole.get(id);
                if let Some(request) = known.and_then(|entry| entry.state.request) {
                    self.listed.insert(asked_at, &request);
                }
                self.whole_of.place(id, None, Some(computer));
                self.forget_old(computer, stamp.position);
            }
            SessionEvent::RunRequested(requested) => {
                let agent = requested.context.agent();
                self.runs.ask(agent, requested.run, id, stamp.position);
            }
            SessionEvent::RunEnded(ended) => {
                let known = self.whole.get(id);
                if let Some(details) = known.and_then(|entry| entry.state.runs.get(&ended.run)) {
                    self.runs.end(ended.run, details, id, stamp.position);
                }
            }
            SessionEvent::Completed(_) | SessionEvent::Cancelled(_) | SessionEvent::Missed(_) => {
                let known = self.whole.get(id);
                for (_, run) in known.iter().flat_map(|entry| entry.state.open_runs()) {
                    self.runs.note(run.context.agent(), stamp.position);
                }
            }
            _ => {}
        }
        self.settle(id);
    }

    /// Whatever happens to a session happens to a whole one, even where nothing should.
    fn wake(&mut self, id: SessionId) {
        if self.whole.get(id).is_none()
            && let Some(head) = self.heads.remove(id)
        {
            self.whole.put(id, head);
        }
    }

    /// Of a session to which nothing happens any more only the head is kept, and what it saw.
    fn settle(&mut self, id: SessionId) {
        let Some(entry) = (self.whole.get(id)).filter(|entry| is_settled(&entry.state)) else {
            return;
        };
        self.findings.keep(entry.created.position, &entry.state);
        let computer = entry.state.request.map(|request| request.computer());
        self.whole_of.place(id, computer, None);
        self.whole.change(id, |session| {
            session.actions = Vector::new();
            session.runs = OrdMap::new();
            session.waits = Vec::new();
            (session.draft, session.reading) = (None, None);
        });
        if let Some(entry) = self.whole.get(id)
            && self.heads.keep(id, entry)
        {
            self.whole.remove(id);
        }
    }

    fn note_going_on(&mut self, id: SessionId) {
        let Some(entry) = self.whole.get(id) else {
            return;
        };
        let at = entry.created.position;
        let is_going_on = !entry.state.status.is_over();
        if is_going_on == self.going_on.contains(&at) {
            return;
        }
        if is_going_on {
            self.going_on.insert(at);
        } else {
            self.going_on.remove(&at);
        }
    }

    fn forget_old(&mut self, computer: ComputerId, at: Position) {
        let sessions = self.listed.of_computer(computer);
        if sessions.len() <= KEPT_SESSIONS_PER_COMPUTER {
            return;
        }
        let is_forgettable = |id: &SessionId| {
            self.whole.get(*id).is_none_or(|entry| {
                entry.state.status.is_over() && entry.state.open_runs().next().is_none()
            })
        };
        let mut sessions = sessions.iter().filter_map(|at| self.at(*at));
        if let Some(oldest) = sessions.find(is_forgettable)
            && let Some(entry) = self.get(oldest)
            && let Some(request) = entry.state.request
        {
            for (run, details) in &entry.state.runs {
                self.runs.forget(*run, details, at);
            }
            let asked_at = entry.created.position;
            self.findings.keep(asked_at, &entry.state);
            self.whole_of.place(oldest, Some(computer), None);
            self.whole.remove(oldest);
            self.heads.remove(oldest);
            self.order.remove(asked_at);
            self.listed.remove(asked_at, &request);
            let archived = self.archived.entry(computer).or_default();
            archived.insert(oldest, Extent::of(&entry));
        }
    }
}

#[cfg(test)]
mod tests;
