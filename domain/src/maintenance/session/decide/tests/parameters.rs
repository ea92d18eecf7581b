//! What tasks are told.

use super::*;
use crate::catalogue::parameter::{
    NumberRange, Parameter, ParameterKind, ParameterName, ParameterValue, Parameters, TextRule,
    Values,
};
use crate::catalogue::secret::{Sealed, Secret, SecretCreated, SecretRemoved};
use crate::catalogue::task::test_events::task;
use crate::catalogue::task::{TaskParametersDefined, TaskScriptRole as Role};
use crate::kernel::ids::{SecretId, TaskId};
use crate::kernel::name::Name;

const TASK: TaskId = TaskId(id(70));

fn name(text: &str) -> ParameterName {
    ParameterName::new(text).unwrap()
}

fn text(text: &str) -> ParameterValue {
    ParameterValue::Text(text.to_owned())
}

fn values(values: &[(&str, &str)]) -> Values {
    let all = values.iter();
    Values::new(all.map(|(n, value)| (name(n), text(value))).collect()).unwrap()
}

fn parameter(called: &str, default: Option<&str>) -> Parameter {
    Parameter {
        name: name(called),
        label: None,
        help: None,
        kind: ParameterKind::Text(TextRule::default()),
        required: true,
        default: default.map(text),
        shown_when: None,
    }
}

fn host_and_port(port: &str) -> Vec<Parameter> {
    vec![parameter("host", None), parameter("port", Some(port))]
}

impl Play {
    /// A session of one deployment that tells a task with these parameters something.
    fn telling(parameters: Vec<Parameter>, desired: DesiredState, told: &[(&str, &str)]) -> Self {
        let mut play = Self::of(desired);
        let winners = play.surroundings.winners.iter_mut().flatten();
        winners.for_each(|winner| {
            winner.item = MaintenanceItem::Task(TASK);
            winner.parameters = values(told);
        });
        play.define(parameters);
        play
    }

    fn define(&mut self, parameters: Vec<Parameter>) {
        let parameters = Parameters::new(parameters).unwrap();
        let defined = TaskParametersDefined { parameters }.into();
        let task = task(&[Role::Test, Role::Set]).evolve(&defined);
        self.surroundings.catalogue = Arc::new(BTreeMap::from([(TASK, Arc::new(task))]));
    }

    fn planned(&self) -> &Values {
        &self.session.actions[0].plan.goal.parameters
    }

    /// What the runs were told, in their order.
    fn told(&self) -> Vec<&Values> {
        let runs = self.session.actions[0].runs.iter();
        runs.filter_map(|run| self.session.runs[run].job.parameters())
            .collect()
    }

    fn does_not_fit(&mut self, assessed: Option<ActionType>, why: &str) {
        let reason = ResultReason::ParametersDoNotFit;
        self.ends(Ending::Failed, (assessed, Verdict::Failed, reason));
        let ActionProgress::Completed { message, .. } = &self.session.actions[0].progress else {
            panic!("it is completed");
        };
        let begin = "what the deployment tells the task does not fit the parameters that the task has now, so nothing was run: ";
        assert_eq!(message.strip_prefix(begin), Some(why));
    }
}

#[test]
fn every_script_of_a_task_is_told_the_deployments_values_and_the_tasks_defaults() {
    let mut play = Play::telling(
        host_and_port("443"),
        DesiredState::Enforce,
        &[("host", "a")],
    );
    play.looks(RunPurpose::Test, "false");
    let told = values(&[("host", "a"), ("port", "443")]);
    assert_eq!(play.planned(), &told);
    play.looks(RunPurpose::Recheck, "false");
    play.looks(RunPurpose::Set, "");
    play.looks(RunPurpose::Retest, "true");
    assert_eq!(play.told(), [&told; 4]);
}

#[test]
fn the_deployments_value_beats_the_default() {
    let told = [("host", "a"), ("port", "80")];
    let mut play = Play::telling(host_and_port("443"), DesiredState::Audit, &told);
    play.advance();
    assert_eq!(play.told(), [&values(&told)]);
}

