//! Which sessions there are, by what they are asked for.

use super::pending::{Keys, Pending, Worker};
use super::runs::{OpenRun, Runs};
use crate::registry::{Entry, Registry, Stamp};
use chrono::{DateTime, Utc};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{AgentId, ComputerId, RunId, ServerId, SessionId};
use upkeep_domain::maintenance::session::{Session, SessionEvent};

/// How many sessions of a computer stay in the view; older ones that are over are read from their streams.
pub const KEPT_SESSIONS_PER_COMPUTER: usize = 50;

/// Every session that is not too old.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sessions {
    all: Registry<Session>,
    by_computer: OrdMap<ComputerId, OrdSet<SessionId>>,
    /// Those whose details left the view.
    archived: OrdMap<ComputerId, OrdSet<SessionId>>,
    pending: Pending,
    runs: Runs,
}

impl Sessions {
    pub fn get(&self, id: SessionId) -> Option<&Arc<Entry<Session>>> {
        self.all.get(id)
    }

    /// In the order of creation.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (SessionId, &Arc<Entry<Session>>)> {
        self.all.iter()
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The sessions of a computer, in the order of creation.
    pub fn of_computer(
        &self,
        computer: ComputerId,
    ) -> impl DoubleEndedIterator<Item = (SessionId, &Arc<Entry<Session>>)> {
        self.by_computer
            .get(&computer)
            .into_iter()
            .flatten()
            .filter_map(|id| Some((*id, self.all.get(*id)?)))
    }

    /// The sessions of a computer whose details are only in their streams.
    pub fn archived_of(&self, computer: ComputerId) -> impl Iterator<Item = SessionId> {
        self.archived.get(&computer).into_iter().flatten().copied()
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

    /// When the next one is due after that moment.
    pub fn next_due(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.pending.due.next(Some(moment))
    }

    fn known(
        &self,
        sessions: impl Iterator<Item = SessionId>,
    ) -> impl Iterator<Item = (SessionId, &Arc<Entry<Session>>)> {
        sessions.filter_map(|id| Some((id, self.all.get(id)?)))
    }

    /// The agents that owe an answer for at least one run.
    pub fn agents_with_open_runs(&self) -> impl Iterator<Item = AgentId> {
        self.runs.agents()
    }

    /// The runs that this agent owes an answer for; those that were given up first, so that they are stopped before the next
    /// one is asked for.
    pub fn open_runs_of(&self, agent: AgentId) -> impl Iterator<Item = OpenRun<'_>> {
        self.runs.of(agent).filter_map(|(run, session)| {
            let entry = self.all.get(session)?;
            let details = entry.state.runs.get(&run)?;
            Some(OpenRun {
                run,
                session,
                details,
                cancelled: entry.state.status.is_over() || details.report.is_some(),
            })
        })
    }

    /// The session of a run that is open, or was counted as lost.
    pub fn session_of_run(&self, agent: AgentId, run: RunId) -> Option<SessionId> {
        self.runs.session_of(agent, run)
    }

    fn keys(&self, id: SessionId) -> Keys {
        let known = self.all.get(id);
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
        self.all.apply(id, event, revision, stamp);
        self.pending.place(id, before, self.keys(id));
        match event {
            SessionEvent::Created(created) => {
                let computer = created.subject.computer();
                self.by_computer.entry(computer).or_default().insert(id);
                self.forget_old(computer);
            }
            SessionEvent::RunRequested(requested) => {
                self.runs.ask(requested.context.agent(), requested.run, id);
            }
            SessionEvent::RunEnded(ended) => {
                let known = self.all.get(id);
                if let Some(details) = known.and_then(|entry| entry.state.runs.get(&ended.run)) {
                    self.runs.end(ended.run, details, id);
                }
            }
            _ => {}
        }
    }

    fn forget_old(&mut self, computer: ComputerId) {
        let Some(sessions) = self.by_computer.get_mut(&computer) else {
            return;
        };
        if sessions.len() <= KEPT_SESSIONS_PER_COMPUTER {
            return;
        }
        let all = &self.all;
        let is_forgettable = |id: &&SessionId| {
            all.get(**id).is_none_or(|entry| {
                entry.state.status.is_over() && entry.state.open_runs().next().is_none()
            })
        };
        if let Some(oldest) = sessions.iter().find(is_forgettable).copied() {
            sessions.remove(&oldest);
            if let Some(entry) = self.all.get(oldest) {
                for (run, details) in &entry.state.runs {
                    self.runs.forget(*run, details);
                }
            }
            self.all.remove(oldest);
            self.archived.entry(computer).or_default().insert(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use upkeep_domain::catalogue::script::ScriptTimeout;
    use upkeep_domain::kernel::digest::Sha256Digest;
    use upkeep_domain::kernel::ids::{ActionId, SoftwareId, TenantId};
    use upkeep_domain::kernel::metadata::Actor;
    use upkeep_domain::maintenance::session::{
        About, Job, RunContext, RunEnded, RunOutcome, RunPurpose, RunReport, RunRequested,
        SessionCreated,
    };
    use upkeep_domain::rules::deployment::MaintenanceItem;
    use upkeep_event_store::Position;
    use uuid::Uuid;

    #[test]
    fn a_lost_run_is_known_until_its_agent_answers() {
        let id = Uuid::from_u128;
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let (session, agent, run) = (SessionId(id(1)), AgentId(id(2)), RunId(id(3)));
        let ended = |outcome| {
            SessionEvent::from(RunEnded {
                run,
                report: RunReport::without_output(outcome),
                at,
            })
        };
        let mut sessions = Sessions::default();
        let mut revision = 0;
        let mut apply = |event: SessionEvent| {
            let stamp = Stamp {
                position: Position(revision),
                time: at,
                actor: Actor::System,
            };
            sessions.apply(session, &event, revision, stamp);
            revision += 1;
            let open = sessions.open_runs_of(agent).count();
            (open, sessions.session_of_run(agent, run))
        };
        apply(
            SessionCreated {
                subject: ComputerId(id(4)).into(),
                tenant: TenantId(id(5)),
                about: About::Everything,
                at,
            }
            .into(),
        );
        let requested = RunRequested {
            run,
            action: Some(ActionId(id(6))),
            purpose: RunPurpose::Detect,
            ordinal: 1,
            context: RunContext::System { agent },
            item: Some(MaintenanceItem::Software(SoftwareId(id(7)))),
            job: Job::Script {
                script: Sha256Digest::of(b""),
                version: None,
                package: None,
            },
            timeout: ScriptTimeout::DETECTION,
            deadline: at,
            at,
        };
        assert_eq!(apply(requested.into()), (1, Some(session)));
        let lost = apply(ended(RunOutcome::Lost));
        assert_eq!(lost, (1, Some(session)), "to be stopped, and not forgotten");
        let answered = apply(ended(RunOutcome::Exited { code: 0 }));
        assert_eq!(answered, (0, None));
    }
}
