//! Histories to measure with: made by the real deciders.

use anyhow::Result;
use std::sync::Arc;
use upkeep_commands::{CommandHandler, Envelope};
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{Software, SoftwareCommand};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareIdentity, IdentitySource, Inventory, OperatingSystem,
    OsFamily,
};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::{
    CommandId, ComputerId, DeploymentId, PersonId, SoftwareId, TenantId,
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
            detection,
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
        };
        let create = DeploymentCommand::Create(Box::new(rule));
        maker
            .execute::<Deployment>(DeploymentId(id(3, n)), create)
            .await?;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..computers {
        let maker = maker.clone();
        tasks.spawn(async move { add_computer(&maker, n).await });
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

/// For each computer somebody whose it is.
pub async fn people(handler: &CommandHandler, computers: u64) -> Result<()> {
    let maker = Arc::new(Maker {
        handler: handler.clone(),
    });
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..computers {
        let maker = maker.clone();
        tasks.spawn(async move { add_person(&maker, n).await });
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

/// Something that changes one computer.
pub async fn tag(handler: &CommandHandler, n: u64) -> Result<()> {
    let maker = Maker {
        handler: handler.clone(),
    };
    let change = TagChange {
        add: [Tag::new(&format!("tag-{}", Uuid::now_v7()))?].into(),
        remove: [].into(),
    };
    maker
        .execute::<Computer>(computer(n), ComputerCommand::ChangeTags(change))
        .await
}

async fn add_computer(maker: &Maker, n: u64) -> Result<()> {
    let register = ComputerCommand::Register {
        tenant: TenantId(id(1, n % TENANTS)),
        name: Name::new(&format!("pc-{n}"))?,
        hardware: HardwareIdentity::new(id(9, n + 1), IdentitySource::ProductUuid)?,
    };
    maker.execute::<Computer>(computer(n), register).await?;
    let inventory = Inventory {
        host_name: format!("pc-{n}"),
        os: OperatingSystem {
            family: OsFamily::Linux,
            name: "Debian GNU/Linux".into(),
            version: "12".into(),
        },
        chassis_type: Some(3),
        interpreters: vec![],
    };
    maker
        .execute::<Computer>(computer(n), ComputerCommand::ReportInventory(inventory))
        .await
}
