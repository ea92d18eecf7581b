//! What deployments tell a task, held to the task's parameters.
//!
//! A deployment and a task are two streams: who saves one looks at the other in a view, which may be behind. What slips through is found by
//! the session that would have run it, which fails the action instead (`maintenance/session/runs.rs`).

use super::state::{Deployment, Lifecycle, Rule, Scope};
use crate::access::{Whereabouts, tenant_of_scope};
use crate::catalogue::parameter::{Faults, Parameters};
use crate::catalogue::secret::Secret;
use crate::kernel::codes::Code;
use crate::kernel::ids::{SecretId, TenantId};
use crate::kernel::limits::MAX_NAMED_IN_REFUSAL;

impl Rule {
    /// Refuses what does not fit the parameters of its task. What leaves its task alone tells it nothing: whatever it holds waits.
    pub fn fits(&self, parameters: &Parameters) -> Result<(), Faults> {
        match self.desired.mode() {
            None => Ok(()),
            Some(_) => parameters.check(&self.parameters).map(|_| ()),
        }
    }

    /// Refuses secrets that are not there, or not for everybody whom its target may be about.
    pub fn secrets_serve<'a>(
        &self,
        world: &dyn Whereabouts,
        secret: impl Fn(SecretId) -> Option<&'a Secret>,
    ) -> Result<(), Faults> {
        Faults::among_secrets(&self.parameters, self.tenant(world), secret)
    }

    /// Whether it can tell this secret: one that went to another tenant with its computer cannot, and its sessions fail.
    pub fn is_served_by(&self, secret: &Secret, world: &dyn Whereabouts) -> bool {
        secret.serves(self.tenant(world))
    }

    /// The one whose computers alone it is about.
    fn tenant(&self, world: &dyn Whereabouts) -> Option<TenantId> {
        match self.target.scope {
            Scope::SingleTenant {
                include_children: true,
                ..
            } => None,
            scope => tenant_of_scope(scope, world),
        }
    }
}

impl Deployment {
    /// Whether its task is told this secret: unless it was deleted.
    pub fn tells(&self, secret: SecretId) -> bool {
        let is_there = self.lifecycle != Lifecycle::Deleted;
        let rule = self.rule.as_ref().filter(|_| is_there);
        rule.is_some_and(|rule| rule.parameters.secrets().any(|(_, told)| told == secret))
    }
}

/// Deployments that tell a task what would not fit any more, each by its target in words.
#[derive(Clone, Debug, Default, PartialEq, thiserror::Error)]
#[error(
    "{} would not fit any more: {}; change them first, or let the parameters be optional or have a default until they are changed",
    counted(self.of_how_many()), self.named()
)]
pub struct ParametersInUse {
    named: Vec<(String, Faults)>,
    others: usize,
}

fn counted(deployments: usize) -> String {
    match deployments {
        1 => "what one deployment tells the task".to_owned(),
        many => format!("what {many} deployments tell the task"),
    }
}

impl ParametersInUse {
    pub const CODE: Code = Code::ParametersInUse;

    /// Those of these rules that would not fit; `phrase` says a rule's target in words.
    pub fn among<'a>(
        rules: impl Iterator<Item = &'a Rule>,
        parameters: &Parameters,
        phrase: impl Fn(&Rule) -> String,
    ) -> Result<(), Self> {
        let mut found = Self::default();
        for rule in rules {
            let Err(faults) = rule.fits(parameters) else {
                continue;
            };
            if found.named.len() < MAX_NAMED_IN_REFUSAL {
                found.named.push((phrase(rule), faults));
            } else {
                found.others += 1;
            }
        }
        if found.named.is_empty() {
            Ok(())
        } else {
            Err(found)
        }
    }

    fn of_how_many(&self) -> usize {
        self.named.len() + self.others
    }

    fn named(&self) -> String {
        let named = self.named.iter();
        let named: Vec<_> = named
            .map(|(target, faults)| format!("the deployment for {target} ({faults})"))
            .collect();
        let more = match self.others {
            0 => String::new(),
            others => format!(", and {others} more"),
        };
        named.join(", ") + &more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::parameter::{
        Parameter, ParameterKind, ParameterName, ParameterValue, TextRule, Values,
    };
    use crate::kernel::harness::id;
    use crate::kernel::ids::TaskId;
    use crate::rules::deployment::{
        DesiredState, Enforcement, MaintenanceItem, Membership, Origin, Scope, Target, TargetFilter,
    };

    fn name() -> ParameterName {
        ParameterName::new("host").unwrap()
    }

    fn rule(desired: DesiredState, host: Option<&str>) -> Rule {
        let value = |text: &str| (name(), ParameterValue::Text(text.to_owned()));
        Rule {
            item: MaintenanceItem::Task(TaskId(id(1))),
            target: Target {
                scope: Scope::CrossTenant,
                membership: Membership::AllComputers,
                filter: TargetFilter::None,
            },
            desired,
            enforcement: Enforcement::Required,
            origin: Origin::Local,
            parameters: Values::new(host.map(value).into_iter().collect()).unwrap(),
        }
    }

    fn parameters(kind: ParameterKind) -> Parameters {
        Parameters::new(vec![Parameter {
            name: name(),
            label: None,
            help: None,
            kind,
            required: true,
            default: None,
            shown_when: None,
        }])
        .unwrap()
    }

    fn refusal(rules: &[Rule], parameters: &Parameters) -> Option<String> {
        let phrase = |_: &Rule| "all computers".to_owned();
        let refused = ParametersInUse::among(rules.iter(), parameters, phrase);
        refused.err().map(|refused| refused.to_string())
    }

    #[test]
    fn deployments_that_would_not_fit_any_more_are_named() {
        let text = parameters(ParameterKind::Text(TextRule::default()));
        let boolean = parameters(ParameterKind::Boolean);
        let enforce = || rule(DesiredState::Enforce, Some("a"));
        assert_eq!(refusal(&[enforce()], &text), None);
        assert_eq!(
            refusal(&[enforce()], &boolean).unwrap(),
            "what one deployment tells the task would not fit any more: the deployment for all computers (host: a text was given: give \
             true or false); change them first, or let the parameters be optional or have a default until they are changed"
        );
        let many = refusal(&vec![enforce(); 7], &Parameters::default()).unwrap();
        assert!(
            many.starts_with("what 7 deployments tell the task"),
            "{many}"
        );
        assert_eq!(many.matches("the deployment for").count(), 5);
        assert!(many.contains("), and 2 more; change them first"), "{many}");
    }

    #[test]
    fn what_leaves_the_task_alone_is_in_nobodys_way() {
        let boolean = parameters(ParameterKind::Boolean);
        for host in [None, Some("a")] {
            assert_eq!(rule(DesiredState::Ignored, host).fits(&boolean), Ok(()));
            assert!(rule(DesiredState::Audit, host).fits(&boolean).is_err());
        }
    }
}
