use super::{
    Deployment, DeploymentCommand, DeploymentCreated, DeploymentDeleted, DeploymentDisabled,
    DeploymentEnabled, DeploymentEvent, DeploymentParametersChanged, DeploymentRejection,
    DeploymentRetargeted, DesiredStateChanged, EnforcementChanged, Lifecycle, Membership, Origin,
    Recommendation, RecommendationApproved, RecommendationDismissed, Rule,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::DeploymentId;
use std::sync::Arc;

impl Decider for Deployment {
    type Id = DeploymentId;
    type Command = DeploymentCommand;
    type Event = DeploymentEvent;
    type Rejection = DeploymentRejection;
    type Premise = Self;
    const CATEGORY: &'static str = "deployment";

    fn decide(
        &self,
        command: DeploymentCommand,
        _: &Context,
    ) -> Result<Vec<DeploymentEvent>, DeploymentRejection> {
        use DeploymentCommand as Command;
        use Lifecycle::{Deleted, Disabled, Enabled};
        let Some(rule) = &self.rule else {
            return match command {
                Command::Create(rule) => create(*rule),
                _ => Err(DeploymentRejection::NotFound),
            };
        };
        match (self.lifecycle, command) {
            (_, Command::Create(_)) => Err(DeploymentRejection::AlreadyExists),
            (Deleted, Command::Delete)
            | (Disabled, Command::Disable)
            | (Enabled, Command::Enable) => Ok(vec![]),
            (Deleted, _) => Err(DeploymentRejection::Deleted),
            (
                _,
                Command::Change {
                    target,
                    desired,
                    enforcement,
                    parameters,
                },
            ) => {
                let new = Rule {
                    item: rule.item,
                    origin: rule.origin,
                    target: target.unwrap_or_else(|| rule.target.clone()),
                    desired: desired.unwrap_or_else(|| rule.desired.clone()),
                    enforcement: enforcement.unwrap_or(rule.enforcement),
                    parameters: parameters.unwrap_or_else(|| rule.parameters.clone()),
                };
                new.check()?;
                Ok(differences(rule, new))
            }
            (_, Command::Disable) => Ok(vec![DeploymentDisabled {}.into()]),
            (_, Command::Enable) => Ok(vec![DeploymentEnabled {}.into()]),
            (_, Command::Delete) => Ok(vec![DeploymentDeleted {}.into()]),
            (_, Command::ApproveRecommendation | Command::DismissRecommendation)
                if rule.origin == Origin::Local =>
            {
                Err(DeploymentRejection::NotRecommended)
            }
            (_, Command::ApproveRecommendation) => Ok(match self.recommendation {
                Recommendation::Approved => vec![],
                _ => vec![RecommendationApproved {}.into()],
            }),
            (_, Command::DismissRecommendation) => Ok(match self.recommendation {
                Recommendation::Dismissed => vec![],
                _ => vec![RecommendationDismissed {}.into()],
            }),
        }
    }

    fn premise(&self) -> Self {
        self.clone()
    }

    fn evolve(mut self, event: &DeploymentEvent) -> Self {
        match event {
            DeploymentEvent::Created(created) => {
                self.lifecycle = Lifecycle::Enabled;
                self.rule = Some(Arc::new(Rule {
                    item: created.item,
                    target: created.target.clone(),
                    desired: created.desired.clone(),
                    enforcement: created.enforcement,
                    origin: created.origin,
                    parameters: created.parameters.clone(),
                }));
            }
            DeploymentEvent::Retargeted(retargeted) => {
                self.revise(|rule| rule.target = retargeted.target.clone());
            }
            DeploymentEvent::DesiredStateChanged(changed) => {
                self.revise(|rule| rule.desired = changed.desired.clone());
            }
            DeploymentEvent::EnforcementChanged(changed) => {
                self.revise(|rule| rule.enforcement = changed.enforcement);
            }
            DeploymentEvent::ParametersChanged(changed) => {
                self.revise(|rule| rule.parameters.clone_from(&changed.parameters));
            }
            DeploymentEvent::Disabled(_) => {
                self.lifecycle = Lifecycle::Disabled;
                self.rest();
            }
            DeploymentEvent::Enabled(_) => self.lifecycle = Lifecycle::Enabled,
            DeploymentEvent::Deleted(_) => {
                self.lifecycle = Lifecycle::Deleted;
                self.rest();
            }
            DeploymentEvent::RecommendationApproved(_) => {
                self.recommendation = Recommendation::Approved;
            }
            DeploymentEvent::RecommendationDismissed(_) => {
                self.recommendation = Recommendation::Dismissed;
            }
        }
        self
    }
}

fn create(rule: Rule) -> Result<Vec<DeploymentEvent>, DeploymentRejection> {
    rule.check()?;
    let created = DeploymentCreated {
        item: rule.item,
        target: rule.target,
        desired: rule.desired,
        enforcement: rule.enforcement,
        origin: rule.origin,
        parameters: rule.parameters,
    };
    Ok(vec![created.into()])
}

fn differences(old: &Rule, new: Rule) -> Vec<DeploymentEvent> {
    let mut events = Vec::new();
    if new.target != old.target {
        events.push(DeploymentRetargeted { target: new.target }.into());
    }
    if new.desired != old.desired {
        let desired = new.desired;
        events.push(DesiredStateChanged { desired }.into());
    }
    if new.enforcement != old.enforcement {
        let enforcement = new.enforcement;
        events.push(EnforcementChanged { enforcement }.into());
    }
    if new.parameters != old.parameters {
        let parameters = new.parameters;
        events.push(DeploymentParametersChanged { parameters }.into());
    }
    events
}

impl Deployment {
    /// Nobody evaluates it any more: what was compiled for it goes.
    fn rest(&mut self) {
        let target = self.rule.as_ref().map(|rule| &rule.target.membership);
        if let Some(Membership::Expression { expression }) = target {
            let expression = expression.at_rest();
            self.revise(|rule| rule.target.membership = Membership::Expression { expression });
        }
    }

    fn revise(&mut self, change: impl FnOnce(&mut Rule)) {
        if let Some(rule) = &mut self.rule {
            change(Arc::make_mut(rule));
        }
    }
}

#[cfg(test)]
mod tests;
