//! Tasks: enforced, audited, monitored, left alone.

use super::*;
use crate::catalogue::task::TaskScriptRole as Role;
use crate::catalogue::task::test_events::task;
use crate::catalogue::task::{Task, TaskMadeSerial};
use crate::kernel::ids::TaskId;
use crate::kernel::limits::SERIAL_TASK_LIMIT;
use crate::maintenance::session::{
    GivenResult, LockAnswer, ResultValue, RunResult, TaskLocked, WaitOutcome,
};
use chrono::TimeDelta;
use serde_json::{Value, json};

const TASK: TaskId = TaskId(id(70));
const EXITED: RunOutcome = RunOutcome::Exited { code: 0 };

impl Play {
    /// A session of one winner that is about a task with these scripts.
    fn of_task(roles: &[Role], desired: DesiredState) -> Self {
        let mut play = Self::of(desired);
        let winners = play.surroundings.winners.iter_mut().flatten();
        winners.for_each(|winner| winner.item = MaintenanceItem::Task(TASK));
        play.have_scripts(roles);
        play
    }

    fn have_scripts(&mut self, roles: &[Role]) {
        let tasks = BTreeMap::from([(TASK, Arc::new(task(roles)))]);
        self.surroundings.catalogue = Arc::new(tasks);
    }

    fn enforced() -> Self {
        Self::of_task(&[Role::Test, Role::Set], DesiredState::Enforce)
    }

    /// Answers the one run that is open with these values.
    fn answers(&mut self, purpose: RunPurpose, values: &[Value]) {
        self.advance();
        let open: Vec<(RunId, RunPurpose)> =
            (self.session.open_runs().map(|(id, run)| (id, run.purpose))).collect();
        let [(run, asked)] = open[..] else {
            panic!("one run is open: {open:?}");
        };
        assert_eq!(asked, purpose);
        let all = values.iter().map(|json| ResultValue {
            type_name: Some("json".into()),
            json: json.clone(),
        });
        let given = GivenResult {
            values: all.collect(),
            value_count: values.len() as u64,
            ..GivenResult::default()
        };
        let report = RunReport {
            result: Some(RunResult::Given(Box::new(given))),
            ..RunReport::without_output(EXITED)
        };
        self.tell(SessionCommand::run_ended(AgentId(id(AGENT)), run, report));
    }

    fn found(&self) -> Option<Finding> {
        self.session.actions[0].finding.clone()
    }

    fn message(&self) -> &str {
        match &self.session.actions[0].progress {
            ActionProgress::Completed { message, .. } => message,
            going_on => panic!("it is completed: {going_on:?}"),
        }
    }

    /// What was run, in its order.
    fn purposes(&self) -> Vec<RunPurpose> {
        let runs = self.session.actions[0].runs.iter();
        runs.map(|run| self.session.runs[run].purpose).collect()
    }
}

#[test]
fn what_is_enforced_and_as_it_should_be_is_not_set() {
    let mut play = Play::enforced();
    play.looks(RunPurpose::Test, "true");
    let compliant = ResultReason::Compliant;
    play.ends(
        Ending::Passed,
        (Some(ActionType::NoAction), Verdict::Success, compliant),
    );
    assert_eq!(play.found(), Some(Finding::Yes));
}

#[test]
fn what_is_not_is_tested_again_set_and_tested_once_more() {
    let mut play = Play::enforced();
    play.looks(RunPurpose::Test, "false");
    play.looks(RunPurpose::Recheck, "looking\nFalse\n");
    play.looks(RunPurpose::Set, "done");
    play.looks(RunPurpose::Retest, "true");
    let verified = ResultReason::Verified;
    play.ends(
        Ending::Passed,
        (Some(ActionType::Enforce), Verdict::Success, verified),
    );
    assert_eq!(play.found(), Some(Finding::Yes));
    assert_eq!(play.session.actions[0].before, Some(Finding::No));
    let first = &play.session.actions[0].plan;
    assert!(
        first.because.contains("should be enforced"),
        "{}",
        first.because
    );
}

