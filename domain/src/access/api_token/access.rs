use super::{ApiToken, ApiTokenCommand, Role};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::ids::{ApiTokenId, TenantId};

impl ApiToken {
    fn role(&self) -> Option<Role> {
        Some(self.grant.as_ref()?.role)
    }
}

impl Guarded for ApiToken {
    const NOUN: &'static str = "token";
    const AUDIENCE: Audience = Audience::Installation;

    fn sight(&self, _: ApiTokenId, _: &dyn Whereabouts) -> Option<Action> {
        let role = self.role()?;
        Some(Action::ManageToken { role })
    }

    /// Who reads the events of a tenant, or of the MSP, knows who has tokens there.
    fn notice(&self, _: ApiTokenId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.role()?.tenant();
        Some(Action::ReadEvents { tenant })
    }

    fn needs(&self, _: ApiTokenId, command: &ApiTokenCommand, _: &dyn Whereabouts) -> Vec<Need> {
        let manage = |role| vec![Action::ManageToken { role }.into()];
        match command {
            ApiTokenCommand::Create(grant) => manage(grant.role),
            ApiTokenCommand::Revoke => self.role().map_or(vec![Need::Server], manage),
        }
    }

    fn tenant(
        &self,
        _: ApiTokenId,
        command: &ApiTokenCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        match command {
            ApiTokenCommand::Create(grant) => grant.role.tenant(),
            ApiTokenCommand::Revoke => self.role()?.tenant(),
        }
    }

    fn outlives_its_tenant(command: &ApiTokenCommand) -> bool {
        matches!(command, ApiTokenCommand::Revoke)
    }
}
