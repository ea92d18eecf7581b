//! Of deployments and sessions; and of new deployments for a thing.

use super::{Attempt, Possible, act, choose};
use upkeep_commands::{Ask, Done, Stop};
use upkeep_domain::catalogue::parameter::Values;
use upkeep_domain::kernel::ids::{DeploymentId, SoftwareId};
use upkeep_domain::maintenance::session::{Session, SessionCommand};
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, DesiredState, Enforcement, MaintenanceItem, Membership, Origin,
    Rule, Scope, Target, TargetFilter,
};

impl Possible for Deployment {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("changeDeployment", |ask, deployment| {
            let change = DeploymentCommand::Change {
                target: None,
                desired: None,
                enforcement: None,
                parameters: None,
            };
            ask.weigh(&deployment.plan(change)?)
        }),
        act("disableDeployment", |ask, deployment| {
            ask.weigh(&deployment.plan(DeploymentCommand::Disable)?)
        }),
        act("enableDeployment", |ask, deployment| {
            ask.weigh(&deployment.plan(DeploymentCommand::Enable)?)
        }),
        act("deleteDeployment", |ask, deployment| {
            ask.weigh(&deployment.plan(DeploymentCommand::Delete)?)
        }),
        act("approveRecommendation", |ask, deployment| {
            ask.weigh(&deployment.plan(DeploymentCommand::ApproveRecommendation)?)
        }),
        act("dismissRecommendation", |ask, deployment| {
            ask.weigh(&deployment.plan(DeploymentCommand::DismissRecommendation)?)
        }),
    ];
}

/// A new deployment that reaches so far.
pub fn create_deployment(ask: &Ask, scope: Scope) -> Result<Done, Stop> {
    let id = ask.new_id("deployment");
    let rule = Rule {
        item: MaintenanceItem::Software(SoftwareId(id)),
        target: Target {
            scope,
            membership: Membership::AllComputers,
            filter: TargetFilter::None,
        },
        desired: DesiredState::Ignored,
        enforcement: Enforcement::Required,
        origin: Origin::Local,
        parameters: Values::default(),
    };
    let create = DeploymentCommand::Create(Box::new(rule));
    ask.weigh(&ask.make::<Deployment>(DeploymentId(id), create)?)
}

impl Possible for Session {
    const ATTEMPTS: &'static [Attempt<Self>] = &[act("cancelSession", |ask, session| {
        ask.weigh(&session.plan(SessionCommand::Cancel)?)
    })];
}
