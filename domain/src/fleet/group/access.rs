use super::{Group, GroupCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
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
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, _: GroupId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner(None)?;
        Some(Action::ReadTenant { tenant })
    }

    fn needs(&self, _: GroupId, command: &GroupCommand, _: &dyn Whereabouts) -> Vec<Need> {
        let manage = match self.owner(Some(command)) {
            Some(tenant) => Action::ManagePeople { tenant }.into(),
            None => Need::Server,
        };
        match command {
            GroupCommand::Create { .. }
            | GroupCommand::Rename { .. }
            | GroupCommand::ChangeMembers { .. }
            | GroupCommand::Remove => vec![manage],
        }
    }

    fn tenant(&self, _: GroupId, command: &GroupCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        self.owner(Some(command))
    }
}