#[test]
fn what_was_set_in_vain_failed() {
    let mut play = Play::enforced();
    play.looks(RunPurpose::Test, "false");
    play.looks(RunPurpose::Recheck, "false");
    play.looks(RunPurpose::Set, "");
    play.looks(RunPurpose::Retest, "false");
    let in_vain = ResultReason::VerificationFailed;
    play.ends(
        Ending::Failed,
        (Some(ActionType::Enforce), Verdict::Failed, in_vain),
    );
    assert_eq!(play.found(), Some(Finding::No));
}

#[test]
fn a_set_script_that_failed_is_not_tested_again() {
    let mut play = Play::enforced();
    play.looks(RunPurpose::Test, "false");
    play.looks(RunPurpose::Recheck, "false");
    play.run(RunPurpose::Set, RunOutcome::Exited { code: 3 }, "");
    let failed = ResultReason::ScriptFailed;
    play.ends(
        Ending::Failed,
        (Some(ActionType::Enforce), Verdict::Failed, failed),
    );
    assert!(
        play.message().contains("the set script"),
        "{}",
        play.message()
    );
}

#[test]
fn what_became_right_by_itself_is_not_set() {
    let mut play = Play::enforced();
    play.looks(RunPurpose::Test, "false");
    play.looks(RunPurpose::Recheck, "true");
    let compliant = ResultReason::Compliant;
    play.ends(
        Ending::Passed,
        (Some(ActionType::Enforce), Verdict::Success, compliant),
    );
    let looks = [RunPurpose::Test, RunPurpose::Recheck];
    assert_eq!(play.purposes(), looks);
}

#[test]
fn an_audit_tells_what_differs_and_does_nothing() {
    let audited = |answer: bool| {
        let mut play = Play::of_task(&[Role::Test, Role::Set], DesiredState::Audit);
        play.answers(RunPurpose::Test, &[json!(answer)]);
        play
    };
    let action = Some(ActionType::Audit);
    let mut play = audited(true);
    let compliant = ResultReason::Compliant;
    play.ends(Ending::Passed, (action, Verdict::Success, compliant));
    let mut play = audited(false);
    let differs = ResultReason::AuditDiffers;
    play.ends(Ending::Failed, (action, Verdict::Failed, differs));
    assert_eq!(play.found(), Some(Finding::No));
    assert_eq!(play.purposes(), [RunPurpose::Test]);
}

#[test]
fn a_test_that_says_anything_but_one_boolean_is_never_compliant() {
    let unclear = |desired: DesiredState, answer: &dyn Fn(&mut Play)| {
        let mut play = Play::of_task(&[Role::Test, Role::Set], desired);
        answer(&mut play);
        play.ends(
            Ending::Failed,
            (None, Verdict::Failed, ResultReason::TestUnclear),
        );
        assert_eq!(play.found(), None);
    };
    let values: [&[Value]; 6] = [
        &[],
        &[json!("true")],
        &[json!(1)],
        &[json!(null)],
        &[json!(true), json!(true)],
        &[json!({ "compliant": true })],
    ];
    for desired in [DesiredState::Enforce, DesiredState::Audit] {
        for values in values {
            unclear(desired.clone(), &|play| {
                play.answers(RunPurpose::Test, values);
            });
        }
        for printed in ["", "true\ndone", "yes", "True story"] {
            unclear(desired.clone(), &|play| {
                play.looks(RunPurpose::Test, printed);
            });
        }
        unclear(desired, &|play| {
            play.run(RunPurpose::Test, RunOutcome::Exited { code: 1 }, "true");
        });
    }
}

#[test]
fn a_value_is_collected_once_and_kept_in_the_end_alone() {
    let mut play = Play::of_task(&[Role::Get], DesiredState::Monitor);
    let value = json!({ "free": 12 });
    play.answers(RunPurpose::Get, std::slice::from_ref(&value));
    let collected = ResultReason::ValueCollected;
    play.ends(
        Ending::Passed,
        (Some(ActionType::Monitor), Verdict::Success, collected),
    );
    assert_eq!(play.found(), Some(Finding::Value { value }));
    assert_eq!(play.session.actions[0].before, None);
    assert_eq!(play.message(), "its value is {\"free\":12}");
}

