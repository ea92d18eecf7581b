//! The best of what is found, while more is.

use super::needle::Fit;
use super::{SearchField, SearchKind};
use upkeep_domain::kernel::ids::{
    AgentId, CloudTaskId, ComputerId, DeploymentId, GroupId, PersonId, SoftwareId, TenantId,
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Tenant(TenantId),
    Computer(ComputerId),
    Person(PersonId),
    Software(SoftwareId),
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

    /// How well something of a kind has to fit to be among them.
    pub fn at_least(&self, kind: SearchKind) -> Option<Fit> {
        let fits = [Fit::Inside, Fit::Word, Fit::Beginning, Fit::Whole];
        fits.into_iter().find(|fit| !self.is_hopeless(*fit, kind))
    }

    fn is_hopeless(&self, fit: Fit, kind: SearchKind) -> bool {
        let worst = self.worst.as_ref();
        worst.is_some_and(|(worst, of, _)| (fit, kind) > (*worst, *of))
    }

    pub fn offer(&mut self, fits: (Fit, SearchField), title: &str, thing: Thing) {
        if !self.is_hopeless(fits.0, thing.kind()) {
            self.offer_keyed(fits, &folded(title), title, thing);
        }
    }

    /// The key is the title in small letters.
    pub fn offer_keyed(
        &mut self,
        (fit, matched): (Fit, SearchField),
        key: &str,
        title: &str,
        thing: Thing,
    ) {
        let kind = thing.kind();
        let worst = self.worst.as_ref();
        if worst.is_some_and(|(worst, of, last)| (fit, kind, key) > (*worst, *of, last)) {
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
