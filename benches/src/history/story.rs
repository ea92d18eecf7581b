//! Agents that enrol and sessions that pass, as events: what a healthy fleet's log holds, in the order in which it comes.

use crate::fleet::{computer, tenant_of};
use anyhow::Result;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use upkeep_domain::catalogue::script::ScriptTimeout;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::agent::{AgentConnected, AgentEnrolled, AgentIdentified, PublicKey};
use upkeep_domain::fleet::computer::{
    HardwareIdentity, IdentitySource, Inventory, OperatingSystem, OsFamily,
};
use upkeep_domain::kernel::decider::EventPayload;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::{
    ActionId, AgentId, ApiTokenId, CommandId, DeploymentId, EnrolmentTokenId, RunId, ServerId,
    SessionId, SoftwareId, TenantId,
};
use upkeep_domain::kernel::metadata::{Actor, EventMetadata};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{
    About, ActionAssessed, ActionCompleted, ActionReason, ActionType, Cause, Ending, Finding, Goal,
    Job, PlannedAction, ResultReason, RunContext, RunEnded, RunOutcome, RunPurpose, RunReport,
    RunRequested, RunStarted, SessionClaimed, SessionCompleted, SessionCreated, SessionEvent,
    SessionResolved, SessionStarted, Stage, StageStarted, Verdict, WaitBegan, WaitCause, WaitEnded,
    WaitOutcome,
};
use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use upkeep_event_store::{ContentType, Position, RecordedEvent, StreamName};
use upkeep_projections::View;
use uuid::Uuid;

/// What is maintained on each computer, and how much of it by one session.
const ITEMS: u64 = 12;
const ITEMS_EACH: u64 = 3;
/// After so many sessions of a computer each of its items was seen.
pub const SESSIONS_FOR_ALL_ITEMS: u64 = ITEMS / ITEMS_EACH;
/// Software of the catalogue, versions of each, people who ask, servers that do the work.
const SOFTWARE: u64 = 200;
const VERSIONS: u64 = 20;
const TOKENS: u64 = 50;
const SERVERS: u64 = 3;
/// Sessions that go on at once: they end in another order than they began in.
const AT_ONCE: u64 = 1_000;

pub struct Story {
    pub view: View,
    computers: u64,
    position: u64,
    sessions: u64,
    now: DateTime<Utc>,
}

fn id(kind: u64, n: u64) -> Uuid {
    Uuid::from_u64_pair((kind << 20) | 0x7000, (2 << 62) | n)
}

fn agent(n: u64) -> AgentId {
    AgentId(id(10, n))
}

fn metadata(actor: Actor) -> Result<Bytes> {
    let metadata = EventMetadata {
        correlation_id: Uuid::nil(),
        causation_id: Uuid::nil(),
        command_id: CommandId(Uuid::nil()),
        command_digest: None,
        actor,
        tenant_id: None,
        time: DateTime::UNIX_EPOCH,
        version: 1,
        reason: None,
    };
    Ok(serde_json::to_vec(&metadata)?.into())
}

/// A session on its way.
struct Passing {
    id: SessionId,
    stream: StreamName,
    revision: u64,
    /// Of all sessions, of its computer's, and whose it is.
    n: u64,
    turn: u64,
    computer: u64,
}

impl Story {
    pub fn of(view: View, computers: u64) -> Self {
        Self {
            position: view.position().0,
            view,
            computers,
            sessions: 0,
            now: "2026-01-01T00:00:00Z".parse().unwrap_or_default(),
        }
    }

    fn tell_one(
        &mut self,
        (stream, revision): (&StreamName, u64),
        event: &impl EventPayload,
        actor: Actor,
    ) -> Result<()> {
        // As positions of a store do, which counts others' events, too.
        self.position += 3;
        self.now += TimeDelta::nanoseconds(1_234_567);
        self.view.apply(&RecordedEvent {
            position: Position(self.position),
            stream: stream.clone(),
            revision,
            id: id(11, self.position),
            event_type: event.event_type().into(),
            created: self.now,
            content_type: ContentType::Json,
            data: event.to_json()?.into(),
            metadata: metadata(actor)?,
        })?;
        Ok(())
    }

