//! How what an action needs is met: by an action of its own before it, by what another rule wants there anyhow, or never.

use super::need::{Met, Obstacle};
use super::plan::{Cause, Goal};
use super::planner::{Full, Needy, Walk};
use super::words::bounded;
use crate::kernel::ids::{ActionId, PrerequisiteId, SoftwareId};
use crate::kernel::limits::MAX_PREREQUISITE_DEPTH;
use crate::rules::deployment::DesiredState;
use crate::rules::prerequisite::{Consequence, Prerequisite, path_phrase};

impl Walk<'_> {
    /// How a prerequisite is met for what has it.
    pub(super) fn meet(
        &mut self,
        prerequisite: PrerequisiteId,
        says: &Prerequisite,
        needy: &mut Needy<'_>,
    ) -> Result<Met, Full> {
        let (software, desired) = match &says.then {
            Consequence::Fail { message } => {
                return Ok(never(Obstacle::Forbidden, message.to_string()));
            }
            then => match (then.software(), then.desired()) {
                (Some(software), Some(desired)) => (software, desired),
                _ => return Ok(never(Obstacle::Unknown, says.says(self.planning.catalogue))),
            },
        };
        let catalogue = self.planning.catalogue;
        let known = catalogue.software(software);
        let Some((state, name)) =
            known.and_then(|state| Some((state, state.definition.as_ref()?.name.as_str())))
        else {
            let why = format!("{software} is needed first, and is not in the catalogue");
            return Ok(never(Obstacle::Unknown, why));
        };
        let goal = Goal::of(desired, state);
        if let Some(place) = needy.path.iter().position(|on| *on == software) {
            let circle = needy.path[place..].iter().chain([&software]);
            let circle: Vec<_> = circle.copied().collect();
            return Ok(self.came_round(&circle, &goal));
        }
        if let Some((action, placed)) = self.placed.get(&software) {
            return Ok(self.met_by(*action, placed, goal, software, name));
        }
        if needy.path.len() > MAX_PREREQUISITE_DEPTH {
            let why = format!(
                "{name} is needed first, behind {MAX_PREREQUISITE_DEPTH} others, which is the most"
            );
            return Ok(never(Obstacle::Circle, why));
        }
        let of = says.of;
        let cause = Cause::Prerequisite { prerequisite, of };
        let mut wanted = goal.clone();
        let wish = match self.winners.get(&software) {
            None => self.wish_for(software, state, goal.clone(), needy, cause),
            Some(winner) => {
                let own = Goal::of(winner.desired.clone(), state);
                match own.fulfils(&goal) {
                    None => return Ok(Met::AsFound { software, goal }),
                    Some(false) => return Ok(contradicted(name, &own, &goal)),
                    Some(true) if self.planning.about.is_about(winner) => {
                        self.wish_of(winner, software, Some(needy.name))
                    }
                    Some(true) => {
                        wanted = kept(&own, goal);
                        self.wish_for(software, state, own, needy, cause)
                    }
                }
            }
        };
        let Some(wish) = wish else {
            let why = format!("{name} is needed first, and is not in the catalogue");
            return Ok(never(Obstacle::Unknown, why));
        };
        let action = wish.action;
        self.place(wish, needy.path)?;
        let goal = wanted;
        Ok(Met::Before { action, goal })
    }

    /// By what has an action already.
    fn met_by(
        &self,
        action: ActionId,
        placed: &Goal,
        goal: Goal,
        software: SoftwareId,
        name: &str,
    ) -> Met {
        let is_a_deployments = self.winners.contains_key(&software);
        match placed.fulfils(&goal) {
            None => Met::AsFound { software, goal },
            Some(true) if is_a_deployments => {
                let goal = kept(placed, goal);
                Met::Before { action, goal }
            }
            Some(true) => Met::Before { action, goal },
            // Which of them apply is not known yet: those that do are brought together once it is.
            Some(false) if !is_a_deployments && placed.desired.may_bring() => {
                Met::Before { action, goal }
            }
            Some(false) => contradicted(name, placed, &goal),
        }
    }

    /// Nobody can write such a thing; history may hold it.
    fn came_round(&self, circle: &[SoftwareId], goal: &Goal) -> Met {
        let path = path_phrase(self.planning.catalogue, circle);
        if goal.desired.may_bring() {
            let why = format!("a circle: {path}; remove one of these prerequisites");
            never(Obstacle::Circle, why)
        } else {
            let why = format!("what is being installed would have to be gone first: {path}");
            never(Obstacle::Contradicted, why)
        }
    }
}

/// What is wanted where a deployment wants something that is enough: just that, so that nothing is brought which it would take back. But
/// what is only updated where it is found has to be there, and what only the computer knows may not be enough.
fn kept(own: &Goal, wanted: Goal) -> Goal {
    match own.desired {
        DesiredState::UpdateIfFound => wanted,
        DesiredState::InstalledLatest if own.version.is_none() => wanted,
        _ => own.clone(),
    }
}

fn never(obstacle: Obstacle, why: String) -> Met {
    let why = bounded(why);
    Met::Never { obstacle, why }
}

fn contradicted(name: &str, own: &Goal, wanted: &Goal) -> Met {
    let why = format!(
        "{name} is needed {} first, and should be {} here",
        wanted.phrase(),
        own.phrase()
    );
    never(Obstacle::Contradicted, why)
}
