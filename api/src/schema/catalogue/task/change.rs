//! Changing tasks.

use super::node::{Concurrency, TaskNode, TaskScriptRole};
use crate::schema::catalogue::parameter::{self, TaskParameterInput};
use crate::schema::catalogue::script::ScriptInput;
use crate::schema::change::{change, name, optional_notes, seen};
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, At as _, Change, Confirmation, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::task::{self, Task, TaskCommand};
use upkeep_domain::kernel::ids::TaskId;

payloads! {
    /// The answer to a mutation of a task.
    [CreateTaskPayload RenameTaskPayload WriteTaskNotesPayload SetTaskScriptPayload RemoveTaskScriptPayload DefineTaskParametersPayload ChooseTaskConcurrencyPayload] of Task {
        /// The task, with the change.
        task: TaskNode
    }
}

inputs! {
    /// A new task.
    CreateTaskInput {
        /// Its name.
        name: String,
    }
    /// Another name for a task.
    RenameTaskInput {
        /// The task.
        id: ID,
        /// Its new name.
        name: String,
    }
    /// What technicians should know of a task.
    WriteTaskNotesInput {
        /// The task.
        id: ID,
        /// Lines of plain text, at most 10,000 characters; taken away if not given.
        notes: Option<String>,
    }
    /// A script for a task.
    SetTaskScriptInput {
        /// The task.
        id: ID,
        /// Its part in the task. Separate scripts and a combined one do not stand beside each other.
        role: TaskScriptRole,
        /// The script; 120 seconds if it tests or gets and says nothing, else 900.
        script: ScriptInput,
        /// On how many computers its scripts run, as the task's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// On how many computers a task may be brought about at once.
    ChooseTaskConcurrencyInput {
        /// The task.
        id: ID,
        /// On how many.
        concurrency: Concurrency,
    }
    /// A script that a task is not to have any more.
    RemoveTaskScriptInput {
        /// The task.
        id: ID,
        /// Its part in the task.
        role: TaskScriptRole,
        /// On how many computers its scripts run, as the task's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// What a task can be told.
    DefineTaskParametersInput {
        /// The task.
        id: ID,
        /// All of its parameters, at most 50, in the order in which people are asked: what is not among them is none any more.
        #[graphql(validator(max_items = 50))]
        parameters: Vec<TaskParameterInput>,
        /// On how many computers its scripts run, as the task's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl Change for ChooseTaskConcurrencyInput {
    type Of = Task;

    fn plan(&self, ask: &Ask) -> Result<Plan<Task>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let concurrency = self.concurrency.into();
        seen::<Task>(ask, &self.id, "id")?.plan(TaskCommand::ChooseConcurrency { concurrency })
    }
}

impl Change for CreateTaskInput {
    type Of = Task;

    fn plan(&self, ask: &Ask) -> Result<Plan<Task>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let name = name("name", &self.name)?;
        let id = TaskId(ask.new_id("task"));
        ask.make(id, TaskCommand::Create { name })
    }
}

impl Change for RenameTaskInput {
    type Of = Task;

    fn plan(&self, ask: &Ask) -> Result<Plan<Task>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let name = name("name", &self.name)?;
        seen::<Task>(ask, &self.id, "id")?.plan(TaskCommand::Rename { name })
    }
}

impl Change for WriteTaskNotesInput {
    type Of = Task;

    fn plan(&self, ask: &Ask) -> Result<Plan<Task>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let notes = optional_notes("notes", self.notes.as_ref())?;
        seen::<Task>(ask, &self.id, "id")?.plan(TaskCommand::WriteNotes { notes })
    }
}

runs_on_computers! { Task:
    SetTaskScriptInput => |input| TaskCommand::SetScript {
        role: input.role.into(),
        script: input.script.check("script", task::TaskScriptRole::from(input.role).usual_timeout())?,
    };
    RemoveTaskScriptInput => |input| TaskCommand::RemoveScript {
        role: input.role.into(),
    };
}

impl Change for DefineTaskParametersInput {
    type Of = Task;

    fn plan(&self, ask: &Ask) -> Result<Plan<Task>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let task = seen::<Task>(ask, &self.id, "id")?;
        let parameters = parameter::check(&self.parameters)?;
        let command = TaskCommand::DefineParameters {
            parameters: parameters.clone(),
        };
        let plan = task.plan(command)?;
        ask.refuse_if_in_use(plan.id(), &parameters)
            .at("parameters")?;
        Ok(plan)
    }

    fn confirmation(&self, plan: &Plan<Task>) -> Confirmation {
        Confirmation::run(plan.id(), self.confirm_impact)
    }
}

/// What can be changed about tasks.
#[derive(Default)]
pub struct TaskMutation;

#[Object]
impl TaskMutation {
    /// Creates a task. Set its scripts next.
    async fn create_task(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The task.")] input: CreateTaskInput,
    ) -> Result<Option<CreateTaskPayload>> {
        change(context, "createTask", input).await
    }

    /// Gives a task another name.
    async fn rename_task(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The task and its name.")] input: RenameTaskInput,
    ) -> Result<Option<RenameTaskPayload>> {
        change(context, "renameTask", input).await
    }

    /// Writes what technicians should know of a task.
    async fn write_task_notes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The task and its notes.")] input: WriteTaskNotesInput,
    ) -> Result<Option<WriteTaskNotesPayload>> {
        change(context, "writeTaskNotes", input).await
    }

    /// Gives a task a script, or another one. Which modes it can serve follows from the scripts that it has.
    async fn set_task_script(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The task and its script.")] input: SetTaskScriptInput,
    ) -> Result<Option<SetTaskScriptPayload>> {
        change(context, "setTaskScript", input).await
    }

    /// Chooses on how many computers a task may be brought about at once.
    async fn choose_task_concurrency(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The task and the choice.")] input: ChooseTaskConcurrencyInput,
    ) -> Result<Option<ChooseTaskConcurrencyPayload>> {
        change(context, "chooseTaskConcurrency", input).await
    }

    /// Takes a script away from a task. Sessions that would have run it fail their action and say so.
    async fn remove_task_script(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The task and the role.")] input: RemoveTaskScriptInput,
    ) -> Result<Option<RemoveTaskScriptPayload>> {
        change(context, "removeTaskScript", input).await
    }

    /// Defines what a task can be told: all of its parameters at once. Refused where deployments tell it what would not fit any more.
    async fn define_task_parameters(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The task and its parameters.")] input: DefineTaskParametersInput,
    ) -> Result<Option<DefineTaskParametersPayload>> {
        change(context, "defineTaskParameters", input).await
    }
}
