//! The plan of a session: its winners in their order, and right before each what it needs.
//!
//! A walk over the prerequisites of each winner, depth first, that comes to each software once and follows no chain further than may
//! be (`meeting.rs`): it ends whatever history holds. What two actions need is planned once, before the first of them. Whether a
//! prerequisite applies on the computer is not known yet: its conditions are judged once somebody has looked.

use super::about::About;
use super::need::Need;
use super::plan::{Cause, Goal, PlannedAction, told};
use super::words::shorten;
use super::{SessionResolved, Winner};
use crate::catalogue::Catalogue;
use crate::catalogue::software::Software;
use crate::kernel::ids::{ActionId, SessionId, SoftwareId, TaskId};
use crate::kernel::limits::{MAX_ACTIONS_PER_SESSION, MAX_BECAUSE_CHARS, MAX_PLAN_BYTES};
use crate::rules::deployment::MaintenanceItem;
use crate::rules::prerequisite::{Prerequisite, Prerequisites, VersionRange};
use std::collections::BTreeMap;
use std::fmt;

/// What a plan is made of.
#[derive(Clone, Copy, Debug)]
pub struct Planning<'a> {
    /// The ids of its actions follow from it.
    pub session: SessionId,
    /// Which of the winners it carries out.
    pub about: About,
    /// In the order of their execution; those that it does not carry out say what must not be touched.
    pub winners: &'a [Winner],
    pub catalogue: &'a dyn Catalogue,
    pub prerequisites: &'a Prerequisites,
}

impl Planning<'_> {
    /// The actions in the order of their execution; winners beyond what one session takes are counted. A winner and what it
    /// needs are planned together, or not at all.
    pub fn plan(&self) -> SessionResolved {
        let winners = self.winners.iter();
        let by_software = winners.filter_map(|winner| Some((winner.item.software()?, winner)));
        let mut walk = Walk {
            planning: self,
            winners: by_software.collect(),
            placed: BTreeMap::new(),
            order: vec![],
            actions: vec![],
            bytes: 0,
        };
        let mut left_out: u32 = 0;
        let wanted = (self.winners.iter()).filter(|winner| self.about.is_about(winner));
        for winner in wanted {
            if walk.bring(winner) == Err(Full) {
                left_out = left_out.saturating_add(1);
            }
        }
        let actions = walk.actions;
        SessionResolved { actions, left_out }
    }
}

/// The session takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

pub(super) struct Walk<'a> {
    pub(super) planning: &'a Planning<'a>,
    pub(super) winners: BTreeMap<SoftwareId, &'a Winner>,
    /// What has an action, or is about to have one.
    pub(super) placed: BTreeMap<SoftwareId, (ActionId, Goal)>,
    /// The same in the order in which it came to be.
    order: Vec<SoftwareId>,
    actions: Vec<PlannedAction>,
    bytes: usize,
}

/// Something that is to have an action.
pub(super) struct Wish {
    software: SoftwareId,
    name: String,
    goal: Goal,
    parent: Option<ActionId>,
    cause: Cause,
    pub(super) action: ActionId,
    because: String,
}

/// What needs something, on the way to it.
pub(super) struct Needy<'a> {
    pub(super) action: ActionId,
    pub(super) name: &'a str,
    /// From the winner to it.
    pub(super) path: &'a mut Vec<SoftwareId>,
}

