//! On how many computers what is run of an item runs.

use crate::rules::resolution::Moment;
use crate::view::View;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem};
use upkeep_domain::rules::resolution::Occasion;

impl Moment {
    /// On how many computers, or those of one tenant, an item's scripts run: a rule that wins names it and does not leave it
    /// alone, or may bring what needs it.
    pub fn reach_of(&self, item: MaintenanceItem, within: Option<TenantId>) -> usize {
        let rulebook = self.view.rulebook();
        let needing = self.view.needing(item);
        let reached = self.ask_computers(within, |facts| {
            let occasion = Occasion::next_of(facts.computer);
            let desired = |item: MaintenanceItem| {
                let slot = rulebook.slot(rulebook.winner_of(item, facts, &occasion)?)?;
                Some(&slot.rule.desired)
            };
            let is_named = desired(item).is_some_and(|desired| *desired != DesiredState::Ignored);
            let is_needed = || {
                let mut needing = needing.iter().copied().filter_map(desired);
                needing.any(DesiredState::may_bring)
            };
            (is_named || is_needed()).then_some(())
        });
        reached.len()
    }
}

impl View {
    /// What may need an item, as far as some rule may bring it: of what may be thousands, each computer is asked about these only.
    fn needing(&self, item: MaintenanceItem) -> Vec<MaintenanceItem> {
        let rulebook = self.rulebook();
        let may_be_brought = |item: &MaintenanceItem| {
            let rules = rulebook.about(*item).iter();
            let mut slots = rules.filter_map(|number| rulebook.slot(*number));
            slots.any(|slot| slot.rule.desired.may_bring())
        };
        let software = item.software();
        let above = software.map(|software| self.prerequisites.above(software));
        let above = above.into_iter().flatten().map(MaintenanceItem::Software);
        above.filter(may_be_brought).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use std::sync::Arc;
    use upkeep_domain::catalogue::parameter::Values;
    use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
    use upkeep_domain::catalogue::software::{Software, SoftwareCommand};
    use upkeep_domain::kernel::decider::Context;
    use upkeep_domain::kernel::ids::{CommandId, DeploymentId, PrerequisiteId, SoftwareId};
    use upkeep_domain::kernel::metadata::Actor;
    use upkeep_domain::kernel::name::Name;
    use upkeep_domain::rules::deployment::{
        Deployment, DeploymentCommand, Enforcement, Membership, Origin, Rule, Scope, Target,
        TargetFilter,
    };
    use upkeep_domain::rules::prerequisite::{
        Conditions, Consequence, Prerequisite, PrerequisiteCommand, Prerequisites,
        ThePrerequisites, VersionRange, WantedVersion,
    };
    use uuid::Uuid;

    const CONTEXT: Context = Context {
        actor: Actor::Operator,
        now: DateTime::UNIX_EPOCH,
        command_id: CommandId(Uuid::from_u128(1)),
    };

    fn software(n: u128) -> SoftwareId {
        SoftwareId(Uuid::from_u128(n))
    }

    fn create(view: &mut View, n: u128) {
        let create = SoftwareCommand::Create {
            name: Name::new("tool").unwrap(),
            detection: Script::new(Interpreter::Sh, "true", ScriptTimeout::DETECTION)
                .unwrap()
                .into(),
        };
        view.imagine::<Software>(software(n), create, &CONTEXT)
            .unwrap();
    }

    /// A software that needs another one first.
    fn needs(view: &mut View, n: u128, first: u128) {
        let says = Prerequisite {
            of: software(n),
            versions: VersionRange::Any,
            when: Conditions::always(),
            then: Consequence::Install {
                software: software(first),
                version: WantedVersion::Latest,
            },
        };
        let add = PrerequisiteCommand::Add {
            prerequisite: PrerequisiteId(Uuid::from_u128(n)),
            says: Box::new(says),
            catalogue: Arc::new(view.clone()),
        };
        view.imagine::<Prerequisites>(ThePrerequisites, add, &CONTEXT)
            .unwrap();
    }

    fn wants(view: &mut View, n: u128, desired: DesiredState) {
        let rule = Rule {
            item: MaintenanceItem::Software(software(n)),
            target: Target {
                scope: Scope::CrossTenant,
                membership: Membership::AllComputers,
                filter: TargetFilter::None,
            },
            desired,
            enforcement: Enforcement::Required,
            origin: Origin::Local,
            parameters: Values::default(),
        };
        let create = DeploymentCommand::Create(Box::new(rule));
        let id = DeploymentId(Uuid::from_u128(n));
        view.imagine::<Deployment>(id, create, &CONTEXT).unwrap();
    }

    #[test]
    fn of_what_needs_an_item_only_that_is_asked_for_which_a_rule_may_bring() {
        let mut view = View::default();
        for n in 0..=4 {
            create(&mut view, n);
        }
        for n in 1..=3 {
            needs(&mut view, n, 0);
        }
        needs(&mut view, 4, 3);
        wants(&mut view, 1, DesiredState::InstalledLatest);
        wants(&mut view, 2, DesiredState::Uninstalled);
        // Of 3 no rule speaks, and it is brought by 4.
        wants(&mut view, 4, DesiredState::UpdateIfFound);
        let item = |n| MaintenanceItem::Software(software(n));
        assert_eq!(view.needing(item(0)), [item(1), item(4)]);
        assert_eq!(view.needing(item(1)), []);
    }
}
