//! Small fleets to look at, and what holds for all processes together.

mod cost;
mod laws;
mod running;

use crate::process::Moment;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{Software, SoftwareCommand};
use upkeep_domain::fleet::agent::{Agent, AgentCommand, AgentEnrolled, PublicKey};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareIdentity, IdentitySource, Inventory, OperatingSystem,
    OsFamily,
};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::decider::Context;
use upkeep_domain::kernel::ids::{
    AgentId, CommandId, ComputerId, DeploymentId, EnrolmentTokenId, ServerId, SessionId,
    SoftwareId, TenantId,
};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{
    About, Requested, Session, SessionCommand, Surroundings, Winner,
};
use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use upkeep_projections::{Known, View};
use uuid::Uuid;

pub const HERE: ServerId = ServerId(Uuid::from_u128(0xa1));
pub const THERE: ServerId = ServerId(Uuid::from_u128(0xa2));

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_500_000, 0).unwrap()
}

/// What this server knows when it has listened for a day.
pub fn moment(view: View, now: DateTime<Utc>) -> Moment {
    Moment {
        view: Arc::new(view),
        now,
        server: HERE,
        listening_since: now - TimeDelta::days(1),
        jumps: ClockJumps::default(),
        max_running_sessions: 100,
    }
}

fn id(kind: u128, n: u128) -> Uuid {
    Uuid::from_u128((kind << 64) | n)
}

pub fn tenant(n: u128) -> TenantId {
    TenantId(id(1, n))
}

pub fn computer(n: u128) -> ComputerId {
    ComputerId(id(2, n))
}

pub fn agent(n: u128) -> AgentId {
    AgentId(id(3, n))
}

pub fn session(n: u128) -> SessionId {
    SessionId(id(4, n))
}

pub fn connection(n: u128) -> Uuid {
    id(5, n)
}

const SOFTWARE: SoftwareId = SoftwareId(Uuid::from_u128(0xb1));

/// A fleet that lives in a view alone.
pub struct Fleet {
    pub view: View,
    pub now: DateTime<Utc>,
}

impl Fleet {
    /// One tenant, and one software.
    pub fn new() -> Self {
        let mut fleet = Self {
            view: View::default(),
            now: noon(),
        };
        let (name, parent) = (Name::new("t").unwrap(), None);
        fleet.tell::<Tenant>(tenant(0), TenantCommand::Create { name, parent });
        let detection = Script::new(Interpreter::Sh, "true", ScriptTimeout::ACTION).unwrap();
        let detection = detection.into();
        let name = Name::new("tool").unwrap();
        fleet.tell::<Software>(SOFTWARE, SoftwareCommand::Create { name, detection });
        fleet
    }

    /// Whether it was not refused.
    pub fn tell<D: Known>(&mut self, id: D::Id, command: D::Command) -> bool {
        let context = Context {
            actor: Actor::System,
            now: self.now,
            command_id: CommandId(Uuid::nil()),
        };
        self.view.imagine::<D>(id, command, &context).is_ok()
    }

    pub fn moment(&self) -> Moment {
        moment(self.view.clone(), self.now)
    }

    pub fn register(&mut self, n: u128, of: TenantId) {
        let register = ComputerCommand::Register {
            tenant: of,
            name: Name::new("pc").unwrap(),
            hardware: hardware(n),
        };
        self.tell::<Computer>(computer(n), register);
    }

    pub fn enrol(&mut self, n: u128, of: TenantId) {
        let enrolment = AgentEnrolled {
            tenant: of,
            token: EnrolmentTokenId(Uuid::nil()),
            public_key: PublicKey([7; 32]),
            name: Name::new("pc").unwrap(),
            agent_version: "1".into(),
            hardware: hardware(n),
            inventory: Inventory {
                host_name: "pc".into(),
                os: OperatingSystem {
                    family: OsFamily::Linux,
                    name: "Debian".into(),
                    version: "12".into(),
                },
                chassis_type: None,
                interpreters: vec![],
            },
        };
        self.tell::<Agent>(agent(n), AgentCommand::Enrol(Box::new(enrolment)));
    }

    pub fn identify(&mut self, n: u128, as_computer: u128) {
        let computer = computer(as_computer);
        self.tell::<Agent>(agent(n), AgentCommand::Identify { computer });
    }

    pub fn connect(&mut self, n: u128, server: ServerId) {
        let connect = AgentCommand::Connect {
            agent_version: "1".into(),
            connection: connection(n),
            server,
        };
        self.tell::<Agent>(agent(n), connect);
    }

    /// A computer of the first tenant with an agent that is not connected.
    pub fn computer(&mut self, n: u128) {
        self.register(n, tenant(0));
        self.enrol(n, tenant(0));
        self.identify(n, n);
    }

    /// One whose agent is connected to a server.
    pub fn online(&mut self, n: u128, server: ServerId) {
        self.computer(n);
        self.connect(n, server);
    }

    pub fn ask(&mut self, n: u128, on_computer: u128, of: TenantId) {
        let request = Requested {
            subject: computer(on_computer).into(),
            tenant: of,
            about: About::Everything,
            at: self.now,
        };
        let create = SessionCommand::Create { request };
        self.tell::<Session>(session(n), create);
    }

    /// A session that waits.
    pub fn waiting(&mut self, n: u128, on_computer: u128) {
        self.ask(n, on_computer, tenant(0));
    }

    /// One that a server works on.
    pub fn running(&mut self, n: u128, on_computer: u128, server: ServerId) {
        self.waiting(n, on_computer);
        self.tell::<Session>(session(n), SessionCommand::Start { server });
    }

    /// What is around a session: one software is to be installed.
    pub fn surroundings(&self, n: u128, server: ServerId) -> Surroundings {
        let item = MaintenanceItem::Software(SOFTWARE);
        let request = self
            .view
            .sessions
            .get(session(n))
            .and_then(|entry| entry.state.request);
        let winner = Winner {
            item,
            deployment: DeploymentId(Uuid::nil()),
            desired: DesiredState::InstalledLatest,
            target_phrase: "all computers".into(),
            scope: Scope::CrossTenant,
            parameters: upkeep_domain::catalogue::parameter::Values::default(),
        };
        let at = self.moment();
        Surroundings {
            session: session(n),
            agent: request.and_then(|request| self.view.working_agent(request.computer())),
            agents_changed_at: request
                .and_then(|request| self.view.agents_changed_at(request.computer())),
            winners: Some(vec![winner]),
            catalogue: Arc::new(self.view.clone()),
            lock: None,
            server,
            prerequisites: upkeep_domain::rules::prerequisite::Prerequisites::clone(
                &self.view.prerequisites,
            ),
            listening_since: at.listening_since,
            jumps: at.jumps,
        }
    }

    /// Every step that it can take.
    pub fn advance(&mut self, n: u128, server: ServerId) -> bool {
        let around = Arc::new(self.surroundings(n, server));
        self.tell::<Session>(session(n), SessionCommand::Advance(around))
    }
}

fn hardware(n: u128) -> HardwareIdentity {
    let uuid = Uuid::from_u128(0x4c1d_93a6_7be2_4f58_a90e_3b75_0000_0000 | n);
    HardwareIdentity::new(uuid, IdentitySource::MachineId).unwrap()
}
