use super::{Deployment, DeploymentCommand, Origin, Scope};
use crate::access::{Action, Guarded, Need, Whereabouts, tenant_of_scope};
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
        if let DeploymentCommand::Create(rule) = command {
            return manage(rule.target.scope, rule.origin, world);
        }
        let Some(known) = &self.rule else {
            return vec![Need::Server];
        };
        let mut needs = manage(known.target.scope, known.origin, world);
        if let DeploymentCommand::Change {
            target: Some(target),
            ..
        } = command
        {
            needs.extend(manage(target.scope, Origin::Local, world));
        }
        needs
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