    /// One for each computer, connected.
    pub fn add_agents(&mut self) -> Result<()> {
        use upkeep_domain::fleet::agent::AgentEvent;
        for n in 0..self.computers {
            let enrolled = AgentEnrolled {
                tenant: tenant(n),
                token: EnrolmentTokenId(id(12, n % 500)),
                public_key: PublicKey([7; 32]),
                name: Name::new(&format!("pc-{n}"))?,
                agent_version: "0.1.0".into(),
                hardware: HardwareIdentity::new(id(9, n + 1), IdentitySource::ProductUuid)?,
                inventory: Inventory {
                    host_name: format!("pc-{n}"),
                    os: OperatingSystem {
                        family: OsFamily::Windows,
                        name: "Windows 11".into(),
                        version: "10.0.22631".into(),
                    },
                    chassis_type: Some(3),
                    interpreters: vec![],
                },
            };
            let computer = computer(n);
            let connected = AgentConnected {
                agent_version: "0.1.0".into(),
                connection: id(13, n),
                server: server(n),
            };
            let events: [AgentEvent; 3] = [
                enrolled.into(),
                AgentIdentified { computer }.into(),
                connected.into(),
            ];
            let stream = StreamName::of("agent", agent(n));
            for (revision, event) in (0..).zip(events) {
                self.tell_one((&stream, revision), &event, Actor::Agent(agent(n)))?;
            }
        }
        Ok(())
    }

    /// So many more sessions: the computers' turns come one after the other, again and again.
    pub fn tell(&mut self, sessions: u64) -> Result<()> {
        let mut left = sessions;
        while left > 0 {
            let at_once = left.min(AT_ONCE);
            let mut passing = (0..at_once)
                .map(|_| self.begin().map(Some))
                .collect::<Result<Vec<Option<Passing>>>>()?;
            let order = (0..at_once).map(|n| (n * 617 + n / 8) % at_once);
            for n in order.chain(0..at_once) {
                let passing = usize::try_from(n).ok().and_then(|n| passing.get_mut(n));
                if let Some(passing) = passing.and_then(Option::take) {
                    self.pass(passing)?;
                }
            }
            left -= at_once;
        }
        Ok(())
    }

    fn say(&mut self, to: &mut Passing, event: impl Into<SessionEvent>, by: Actor) -> Result<()> {
        let stream = to.stream.clone();
        self.tell_one((&stream, to.revision), &event.into(), by)?;
        to.revision += 1;
        Ok(())
    }

    fn begin(&mut self) -> Result<Passing> {
        let n = self.sessions;
        self.sessions += 1;
        let computer_number = n % self.computers;
        let millis = u64::try_from(self.now.timestamp_millis())?;
        let random = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let id = SessionId(Uuid::from_u64_pair(
            (millis << 16) | 0x7000 | (random >> 52),
            (2 << 62) | (random & 0x3FFF_FFFF_FFFF_FFFF),
        ));
        let mut passing = Passing {
            id,
            stream: StreamName::of("session", id),
            revision: 0,
            n,
            turn: n / self.computers,
            computer: computer_number,
        };
        let created = SessionCreated {
            subject: computer(computer_number).into(),
            tenant: tenant(computer_number),
            about: if n.is_multiple_of(10) {
                let item = passing.item(0);
                About::Item { item }
            } else {
                About::Everything
            },
            at: self.now,
        };
        let by = if n.is_multiple_of(2) {
            Actor::User(ApiTokenId(self::id(14, n / 2 % TOKENS)))
        } else {
            Actor::System
        };
        let wait = WaitBegan {
            cause: WaitCause::Turn,
            deadline: self.now + TimeDelta::days(7),
            at: self.now,
        };
        self.say(&mut passing, created, by)?;
        self.say(&mut passing, wait, by)?;
        Ok(passing)
    }

