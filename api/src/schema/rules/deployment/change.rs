//! Creating and changing deployments.

use super::desired::DesiredStateInput;
use super::node::{DeploymentNode, Enforcement, Origin};
use super::target_input::TargetInput;
use crate::request::Request;
use crate::schema::change::{
    Change, Checked, Confirmation, Plan, Planned, carry_out, carry_out_planned, new_id,
    refuse_if_removed,
};
use crate::schema::types::{CommandOptions, UserError, UserErrorCode, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::{CloudTaskId, CommandId, DeploymentId, SoftwareId};
use upkeep_domain::rules::deployment::{
    self, DeploymentCommand, MaintenanceItem, Membership, NoRoom, Rule, Scope, Target,
};
use upkeep_projections::View;

payloads! {
    /// The answer to a mutation of a deployment.
    DeploymentPayload {
        /// The deployment, with the change.
        deployment: DeploymentNode
    }
}

inputs! {
    /// A new deployment.
    CreateDeploymentInput {
        /// The software that it is about; give this or a cloud task.
        software_id: Option<ID>,
        /// The cloud task that it is about; give this or a software.
        cloud_task_id: Option<ID>,
        /// The computers or tenants that it is for.
        target: TargetInput,
        /// The state that the item should have there.
        desired: DesiredStateInput,
        /// When it is acted on.
        #[graphql(default_with = "Enforcement::Required")]
        enforcement: Enforcement,
        /// Where it comes from; a recommended one is in force once it was approved.
        #[graphql(default_with = "Origin::Local")]
        origin: Origin,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// What changes in a deployment; what is not given stays.
    ChangeDeploymentInput {
        /// The deployment.
        id: ID,
        /// Other computers.
        target: Option<TargetInput>,
        /// Another state.
        desired: Option<DesiredStateInput>,
        /// When it is acted on.
        enforcement: Option<Enforcement>,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A deployment.
    DeploymentInput {
        /// The deployment.
        id: ID,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
}

fn manage(view: &View, scope: Scope) -> Action {
    Action::ManageDeployment {
        scope,
        tenant: view.tenant_of_scope(scope),
    }
}

impl CreateDeploymentInput {
    fn item(&self, request: &Request, view: &View) -> Checked<MaintenanceItem> {
        let may_see = request.may(Action::ReadCatalogue);
        Ok(match (&self.software_id, &self.cloud_task_id) {
            (Some(id), None) => {
                let software = SoftwareId(uuid_of("Software", id)?);
                match view.software.get(software).filter(|_| may_see) {
                    Some(_) => Ok(MaintenanceItem::Software(software)),
                    None => Err(UserError::not_found("software").at("softwareId")),
                }
            }
            (None, Some(id)) => {
                let task = CloudTaskId(uuid_of("CloudTask", id)?);
                match view.cloud_tasks.get(task).filter(|_| may_see) {
                    Some(_) => Ok(MaintenanceItem::CloudTask(task)),
                    None => Err(UserError::not_found("cloud task").at("cloudTaskId")),
                }
            }
            _ => {
                let message = "give exactly one of softwareId and cloudTaskId";
                Err(UserError::invalid("softwareId", &message))
            }
        })
    }
}

impl Change for CreateDeploymentInput {
    const NAME: &'static str = "createDeployment";

    fn options(&self) -> &CommandOptions {
        &self.options
    }

    fn confirmation(&self) -> Confirmation {
        Confirmation::Needed(self.confirm_impact)
    }

    fn plan(&self, request: &Request, view: &View, command: CommandId) -> Checked<Plan> {
        let target = check!(self.target.check(request, view)?);
        request.require(manage(view, target.scope))?;
        if self.origin == Origin::Recommended {
            request.require(Action::DecideRecommendations)?;
        }
        let item = check!(self.item(request, view)?);
        let desired = check!(self.desired.check());
        check!(room(view, &target));
        check!(refuse_if_gone(view, &target));
        let tenant = view.tenant_of_scope(target.scope);
        let rule = Rule {
            item,
            target,
            desired,
            enforcement: self.enforcement.into(),
            origin: self.origin.into(),
        };
        let id = DeploymentId(new_id(command, "deployment"));
        let create = DeploymentCommand::Create(Box::new(rule));
        Plan::of(tenant, Planned::Deployment(id, create))
    }
}

impl Change for ChangeDeploymentInput {
    const NAME: &'static str = "changeDeployment";

    fn options(&self) -> &CommandOptions {
        &self.options
    }

    fn confirmation(&self) -> Confirmation {
        Confirmation::Needed(self.confirm_impact)
    }

    fn plan(&self, request: &Request, view: &View, _: CommandId) -> Checked<Plan> {
        let known = check!(known(request, view, &self.id)?);
        known.permit(request, view)?;
        let target = match &self.target {
            None => None,
            Some(target) => {
                let target = check!(target.check(request, view)?);
                request.require(manage(view, target.scope))?;
                if !known.counts_as(view, &target) {
                    check!(room(view, &target));
                }
                check!(refuse_if_gone(view, &target));
                Some(target)
            }
        };
        let desired = match &self.desired {
            None => None,
            Some(desired) => Some(check!(desired.check())),
        };
        let change = DeploymentCommand::Change {
            target,
            desired,
            enforcement: self.enforcement.map(Into::into),
        };
        Plan::of(
            view.tenant_of_scope(known.scope),
            Planned::Deployment(known.id, change),
        )
    }
}

/// Refuses a target in a tenant that was removed: it could not be taken back there.
fn refuse_if_gone(view: &View, target: &Target) -> Result<(), UserError> {
    let group = match &target.membership {
        Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
            let entry = view.groups.get(*group);
            let definition = entry.and_then(|entry| entry.state.definition.as_ref());
            definition.map(|definition| definition.tenant)
        }
        _ => None,
    };
    for tenant in [view.tenant_of_scope(target.scope), group] {
        refuse_if_removed(view, tenant).map_err(|error| error.at("target"))?;
    }
    Ok(())
}

/// Refuses one more deployment than may be.
fn room(view: &View, target: &Target) -> Result<(), UserError> {
    let count = view.count_deployments(view.tenant_of_scope(target.scope));
    count.one_more(has_expression(target)).map_err(|error| {
        UserError::new(UserErrorCode::of(NoRoom::CODE), error.to_string()).at("target")
    })
}

fn has_expression(target: &Target) -> bool {
    matches!(target.membership, Membership::Expression { .. })
}

/// A deployment that the caller sees.
struct Known {
    id: DeploymentId,
    scope: Scope,
    has_expression: bool,
    origin: deployment::Origin,
}

impl Known {
    /// Whether it takes the room already that it would need with this target.
    fn counts_as(&self, view: &View, target: &Target) -> bool {
        view.tenant_of_scope(self.scope) == view.tenant_of_scope(target.scope)
            && (self.has_expression || !has_expression(target))
    }

    /// Refuses those who may not change it: a recommended one is decided on for the whole installation.
    fn permit(&self, request: &Request, view: &View) -> Result<()> {
        request.require(manage(view, self.scope))?;
        if self.origin == deployment::Origin::Recommended {
            request.require(Action::DecideRecommendations)?;
        }
        Ok(())
    }
}

fn known(request: &Request, view: &View, id: &ID) -> Checked<Known> {
    let id = DeploymentId(uuid_of("Deployment", id)?);
    let entry = view.deployments.get(id);
    let rule = entry.and_then(|entry| entry.state.rule.as_ref());
    let visible = rule.filter(|rule| {
        let scope = rule.target.scope;
        let tenant = view.tenant_of_scope(scope);
        request.may(Action::ReadDeployment { scope, tenant })
    });
    Ok(match visible {
        None => Err(UserError::not_found("deployment")),
        Some(rule) => Ok(Known {
            id,
            scope: rule.target.scope,
            has_expression: has_expression(&rule.target),
            origin: rule.origin,
        }),
    })
}

/// One of the commands that say nothing but which deployment.
macro_rules! simple_changes {
    ($($name:ident = $text:literal, $command:ident;)*) => {$(
        /// A deployment, on its way to one command.
        #[derive(Clone, Debug)]
        pub struct $name(pub DeploymentInput);

        impl $name {
            async fn carry_out(self, context: &Context<'_>) -> Result<DeploymentPayload> {
                let change = Simple { name: $text, input: &self.0, command: DeploymentCommand::$command };
                answer_simple(context, change).await
            }

            pub fn plan(&self, request: &Request, view: &View) -> Checked<Plan> {
                plan_simple(request, view, &self.0, DeploymentCommand::$command)
            }
        }
    )*};
}

simple_changes! {
    Disable = "disableDeployment", Disable;
    Enable = "enableDeployment", Enable;
    Delete = "deleteDeployment", Delete;
    Approve = "approveRecommendation", ApproveRecommendation;
    Dismiss = "dismissRecommendation", DismissRecommendation;
}

struct Simple<'a> {
    name: &'static str,
    input: &'a DeploymentInput,
    command: DeploymentCommand,
}

fn plan_simple(
    request: &Request,
    view: &View,
    input: &DeploymentInput,
    command: DeploymentCommand,
) -> Checked<Plan> {
    let known = check!(known(request, view, &input.id)?);
    known.permit(request, view)?;
    let tenant = view.tenant_of_scope(known.scope);
    Plan::of(tenant, Planned::Deployment(known.id, command))
}

async fn answer_simple(context: &Context<'_>, change: Simple<'_>) -> Result<DeploymentPayload> {
    let done = carry_out_planned(
        context,
        change.name,
        change.input,
        &change.input.options,
        Confirmation::Needed(change.input.confirm_impact),
        |request, view, _| plan_simple(request, view, change.input, change.command.clone()),
    )
    .await?;
    answer_with(context, done)
}

fn answer_with(
    context: &Context<'_>,
    done: Result<Planned, UserError>,
) -> Result<DeploymentPayload> {
    let planned = ok!(DeploymentPayload, context, done);
    let find = |request: &Request, view: &Arc<View>| match planned {
        Planned::Deployment(id, _) => DeploymentNode::find(request, view, id),
        _ => None,
    };
    answer!(DeploymentPayload, context, find, "deployment")
}

/// What can be changed about deployments.
#[derive(Default)]
pub struct DeploymentMutation;

#[Object]
impl DeploymentMutation {
    /// Creates a deployment. It acts when the next session of a computer resolves it. One that changes more than 25 computers
    /// must say how many: previewDeployment tells.
    async fn create_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: CreateDeploymentInput,
    ) -> Result<DeploymentPayload> {
        let done = carry_out(context, &input).await?;
        answer_with(context, done)
    }

    /// Changes a deployment's target, its desired state, its enforcement, or several of them.
    async fn change_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeDeploymentInput,
    ) -> Result<DeploymentPayload> {
        let done = carry_out(context, &input).await?;
        answer_with(context, done)
    }

    /// Stops a deployment from applying, without deleting it.
    async fn disable_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: DeploymentInput,
    ) -> Result<DeploymentPayload> {
        Disable(input).carry_out(context).await
    }

    /// Lets a disabled deployment apply again.
    async fn enable_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: DeploymentInput,
    ) -> Result<DeploymentPayload> {
        Enable(input).carry_out(context).await
    }

    /// Deletes a deployment. Its history stays.
    async fn delete_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: DeploymentInput,
    ) -> Result<DeploymentPayload> {
        Delete(input).carry_out(context).await
    }

    /// Puts a deployment that a catalogue recommends in force.
    async fn approve_recommendation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: DeploymentInput,
    ) -> Result<DeploymentPayload> {
        Approve(input).carry_out(context).await
    }

    /// Says that a deployment that a catalogue recommends is not wanted.
    async fn dismiss_recommendation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: DeploymentInput,
    ) -> Result<DeploymentPayload> {
        Dismiss(input).carry_out(context).await
    }
}
