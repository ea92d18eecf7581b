use super::{Person, PersonCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::fleet::passage::Passage;
use crate::kernel::ids::{PersonId, TenantId};

impl Person {
    fn owner(&self) -> Option<TenantId> {
        Some(self.profile.as_ref()?.tenant)
    }
}

impl Guarded for Person {
    const NOUN: &'static str = "person";
    const AUDIENCE: Audience = Audience::Tenant;

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
            PersonCommand::Rename { .. }
            | PersonCommand::ChangeUpn { .. }
            | PersonCommand::ChangeTags(_)
            | PersonCommand::Remove => vec![manage(self.owner())],
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

    fn passage(&self, person: PersonId, command: &PersonCommand) -> Option<Passage> {
        let (tenant, upn) = match (&self.profile, command) {
            (None, PersonCommand::Add { tenant, upn, .. }) => (*tenant, upn.as_ref()?),
            (Some(known), PersonCommand::ChangeUpn { upn }) if *upn != known.upn => {
                (known.tenant, upn.as_ref()?)
            }
            (Some(known), PersonCommand::Move { tenant }) if *tenant != known.tenant => {
                (*tenant, known.upn.as_ref()?)
            }
            _ => return None,
        };
        // Nobody who left comes to have one.
        if self.is_removed {
            return None;
        }
        Some(Passage::Upn {
            person,
            tenant,
            upn: upn.clone(),
        })
    }
}
