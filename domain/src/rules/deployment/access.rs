use super::{Deployment, DeploymentCommand, Origin, Scope};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts, tenant_of_scope};
use crate::kernel::ids::{DeploymentId, TenantId};

/// A rule for so many may be made, changed and deleted by these; a recommended one is decided on for the whole installation.
fn manage(scope: Scope, origin: Origin, world: &dyn Whereabouts) -> Vec<Need> {
    let tenant = tenant_of_scope(scope, world);
    let mut needs = vec![Action::ManageDeployment { scope, tenant }.into()];
    if origin == Origin::Recommended {
        needs.push(Action::DecideRecommendations.into());
    }
    needs
}

impl Guarded for Deployment {
    const NOUN: &'static str = "deployment";
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, _: DeploymentId, world: &dyn Whereabouts) -> Option<Action> {
        let scope = self.rule.as_ref()?.target.scope;
        let tenant = tenant_of_scope(scope, world);
        Some(Action::ReadDeployment { scope, tenant })
    }

    fn needs(
        &self,
        _: DeploymentId,
        command: &DeploymentCommand,
        world: &dyn Whereabouts,
    ) -> Vec<Need> {
        let known = || match &self.rule {
            Some(known) => manage(known.target.scope, known.origin, world),
            None => vec![Need::Server],
        };
        match command {
            DeploymentCommand::Create(rule) => manage(rule.target.scope, rule.origin, world),
            // It is taken from some and given to others.
            DeploymentCommand::Change {
                target: Some(target),
                ..
            } if self.rule.is_some() => {
                let mut needs = known();
                needs.extend(manage(target.scope, Origin::Local, world));
                needs
            }
            DeploymentCommand::Change { .. }
            | DeploymentCommand::Disable
            | DeploymentCommand::Enable
            | DeploymentCommand::Delete
            | DeploymentCommand::ApproveRecommendation
            | DeploymentCommand::DismissRecommendation => known(),
        }
    }

    fn tenant(
        &self,
        _: DeploymentId,
        command: &DeploymentCommand,
        world: &dyn Whereabouts,
    ) -> Option<TenantId> {
        let scope = match command {
            DeploymentCommand::Create(rule) => rule.target.scope,
            _ => self.rule.as_ref()?.target.scope,
        };
        tenant_of_scope(scope, world)
    }
}
