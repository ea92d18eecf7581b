use super::{Tenant, TenantCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::fleet::passage::{Passage, Wanted};
use crate::kernel::ids::TenantId;

impl Guarded for Tenant {
    const NOUN: &'static str = "tenant";
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, tenant: TenantId, _: &dyn Whereabouts) -> Option<Action> {
        Some(Action::ReadTenant { tenant })
    }

    fn needs(&self, _: TenantId, command: &TenantCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            TenantCommand::Create { .. }
            | TenantCommand::Rename { .. }
            | TenantCommand::SetParent { .. }
            | TenantCommand::ChangeTags(_)
            | TenantCommand::SetTimeZone { .. }
            | TenantCommand::ExcludeFromCrossTenant
            | TenantCommand::IncludeInCrossTenant
            | TenantCommand::SetPresence { .. } => vec![Action::ManageTenants.into()],
        }
    }

    fn tenant(&self, id: TenantId, _: &TenantCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        Some(id)
    }

    /// The tree decides for itself which of its tenants are there.
    fn outlives_its_tenant(command: &TenantCommand) -> bool {
        matches!(
            command,
            TenantCommand::SetParent { .. } | TenantCommand::SetPresence { .. }
        )
    }

    fn passage(&self, tenant: TenantId, command: &TenantCommand) -> Option<Passage> {
        let tree = |wanted| Passage::Tree { tenant, wanted };
        match *command {
            TenantCommand::SetParent { parent, .. } => Some(tree(Wanted::Parent(parent))),
            TenantCommand::SetPresence { presence, .. } => Some(tree(Wanted::Presence(presence))),
            TenantCommand::Create { parent, .. } => {
                parent.map(|parent| Passage::PlaceInTree { tenant, parent })
            }
            _ => None,
        }
    }
}