#[test]
fn a_value_that_is_none_fails_and_says_why() {
    let mut play = Play::of_task(&[Role::Get], DesiredState::Monitor);
    play.looks(RunPurpose::Get, "about 12 GiB");
    play.ends(
        Ending::Failed,
        (None, Verdict::Failed, ResultReason::ValueUnclear),
    );
    assert!(
        play.message().contains("about 12 GiB"),
        "{}",
        play.message()
    );
}

#[test]
fn what_is_left_alone_is_not_looked_at() {
    let mut play = Play::of_task(&[Role::Test, Role::Set, Role::Get], DesiredState::Ignored);
    let ignored = ResultReason::Ignored;
    play.ends(
        Ending::Passed,
        (Some(ActionType::NoAction), Verdict::Success, ignored),
    );
    assert_eq!(play.purposes(), []);
}

#[test]
fn one_script_does_all_of_it() {
    let mut play = Play::of_task(&[Role::Combined], DesiredState::Enforce);
    let combined = task(&[Role::Combined]);
    let combined = combined.scripts.get(Role::Combined).unwrap().digest();
    play.looks(RunPurpose::Test, "false");
    play.looks(RunPurpose::Recheck, "false");
    play.looks(RunPurpose::Set, "");
    play.looks(RunPurpose::Retest, "true");
    let verified = ResultReason::Verified;
    play.ends(
        Ending::Passed,
        (Some(ActionType::Enforce), Verdict::Success, verified),
    );
    let mut ran = play.session.runs.values();
    assert!(ran.all(|run| run.job.script() == Some(combined)));
}

#[test]
fn a_script_that_was_taken_away_meanwhile_is_missed_before_anything_changes() {
    let missing = |play: &mut Play, action| {
        let reason = ResultReason::ScriptMissing;
        play.ends(Ending::Failed, (action, Verdict::Failed, reason));
    };
    let mut play = Play::of_task(&[], DesiredState::Audit);
    missing(&mut play, None);
    assert!(
        play.message().contains("no test script"),
        "{}",
        play.message()
    );
    let mut play = Play::enforced();
    play.looks(RunPurpose::Test, "false");
    play.looks(RunPurpose::Recheck, "false");
    play.have_scripts(&[Role::Test]);
    missing(&mut play, Some(ActionType::Enforce));
    assert!(
        play.message().contains("no set script"),
        "{}",
        play.message()
    );
}

/// A session of a task that is brought about on one computer at a time, and whose test said no.
fn serial() -> Play {
    let mut play = Play::enforced();
    have(&mut play, serial_task());
    play.looks(RunPurpose::Test, "false");
    play
}

fn serial_task() -> Task {
    task(&[Role::Test, Role::Set]).evolve(&TaskMadeSerial {}.into())
}

fn have(play: &mut Play, task: Task) {
    let tasks = BTreeMap::from([(TASK, Arc::new(task))]);
    play.surroundings.catalogue = Arc::new(tasks);
}

fn wanted(play: &Play) -> Option<TaskId> {
    play.session.wanted_lock(&*play.surroundings.catalogue)
}

fn answered(play: &mut Play, answer: LockAnswer) -> Vec<SessionEvent> {
    play.surroundings.lock = Some(answer);
    let events = play.advance();
    play.surroundings.lock = None;
    events
}

fn waits(play: &Play) -> bool {
    play.session.waits_for(WaitCause::SerialTask).is_some()
}

#[test]
fn a_serial_task_is_not_touched_without_its_lock() {
    let mut play = serial();
    assert_eq!(
        wanted(&play),
        None,
        "it is not known yet what is to be done"
    );
    play.advance();
    assert_eq!(wanted(&play), Some(TASK));
    assert!(play.advance().is_empty(), "nobody asked");
    let began = answered(&mut play, LockAnswer::Held(TASK));
    assert!(
        matches!(began[..], [SessionEvent::WaitBegan(_)]),
        "{began:?}"
    );
    assert_eq!(play.session.awaits_task().map(|(task, _)| task), Some(TASK));
    assert!(answered(&mut play, LockAnswer::Held(TASK)).is_empty());
    let other = LockAnswer::Granted(TaskId(id(71)));
    assert!(
        answered(&mut play, other).is_empty(),
        "that is another one's"
    );
    let taken = answered(&mut play, LockAnswer::Granted(TASK));
    let action = play.session.actions[0].plan.action;
    let locked = SessionEvent::from(TaskLocked { action, task: TASK });
    assert!(taken.contains(&locked), "{taken:?}");
    assert!(!waits(&play));
    assert_eq!(
        (wanted(&play), play.session.locked_task()),
        (None, Some(TASK))
    );
}

