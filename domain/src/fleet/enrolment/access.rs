use super::{EnrolmentToken, EnrolmentTokenCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::ids::{EnrolmentTokenId, TenantId};

impl EnrolmentToken {
    fn owner(&self) -> Option<TenantId> {
        Some(self.terms.as_ref()?.tenant)
    }
}

impl Guarded for EnrolmentToken {
    const NOUN: &'static str = "token";
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, _: EnrolmentTokenId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner()?;
        Some(Action::ManageEnrolment { tenant })
    }

    fn notice(&self, _: EnrolmentTokenId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner()?;
        Some(Action::ReadTenant { tenant })
    }

    fn needs(
        &self,
        _: EnrolmentTokenId,
        command: &EnrolmentTokenCommand,
        _: &dyn Whereabouts,
    ) -> Vec<Need> {
        let manage = |tenant| vec![Action::ManageEnrolment { tenant }.into()];
        match command {
            EnrolmentTokenCommand::Create(terms) => manage(terms.tenant),
            EnrolmentTokenCommand::Revoke => self.owner().map_or(vec![Need::Server], manage),
            EnrolmentTokenCommand::Use { agent, .. } => vec![Need::Agent(*agent)],
        }
    }

    fn tenant(
        &self,
        _: EnrolmentTokenId,
        command: &EnrolmentTokenCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        match command {
            EnrolmentTokenCommand::Create(terms) => Some(terms.tenant),
            _ => self.owner(),
        }
    }

    fn outlives_its_tenant(command: &EnrolmentTokenCommand) -> bool {
        matches!(command, EnrolmentTokenCommand::Revoke)
    }
}
