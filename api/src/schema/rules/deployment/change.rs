//! Creating and changing deployments.

use super::desired::DesiredStateInput;
use super::force::{Enforcement, Origin};
use super::node::DeploymentNode;
use super::target_input::TargetInput;
use crate::schema::catalogue::parameter::{GivenParameterInput, given, path_of};
use crate::schema::change::{change, seen};
use crate::schema::or_default::OrDefault;
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, At as _, Change, Confirmation, Plan, Stop};
use upkeep_domain::catalogue::cloud_task::CloudTask;
use upkeep_domain::catalogue::parameter::Faults;
use upkeep_domain::catalogue::software::Software;
use upkeep_domain::catalogue::task::Task;
use upkeep_domain::kernel::ids::DeploymentId;
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, MaintenanceItem, Membership, Rule, Target,
};

payloads! {
    /// The answer to a mutation of a deployment.
    [CreateDeploymentPayload ChangeDeploymentPayload DisableDeploymentPayload EnableDeploymentPayload DeleteDeploymentPayload ApproveRecommendationPayload DismissRecommendationPayload] of Deployment {
        /// The deployment, with the change.
        deployment: DeploymentNode
    }
}

inputs! {
    /// A new deployment.
    CreateDeploymentInput {
        /// The software that it is about; if not given, a task or a cloud task is.
        software_id: Option<ID>,
        /// The cloud task that it is about; if not given, a software or a task is.
        cloud_task_id: Option<ID>,
        /// The task that it is about; if not given, a software or a cloud task is.
        task_id: Option<ID>,
        /// The computers or tenants that it is for.
        target: TargetInput,
        /// The state that the item should have there.
        desired: DesiredStateInput,
        /// When it is acted on; REQUIRED if not given.
        enforcement: OrDefault<Enforcement>,
        /// Where it comes from, LOCAL if not given; a recommended one is in force once it was approved.
        origin: OrDefault<Origin>,
        /// What it tells its task, each parameter once; the task's defaults if not given.
        #[graphql(validator(max_items = 50))]
        parameters: Option<Vec<GivenParameterInput>>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// What changes in a deployment; what is not given stays.
    ChangeDeploymentInput {
        /// The deployment.
        id: ID,
        /// Other computers; they stay if not given.
        target: Option<TargetInput>,
        /// Another state; it stays if not given.
        desired: Option<DesiredStateInput>,
        /// When it is acted on; it stays if not given.
        enforcement: Option<Enforcement>,
        /// All that it tells its task: what is not among it is not told any more; it stays if not given.
        #[graphql(validator(max_items = 50))]
        parameters: Option<Vec<GivenParameterInput>>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A deployment to be disabled.
    DisableDeploymentInput {
        /// The deployment.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A deployment to be enabled.
    EnableDeploymentInput {
        /// The deployment.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A deployment to be deleted.
    DeleteDeploymentInput {
        /// The deployment.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A recommended deployment to be approved.
    ApproveRecommendationInput {
        /// The deployment.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A recommended deployment to be dismissed.
    DismissRecommendationInput {
        /// The deployment.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl CreateDeploymentInput {
    fn item(&self, ask: &Ask) -> Result<MaintenanceItem, Stop> {
        match (&self.software_id, &self.cloud_task_id, &self.task_id) {
            (Some(id), None, None) => seen::<Software>(ask, id, "softwareId")
                .map(|software| MaintenanceItem::Software(software.id)),
            (None, Some(id), None) => seen::<CloudTask>(ask, id, "cloudTaskId")
                .map(|task| MaintenanceItem::CloudTask(task.id)),
            (None, None, Some(id)) => {
                seen::<Task>(ask, id, "taskId").map(|task| MaintenanceItem::Task(task.id))
            }
            _ => {
                let message = "give exactly one of softwareId, cloudTaskId and taskId";
                Err(Stop::invalid(message).at("softwareId"))
            }
        }
    }
}

impl Change for CreateDeploymentInput {
    type Of = Deployment;

    fn plan(&self, ask: &Ask) -> Result<Plan<Deployment>, Stop> {
        let target = self.target.check(ask)?;
        let rule = Rule {
            item: self.item(ask)?,
            target: target.clone(),
            desired: self.desired.check()?,
            enforcement: self.enforcement.0.into(),
            origin: self.origin.0.into(),
            parameters: given(self.parameters.as_deref().unwrap_or_default())?,
        };
        let id = DeploymentId(ask.new_id("deployment"));
        let plan = ask.make(id, DeploymentCommand::Create(Box::new(rule.clone())))?;
        ask.is_served(rule.item, &rule.desired).at("desired")?;
        refuse_misfits(ask, &rule, self.parameters.as_deref())?;
        ask.has_room(&target, None).at("target")?;
        refuse_if_gone(ask, &target)?;
        Ok(plan)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Change for ChangeDeploymentInput {
    type Of = Deployment;

    fn plan(&self, ask: &Ask) -> Result<Plan<Deployment>, Stop> {
        let known = seen::<Deployment>(ask, &self.id, "id")?;
        let rule = known.state.rule.as_ref();
        let (item, former) = (rule.map(|rule| rule.item), rule.map(|rule| &rule.target));
        let target = self.target.as_ref().map(|target| target.check(ask));
        let target = target.transpose()?;
        let desired = self.desired.as_ref().map(DesiredStateInput::check);
        let desired = desired.transpose()?;
        let parameters = self.parameters.as_deref().map(given).transpose()?;
        let plan = known.plan(DeploymentCommand::Change {
            target: target.clone(),
            desired: desired.clone(),
            enforcement: self.enforcement.map(Into::into),
            parameters: parameters.clone(),
        })?;
        if let (Some(item), Some(desired)) = (item, &desired) {
            ask.is_served(item, desired).at("desired")?;
        }
        let is_told_anew = desired.is_some() || parameters.is_some() || target.is_some();
        if let Some(rule) = rule.filter(|_| is_told_anew) {
            let mut after = Rule::clone(rule);
            after.target = target.clone().unwrap_or(after.target);
            after.desired = desired.unwrap_or(after.desired);
            after.parameters = parameters.unwrap_or(after.parameters);
            refuse_misfits(ask, &after, self.parameters.as_deref())?;
        }
        if let Some(target) = &target {
            ask.has_room(target, former).at("target")?;
            refuse_if_gone(ask, target)?;
        }
        Ok(plan)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

/// Refuses what does not fit the task's parameters, with the way to the first thing that does not.
fn refuse_misfits(
    ask: &Ask,
    rule: &Rule,
    list: Option<&[GivenParameterInput]>,
) -> Result<(), Stop> {
    let fits = ask.fits(rule).and_then(|()| ask.secrets_serve(rule));
    fits.map_err(|faults| {
        let way = path_of(&faults, list.unwrap_or_default());
        Stop::refused(Faults::CODE, faults.to_string()).at(way)
    })
}

/// Refuses a target in a tenant that was removed: it could not be taken back there.
fn refuse_if_gone(ask: &Ask, target: &Target) -> Result<(), Stop> {
    let view = ask.view();
    let group = match &target.membership {
        Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
            let entry = view.groups.get(*group);
            let definition = entry.and_then(|entry| entry.state.definition.as_ref());
            definition.map(|definition| definition.tenant)
        }
        _ => None,
    };
    for tenant in [view.tenant_of_scope(target.scope), group] {
        ask.refuse_if_removed(tenant).at("target")?;
    }
    Ok(())
}

/// The commands that say nothing but which deployment.
macro_rules! simple {
    ($($input:ident => $command:ident,)*) => {$(
        impl Change for $input {
            type Of = Deployment;

            fn plan(&self, ask: &Ask) -> Result<Plan<Deployment>, Stop> {
                seen::<Deployment>(ask, &self.id, "id")?.plan(DeploymentCommand::$command)
            }

            fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
                Confirmation::Wanted(self.confirm_impact)
            }
        }
    )*};
}

simple! {
    DisableDeploymentInput => Disable,
    EnableDeploymentInput => Enable,
    DeleteDeploymentInput => Delete,
    ApproveRecommendationInput => ApproveRecommendation,
    DismissRecommendationInput => DismissRecommendation,
}

/// What can be changed about deployments.
#[derive(Default)]
pub struct DeploymentMutation;

#[Object]
impl DeploymentMutation {
    /// Creates a deployment. It acts when the next session of a computer resolves it. One that changes more than 25 computers
    /// must say how many: previewChange tells.
    async fn create_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: CreateDeploymentInput,
    ) -> Result<Option<CreateDeploymentPayload>> {
        change(context, "createDeployment", input).await
    }

    /// Changes a deployment's target, its desired state, its enforcement, what it tells its task, or several of them.
    async fn change_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeDeploymentInput,
    ) -> Result<Option<ChangeDeploymentPayload>> {
        change(context, "changeDeployment", input).await
    }

    /// Stops a deployment from applying, without deleting it.
    async fn disable_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: DisableDeploymentInput,
    ) -> Result<Option<DisableDeploymentPayload>> {
        change(context, "disableDeployment", input).await
    }

    /// Lets a disabled deployment apply again.
    async fn enable_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: EnableDeploymentInput,
    ) -> Result<Option<EnableDeploymentPayload>> {
        change(context, "enableDeployment", input).await
    }

    /// Deletes a deployment. Its history stays.
    async fn delete_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: DeleteDeploymentInput,
    ) -> Result<Option<DeleteDeploymentPayload>> {
        change(context, "deleteDeployment", input).await
    }

    /// Puts a deployment that a catalogue recommends in force.
    async fn approve_recommendation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: ApproveRecommendationInput,
    ) -> Result<Option<ApproveRecommendationPayload>> {
        change(context, "approveRecommendation", input).await
    }

    /// Says that a deployment that a catalogue recommends is not wanted.
    async fn dismiss_recommendation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The deployment.")] input: DismissRecommendationInput,
    ) -> Result<Option<DismissRecommendationPayload>> {
        change(context, "dismissRecommendation", input).await
    }
}
