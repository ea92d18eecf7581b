//! What is for the whole installation, and about nothing that is there.

use super::made_up;
use super::rules::create_deployment;
use upkeep_commands::{Ask, Done, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::access::api_token::{ApiToken, ApiTokenCommand, Grant, Role};
use upkeep_domain::catalogue::cloud_task::{CloudTask, CloudTaskCommand};
use upkeep_domain::catalogue::secret::{Sealed, Secret, SecretCommand};
use upkeep_domain::catalogue::task::{Task, TaskCommand};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::ids::{ApiTokenId, CloudTaskId, SecretId, SoftwareId, TaskId, TenantId};
use upkeep_domain::kernel::secret::BearerToken;
use upkeep_domain::rules::deployment::{MaintenanceItem, Scope};
use upkeep_domain::rules::ordering::{Ordering, OrderingCommand, Section, TheOrdering};

/// Tries a mutation in mind.
type Weigh = fn(&Ask) -> Result<Done, Stop>;

/// The mutations, by their names.
pub const INSTALLATION: &[(&str, Weigh)] = &[
    ("createTenant", |ask| {
        let create = TenantCommand::Create {
            name: made_up(),
            parent: None,
        };
        ask.weigh(&ask.make::<Tenant>(TenantId(ask.new_id("tenant")), create)?)
    }),
    ("createSoftware", |ask| {
        ask.require(Action::ManageCatalogue)?;
        Ok(Done::Now)
    }),
    ("createTask", |ask| {
        let create = TaskCommand::Create { name: made_up() };
        let id = TaskId(ask.new_id("task"));
        ask.weigh(&ask.make::<Task>(id, create)?)
    }),
    ("syncCatalogueTitles", |ask| {
        ask.require(Action::SyncCatalogue)?;
        Ok(Done::Now)
    }),
    ("createCloudTask", |ask| {
        let create = CloudTaskCommand::Create { name: made_up() };
        let id = CloudTaskId(ask.new_id("cloudtask"));
        ask.weigh(&ask.make::<CloudTask>(id, create)?)
    }),
    ("createSecret", |ask| {
        let create = SecretCommand::Create {
            tenant: None,
            name: made_up(),
            sealed: Sealed::nothing(),
        };
        ask.weigh(&ask.make::<Secret>(SecretId(ask.new_id("secret")), create)?)
    }),
    ("createDeployment", |ask| {
        create_deployment(ask, Scope::CrossTenant)
    }),
    ("createApiToken", |ask| {
        let id = ask.new_id("token");
        let grant = Grant {
            name: made_up(),
            role: Role::MspTechnician,
            secret_hash: BearerToken::new(id, [0; 32]).hash(),
            expires_at: None,
            created_by: None,
        };
        ask.weigh(&ask.make::<ApiToken>(ApiTokenId(id), ApiTokenCommand::Create(grant))?)
    }),
    ("moveOrderingItem", |ask| {
        let item = MaintenanceItem::Software(SoftwareId(ask.new_id("software")));
        let to_the_end = OrderingCommand::Move {
            item,
            to: Section::Unordered,
            before: None,
        };
        ask.weigh(&ask.make::<Ordering>(TheOrdering, to_the_end)?)
    }),
];
