//! What is shown of a task.

use super::value::{CollectedNode, history, values};
use crate::request::{Request, moment};
use crate::schema::catalogue::parameter::ParameterNode;
use crate::schema::catalogue::reach::reach_of;
use crate::schema::catalogue::script::ScriptNode;
use crate::schema::maintenance::session::SessionNode;
use crate::schema::page::{
    Page, PageArguments, TEXT_COST, assumed, list_cost, short_list_cost, times,
};
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{Change, global_id_in};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::task::{self, Notes, Task};
use upkeep_domain::kernel::ids::TaskId;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// The part that a script has in a task. It finds what is asked of it in UPKEEP_METHOD.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::TaskScriptRole")]
pub enum TaskScriptRole {
    /// Tells whether it is as it should be: true or false, once. Anything else says nothing, and the action fails.
    Test,
    /// Makes it as it should be.
    Set,
    /// Tells its value: one value of any shape, at most 16 KiB of JSON. Anything else says nothing, and the action fails.
    Get,
    /// All of them: it looks at UPKEEP_METHOD, which is test, set or get. A task has separate scripts or this one.
    Combined,
}

impl std::fmt::Debug for TaskScriptRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        task::TaskScriptRole::from(*self).fmt(f)
    }
}

/// In which way a task is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::TaskMode")]
pub enum TaskMode {
    /// It is tested, set where it is not as it should be, and tested again. Takes a test and a set script.
    Enforce,
    /// It is tested; what differs fails the action, and nothing is done. Takes a test script.
    Audit,
    /// Its value is collected. Takes a get script.
    Monitor,
}

/// On how many computers a task may be brought about at once. To test and to get it is nobody's turn.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::Concurrency", name = "TaskConcurrency")]
pub enum Concurrency {
    /// On any.
    Parallel,
    /// On one in the whole installation: the others wait for its turn, a day at most.
    Serial,
}

impl std::fmt::Debug for Concurrency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        task::Concurrency::from(*self).fmt(f)
    }
}

/// A script of a task, with its part in it.
#[derive(SimpleObject)]
pub struct TaskScript {
    /// Its part.
    role: TaskScriptRole,
    /// The script.
    script: ScriptNode,
}

/// A task of the catalogue.
#[derive(Clone)]
pub struct TaskNode {
    view: Arc<View>,
    id: TaskId,
    entry: Arc<Entry<Task>>,
}

impl TaskNode {
    /// The task, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: TaskId) -> Option<Self> {
        let entry = view.tasks.get(id)?.clone();
        request.may(Action::ReadCatalogue).then(|| Self {
            view: view.clone(),
            id,
            entry,
        })
    }

    /// The task that an item is, if it is one.
    pub fn of(request: &Request, view: &Arc<View>, item: MaintenanceItem) -> Option<Self> {
        Self::find(request, view, item.task()?)
    }
}

/// A task of the catalogue: something on a computer that is no software, and that scripts test, set and read.
#[Object(name = "Task")]
impl TaskNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Task", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> &str {
        self.entry.state.name.as_ref().map_or("", Name::as_str)
    }

    /// What technicians should know of it: lines of plain text, at most 10,000 characters; nothing if you may not read scripts.
    #[graphql(complexity = "TEXT_COST")]
    async fn notes(&self, context: &Context<'_>) -> Option<&str> {
        let may_read = Request::of(context).may(Action::ReadScripts);
        let notes = self.entry.state.notes.as_ref();
        notes.filter(|_| may_read).map(Notes::as_str)
    }

    /// Its scripts, at most one for each role.
    #[graphql(complexity = "times(assumed::TASK_SCRIPTS, child_complexity)")]
    async fn scripts(&self) -> Vec<TaskScript> {
        let scripts = self.entry.state.scripts.iter();
        let scripts = scripts.map(|(role, script)| TaskScript {
            role: role.into(),
            script: ScriptNode(script.clone()),
        });
        scripts.collect()
    }

    /// What deployments can tell it, at most 50, in the order in which people are asked. All of its scripts are told.
    #[graphql(complexity = "times(assumed::PARAMETERS, child_complexity)")]
    async fn parameters(&self) -> Vec<ParameterNode> {
        let parameters = self.entry.state.parameters.iter();
        parameters.cloned().map(ParameterNode).collect()
    }

    /// The modes that it can serve, at most three, which follow from its scripts: deployments in others are refused.
    #[graphql(complexity = "times(assumed::TASK_SCRIPTS, child_complexity.max(1))")]
    async fn modes(&self) -> Vec<TaskMode> {
        self.entry.state.modes().map(TaskMode::from).collect()
    }

    /// On how many computers it may be brought about at once.
    async fn concurrency(&self) -> Concurrency {
        self.entry.state.concurrency.into()
    }

    /// The session that brings it about now, if it is serial and you may see that one: it holds the task's lock until its set script has
    /// ended.
    async fn held_by(&self, context: &Context<'_>) -> Option<SessionNode> {
        let now = moment(context, &self.view);
        let session = self.view.sessions.locking(self.id, now)?;
        SessionNode::find(Request::of(context), &self.view, session)
    }

    /// How many sessions that you may see wait for its lock.
    #[graphql(complexity = 100)]
    async fn waiting_count(&self, context: &Context<'_>) -> usize {
        let request = Request::of(context);
        let is_seen = |session| SessionNode::find(request, &self.view, session).is_some();
        let waiting = self.view.sessions.awaiting(self.id);
        waiting.filter(|session| is_seen(*session)).count()
    }

    /// The values that monitoring collected last, each with its computer, of the computers that you may see and that were not removed. What
    /// a session of another tenant told is not among them: one that had the computer before.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn values(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this tenant's computers.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<CollectedNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        values(context, &self.view, self.id, tenant_id.as_ref(), &arguments)
    }

    /// The values that monitoring collected on one computer, oldest first, as far as those of its 50 newest sessions told any that you may
    /// see. Ask for the last ones to see the newest.
    #[graphql(
        complexity = "100 + short_list_cost(first, last, assumed::COUNTED, child_complexity)"
    )]
    async fn value_history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] computer_id: ID,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<CollectedNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        history(context, &self.view, self.id, &computer_id, &arguments).await
    }

    /// On how many computers that you may see its scripts run: a deployment that wins there names it and does not leave it alone. The
    /// number that confirmImpact wants where a script changes.
    #[graphql(complexity = 100)]
    async fn reach(&self, context: &Context<'_>) -> Result<usize> {
        reach_of(context, &self.view, MaintenanceItem::Task(self.id)).await
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Task>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Task>(context, &self.view, self.id)
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