#[test]
fn a_default_counts_as_it_is_when_the_session_is_planned() {
    let mut play = Play::telling(
        host_and_port("443"),
        DesiredState::Enforce,
        &[("host", "a")],
    );
    play.looks(RunPurpose::Test, "false");
    play.define(host_and_port("80"));
    play.advance();
    let told = values(&[("host", "a"), ("port", "443")]);
    assert_eq!(play.told(), [&told; 2]);
}

#[test]
fn what_does_not_fit_is_never_run() {
    let mut play = Play::telling(host_and_port("443"), DesiredState::Enforce, &[]);
    play.does_not_fit(None, "host: it is required and has no value: give one");
    assert!(play.told().is_empty());
    let told = [("host", "a"), ("colour", "red")];
    let mut play = Play::telling(host_and_port("443"), DesiredState::Audit, &told);
    play.does_not_fit(
        None,
        "colour: the task has no such parameter: leave it out, or look how it is written",
    );
    assert_eq!(play.planned(), &values(&told), "as the deployment holds it");
}

#[test]
fn what_does_not_fit_any_more_is_not_run_either() {
    let mut play = Play::telling(
        host_and_port("443"),
        DesiredState::Enforce,
        &[("host", "a")],
    );
    play.looks(RunPurpose::Test, "false");
    let mut parameters = host_and_port("443");
    parameters[0].kind = ParameterKind::Number(NumberRange::default());
    play.define(parameters);
    let enforce = Some(ActionType::Enforce);
    play.does_not_fit(enforce, "host: a text was given: give a number");
    assert_eq!(play.told().len(), 1, "the test that ran before");
}

#[test]
fn what_is_left_alone_needs_no_values() {
    let mut play = Play::telling(host_and_port("443"), DesiredState::Ignored, &[]);
    let ignored = ResultReason::Ignored;
    play.ends(
        Ending::Passed,
        (Some(ActionType::NoAction), Verdict::Success, ignored),
    );
    assert_eq!(play.planned(), &Values::default());
}

#[test]
fn a_secret_is_told_where_it_is_there_and_the_tenants_or_everybodys() {
    let key = Parameter {
        kind: ParameterKind::Secret,
        ..parameter("key", None)
    };
    let secret = SecretId(id(80));
    let created = |tenant| {
        let created = SecretCreated {
            tenant,
            name: Name::new("Domain join").unwrap(),
            sealed: Sealed {
                key: "k".into(),
                content: "c".into(),
            },
        };
        Secret::default().evolve(&created.into())
    };
    let removed = created(None).evolve(&SecretRemoved {}.into());
    let own = Play::of(DesiredState::Enforce)
        .session
        .request
        .unwrap()
        .tenant;
    for (known, is_told) in [
        (created(None), true),
        (created(Some(own)), true),
        (created(Some(TenantId(id(99)))), false),
        (removed, false),
        (Secret::default(), false),
    ] {
        let mut play = Play::telling(vec![key.clone()], DesiredState::Enforce, &[]);
        let told = [(name("key"), ParameterValue::Secret { secret })];
        let told = Values::new(told.into()).unwrap();
        let winners = play.surroundings.winners.iter_mut().flatten();
        winners.for_each(|winner| winner.parameters = told.clone());
        let Some(task) = play.surroundings.catalogue.task(TASK).cloned() else {
            panic!("it is known");
        };
        let tasks = BTreeMap::from([(TASK, Arc::new(task))]);
        play.surroundings.catalogue = Arc::new((tasks, BTreeMap::from([(secret, known)])));
        if is_told {
            play.looks(RunPurpose::Test, "true");
            assert_eq!(play.told(), [&told]);
        } else {
            play.does_not_fit(
                None,
                "key: there is no such secret for this target: tell one of the target's tenant or of the installation, and for several tenants one of the installation",
            );
        }
    }
}
