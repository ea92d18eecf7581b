//! Which scripts wait for which agent.

use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use serde::{Deserialize, Serialize};
use upkeep_domain::kernel::ids::{AgentId, RunId, SessionId};
use upkeep_domain::maintenance::session::{Draft, Run};
use upkeep_event_store::Position;

/// The runs that agents owe answers for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Runs {
    /// Without a result, also of sessions that were cancelled: the agent must hear of that.
    open: ByAgent,
    /// Counted as lost: their agent is to stop them, and may still tell how they ended.
    lost: ByAgent,
    /// Where what an agent owes changed last, for those that owe something.
    changed: OrdMap<AgentId, Position>,
}

type ByAgent = OrdMap<AgentId, OrdMap<RunId, SessionId>>;

/// A run that an agent owes an answer for.
#[derive(Clone, Copy, Debug)]
pub struct OpenRun<'a> {
    pub run: RunId,
    pub session: SessionId,
    pub details: &'a Run,
    /// The script that its session tries: it is in no catalogue.
    pub draft: Option<&'a Draft>,
    /// Whether its session is over, or goes on without it: the agent is to stop it.
    pub cancelled: bool,
}

impl Runs {
    pub fn agents(&self) -> impl Iterator<Item = AgentId> {
        self.open.keys().chain(self.lost.keys()).copied()
    }

    /// Those that were given up first.
    pub fn of(&self, agent: AgentId) -> impl Iterator<Item = (RunId, SessionId)> {
        let of = |runs: &ByAgent| runs.get(&agent).cloned().unwrap_or_default().into_iter();
        of(&self.lost).chain(of(&self.open))
    }

    pub fn session_of(&self, agent: AgentId, run: RunId) -> Option<SessionId> {
        [&self.open, &self.lost]
            .into_iter()
            .find_map(|runs| runs.get(&agent)?.get(&run).copied())
    }

    pub fn ask(&mut self, agent: AgentId, run: RunId, session: SessionId, at: Position) {
        self.open.entry(agent).or_default().insert(run, session);
        self.note(agent, at);
    }

    /// Takes in that what an agent owes is another, or is to be stopped.
    pub fn note(&mut self, agent: AgentId, at: Position) {
        if self.open.contains_key(&agent) || self.lost.contains_key(&agent) {
            self.changed.insert(agent, at);
        } else {
            self.changed.remove(&agent);
        }
    }

    /// The agents that owe something else than they did. Costs what differs.
    pub fn changed_since<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = AgentId> {
        before.changed.diff(&self.changed).map(|item| {
            let (DiffItem::Add(agent, _)
            | DiffItem::Remove(agent, _)
            | DiffItem::Update {
                new: (agent, _), ..
            }) = item;
            *agent
        })
    }

    /// Takes in that a run ended, or counts as lost.
    pub fn end(&mut self, run: RunId, details: &Run, session: SessionId, at: Position) {
        remove(&mut self.open, details.context.agent(), run);
        if details.is_answered() {
            remove(&mut self.lost, details.context.agent(), run);
        } else {
            self.lost
                .entry(details.context.agent())
                .or_default()
                .insert(run, session);
        }
        self.note(details.context.agent(), at);
    }

    /// Its session leaves the view: whatever its agent tells comes too late.
    pub fn forget(&mut self, run: RunId, details: &Run, at: Position) {
        remove(&mut self.lost, details.context.agent(), run);
        self.note(details.context.agent(), at);
    }
}

fn remove(runs: &mut ByAgent, agent: AgentId, run: RunId) {
    if let Some(of_agent) = runs.get_mut(&agent) {
        of_agent.remove(&run);
        if of_agent.is_empty() {
            runs.remove(&agent);
        }
    }
}
