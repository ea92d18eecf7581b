use super::{Deployment, DeploymentCommand, Origin, Scope};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts, tenant_of_scope};
use crate::catalogue::parameter::Values;
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

/// What it takes to have a task told these secrets.
fn tell(told: &Values, world: &dyn Whereabouts) -> impl Iterator<Item = Need> {
    // One that is not there is refused for that, whoever asks.
    let secrets = told.secrets();
    let owners = secrets.filter_map(|(_, secret)| world.owner_of_secret(secret));
    owners.map(|tenant| Action::ManageSecrets { tenant }.into())
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
            DeploymentCommand::Create(rule) => {
                let mut needs = manage(rule.target.scope, rule.origin, world);
                needs.extend(tell(&rule.parameters, world));
                needs
            }
            // It is taken from some and given to others.
            DeploymentCommand::Change {
                target, parameters, ..
            } => {
                let mut needs = known();
                let Some(rule) = &self.rule else {
                    return needs;
                };
                if let Some(target) = target {
                    needs.extend(manage(target.scope, Origin::Local, world));
                }
                let told = parameters.as_ref().unwrap_or(&rule.parameters);
                // Whatever else is told decides where a script takes a secret, such as the address of a server.
                if target.is_some() || *told != rule.parameters {
                    needs.extend(tell(told, world));
                }
                needs
            }
            DeploymentCommand::Disable
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
