use super::{Group, GroupCommand};
use crate::access::{Action, Guarded, Need, Whereabouts};
use crate::kernel::ids::{GroupId, TenantId};

impl Group {
    /// Whose it is, or will be once this command made it.
    fn owner(&self, command: Option<&GroupCommand>) -> Option<TenantId> {
        match command {
            Some(GroupCommand::Create { tenant, .. }) => Some(*tenant),
            _ => Some(self.definition.as_ref()?.tenant),
        }
    }
}

impl Guarded for Group {
    const NOUN: &'static str = "group";

    fn sight(&self, _: GroupId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner(None)?;
        Some(Action::ReadTenant { tenant })
    }

    fn needs(&self, _: GroupId, command: &GroupCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match self.owner(Some(command)) {
            Some(tenant) => vec![Action::ManagePeople { tenant }.into()],
            None => vec![Need::Server],
        }
    }

    fn tenant(&self, _: GroupId, command: &GroupCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        self.owner(Some(command))
    }
}