    fn pass(&mut self, mut passing: Passing) -> Result<()> {
        let (to, by) = (&mut passing, Actor::System);
        let (at, server) = (self.now, server(to.computer));
        let waited = WaitEnded {
            cause: WaitCause::Turn,
            outcome: WaitOutcome::Met,
            at,
        };
        self.say(to, waited, by)?;
        self.say(to, SessionClaimed { server }, by)?;
        self.say(to, SessionStarted { at }, by)?;
        let stage = Stage::Resolution;
        self.say(to, StageStarted { stage }, by)?;
        let actions = (0..ITEMS_EACH).map(|n| to.planned(n)).collect();
        self.say(
            to,
            SessionResolved {
                actions,
                left_out: 0,
            },
            by,
        )?;
        let stage = Stage::Detection;
        self.say(to, StageStarted { stage }, by)?;
        for n in 0..ITEMS_EACH {
            let requested = to.requested(n, self.now);
            self.say(to, requested, by)?;
        }
        for n in 0..ITEMS_EACH {
            let agent = Actor::Agent(agent(to.computer));
            let (run, at) = (to.run(n), self.now);
            self.say(to, RunStarted { run, at }, agent)?;
            let report = RunReport {
                stdout_tail: to.version(n).to_string(),
                ..RunReport::without_output(RunOutcome::Exited { code: 0 })
            };
            self.say(to, RunEnded { run, report, at }, agent)?;
            let finding = Some(Finding::from(to.version(n)));
            let action = to.action(n);
            let assessed = ActionAssessed {
                action,
                finding: finding.clone(),
                action_type: ActionType::NoAction,
                reason: ActionReason::UpToDate,
            };
            self.say(to, assessed, by)?;
            let completed = ActionCompleted {
                action,
                verdict: Verdict::Success,
                reason: ResultReason::Compliant,
                message: "It is as it should be.".into(),
                finding,
            };
            self.say(to, completed, by)?;
        }
        let completed = SessionCompleted {
            ending: Ending::Passed,
            at: self.now,
        };
        self.say(to, completed, by)
    }
}

fn tenant(computer: u64) -> TenantId {
    TenantId(id(1, tenant_of(computer)))
}

fn server(n: u64) -> ServerId {
    ServerId(id(15, n % SERVERS))
}

impl Passing {
    fn item(&self, n: u64) -> MaintenanceItem {
        let software = (self.computer + (self.turn * ITEMS_EACH + n) % ITEMS) % SOFTWARE;
        MaintenanceItem::Software(SoftwareId(id(2, software)))
    }

    fn version(&self, n: u64) -> Version {
        Version::known(&format!("{}.{}.1", n + 1, self.n / 7 % VERSIONS))
    }

    fn action(&self, n: u64) -> ActionId {
        ActionId::derived_from(self.id.0, &n.to_string())
    }

    fn run(&self, n: u64) -> RunId {
        RunId::derived_from(self.id.0, &format!("run {n}"))
    }

    fn planned(&self, n: u64) -> PlannedAction {
        PlannedAction {
            action: self.action(n),
            parent: None,
            item: self.item(n),
            item_name: format!("software {n}"),
            goal: Goal {
                desired: DesiredState::InstalledLatest,
                version: Some(self.version(n)),
                parameters: upkeep_domain::catalogue::parameter::Values::default(),
            },
            cause: Cause::Deployment {
                deployment: DeploymentId(id(3, n)),
                scope: Scope::CrossTenant,
            },
            because: "It should be there in its latest version, because of a deployment.".into(),
            needs: vec![],
        }
    }

    fn requested(&self, n: u64, at: DateTime<Utc>) -> RunRequested {
        RunRequested {
            run: self.run(n),
            action: Some(self.action(n)),
            purpose: RunPurpose::Detect,
            ordinal: 1,
            context: RunContext::System {
                agent: agent(self.computer),
            },
            item: Some(self.item(n)),
            job: Job::Script {
                script: Sha256Digest::of(b""),
                version: None,
                package: None,
                parameters: upkeep_domain::catalogue::parameter::Values::default(),
            },
            timeout: ScriptTimeout::DETECTION,
            deadline: at + TimeDelta::minutes(10),
            at,
        }
    }
}
