//! What runs on this server is moved on whenever something about it has changed, and what waits when its time is over.

use crate::envelope;
use crate::process::{Done, Gate, Moment, Process};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use upkeep_commands::{CommandError, Commands, Envelope};
use upkeep_domain::kernel::ids::{AgentId, ComputerId, SessionId, TaskId};
use upkeep_domain::maintenance::session::{
    LockAnswer, Requested, Session, SessionCommand, Stage, Status, Surroundings, Winner,
};
use upkeep_domain::rules::prerequisite::Prerequisites;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// Moves sessions on, and knows what it has moved them on from.
#[derive(Default)]
pub struct Advancing(BTreeMap<SessionId, Situation>);

/// A session that something has changed for.
pub struct Step {
    pub session: SessionId,
    pub situation: Situation,
    entry: Arc<Entry<Session>>,
    request: Requested,
    /// Where it stands once it was moved on, if nothing is left that follows: its own events are no reason to look at it again.
    after: OnceLock<u64>,
}

impl Step {
    /// Takes in where the session stands now. What was due is looked at once more: it may be due again, and differs in nothing else
    /// then.
    pub fn took(&self, state: &Session, around: &Surroundings, now: DateTime<Utc>) {
        if !self.situation.time.is_due && !state.can_go_on(around, now) {
            // Nobody else sets it.
            let _ = self.after.set(state.moves);
        }
    }
}

/// Everything that a session's next steps depend on: from the same situation nothing follows twice. One that is new here, because
/// it was started or taken over or the server has just begun, was in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// [`Session::moves`].
    moves: u64,
    /// The connected agent of its computer.
    agent: Option<AgentId>,
    time: Time,
    turn: SerialTurn,
}

/// How the lock of a serial task stands, as far as a session is concerned that waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SerialTurn {
    /// It waits for none.
    NotAwaited,
    /// Others are before it.
    OthersFirst,
    /// It is the first of those that wait and can go on. Whoever had the lock last has it, or gave it back.
    Next { holder: Option<SessionId> },
}

/// What time alone changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Time {
    is_due: bool,
    /// Whether agents had time to come back to this server: until then no computer is missing.
    had_patience: bool,
    /// Whether its computer's agents are gone, and not merely about to come back.
    is_gone: bool,
}

/// The sessions that may have to be moved on here, some of them twice: those that this server works on, those that nobody works on,
/// and those that may be due. Who waits for a turn that may still come is not among them.
pub fn looked_at(at: &Moment) -> impl Iterator<Item = (SessionId, &Arc<Entry<Session>>)> {
    let sessions = &at.view.sessions;
    sessions
        .running_for(Some(at.server))
        .chain(sessions.running_for(None))
        .chain(sessions.due_before(at.now))
}

/// Where a session stands that may have to be moved on; nothing for one that waits for somebody else.
pub fn situation(at: &Moment, entry: &Entry<Session>) -> Option<(Situation, Requested)> {
    let state = &entry.state;
    let request = state.request?;
    if state.claim.is_some_and(|claim| claim != at.server) {
        return None;
    }
    let is_due = state.is_due(&at.elapsed());
    match state.status {
        Status::Ended(_) | Status::Cancelled | Status::Missed => return None,
        Status::Queued if !is_due => return None,
        Status::Running(Stage::Resolution) if !is_resolvable(&at.view, &request) => return None,
        _ => {}
    }
    let computer = request.computer();
    let agent = at.view.working_agent(computer);
    let changed_at = at.view.agents_changed_at(computer);
    let has_settled = || changed_at.is_none_or(|changed| at.elapsed().has_settled(changed));
    let time = Time {
        is_due,
        had_patience: at.elapsed().had_patience(),
        is_gone: agent.is_none() && has_settled(),
    };
    let situation = Situation {
        moves: state.moves,
        agent,
        time,
        turn: serial_turn(at, state, &request),
    };
    Some((situation, request))
}

/// One that waits for a task which is not serial any more need not wait: that is a change, too.
fn serial_turn(at: &Moment, state: &Session, request: &Requested) -> SerialTurn {
    let view = &*at.view;
    let awaited = state.awaits_task();
    let Some((task, _)) = awaited.filter(|_| state.wanted_lock(view).is_some()) else {
        return SerialTurn::NotAwaited;
    };
    // A computer has one session that runs.
    if next_in_line(view, task) == Some(request.computer()) {
        SerialTurn::Next {
            holder: view.sessions.locking(task, at.now),
        }
    } else {
        SerialTurn::OthersFirst
    }
}

/// The computer of the first session that waits for a serial task and can go on.
fn next_in_line(view: &View, task: TaskId) -> Option<ComputerId> {
    let waiting = view.sessions.awaiting(task);
    let mut computers = waiting.filter_map(|session| {
        let (request, _) = view.sessions.asked(session)?;
        Some(request.computer())
    });
    computers.find(|computer| view.working_agent(*computer).is_some())
}