#[test]
fn the_lock_of_a_serial_task_is_held_until_its_set_script_has_ended() {
    let locked = || {
        let mut play = serial();
        play.advance();
        answered(&mut play, LockAnswer::Granted(TASK));
        play
    };
    let mut play = locked();
    play.looks(RunPurpose::Recheck, "false");
    play.advance();
    assert_eq!(play.session.locked_task(), Some(TASK), "it is being set");
    play.looks(RunPurpose::Set, "");
    assert_eq!(play.session.locked_task(), None);
    play.looks(RunPurpose::Retest, "true");
    let verified = ResultReason::Verified;
    play.ends(
        Ending::Passed,
        (Some(ActionType::Enforce), Verdict::Success, verified),
    );
    let mut play = locked();
    play.looks(RunPurpose::Recheck, "true");
    play.advance();
    assert_eq!(play.session.locked_task(), None, "nothing had to be done");
    let mut play = locked();
    play.tell(SessionCommand::Cancel);
    assert_eq!(play.session.locked_task(), None, "it was cancelled");
}

#[test]
fn a_session_that_is_cancelled_while_it_sets_has_the_lock_until_that_is_over() {
    let mut play = serial();
    play.advance();
    answered(&mut play, LockAnswer::Granted(TASK));
    play.looks(RunPurpose::Recheck, "false");
    play.advance();
    play.tell(SessionCommand::Cancel);
    let lapses = play.session.lock_lapses().expect("it was given up");
    assert!(play.session.holds_lock(TASK, lapses));
    assert!(
        !play
            .session
            .holds_lock(TASK, lapses + TimeDelta::seconds(1))
    );
    let (run, _) = play.session.open_runs().next().expect("it is being set");
    let report = RunReport::without_output(EXITED);
    play.tell(SessionCommand::run_ended(AgentId(id(AGENT)), run, report));
    assert!(!play.session.holds_lock(TASK, play.now));
    assert_eq!(play.session.lock_lapses(), None);
}

#[test]
fn whose_turn_does_not_come_in_a_day_fails() {
    let mut play = serial();
    play.advance();
    answered(&mut play, LockAnswer::Held(TASK));
    play.now += SERIAL_TASK_LIMIT;
    assert!(play.advance().is_empty());
    assert_eq!(play.session.due(), Some(play.now));
    play.now += Duration::seconds(1);
    let unavailable = ResultReason::LockUnavailable;
    play.ends(
        Ending::Failed,
        (Some(ActionType::Enforce), Verdict::Failed, unavailable),
    );
    assert!(!waits(&play));
}

#[test]
fn a_task_that_is_not_serial_any_more_is_waited_for_no_longer() {
    let mut play = serial();
    play.advance();
    answered(&mut play, LockAnswer::Held(TASK));
    play.have_scripts(&[Role::Test, Role::Set]);
    let events = play.advance();
    let met = WaitEnded {
        cause: WaitCause::SerialTask,
        outcome: WaitOutcome::Met,
        at: play.now,
    };
    assert_eq!(events[0], met.into());
    play.looks(RunPurpose::Recheck, "true");
}

#[test]
fn what_is_only_audited_needs_no_lock() {
    let mut play = Play::of_task(&[Role::Test, Role::Set], DesiredState::Audit);
    have(&mut play, serial_task());
    play.looks(RunPurpose::Test, "false");
    let differs = ResultReason::AuditDiffers;
    play.ends(
        Ending::Failed,
        (Some(ActionType::Audit), Verdict::Failed, differs),
    );
}
