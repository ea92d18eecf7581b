use super::{Task, TaskCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::ids::{TaskId, TenantId};

impl Guarded for Task {
    const NOUN: &'static str = "task";
    const AUDIENCE: Audience = Audience::Installation;

    fn sight(&self, _: TaskId, _: &dyn Whereabouts) -> Option<Action> {
        Some(Action::ReadCatalogue)
    }

    fn needs(&self, _: TaskId, command: &TaskCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            TaskCommand::Create { .. }
            | TaskCommand::Rename { .. }
            | TaskCommand::WriteNotes { .. }
            | TaskCommand::SetScript { .. }
            | TaskCommand::RemoveScript { .. }
            | TaskCommand::DefineParameters { .. }
            | TaskCommand::ChooseConcurrency { .. } => vec![Action::ManageCatalogue.into()],
        }
    }

    fn tenant(&self, _: TaskId, _: &TaskCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        None
    }
}