/// Asks for the lock of a serial task: behind those that came to it before. Nothing where it is to be asked for once more in a moment.
async fn lock(
    commands: &Commands,
    at: &Moment,
    step: &Step,
    task: TaskId,
    envelope: &Envelope,
) -> Result<Option<LockAnswer>, CommandError> {
    let next = next_in_line(&at.view, task);
    if next.is_some_and(|next| next != step.request.computer()) {
        return Ok(Some(LockAnswer::Held(task)));
    }
    let claimant = (step.session, step.request.tenant);
    let asked = commands.lock_task(claimant, task, &at.view, envelope);
    let answer = asked.await?;
    // The view is behind: it may show next that whoever has it gave it back, and no more.
    let is_behind = matches!(step.situation.turn, SerialTurn::Next { holder: None })
        && !step.situation.time.is_due;
    Ok(answer.filter(|answer| !(is_behind && *answer == LockAnswer::Held(task))))
}

/// What the rules of another tenant say is not for this session, which is being cancelled; and what they say of a computer that
/// counts as new is not, where a session before this one has onboarded it.
fn is_resolvable(view: &View, request: &Requested) -> bool {
    !view.has_left(request) && !view.is_onboarding_due(request.computer())
}

impl Process for Advancing {
    type Todo = Step;
    const NAME: &'static str = "a step of a session";
    const GATE: Gate = Gate::Lease;

    fn todo(&self, at: &Moment) -> Vec<Step> {
        let mut steps: BTreeMap<SessionId, Step> = BTreeMap::new();
        for (session, entry) in looked_at(at) {
            let Some((situation, request)) = situation(at, entry) else {
                continue;
            };
            if self.0.get(&session) != Some(&situation) {
                let entry = entry.clone();
                let step = Step {
                    session,
                    situation,
                    entry,
                    request,
                    after: OnceLock::new(),
                };
                steps.insert(session, step);
            }
        }
        steps.into_values().collect()
    }

    fn due(&self, at: &Moment) -> Option<DateTime<Utc>> {
        let sessions = &at.view.sessions;
        let times = [sessions.next_due(at.now), sessions.next_lock_lapse(at.now)];
        times.into_iter().flatten().min()
    }

    fn subject(step: &Step) -> Uuid {
        step.session.0
    }

    async fn carry_out(
        &self,
        commands: &Commands,
        at: &Moment,
        step: &Step,
    ) -> Result<Done, CommandError> {
        let mut around = surroundings(at, step);
        let tenant = step.request.tenant;
        let mut wanted = step.entry.state.wanted_lock(&*around.catalogue);
        // Whose lock it was asked for last.
        let mut asked_for = None;
        loop {
            // Never the same twice: it may have to be sent again and again.
            let envelope = envelope(commands, step.session.0, Some(tenant));
            // No lock is held for a computer that is away.
            if let (Some(task), Some(_)) = (wanted, around.agent) {
                around.lock = lock(commands, at, step, task, &envelope).await?;
                if around.lock.is_none() {
                    return Ok(Done::NotYet(at.view.position()));
                }
                asked_for = wanted;
            }
            let asked = Arc::new(around.clone());
            let command = SessionCommand::Advance(asked.clone());
            let advanced = commands
                .send::<Session>(step.session, command, &envelope)
                .await?;
            wanted = advanced.state.wanted_lock(&*around.catalogue);
            // Once more where it has come to one only now, and only then.
            let is_new = wanted.is_some() && wanted != asked_for;
            if !(is_new && around.agent.is_some()) {
                step.took(&advanced.state, &asked, at.now);
                return Ok(advanced.into());
            }
        }
    }

    fn remember(&mut self, step: Step) {
        let moves = step.after.get().copied();
        let situation = Situation {
            moves: moves.unwrap_or(step.situation.moves),
            ..step.situation
        };
        self.0.insert(step.session, situation);
    }

    fn forget(&mut self, at: &Moment) {
        self.0.retain(|session, _| {
            let known = at.view.sessions.get(*session);
            known.is_some_and(|entry| situation(at, &entry).is_some())
        });
    }
}

fn surroundings(at: &Moment, step: &Step) -> Surroundings {
    let state = &step.entry.state;
    let winners: Option<Vec<Winner>> = match state.status {
        Status::Running(Stage::Resolution) => {
            let (computer, about) = (step.request.computer(), step.request.about);
            Some(at.view.winners(computer, about, at.now))
        }
        _ => None,
    };
    Surroundings {
        session: step.session,
        agent: step.situation.agent,
        agents_changed_at: at.view.agents_changed_at(step.request.computer()),
        catalogue: at.view.clone(),
        winners,
        lock: None,
        server: at.server,
        prerequisites: Prerequisites::clone(&at.view.prerequisites),
        listening_since: at.listening_since,
        jumps: at.jumps.clone(),
    }
}

#[cfg(test)]
mod tests;
