use super::{Agreement, AgreementCommand};
use crate::access::{Action, Guarded, Need, Whereabouts};
use crate::kernel::ids::{AgreementId, TenantId};

impl Agreement {
    /// Whose it is, or will be once this command made it.
    fn owner(&self, command: Option<&AgreementCommand>) -> Option<TenantId> {
        match command {
            Some(AgreementCommand::Add { tenant, .. }) => Some(*tenant),
            _ => Some(self.terms.as_ref()?.tenant),
        }
    }
}

impl Guarded for Agreement {
    const NOUN: &'static str = "agreement";

    fn sight(&self, _: AgreementId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner(None)?;
        Some(Action::ReadTenant { tenant })
    }

    fn needs(&self, _: AgreementId, command: &AgreementCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match self.owner(Some(command)) {
            Some(tenant) => vec![Action::ManageAgreements { tenant }.into()],
            None => vec![Need::Server],
        }
    }

    fn tenant(
        &self,
        _: AgreementId,
        command: &AgreementCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        self.owner(Some(command))
    }
}
