use super::{CloudTask, CloudTaskCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::ids::{CloudTaskId, TenantId};

impl Guarded for CloudTask {
    const NOUN: &'static str = "cloud task";
    const AUDIENCE: Audience = Audience::Installation;

    fn sight(&self, _: CloudTaskId, _: &dyn Whereabouts) -> Option<Action> {
        Some(Action::ReadCatalogue)
    }

    fn needs(&self, _: CloudTaskId, command: &CloudTaskCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            CloudTaskCommand::Create { .. } | CloudTaskCommand::Rename { .. } => {
                vec![Action::ManageCatalogue.into()]
            }
        }
    }

    fn tenant(
        &self,
        _: CloudTaskId,
        _: &CloudTaskCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        None
    }
}
