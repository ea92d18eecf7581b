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
    answers(fleet, n, "false");
    advance(fleet, None);
    advance(fleet, Some(answer));
}

/// Its agent answers the one run that is open.
fn answers(fleet: &mut Fleet, n: u128, printed: &str) {
    let entry = fleet.view.sessions.get(session(n)).unwrap();
    let (run, _) = entry.state.open_runs().next().expect("it is asked");
    let report = RunReport {
        stdout_tail: printed.into(),
        ..RunReport::without_output(RunOutcome::Exited { code: 0 })
    };
    let ended = SessionCommand::run_ended(agent(n), run, report);
    fleet.tell::<Session>(session(n), ended);
}

#[test]
fn of_those_that_wait_for_a_serial_task_the_first_that_can_is_moved_on_when_it_is_free() {
    let mut fleet = Fleet::new();
    serial_task(&mut fleet);
    comes_to_it(&mut fleet, 1, LockAnswer::Granted(TASK));
    // The ids of sessions say nothing of when they came to it.
    for n in [4, 2, 3] {
        fleet.now += TimeDelta::milliseconds(1);
        comes_to_it(&mut fleet, n, LockAnswer::Held(TASK));
    }
    let sessions = &fleet.view.sessions;
    assert_eq!(sessions.locking(TASK, fleet.now), Some(session(1)));
    assert!(sessions.awaiting(TASK).eq([4, 2, 3].map(session)));
    let mut advancing = Advancing::default();
    assert_eq!(
        advanced(&mut advancing, &fleet.moment()),
        [1, 2, 3, 4].map(session)
    );
    assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
    fleet.tell::<Session>(session(1), SessionCommand::Cancel);
    assert_eq!(fleet.view.sessions.locking(TASK, fleet.now), None);
    assert_eq!(advanced(&mut advancing, &fleet.moment()), [session(4)]);
    // Its computer goes away before it has the lock: the next one's turn has come.
    let leave = AgentCommand::Disconnect {
        connection: connection(4),
        reason: DisconnectReason::Closed,
    };
    fleet.tell::<Agent>(agent(4), leave);
    assert_eq!(
        advanced(&mut advancing, &fleet.moment()),
        [2, 4].map(session)
    );
    let concurrency = Concurrency::Parallel;
    fleet.tell::<Task>(TASK, TaskCommand::ChooseConcurrency { concurrency });
    assert_eq!(
        advanced(&mut advancing, &fleet.moment()),
        [2, 3, 4].map(session),
        "nobody need wait any more"
    );
}

#[test]
fn who_waits_for_what_a_cancelled_session_was_doing_is_moved_on_when_that_had_its_time() {
    let mut fleet = Fleet::new();
    serial_task(&mut fleet);
    comes_to_it(&mut fleet, 1, LockAnswer::Granted(TASK));
    comes_to_it(&mut fleet, 2, LockAnswer::Held(TASK));
    answers(&mut fleet, 1, "false");
    fleet.advance(1, HERE);
    let mut advancing = Advancing::default();
    advanced(&mut advancing, &fleet.moment());
    fleet.tell::<Session>(session(1), SessionCommand::Cancel);
    assert_eq!(
        fleet.view.sessions.locking(TASK, fleet.now),
        Some(session(1))
    );
    assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
    fleet.now = advancing.due(&fleet.moment()).expect("it has a bound");
    assert_eq!(advanced(&mut advancing, &fleet.moment()), []);
    fleet.now += TimeDelta::seconds(1);
    assert_eq!(advanced(&mut advancing, &fleet.moment()), [session(2)]);
}

/// What is known of an older one that nobody heard of any more does not stand before it.
#[test]
fn of_two_cancelled_sessions_the_one_that_has_its_time_yet_has_the_lock() {
    let mut fleet = Fleet::new();
    serial_task(&mut fleet);
    for n in [1, 2] {
        comes_to_it(&mut fleet, n, LockAnswer::Granted(TASK));
        answers(&mut fleet, n, "false");
        fleet.advance(n, HERE);
        fleet.tell::<Session>(session(n), SessionCommand::Cancel);
        assert_eq!(
            fleet.view.sessions.locking(TASK, fleet.now),
            Some(session(n))
        );
        if n == 1 {
            let lapses = fleet.view.sessions.next_lock_lapse(fleet.now);
            fleet.now = lapses.expect("it has a bound") + TimeDelta::seconds(1);
            assert_eq!(fleet.view.sessions.locking(TASK, fleet.now), None);
        }
    }
}
