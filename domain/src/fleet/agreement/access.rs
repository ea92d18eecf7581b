use super::{Agreement, AgreementCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
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
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, _: AgreementId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner(None)?;
        Some(Action::ReadTenant { tenant })
    }

    fn needs(&self, _: AgreementId, command: &AgreementCommand, _: &dyn Whereabouts) -> Vec<Need> {
        let manage = match self.owner(Some(command)) {
            Some(tenant) => Action::ManageAgreements { tenant }.into(),
            None => Need::Server,
        };
        match command {
            AgreementCommand::Add { .. }
            | AgreementCommand::Change { .. }
            | AgreementCommand::RecordAddition { .. }
            | AgreementCommand::RemoveAddition { .. }
            | AgreementCommand::Remove => vec![manage],
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
