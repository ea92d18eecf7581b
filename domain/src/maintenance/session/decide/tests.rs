mod actions;
mod available;
mod bounds;
mod drafts;
mod findings;
mod lifecycle;
mod parameters;
mod prerequisites;
mod runs;
mod tasks;
mod waits;

use super::*;
use crate::catalogue::software::{Software, test_events as catalogue};
use crate::catalogue::version::Version;
use crate::kernel::harness::{given, id, noon, nothing};
use crate::kernel::ids::{
    AgentId, ComputerId, DeploymentId, RunId, ServerId, SoftwareId, TenantId,
};
use crate::kernel::limits::RUN_TAIL_BYTES;
use crate::maintenance::session::{
    About, ActionReason, ActionType, Ending, Finding, ResultReason, RunOutcome, RunPurpose,
    RunReport, RunUpdate, Verdict, WaitBegan, WaitCause, WaitEnded, Winner,
};
use crate::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

const READER: u128 = 50;
const AGENT: u128 = 60;

fn server(n: u128) -> ServerId {
    ServerId(id(60 + n))
}

fn request() -> Requested {
    Requested {
        subject: ComputerId(id(1)).into(),
        tenant: TenantId(id(2)),
        about: About::Everything,
        at: noon(),
    }
}

fn created() -> SessionEvent {
    let Requested {
        subject,
        tenant,
        about,
        at,
    } = request();
    SessionCreated {
        subject,
        tenant,
        about,
        at,
    }
    .into()
}

/// It waits for its turn from its creation on, for a week.
fn waits_for_turn() -> SessionEvent {
    WaitBegan {
        cause: WaitCause::Turn,
        deadline: noon() + Duration::days(7),
        at: noon(),
    }
    .into()
}

fn waiting() -> [SessionEvent; 2] {
    [created(), waits_for_turn()]
}

fn reader(versions: &[&str]) -> Software {
    versions
        .iter()
        .map(|version| catalogue::published(version))
        .fold(
            Software::default().evolve(&catalogue::created()),
            |state, event| state.evolve(&event),
        )
}

/// A session of one winner, played like a game: the test is the agent.
struct Play {
    session: Session,
    surroundings: Surroundings,
    now: DateTime<Utc>,
}

impl Play {
    fn of(desired: DesiredState) -> Self {
        let surroundings = Surroundings {
            session: SessionId(id(7)),
            agent: Some(AgentId(id(AGENT))),
            agents_changed_at: Some(noon() - Duration::days(1)),
            winners: Some(vec![Winner {
                item: MaintenanceItem::Software(SoftwareId(id(READER))),
                deployment: DeploymentId(id(30)),
                desired,
                target_phrase: "all computers of Contoso".into(),
                scope: Scope::CrossTenant,
                parameters: crate::catalogue::parameter::Values::default(),
            }]),
            catalogue: Arc::new(BTreeMap::from([(
                SoftwareId(id(READER)),
                Arc::new(reader(&["1.0", "2.0"])),
            )])),
            lock: None,
            server: server(1),
            prerequisites: crate::rules::prerequisite::Prerequisites::default(),
            listening_since: noon() - Duration::days(1),
            jumps: crate::kernel::clock_jumps::ClockJumps::default(),
        };
        let session = waiting().iter().fold(Session::default(), Session::evolve);
        let mut play = Self {
            session,
            surroundings,
            now: noon(),
        };
        play.tell(SessionCommand::Start { server: server(1) });
        play
    }

    fn tell(&mut self, command: SessionCommand) -> Vec<SessionEvent> {
        let context = Context {
            actor: crate::kernel::metadata::Actor::System,
            now: self.now,
            command_id: crate::kernel::ids::CommandId(id(1)),
        };
        let events = self.session.decide(command, &context).expect("accepted");
        self.session = events.iter().fold(self.session.clone(), Session::evolve);
        events
    }

    fn advance(&mut self) -> Vec<SessionEvent> {
        self.tell(SessionCommand::Advance(Arc::new(self.surroundings.clone())))
    }

    /// Advances, expects exactly this run to be asked for, and answers it.
    fn run(&mut self, purpose: RunPurpose, outcome: RunOutcome, stdout: &str) {
        self.advance();
        let open: Vec<(RunId, RunPurpose)> = self
            .session
            .open_runs()
            .map(|(id, run)| (id, run.purpose))
            .collect();
        assert_eq!(open.len(), 1, "one run is open: {:?}", self.session.status);
        assert_eq!(open[0].1, purpose);
        let report = RunReport {
            stdout_tail: stdout.into(),
            ..RunReport::without_output(outcome)
        };
        self.tell(SessionCommand::run_ended(
            AgentId(id(AGENT)),
            open[0].0,
            report,
        ));
    }

    fn looks(&mut self, purpose: RunPurpose, stdout: &str) {
        self.run(purpose, RunOutcome::Exited { code: 0 }, stdout);
    }

    fn ends(&mut self, ending: Ending, expected: (Option<ActionType>, Verdict, ResultReason)) {
        self.advance();
        assert_eq!(self.session.status, Status::Ended(ending));
        let ActionProgress::Completed {
            assessment,
            verdict,
            reason,
            message,
        } = &self.session.actions[0].progress
        else {
            panic!("the action is completed");
        };
        assert_eq!(
            (assessment.map(|a| a.0), *verdict, *reason),
            expected,
            "{message}"
        );
        assert!(self.advance().is_empty(), "what is over stays over");
    }
}
