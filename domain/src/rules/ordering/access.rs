use super::{Ordering, OrderingCommand, TheOrdering};
use crate::access::{Action, Audience, Guarded, Need, Owner, Permission, Whereabouts};
use crate::kernel::ids::TenantId;

impl Guarded for Ordering {
    const NOUN: &'static str = "order of items";
    const AUDIENCE: Audience = Audience::Installation;

    fn sight(&self, _: TheOrdering, _: &dyn Whereabouts) -> Option<Action> {
        Some(Action::ReadCatalogue)
    }

    fn needs(&self, _: TheOrdering, command: &OrderingCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            OrderingCommand::Move { .. } => vec![Need::Permission(
                Permission::ManageOrdering,
                Owner::Installation,
            )],
        }
    }

    fn tenant(&self, _: TheOrdering, _: &OrderingCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        None
    }
}
