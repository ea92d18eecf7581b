//! What has to be installed before what: a graph of software, in which a circle and a chain that is too long are found.

use super::state::Prerequisites;
use crate::kernel::ids::{PrerequisiteId, SoftwareId};
use crate::kernel::limits::MAX_PREREQUISITE_DEPTH;
use petgraph::Direction;
use petgraph::algo::astar;
use petgraph::prelude::DiGraphMap;
use std::collections::BTreeSet;

/// From each software to what has to be installed before it, whatever the conditions and the versions say: so no condition can
/// make a circle of what was none when it was written.
pub(super) struct Needed(DiGraphMap<SoftwareId, ()>);

impl Needed {
    /// Without this one, which is about to say something else.
    pub(super) fn without(all: &Prerequisites, other: PrerequisiteId) -> Self {
        let edges = (all.iter())
            .filter(|(_, id, _)| *id != other)
            .filter_map(|(_, _, says)| Some((says.of, says.then.installs()?)));
        Self(DiGraphMap::from_edges(edges))
    }

    /// The shortest circle that would arise if `of` needed `needed`: from `of` to `of`.
    pub(super) fn circle(&self, of: SoftwareId, needed: SoftwareId) -> Option<Vec<SoftwareId>> {
        if !self.0.contains_node(needed) || !self.0.contains_node(of) {
            return None;
        }
        let (_, back) = astar(&self.0, needed, |at| at == of, |_| 1_u32, |_| 0)?;
        Some(std::iter::once(of).chain(back).collect())
    }

    /// Whether more installations than may be would come before one another if `of` needed `needed`.
    pub(super) fn is_too_deep(&self, of: SoftwareId, needed: SoftwareId) -> bool {
        let above = self.longest_walk(of, Direction::Incoming);
        let below = self.longest_walk(needed, Direction::Outgoing);
        above + 1 + below > MAX_PREREQUISITE_DEPTH
    }

    /// In edges, and no longer than what is too long: where history holds a circle there is no longest one.
    fn longest_walk(&self, from: SoftwareId, direction: Direction) -> usize {
        let mut steps = 0;
        let mut at = BTreeSet::from([from]);
        while steps <= MAX_PREREQUISITE_DEPTH {
            at = (at.iter())
                .flat_map(|software| self.0.neighbors_directed(*software, direction))
                .collect();
            if at.is_empty() {
                break;
            }
            steps += 1;
        }
        steps
    }
}
