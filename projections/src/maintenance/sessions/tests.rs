use super::*;
use crate::kept::estimate;
use chrono::DateTime;
use upkeep_domain::catalogue::script::ScriptTimeout;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::{ActionId, SoftwareId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::maintenance::session::{
    About, Job, RunContext, RunEnded, RunOutcome, RunPurpose, RunReport, RunRequested, RunStarted,
    SessionCancelled, SessionCreated,
};
use upkeep_event_store::Position;
use uuid::Uuid;

const SESSION: SessionId = SessionId(Uuid::from_u128(1));
const AGENT: AgentId = AgentId(Uuid::from_u128(2));
const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn run(n: u128) -> RunId {
    RunId(Uuid::from_u128(1_000 + n))
}

fn created() -> SessionEvent {
    let created = SessionCreated {
        subject: ComputerId(Uuid::from_u128(4)).into(),
        tenant: TenantId(Uuid::from_u128(5)),
        about: About::Everything,
        at: AT,
    };
    created.into()
}

fn requested(run: RunId) -> SessionEvent {
    let requested = RunRequested {
        run,
        action: Some(ActionId(Uuid::from_u128(6))),
        purpose: RunPurpose::Detect,
        ordinal: 1,
        context: RunContext::System { agent: AGENT },
        item: Some(MaintenanceItem::Software(SoftwareId(Uuid::from_u128(7)))),
        job: Job::Script {
            script: Sha256Digest::of(b""),
            version: None,
            package: None,
            parameters: upkeep_domain::catalogue::parameter::Values::default(),
        },
        timeout: ScriptTimeout::DETECTION,
        deadline: AT,
        at: AT,
    };
    requested.into()
}

fn ended(run: RunId, outcome: RunOutcome) -> SessionEvent {
    let ended = RunEnded {
        run,
        report: RunReport::without_output(outcome),
        at: AT,
    };
    ended.into()
}

/// The sessions that one session's events make, and how many bytes of JSON it is after each of them.
#[derive(Clone, Default)]
struct Told {
    sessions: Sessions,
    revision: u64,
}

impl Told {
    fn tell(&mut self, event: &SessionEvent) -> usize {
        let stamp = Stamp {
            position: Position(self.revision),
            time: AT,
            actor: Actor::System,
        };
        self.sessions.apply(SESSION, event, self.revision, stamp);
        self.revision += 1;
        estimate(&*self.sessions.get(SESSION).unwrap(), usize::MAX)
    }

    /// The open runs of the agent, and whose the run is.
    fn owed(&self, run: RunId) -> (usize, Option<SessionId>) {
        let open = self.sessions.open_runs_of(AGENT).count();
        (open, self.sessions.session_of_run(AGENT, run))
    }
}

#[test]
fn a_lost_run_is_known_until_its_agent_answers() {
    let mut told = Told::default();
    told.tell(&created());
    told.tell(&requested(run(0)));
    assert_eq!(told.owed(run(0)), (1, Some(SESSION)));
    told.tell(&ended(run(0), RunOutcome::Lost));
    let lost = told.owed(run(0));
    assert_eq!(lost, (1, Some(SESSION)), "to be stopped, and not forgotten");
    told.tell(&ended(run(0), RunOutcome::Exited { code: 0 }));
    assert_eq!(told.owed(run(0)), (0, None));
}

#[test]
fn a_session_that_is_over_takes_a_head_however_much_it_did() {
    let mut told = Told::default();
    told.tell(&created());
    let mut whole = 0;
    for n in 0..100 {
        told.tell(&requested(run(n)));
        whole = told.tell(&ended(run(n), RunOutcome::Exited { code: 0 }));
    }
    assert!(whole > 20_000, "{whole} bytes");
    let head = told.tell(&SessionCancelled { at: AT }.into());
    assert!(head < 1_000, "{head} bytes");
}

#[test]
fn a_session_that_is_over_is_whole_until_its_agents_owe_nothing() {
    let mut told = Told::default();
    told.tell(&created());
    for n in 0..100 {
        told.tell(&requested(run(n)));
    }
    for n in 1..100 {
        told.tell(&ended(run(n), RunOutcome::Exited { code: 0 }));
    }
    let cancelled = told.tell(&SessionCancelled { at: AT }.into());
    let lost = told.tell(&ended(run(0), RunOutcome::Lost));
    assert!(cancelled > 20_000 && lost > 20_000);
    assert_eq!(told.owed(run(0)), (1, Some(SESSION)));
    let head = told.tell(&ended(run(0), RunOutcome::Exited { code: 0 }));
    assert_eq!(told.owed(run(0)), (0, None));
    assert!(head < 1_000, "{head} bytes");
}

/// Whether the agent has something else to start or to stop after an event, and nobody else has.
fn is_told(told: &mut Told, event: &SessionEvent) -> bool {
    let before = told.clone();
    told.tell(event);
    let agents = told.sessions.agents_to_tell_since(&before.sessions);
    let agents: Vec<AgentId> = agents.collect();
    assert!(agents.iter().all(|agent| *agent == AGENT));
    !agents.is_empty()
}

#[test]
fn an_agent_is_told_when_it_has_something_else_to_start_or_to_stop() {
    let cancelled = SessionCancelled { at: AT }.into();
    let run = run(0);
    let started = RunStarted { run, at: AT }.into();
    let mut told = Told::default();
    assert!(!is_told(&mut told, &created()));
    assert!(is_told(&mut told, &requested(run)));
    assert!(!is_told(&mut told, &started));
    let mut other = told.clone();
    assert!(is_told(&mut other, &cancelled), "to stop");
    let lost = ended(run, RunOutcome::Lost);
    assert!(is_told(&mut told, &lost), "to stop");
    assert!(is_told(&mut told, &ended(run, RunOutcome::Cancelled)));
    assert!(!is_told(&mut told, &cancelled));
}
