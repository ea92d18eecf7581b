use super::{Person, PersonCommand};
use crate::access::{Action, Guarded, Need, Whereabouts};
use crate::kernel::ids::{PersonId, TenantId};

impl Person {
    fn owner(&self) -> Option<TenantId> {
        Some(self.profile.as_ref()?.tenant)
    }
}

impl Guarded for Person {
    const NOUN: &'static str = "person";

    fn sight(&self, _: PersonId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner()?;
        Some(Action::ReadTenant { tenant })
    }

    fn needs(&self, _: PersonId, command: &PersonCommand, _: &dyn Whereabouts) -> Vec<Need> {
        let manage = |tenant: Option<TenantId>| match tenant {
            Some(tenant) => Action::ManagePeople { tenant }.into(),
            None => Need::Server,
        };
        match command {
            PersonCommand::Add { tenant, .. } => vec![manage(Some(*tenant))],
            // Who goes is taken from one tenant and given to another.
            PersonCommand::Move { tenant } => vec![manage(self.owner()), manage(Some(*tenant))],
            _ => vec![manage(self.owner())],
        }
    }

    fn tenant(
        &self,
        _: PersonId,
        command: &PersonCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        match command {
            PersonCommand::Add { tenant, .. } | PersonCommand::Move { tenant } => Some(*tenant),
            _ => self.owner(),
        }
    }
}
