use super::{CloudTask, CloudTaskCommand};
use crate::access::{Action, Guarded, Need, Whereabouts};
use crate::kernel::ids::{CloudTaskId, TenantId};

impl Guarded for CloudTask {
    const NOUN: &'static str = "cloud task";

    fn sight(&self, _: CloudTaskId, _: &dyn Whereabouts) -> Option<Action> {
        Some(Action::ReadCatalogue)
    }

    fn needs(&self, _: CloudTaskId, _: &CloudTaskCommand, _: &dyn Whereabouts) -> Vec<Need> {
        vec![Action::ManageCatalogue.into()]
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
