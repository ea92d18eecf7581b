//! What runs on this server is moved on whenever something about it has changed, and what waits when its time is over.

use crate::envelope;
use crate::process::{Done, Gate, Moment, Process};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use upkeep_commands::{CommandError, Commands};
use upkeep_domain::kernel::ids::{AgentId, SessionId};
use upkeep_domain::maintenance::session::{
    Requested, Session, SessionCommand, Stage, Status, Surroundings, Winner,
};
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
    /// Whether it is asked for the lock that it wants: not while others are before it.
    fn may_lock(&self) -> bool {
        self.situation.turn != SerialTurn::OthersFirst
    }

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
        turn: serial_turn(&at.view, state, &request),
    };
    Some((situation, request))
}

/// One that waits for a task which is not serial any more need not wait: that is a change, too.
fn serial_turn(view: &View, state: &Session, request: &Requested) -> SerialTurn {
    let awaited = state.awaited_task();
    let Some(task) = awaited.filter(|_| state.wanted_lock(view).is_some()) else {
        return SerialTurn::NotAwaited;
    };
    let can_go_on = |session: &SessionId| {
        let asked = view.sessions.asked(*session);
        asked.is_some_and(|(request, _)| view.working_agent(request.computer()).is_some())
    };
    let next = view.sessions.awaiting(task).find(can_go_on);
    let next = next.and_then(|next| view.sessions.asked(next));
    // A computer has one session that runs.
    if next.is_some_and(|(next, _)| next.computer() == request.computer()) {
        SerialTurn::Next {
            holder: view.sessions.locking(task),
        }
    } else {
        SerialTurn::OthersFirst
    }
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
        at.view.sessions.next_due(at.now)
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
        loop {
            // Never the same twice: it may have to be sent again and again.
            let envelope = envelope(commands, step.session.0, Some(tenant));
            // No lock is held for a computer that is away.
            if let (Some(task), Some(_), true) = (wanted, around.agent, step.may_lock()) {
                let claimant = (step.session, tenant);
                let answer = commands.lock_task(claimant, task, &at.view, &envelope);
                around.lock = answer.await?;
                if around.lock.is_none() {
                    return Ok(Done::NotYet(at.view.position()));
                }
            }
            let asked = Arc::new(around.clone());
            let command = SessionCommand::Advance(asked.clone());
            let advanced = commands
                .send::<Session>(step.session, command, &envelope)
                .await?;
            wanted = advanced.state.wanted_lock(&*around.catalogue);
            // Once more where it has come to one only now, and only then.
            let is_new = wanted.is_some() && around.lock.is_none();
            if !(is_new && around.agent.is_some() && step.may_lock()) {
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
        listening_since: at.listening_since,
        jumps: at.jumps.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Fleet, HERE, THERE, agent, computer, connection, noon, session, tenant};
    use chrono::TimeDelta;
    use upkeep_domain::catalogue::script::{Interpreter, Script};
    use upkeep_domain::catalogue::task::{Concurrency, Task, TaskCommand, TaskScriptRole};
    use upkeep_domain::fleet::agent::{Agent, AgentCommand, DisconnectReason};
    use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
    use upkeep_domain::kernel::ids::TaskId;
    use upkeep_domain::kernel::name::Name;
    use upkeep_domain::maintenance::session::{LockAnswer, RunOutcome, RunReport};
    use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem};

    /// Which are moved on now; all of them succeed.
    fn advanced(advancing: &mut Advancing, at: &Moment) -> Vec<SessionId> {
        advancing.forget(at);
        let todo = advancing.todo(at);
        let sessions = todo.iter().map(|step| step.session).collect();
        for step in todo {
            advancing.remember(step);
        }
        sessions
    }

    #[test]
    fn a_session_is_moved_on_when_something_about_it_changed_and_not_before() {
        let mut fleet = Fleet::new();
        let mut advancing = Advancing::default();
        fleet.online(1, HERE);
        fleet.running(1, 1, HERE);
        let mine = [session(1)];
        assert_eq!(advanced(&mut advancing, &fleet.moment()), mine, "it began");
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        fleet.advance(1, HERE);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), mine, "it got on");
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        let leave = AgentCommand::Disconnect {
            connection: connection(1),
            reason: DisconnectReason::Closed,
        };
        fleet.tell::<Agent>(agent(1), leave);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), mine, "offline");
        fleet.now += TimeDelta::seconds(10);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        fleet.now += TimeDelta::seconds(1);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), mine, "gone");
        fleet.now = advancing.due(&fleet.moment()).expect("a run is open");
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        fleet.now += TimeDelta::seconds(1);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), mine, "it is due");
        assert_eq!(advanced(&mut advancing, &fleet.moment()), [], "once");
        let mut begun = Advancing::default();
        assert_eq!(advanced(&mut begun, &fleet.moment()), mine, "a new server");
    }

    #[test]
    fn neither_its_own_steps_nor_a_start_are_a_reason_to_look_at_a_session_again() {
        let mut fleet = Fleet::new();
        let mut advancing = Advancing::default();
        fleet.online(1, HERE);
        fleet.running(1, 1, HERE);
        let step = advancing.todo(&fleet.moment()).pop().expect("it began");
        fleet.advance(1, HERE);
        let state = |fleet: &Fleet| fleet.view.sessions.get(session(1)).unwrap().state.clone();
        let known = state(&fleet);
        let around = fleet.surroundings(1, HERE);
        step.took(&known, &around, fleet.now);
        advancing.remember(step);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        let (run, agent) = (known.open_runs().next().unwrap().0, agent(1));
        let started = SessionCommand::run_started(agent, run);
        fleet.tell::<Session>(session(1), started);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        let outcome = RunOutcome::Exited { code: 0 };
        let report = RunReport::without_output(outcome);
        let ended = SessionCommand::run_ended(agent, run, report);
        fleet.tell::<Session>(session(1), ended);
        assert!(state(&fleet).can_go_on(&around, fleet.now));
        assert_eq!(advanced(&mut advancing, &fleet.moment()), [session(1)]);
    }

    /// Its next run may be overdue before the next look: then the two moments differ in nothing but in what was asked for.
    #[test]
    fn a_session_that_was_due_is_looked_at_once_more() {
        let mut fleet = Fleet::new();
        fleet.online(1, HERE);
        fleet.running(1, 1, HERE);
        fleet.advance(1, HERE);
        let took = |fleet: &Fleet, is_due| {
            let step = Advancing::default().todo(&fleet.moment()).pop().unwrap();
            assert_eq!(step.situation.time.is_due, is_due);
            let entry = fleet.view.sessions.get(session(1)).unwrap();
            step.took(&entry.state, &fleet.surroundings(1, HERE), noon());
            step.after.get().is_some()
        };
        assert!(took(&fleet, false));
        let begun = fleet.now;
        fleet.now = Advancing::default().due(&fleet.moment()).unwrap() + TimeDelta::seconds(1);
        assert!(!took(&fleet, true));
        fleet.now = begun;
        assert!(took(&fleet, false));
    }

    #[test]
    fn what_failed_is_still_to_be_done() {
        let mut fleet = Fleet::new();
        fleet.online(1, HERE);
        fleet.running(1, 1, HERE);
        let advancing = Advancing::default();
        assert_eq!(advancing.todo(&fleet.moment()).len(), 1);
        assert_eq!(advancing.todo(&fleet.moment()).len(), 1);
    }

    #[test]
    fn a_session_is_moved_on_by_the_server_that_works_on_it() {
        let mut fleet = Fleet::new();
        let mut advancing = Advancing::default();
        fleet.online(1, HERE);
        fleet.running(1, 1, THERE);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        let take_over = SessionCommand::TakeOver {
            server: HERE,
            from: THERE,
        };
        fleet.tell::<Session>(session(1), take_over);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), [session(1)]);
    }

    #[test]
    fn a_computer_is_missed_once_it_had_time_to_come_back_to_a_server_that_began() {
        let mut fleet = Fleet::new();
        let mut advancing = Advancing::default();
        fleet.computer(1);
        fleet.now += TimeDelta::seconds(11);
        fleet.running(1, 1, HERE);
        fleet.advance(1, HERE);
        let begun = |fleet: &Fleet, seconds| {
            let at = fleet.moment();
            Moment {
                listening_since: at.now,
                now: at.now + TimeDelta::seconds(seconds),
                ..at
            }
        };
        assert_eq!(advanced(&mut advancing, &begun(&fleet, 0)), [session(1)]);
        assert_eq!(advanced(&mut advancing, &begun(&fleet, 120)), []);
        assert_eq!(advanced(&mut advancing, &begun(&fleet, 121)), [session(1)]);
    }

    #[test]
    fn who_waits_for_its_turn_is_moved_on_when_that_does_not_come() {
        let mut fleet = Fleet::new();
        let mut advancing = Advancing::default();
        fleet.computer(1);
        fleet.waiting(1, 1);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        fleet.now = advancing.due(&fleet.moment()).expect("it is missed then");
        fleet.now += TimeDelta::seconds(1);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), [session(1)]);
        // The clock was set meanwhile: the wait is not over.
        let mut at = fleet.moment();
        at.jumps.notice(crate::tests::noon(), TimeDelta::days(1));
        assert_eq!(advanced(&mut Advancing::default(), &at), []);
    }

    #[test]
    fn nothing_is_resolved_on_a_computer_that_left_or_is_about_to_be_onboarded() {
        let mut fleet = Fleet::new();
        for n in [1, 2] {
            fleet.online(n, HERE);
        }
        // The first one passes, as there is nothing to do, and onboards the computer.
        fleet.running(1, 1, HERE);
        let around = Surroundings {
            winners: Some(vec![]),
            ..fleet.surroundings(1, HERE)
        };
        fleet.tell::<Session>(session(1), SessionCommand::Advance(Arc::new(around)));
        fleet.running(2, 1, HERE);
        fleet.running(3, 2, HERE);
        let there = ComputerCommand::Move { tenant: tenant(1) };
        fleet.tell::<Computer>(computer(2), there);
        let mut advancing = Advancing::default();
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        fleet.tell::<Computer>(computer(1), ComputerCommand::CompleteOnboarding);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), [session(2)]);
    }

    const TASK: TaskId = TaskId(Uuid::from_u128(0x700));

    /// A task that is brought about on one computer at a time.
    fn serial_task(fleet: &mut Fleet) {
        let name = Name::new("Join").unwrap();
        fleet.tell::<Task>(TASK, TaskCommand::Create { name });
        for role in [TaskScriptRole::Test, TaskScriptRole::Set] {
            let script = Script::new(Interpreter::Sh, "true", role.usual_timeout()).unwrap();
            fleet.tell::<Task>(TASK, TaskCommand::SetScript { role, script });
        }
        let concurrency = Concurrency::Serial;
        fleet.tell::<Task>(TASK, TaskCommand::ChooseConcurrency { concurrency });
    }

    /// A session that has come to it, and was told who has its lock.
    fn comes_to_it(fleet: &mut Fleet, n: u128, answer: LockAnswer) {
        fleet.online(n, HERE);
        fleet.running(n, n, HERE);
        let advance = |fleet: &mut Fleet, lock| {
            let mut around = fleet.surroundings(n, HERE);
            for winner in around.winners.iter_mut().flatten() {
                winner.item = MaintenanceItem::Task(TASK);
                winner.desired = DesiredState::Enforce;
            }
            around.lock = lock;
            fleet.tell::<Session>(session(n), SessionCommand::Advance(Arc::new(around)));
        };
        advance(fleet, None);
        let entry = fleet.view.sessions.get(session(n)).unwrap();
        let (run, _) = entry.state.open_runs().next().expect("it tests");
        let report = RunReport {
            stdout_tail: "false".into(),
            ..RunReport::without_output(RunOutcome::Exited { code: 0 })
        };
        let ended = SessionCommand::run_ended(agent(n), run, report);
        fleet.tell::<Session>(session(n), ended);
        advance(fleet, None);
        advance(fleet, Some(answer));
    }

    #[test]
    fn of_those_that_wait_for_a_serial_task_the_first_that_can_is_moved_on_when_it_is_free() {
        let mut fleet = Fleet::new();
        serial_task(&mut fleet);
        comes_to_it(&mut fleet, 1, LockAnswer::Granted(TASK));
        for n in [2, 3, 4] {
            comes_to_it(&mut fleet, n, LockAnswer::Held(TASK));
        }
        assert_eq!(fleet.view.sessions.locking(TASK), Some(session(1)));
        assert!(
            fleet
                .view
                .sessions
                .awaiting(TASK)
                .eq([2, 3, 4].map(session))
        );
        let mut advancing = Advancing::default();
        assert_eq!(
            advanced(&mut advancing, &fleet.moment()),
            [1, 2, 3, 4].map(session)
        );
        assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
        fleet.tell::<Session>(session(1), SessionCommand::Cancel);
        assert_eq!(fleet.view.sessions.locking(TASK), None);
        assert_eq!(advanced(&mut advancing, &fleet.moment()), [session(2)]);
        // Its computer goes away before it has the lock: the next one's turn has come.
        let leave = AgentCommand::Disconnect {
            connection: connection(2),
            reason: DisconnectReason::Closed,
        };
        fleet.tell::<Agent>(agent(2), leave);
        assert_eq!(
            advanced(&mut advancing, &fleet.moment()),
            [2, 3].map(session)
        );
        let concurrency = Concurrency::Parallel;
        fleet.tell::<Task>(TASK, TaskCommand::ChooseConcurrency { concurrency });
        assert_eq!(
            advanced(&mut advancing, &fleet.moment()),
            [2, 3, 4].map(session),
            "nobody need wait any more"
        );
    }
}
