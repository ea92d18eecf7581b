//! Resolution: which deployment wins for each maintenance item on a computer, and why.
//!
//! Pure: a [`Rulebook`] of all deployments and the [`ComputerFacts`] of one computer at one moment decide; sessions,
//! queries, previews and the past use the same function. It ranks all candidates and says of every loser on which key it
//! lost and to whom, and of every deployment that was no candidate the reason.
//!
//! Start reading at [`ORDER`], then [`Rulebook::explain`]; [`Rulebook::winners`] is the same without reasons, fast enough for
//! a whole fleet.

mod contest;
mod facts;
mod judge;
mod order;
mod phrase;
mod rulebook;

pub use contest::{Contender, Scratch};
pub use facts::{ComputerFacts, Occasion, Phase, TenantFacts, World, ancestors};
pub use judge::NotCandidateReason;
pub use order::{Difference, Key, KeyDescription, ORDER, Standing};
pub use phrase::{Names, desired_phrase, target_phrase};
pub use rulebook::{RuleNumber, RuleOutcome, Rulebook, Slot, TenantRules};

use crate::catalogue::parameter::Values;
use crate::kernel::ids::DeploymentId;
use crate::rules::deployment::{DesiredState, MaintenanceItem, Wanted};

/// Where a candidate lost, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    pub difference: Difference,
    pub to: DeploymentId,
}

/// A candidate in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    pub deployment: DeploymentId,
    pub desired: DesiredState,
    /// What it tells its task.
    pub parameters: Values,
    /// Nothing for the winner.
    pub lost: Option<Loss>,
}

/// A deployment for the item that does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCandidate {
    pub deployment: DeploymentId,
    pub reason: NotCandidateReason,
}

/// Everything about one item on one computer or tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemResolution {
    pub item: MaintenanceItem,
    /// Best first; empty if no deployment applies.
    pub ranked: Vec<Ranked>,
    /// In the order of their creation.
    pub not_candidates: Vec<NotCandidate>,
}

impl Ranked {
    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            desired: &self.desired,
            parameters: &self.parameters,
        }
    }
}

impl ItemResolution {
    pub fn winner(&self) -> Option<&Ranked> {
        self.ranked.first()
    }

    /// The candidates that lost only by being older than the winner, and say something else.
    pub fn conflicts(&self) -> impl Iterator<Item = &Ranked> {
        let winner = self.winner();
        self.ranked.iter().filter(move |ranked| {
            winner.zip(ranked.lost).is_some_and(|(winner, loss)| {
                are_in_conflict(winner.wanted(), ranked.wanted(), loss.difference)
            })
        })
    }

    /// Whether the winner won only by being newer than a rule that says something else.
    pub fn is_conflict(&self) -> bool {
        self.conflicts().next().is_some()
    }
}

/// Whether two rules are in conflict: one beats the other only by being newer, and they say different things.
fn are_in_conflict(winner: Wanted<'_>, loser: Wanted<'_>, difference: Difference) -> bool {
    difference.key == Key::Created && winner != loser
}

#[cfg(test)]
mod tests;
