use super::{Secret, SecretCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::ids::{SecretId, TenantId};

impl Guarded for Secret {
    const NOUN: &'static str = "secret";
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, _: SecretId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner()?;
        Some(Action::ManageSecrets { tenant })
    }

    fn needs(&self, _: SecretId, command: &SecretCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match (command, self.owner()) {
            (SecretCommand::Create { tenant, .. }, _) => {
                vec![Action::ManageSecrets { tenant: *tenant }.into()]
            }
            (SecretCommand::Change { .. } | SecretCommand::Remove, Some(tenant)) => {
                vec![Action::ManageSecrets { tenant }.into()]
            }
            (SecretCommand::Change { .. } | SecretCommand::Remove, None) => vec![Need::Server],
        }
    }

    fn tenant(
        &self,
        _: SecretId,
        command: &SecretCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        match command {
            SecretCommand::Create { tenant, .. } => *tenant,
            SecretCommand::Change { .. } | SecretCommand::Remove => self.owner().flatten(),
        }
    }

    fn outlives_its_tenant(command: &SecretCommand) -> bool {
        matches!(command, SecretCommand::Remove)
    }
}
