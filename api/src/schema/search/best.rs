//! The best of what is found, while more is.

use super::needle::Fit;
use super::{SearchField, SearchKind};
use upkeep_domain::kernel::ids::{
    AgentId, CloudTaskId, ComputerId, DeploymentId, GroupId, PersonId, SoftwareId, TaskId, TenantId,
};
use upkeep_projections::folded;

/// What was found, before it is known whether there is better.
pub struct Found {
    fit: Fit,
    pub kind: SearchKind,
    /// In small letters, by which equals are sorted.
    key: String,
    pub title: String,
    pub matched: SearchField,
    pub thing: Thing,
}

/// Sorted last, so that nothing depends on the order of looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Tenant(TenantId),
    Computer(ComputerId),
    Person(PersonId),
    Software(SoftwareId),
    Task(TaskId),
    CloudTask(CloudTaskId),
    Deployment(DeploymentId),
    Group(GroupId),
    Agent(AgentId),
}

impl Thing {
    pub fn kind(self) -> SearchKind {
        match self {
            Self::Tenant(_) => SearchKind::Tenant,
            Self::Computer(_) => SearchKind::Computer,
            Self::Person(_) => SearchKind::Person,
            Self::Software(_) => SearchKind::Software,
            Self::Task(_) => SearchKind::Task,
            Self::CloudTask(_) => SearchKind::CloudTask,
            Self::Deployment(_) => SearchKind::Deployment,
            Self::Group(_) => SearchKind::Group,
            Self::Agent(_) => SearchKind::Agent,
        }
    }
}

/// The best of what was found: never more than twice as many as are asked for.
pub struct Best {
    size: usize,
    found: Vec<Found>,
    /// What does not fit better than this is not among the best.
    worst: Option<(Fit, SearchKind, String)>,
}

impl Best {
    /// So many.
    pub fn of(size: usize) -> Self {
        Self {
            size,
            found: vec![],
            worst: None,
        }
    }

    /// How well something has to fit to be among them, by its kind and its key, which is its title in small letters.
    pub fn at_least(&self, kind: SearchKind, key: &str) -> Option<Fit> {
        let fits = [Fit::Inside, Fit::Word, Fit::Beginning, Fit::Whole];
        fits.into_iter()
            .find(|fit| !self.is_hopeless(*fit, kind, key))
    }

    fn is_hopeless(&self, fit: Fit, kind: SearchKind, key: &str) -> bool {
        let worst = self.worst.as_ref();
        worst.is_some_and(|(worst, of, last)| (fit, kind, key) > (*worst, *of, last.as_str()))
    }

    pub fn offer(&mut self, fits: (Fit, SearchField), title: &str, thing: Thing) {
        self.offer_keyed(fits, &folded(title), title, thing);
    }

    pub fn offer_keyed(
        &mut self,
        (fit, matched): (Fit, SearchField),
        key: &str,
        title: &str,
        thing: Thing,
    ) {
        let kind = thing.kind();
        if self.is_hopeless(fit, kind, key) {
            return;
        }
        self.found.push(Found {
            fit,
            kind,
            key: key.to_owned(),
            title: title.to_owned(),
            matched,
            thing,
        });
        if self.found.len() >= 2 * self.size {
            self.settle();
            let last = self.found.last();
            self.worst = last.map(|found| (found.fit, found.kind, found.key.clone()));
        }
    }

    fn settle(&mut self) {
        let standing = |one: &Found| (one.fit, one.kind);
        self.found.sort_by(|one, other| {
            let by_name = || (&one.key, one.thing).cmp(&(&other.key, other.thing));
            standing(one).cmp(&standing(other)).then_with(by_name)
        });
        self.found.truncate(self.size);
    }

    /// Those, the best first.
    pub fn settled(mut self) -> Vec<Found> {
        self.settle();
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    /// What can be found: how well it fits, whether it is a person or a computer, its title, its id.
    type Offer = (Fit, bool, String, u128);

    fn offers() -> impl Strategy<Value = Vec<Offer>> {
        let fits = vec![Fit::Whole, Fit::Beginning, Fit::Word, Fit::Inside];
        let one = (proptest::sample::select(fits), any::<bool>(), "[abB]{1,2}");
        proptest::collection::vec(one, 0..40).prop_map(|all| {
            let numbered = (0..).zip(all);
            numbered
                .map(|(id, (fit, is_person, title))| (fit, is_person, title, id))
                .collect()
        })
    }

    fn thing((_, is_person, _, id): &Offer) -> Thing {
        let id = Uuid::from_u128(*id);
        if *is_person {
            Thing::Person(PersonId(id))
        } else {
            Thing::Computer(ComputerId(id))
        }
    }

    proptest! {
        #[test]
        fn the_best_are_the_first_of_all_though_most_are_passed_over(offers in offers(), size in 1_usize..6) {
            let mut best = Best::of(size);
            for offer in &offers {
                let (fit, _, title, _) = offer;
                let at_least = best.at_least(thing(offer).kind(), &folded(title));
                if at_least.is_some_and(|at_least| *fit <= at_least) {
                    best.offer((*fit, SearchField::Name), title, thing(offer));
                }
            }
            let told: Vec<Thing> = best.settled().into_iter().map(|found| found.thing).collect();
            let mut all: Vec<&Offer> = offers.iter().collect();
            all.sort_by_key(|offer| (offer.0, thing(offer).kind(), folded(&offer.2), thing(offer)));
            let expected: Vec<Thing> = all.into_iter().take(size).map(thing).collect();
            prop_assert_eq!(told, expected);
        }
    }
}
