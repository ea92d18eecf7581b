use super::needed::Needed;
use super::words::{name_of, path_phrase};
use super::{
    Prerequisite, PrerequisiteAdded, PrerequisiteChanged, PrerequisiteCommand, PrerequisiteEvent,
    PrerequisiteRejection, PrerequisiteRemoved, Prerequisites, ThePrerequisites,
};
use crate::catalogue::Catalogue;
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{PrerequisiteId, SoftwareId};
use crate::kernel::limits::{
    MAX_CONDITIONS_PER_PREREQUISITE, MAX_PREREQUISITES, MAX_PREREQUISITES_PER_SOFTWARE,
};

impl Decider for Prerequisites {
    type Id = ThePrerequisites;
    type Command = PrerequisiteCommand;
    type Event = PrerequisiteEvent;
    type Rejection = PrerequisiteRejection;
    type Premise = Self;
    const CATEGORY: &'static str = "prerequisites";

    fn decide(
        &self,
        command: PrerequisiteCommand,
        _: &Context,
    ) -> Result<Vec<PrerequisiteEvent>, PrerequisiteRejection> {
        match command {
            PrerequisiteCommand::Add {
                prerequisite,
                says,
                catalogue,
            } => self.add(prerequisite, *says, &*catalogue),
            PrerequisiteCommand::Change {
                prerequisite,
                change,
                catalogue,
            } => {
                let known = self.get(prerequisite);
                let known = known.ok_or(PrerequisiteRejection::NotFound)?;
                let says = Prerequisite {
                    of: known.of,
                    versions: change.versions.unwrap_or_else(|| known.versions.clone()),
                    when: change.when.unwrap_or_else(|| known.when.clone()),
                    then: change.then.unwrap_or_else(|| known.then.clone()),
                };
                if says == **known {
                    return Ok(vec![]);
                }
                self.check(prerequisite, &says, &*catalogue)?;
                Ok(vec![
                    PrerequisiteChanged {
                        prerequisite,
                        versions: says.versions,
                        when: says.when,
                        then: says.then,
                    }
                    .into(),
                ])
            }
            PrerequisiteCommand::Remove { prerequisite } => match self.get(prerequisite) {
                Some(_) => Ok(vec![PrerequisiteRemoved { prerequisite }.into()]),
                None => Err(PrerequisiteRejection::NotFound),
            },
        }
    }

    /// They are of no tenant. How far a change reaches follows from the software that a prerequisite is of, and whether anything changes from
    /// what it says beside all the others.
    fn premise(&self) -> Self {
        self.clone()
    }

    fn evolve(mut self, event: &PrerequisiteEvent) -> Self {
        match event {
            PrerequisiteEvent::Added(added) => self.put(added.prerequisite, added.says.clone()),
            PrerequisiteEvent::Changed(changed) => {
                if let Some(of) = self.get(changed.prerequisite).map(|known| known.of) {
                    let says = Prerequisite {
                        of,
                        versions: changed.versions.clone(),
                        when: changed.when.clone(),
                        then: changed.then.clone(),
                    };
                    self.put(changed.prerequisite, says);
                }
            }
            PrerequisiteEvent::Removed(removed) => {
                self.take(removed.prerequisite);
            }
        }
        self
    }
}

impl Prerequisites {
    fn add(
        &self,
        prerequisite: PrerequisiteId,
        says: Prerequisite,
        catalogue: &dyn Catalogue,
    ) -> Result<Vec<PrerequisiteEvent>, PrerequisiteRejection> {
        if self.get(prerequisite).is_some() {
            return Err(PrerequisiteRejection::AlreadyExists);
        }
        if self.len() >= MAX_PREREQUISITES {
            return Err(PrerequisiteRejection::TooMany);
        }
        self.check(prerequisite, &says, catalogue)?;
        if self.count_of(says.of) >= MAX_PREREQUISITES_PER_SOFTWARE {
            let of = name_of(catalogue, says.of);
            return Err(PrerequisiteRejection::TooManyOfSoftware(of));
        }
        Ok(vec![PrerequisiteAdded { prerequisite, says }.into()])
    }

    /// Whether it may say this, beside all the others.
    fn check(
        &self,
        prerequisite: PrerequisiteId,
        says: &Prerequisite,
        catalogue: &dyn Catalogue,
    ) -> Result<(), PrerequisiteRejection> {
        let conditions = says.when.of.len();
        if conditions > MAX_CONDITIONS_PER_PREREQUISITE {
            return Err(PrerequisiteRejection::TooManyConditions(conditions));
        }
        says.versions.check()?;
        says.when.check()?;
        check_names(says, catalogue)?;
        if says.then.software() == Some(says.of) {
            let of = name_of(catalogue, says.of);
            return Err(PrerequisiteRejection::SelfReference(of));
        }
        if let Some(needed) = says.then.installs() {
            self.check_chain(prerequisite, says.of, needed, catalogue)?;
        }
        let others = self.of(says.of).filter(|(_, id, _)| *id != prerequisite);
        for (_, _, other) in others {
            if says.contradicts(other) {
                return Err(PrerequisiteRejection::Contradiction {
                    of: name_of(catalogue, says.of),
                    other: other.says(catalogue),
                });
            }
        }
        Ok(())
    }

    fn check_chain(
        &self,
        prerequisite: PrerequisiteId,
        of: SoftwareId,
        needed: SoftwareId,
        catalogue: &dyn Catalogue,
    ) -> Result<(), PrerequisiteRejection> {
        let graph = Needed::without(self, prerequisite);
        if let Some(circle) = graph.circle(of, needed) {
            let path = path_phrase(catalogue, &circle);
            return Err(PrerequisiteRejection::Circle(path));
        }
        if graph.is_too_deep(of, needed) {
            return Err(PrerequisiteRejection::TooDeep);
        }
        Ok(())
    }
}

/// What it names has to be in the catalogue. Software never leaves it.
fn check_names(
    says: &Prerequisite,
    catalogue: &dyn Catalogue,
) -> Result<(), PrerequisiteRejection> {
    let conditions = says.when.software();
    let named = std::iter::once((says.of, "softwareId"))
        .chain(says.then.software().map(|id| (id, "then")))
        .chain(conditions.into_iter().map(|id| (id, "when")));
    for (id, field) in named {
        let known = catalogue.software(id);
        if known.is_none_or(|software| software.definition.is_none()) {
            return Err(PrerequisiteRejection::UnknownSoftware(field));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
