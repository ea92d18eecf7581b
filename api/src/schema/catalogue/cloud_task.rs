//! Cloud tasks: maintenance items of tenants.

use crate::request::{Request, view_at};
use crate::schema::change::{change, name, seen};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Page, PageArguments, list_cost, skip_cost, walk};
use crate::schema::part::Part;
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{AsOfInput, Change, global_id_in};
use async_graphql::{Context, ID, InputObject, Object, Result};
use std::sync::Arc;
use upkeep_commands::{Ask, Change as Changing, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::cloud_task::{CloudTask, CloudTaskCommand};
use upkeep_domain::kernel::ids::CloudTaskId;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// A maintenance item of a tenant, not of a computer.
#[derive(Clone)]
pub struct CloudTaskNode {
    view: Arc<View>,
    id: CloudTaskId,
    entry: Arc<Entry<CloudTask>>,
}

impl CloudTaskNode {
    /// The task, if known and the caller may see the catalogue.
    pub fn find(request: &Request, view: &Arc<View>, id: CloudTaskId) -> Option<Self> {
        let entry = view.cloud_tasks.get(id)?.clone();
        request.may(Action::ReadCatalogue).then(|| Self {
            view: view.clone(),
            id,
            entry,
        })
    }

    /// The task that an item is, if it is one.
    pub fn of(request: &Request, view: &Arc<View>, item: MaintenanceItem) -> Option<Self> {
        match item {
            MaintenanceItem::CloudTask(id) => Self::find(request, view, id),
            MaintenanceItem::Software(_) | MaintenanceItem::Task(_) => None,
        }
    }
}

/// A maintenance item of a tenant, not of a computer.
#[Object(name = "CloudTask")]
impl CloudTaskNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "CloudTask", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> Option<&str> {
        self.entry.state.name.as_ref().map(Name::as_str)
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<CloudTask>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<CloudTask>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who created it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed it, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}

/// Which cloud tasks; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CloudTaskFilter {
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
}

/// What can be asked about cloud tasks.
#[derive(Default)]
pub struct CloudTaskQuery;

#[Object]
impl CloudTaskQuery {
    /// The cloud tasks of the catalogue, in the order of their creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn cloud_tasks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<CloudTaskFilter>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(
            desc = "How many to pass over from the start, 0 to 200,000, in place of a cursor; none if not given."
        )]
        skip: Option<i32>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<CloudTaskNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        request.require(Action::ReadCatalogue)?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let part = Part::of(filter.0.name_contains.as_deref());
        walk(
            context,
            &view,
            &arguments,
            |view, within| Box::new(view.cloud_tasks.within(within)),
            move |_, view, id| {
                let entry = view.cloud_tasks.get(id);
                let name = entry.and_then(|entry| entry.state.name.as_ref());
                part.is_in(name.map_or("", |name| name.as_str()))
            },
            |id| CloudTaskNode::find(request, &view, id),
        )
        .map(Some)
    }
}

payloads! {
    /// The answer to a mutation of a cloud task.
    [CreateCloudTaskPayload RenameCloudTaskPayload] of CloudTask {
        /// The cloud task, with the change.
        cloud_task: CloudTaskNode
    }
}

inputs! {
    /// A new cloud task.
    CreateCloudTaskInput {
        /// Its name.
        name: String,
    }
    /// Another name for a cloud task.
    RenameCloudTaskInput {
        /// The cloud task.
        id: ID,
        /// Its new name.
        name: String,
    }
}

impl Changing for CreateCloudTaskInput {
    type Of = CloudTask;

    fn plan(&self, ask: &Ask) -> Result<Plan<CloudTask>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let name = name("name", &self.name)?;
        let id = CloudTaskId(ask.new_id("cloudTask"));
        ask.make(id, CloudTaskCommand::Create { name })
    }
}

impl Changing for RenameCloudTaskInput {
    type Of = CloudTask;

    fn plan(&self, ask: &Ask) -> Result<Plan<CloudTask>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let name = name("name", &self.name)?;
        seen::<CloudTask>(ask, &self.id, "id")?.plan(CloudTaskCommand::Rename { name })
    }
}

/// What can be changed about cloud tasks.
#[derive(Default)]
pub struct CloudTaskMutation;

#[Object]
impl CloudTaskMutation {
    /// Creates a cloud task. Assign it to tenants by deployments.
    async fn create_cloud_task(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The cloud task.")] input: CreateCloudTaskInput,
    ) -> Result<Option<CreateCloudTaskPayload>> {
        change(context, "createCloudTask", input).await
    }

    /// Gives a cloud task another name.
    async fn rename_cloud_task(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The cloud task and its name.")] input: RenameCloudTaskInput,
    ) -> Result<Option<RenameCloudTaskPayload>> {
        change(context, "renameCloudTask", input).await
    }
}
