//! Histories to measure with: made by the real deciders.

use anyhow::Result;
use std::sync::Arc;
use upkeep_commands::{CommandHandler, Envelope};
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{Software, SoftwareCommand};
use upkeep_domain::fleet::agent::{Agent, AgentCommand, Enrolment, PublicKey};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareIdentity, IdentitySource, Inventory, OperatingSystem,
    OsFamily,
};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::{
    AgentId, CommandId, ComputerId, DeploymentId, EnrolmentTokenId, PersonId, SoftwareId, TenantId,
};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, DesiredState, Enforcement, MaintenanceItem, Membership, Origin,
    Rule, Scope, Target, TargetFilter,
};
use uuid::Uuid;

pub const TENANTS: u64 = 20;
pub const ITEMS: u64 = 50;

fn id(kind: u64, n: u64) -> Uuid {
    Uuid::from_u64_pair((kind << 20) | 0x7000, (2 << 62) | n)
}

pub fn computer(n: u64) -> ComputerId {
    ComputerId(id(4, n))
}

struct Maker {
    handler: CommandHandler,
}

impl Maker {
    async fn execute<D: Decider>(&self, id: D::Id, command: D::Command) -> Result<()> {
        let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::System);
        self.handler.execute::<D>(id, command, &envelope).await?;
        Ok(())
    }
}

/// Tenants, software, deployments of every kind, computers with an inventory.
pub async fn make(handler: &CommandHandler, deployments: u64, computers: u64) -> Result<()> {
    let maker = Arc::new(Maker {
        handler: handler.clone(),
    });
    for n in 0..TENANTS {
        let create = TenantCommand::Create {
            name: Name::new(&format!("tenant {n}"))?,
            parent: None,
        };
        maker.execute::<Tenant>(TenantId(id(1, n)), create).await?;
    }
    for n in 0..ITEMS {
        let detection = Script::new(Interpreter::Sh, "true", ScriptTimeout::DETECTION)?;
        let create = SoftwareCommand::Create {
            name: Name::new(&format!("software {n}"))?,
            detection: detection.into(),
        };
        maker
            .execute::<Software>(SoftwareId(id(2, n)), create)
            .await?;
    }
    for n in 0..deployments {
        let scope = match n % 10 {
            0..3 => Scope::CrossTenant,
            3..8 => Scope::SingleTenant {
                tenant: TenantId(id(1, n % TENANTS)),
                include_children: false,
            },
            _ => Scope::Individual {
                computer: computer(n % computers.max(1)),
            },
        };
        let filter = if n % 2 == 0 {
            TargetFilter::None
        } else {
            TargetFilter::Workstations
        };
        let rule = Rule {
            item: MaintenanceItem::Software(SoftwareId(id(2, n % ITEMS))),
            target: Target {
                scope,
                membership: Membership::AllComputers,
                filter,
            },
            desired: DesiredState::InstalledLatest,
            enforcement: Enforcement::Required,
            origin: Origin::Local,
            parameters: upkeep_domain::catalogue::parameter::Values::default(),
        };
        let create = DeploymentCommand::Create(Box::new(rule));
        maker
            .execute::<Deployment>(DeploymentId(id(3, n)), create)
            .await?;
    }
    each(computers, |n| {
        let maker = maker.clone();
        async move { add_computer(&maker, n).await }
    })
    .await
}

/// Makes so many, 64 at once.
async fn each<F>(many: u64, make: impl Fn(u64) -> F) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..many {
        tasks.spawn(make(n));
        if tasks.len() >= 64
            && let Some(done) = tasks.join_next().await
        {
            done??;
        }
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// For each computer somebody whose it is, an agent, and some tags.
pub async fn around(handler: &CommandHandler, computers: u64) -> Result<()> {
    let maker = Arc::new(Maker {
        handler: handler.clone(),
    });
    each(computers, |n| {
        let maker = maker.clone();
        async move {
            add_person(&maker, n).await?;
            add_agent(&maker, n).await?;
            add_tags(&maker, n).await
        }
    })
    .await
}

async fn add_person(maker: &Maker, n: u64) -> Result<()> {
    let person = PersonId(id(5, n));
    let tenant = TenantId(id(1, n % TENANTS));
    let add = PersonCommand::Add {
        tenant,
        name: Name::new(&format!("person {n}"))?,
        upn: Some(Name::new(&format!("p{n}@tenant{}.example", n % TENANTS))?),
    };
    maker.execute::<Person>(person, add).await?;
    let set = ComputerCommand::SetPrimaryPerson {
        person: Some((person, tenant)),
    };
    maker.execute::<Computer>(computer(n), set).await
}

async fn add_agent(maker: &Maker, n: u64) -> Result<()> {
    let enrol = Enrolment {
        tenant: TenantId(id(1, n % TENANTS)),
        token: EnrolmentTokenId(id(7, n % TENANTS)),
        public_key: PublicKey([7; 32]),
        name: Name::new(&format!("pc-{n}"))?,
        agent_version: "0.1.0".to_owned(),
        hardware: hardware(n)?,
        inventory: inventory(n),
    };
    let agent = AgentId(id(6, n));
    maker
        .execute::<Agent>(agent, AgentCommand::Enrol(Box::new(enrol)))
        .await?;
    let identify = AgentCommand::Identify {
        computer: computer(n),
    };
    maker.execute::<Agent>(agent, identify).await
}

/// Five on each computer: of 40 that every tenant has, and of 200 that are its tenant's own.
async fn add_tags(maker: &Maker, n: u64) -> Result<()> {
    let common = (0..3).map(|k| format!("tag {}", (n / TENANTS + 13 * k) % 40));
    let own = (0..2).map(|k| {
        let number = (n / TENANTS + 77 * k) % 200;
        format!("tag {number} of tenant {}", n % TENANTS)
    });
    let add: Result<_, _> = common.chain(own).map(|text| Tag::new(&text)).collect();
    let change = TagChange {
        add: add?,
        remove: [].into(),
    };
    maker
        .execute::<Computer>(computer(n), ComputerCommand::ChangeTags(change))
        .await
}

/// Something that changes one computer and one person.
pub async fn tag(handler: &CommandHandler, n: u64) -> Result<()> {
    let maker = Maker {
        handler: handler.clone(),
    };
    let change = TagChange {
        add: [Tag::new(&format!("tag-{}", Uuid::now_v7()))?].into(),
        remove: [].into(),
    };
    let of_computer = ComputerCommand::ChangeTags(change.clone());
    maker.execute::<Computer>(computer(n), of_computer).await?;
    let person = PersonId(id(5, n));
    maker
        .execute::<Person>(person, PersonCommand::ChangeTags(change))
        .await
}

async fn add_computer(maker: &Maker, n: u64) -> Result<()> {
    let register = ComputerCommand::Register {
        tenant: TenantId(id(1, n % TENANTS)),
        name: Name::new(&format!("pc-{n}"))?,
        hardware: hardware(n)?,
    };
    maker.execute::<Computer>(computer(n), register).await?;
    let report = ComputerCommand::ReportInventory(inventory(n));
    maker.execute::<Computer>(computer(n), report).await
}

fn hardware(n: u64) -> Result<HardwareIdentity> {
    let uuid = id(9, n + 1);
    Ok(HardwareIdentity::new(uuid, IdentitySource::ProductUuid)?)
}

fn inventory(n: u64) -> Inventory {
    Inventory {
        host_name: format!("pc-{n}"),
        os: OperatingSystem {
            family: OsFamily::Linux,
            name: "Debian GNU/Linux".into(),
            version: "12".into(),
        },
        chassis_type: Some(3),
        interpreters: vec![],
    }
}