impl Walk<'_> {
    /// A winner with what it needs; if there is no room for all of it, for none.
    fn bring(&mut self, winner: &Winner) -> Result<(), Full> {
        match winner.item {
            MaintenanceItem::Software(software) => self.bring_software(winner, software),
            MaintenanceItem::Task(task) => self.bring_task(winner, task),
            MaintenanceItem::CloudTask(_) => Ok(()),
        }
    }

    /// A task needs nothing before it.
    fn bring_task(&mut self, winner: &Winner, task: TaskId) -> Result<(), Full> {
        let known = self.planning.catalogue.task(task);
        let named = known.and_then(|task| Some((task, task.name.as_ref()?)));
        let Some((task, name)) = named else {
            return Ok(());
        };
        let goal = Goal {
            desired: winner.desired.clone(),
            version: None,
            parameters: told(task, winner),
        };
        self.push(PlannedAction {
            action: self.id(&format!("action/{}", winner.deployment)),
            parent: None,
            item: winner.item,
            item_name: name.to_string(),
            because: because_of(winner, name, &goal),
            goal,
            cause: Cause::of(winner),
            needs: vec![],
        })
    }

    fn bring_software(&mut self, winner: &Winner, software: SoftwareId) -> Result<(), Full> {
        // It came along already, before what needs it.
        if self.placed.contains_key(&software) {
            return Ok(());
        }
        let Some(wish) = self.wish_of(winner, software, None) else {
            return Ok(());
        };
        let (actions, order, bytes) = (self.actions.len(), self.order.len(), self.bytes);
        let brought = self.place(wish, &mut vec![]);
        if brought.is_err() {
            self.actions.truncate(actions);
            for software in self.order.drain(order..) {
                self.placed.remove(&software);
            }
            self.bytes = bytes;
        }
        brought
    }

    /// What a winner wants; brought along by something that needs it, where something does.
    pub(super) fn wish_of(
        &self,
        winner: &Winner,
        software: SoftwareId,
        before: Option<&str>,
    ) -> Option<Wish> {
        let state = self.planning.catalogue.software(software)?;
        let name = state.definition.as_ref()?.name.to_string();
        let goal = Goal::of(winner.desired.clone(), state);
        let mut because = because_of(winner, &name, &goal);
        if let Some(before) = before {
            because = format!("{because}; it comes before {before}, which needs it");
        }
        Some(Wish {
            software,
            name,
            goal,
            parent: None,
            cause: Cause::of(winner),
            action: self.id(&format!("action/{}", winner.deployment)),
            because,
        })
    }

    /// What a prerequisite wants that no deployment of this session does.
    pub(super) fn wish_for(
        &self,
        software: SoftwareId,
        state: &Software,
        goal: Goal,
        needy: &Needy<'_>,
        cause: Cause,
    ) -> Option<Wish> {
        let name = state.definition.as_ref()?.name.to_string();
        let because = format!(
            "{name} should be {} because {} needs that first",
            goal.phrase(),
            needy.name
        );
        Some(Wish {
            software,
            name,
            goal,
            parent: Some(needy.action),
            cause,
            action: self.id(&format!("prerequisite/{software}")),
            because,
        })
    }

    fn id(&self, name: &str) -> ActionId {
        ActionId::derived_from(self.planning.session.0, name)
    }

    /// Puts an action behind everything that it needs.
    pub(super) fn place(&mut self, wish: Wish, path: &mut Vec<SoftwareId>) -> Result<(), Full> {
        self.order.push(wish.software);
        self.placed
            .insert(wish.software, (wish.action, wish.goal.clone()));
        path.push(wish.software);
        let needs = self.needs(&wish, path);
        path.pop();
        self.push(PlannedAction {
            action: wish.action,
            parent: wish.parent,
            item: MaintenanceItem::Software(wish.software),
            item_name: wish.name,
            goal: wish.goal,
            cause: wish.cause,
            because: wish.because,
            needs: needs?,
        })
    }

    fn push(&mut self, planned: PlannedAction) -> Result<(), Full> {
        if self.actions.len() >= MAX_ACTIONS_PER_SESSION || self.bytes >= MAX_PLAN_BYTES {
            return Err(Full);
        }
        self.bytes += size(&planned);
        self.actions.push(planned);
        Ok(())
    }

    /// What is to be gone, or left alone, needs nothing before it.
    fn needs(&mut self, wish: &Wish, path: &mut Vec<SoftwareId>) -> Result<Vec<Need>, Full> {
        if !wish.goal.desired.may_bring() {
            return Ok(vec![]);
        }
        let planning = self.planning;
        let mut all = vec![];
        for (_, prerequisite, says) in planning.prerequisites.of(wish.software) {
            if !self.may_be_for(says, wish) {
                continue;
            }
            let mut needy = Needy {
                action: wish.action,
                name: &wish.name,
                path,
            };
            all.push(Need {
                prerequisite,
                versions: says.versions.clone(),
                when: says.when.clone(),
                met: self.meet(prerequisite, says, &mut needy)?,
                says: shorten(&says.says(planning.catalogue), MAX_BECAUSE_CHARS),
            });
        }
        Ok(all)
    }

    /// Whether it is for the version that will come. Where that is up to prerequisites, the last of them may want another one.
    fn may_be_for(&self, says: &Prerequisite, wish: &Wish) -> bool {
        let version = wish.goal.version.as_ref();
        let is_fixed = self.winners.contains_key(&wish.software);
        says.versions == VersionRange::Any
            || !is_fixed
            // Which one it is, its computer will say.
            || version.is_none_or(|version| says.versions.has(version))
    }
}

/// Of an action in the event that holds it, in bytes. What cannot be written is refused where it is.
fn size(planned: &PlannedAction) -> usize {
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, planned).map_or(0, |()| counted.0)
}

/// Takes bytes for no more than how many they are.
struct Counted(usize);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Why there is an action for a winner.
fn because_of(winner: &Winner, name: &(impl fmt::Display + ?Sized), goal: &Goal) -> String {
    format!(
        "{name} should be {} because of the deployment for {}",
        goal.phrase(),
        shorten(&winner.target_phrase, MAX_BECAUSE_CHARS)
    )
}
