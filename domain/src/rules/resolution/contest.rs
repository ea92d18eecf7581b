//! The rules of one computer, as its facts bring them in: who wins, and who else applies. The same as [`Rulebook::explain`] finds by
//! looking at every rule, fast enough for a whole fleet.

use super::are_in_conflict;
use super::facts::{ComputerFacts, Occasion, World};
use super::judge::fits;
use super::order::Standing;
use super::rulebook::{RuleNumber, Rulebook, TenantRules, from};
use crate::fleet::computer::Maintenance;
use crate::rules::deployment::MaintenanceItem;

/// A rule that applies to a computer, beside the one that wins its item there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contender {
    pub number: RuleNumber,
    /// Itself, if it wins.
    pub winner: RuleNumber,
    /// Whether it is in conflict with the winner.
    pub is_in_conflict: bool,
}

/// Room that is used again for each computer.
#[derive(Debug, Default)]
pub struct Scratch {
    best: Vec<Standing>,
    touched: Vec<u32>,
}

/// Where the rules of one computer meet.
trait Arena {
    /// Whether it matters that a rule stands so among those about an item. What costs more is asked only then.
    fn admits(&self, item: u32, standing: Standing) -> bool;

    fn enter(&mut self, item: u32, standing: Standing);
}

/// Only the best of each item stays.
impl Arena for Scratch {
    fn admits(&self, item: u32, standing: Standing) -> bool {
        standing < self.best[item as usize]
    }

    fn enter(&mut self, item: u32, standing: Standing) {
        let best = &mut self.best[item as usize];
        if *best == Standing::WORST {
            self.touched.push(item);
        }
        *best = standing;
    }
}

/// Everybody stays.
impl Arena for Vec<(u32, Standing)> {
    fn admits(&self, _: u32, _: Standing) -> bool {
        true
    }

    fn enter(&mut self, item: u32, standing: Standing) {
        self.push((item, standing));
    }
}

impl Scratch {
    /// The winners; the room is clean afterwards.
    fn finish(&mut self) -> Box<[RuleNumber]> {
        let Self { best, touched } = self;
        touched.sort_unstable();
        touched
            .drain(..)
            .map(|item| std::mem::replace(&mut best[item as usize], Standing::WORST).index())
            .collect()
    }
}

impl Rulebook {
    /// The winner of every item on a computer, in the order of the items. The same winners as [`Self::explain`] gives,
    /// without the reasons.
    pub fn winners<W: World>(
        &self,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
        tenant: &TenantRules,
        scratch: &mut Scratch,
    ) -> Box<[RuleNumber]> {
        scratch.best.resize(self.items.len(), Standing::WORST);
        self.hold(facts, occasion, tenant, scratch);
        scratch.finish()
    }

    /// Every rule that applies to a computer, item by item, the winner first. The same as [`Self::explain`] ranks.
    pub fn contenders<W: World>(
        &self,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
        tenant: &TenantRules,
    ) -> Vec<Contender> {
        let mut entered: Vec<(u32, Standing)> = Vec::new();
        self.hold(facts, occasion, tenant, &mut entered);
        entered.sort_unstable();
        // Who is named comes in by its name and by its facts.
        entered.dedup();
        let of_one_item = entered.chunk_by(|one, other| one.0 == other.0);
        let ranked = of_one_item.flat_map(|all| self.contend(all.iter().map(|(_, rule)| *rule)));
        ranked.collect()
    }

    /// Every rule about one item that applies to a computer, the winner first; a cloud task has none.
    pub fn contenders_for<W: World>(
        &self,
        item: MaintenanceItem,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
    ) -> Vec<Contender> {
        if !item.is_of_computers() {
            return vec![];
        }
        let about = self.about(item).iter();
        let mut standings: Vec<Standing> = about
            .filter_map(|number| self.slots[*number as usize].stands(facts, occasion))
            .collect();
        standings.sort_unstable();
        self.contend(standings.into_iter()).collect()
    }

    /// What rules about one item come to that apply, best first.
    fn contend<'a>(
        &'a self,
        standings: impl Iterator<Item = Standing> + Clone + 'a,
    ) -> impl Iterator<Item = Contender> + 'a {
        let best = standings.clone().next();
        standings.filter_map(move |standing| {
            let best = best?;
            let (winner, number) = (best.index(), standing.index());
            let wanted = |number| Some(self.slot(number)?.rule.wanted());
            Some(Contender {
                number,
                winner,
                is_in_conflict: number != winner
                    && are_in_conflict(
                        wanted(winner)?,
                        wanted(number)?,
                        best.first_difference(standing),
                    ),
            })
        })
    }

    /// Has the rules meet that a computer's facts bring in.
    fn hold<W: World>(
        &self,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
        tenant: &TenantRules,
        arena: &mut impl Arena,
    ) {
        let is_gone = facts.computer.is_removed || facts.tenant.is_removed();
        if is_gone || facts.computer.maintenance == Maintenance::Excluded {
            return;
        }
        let mut contest = Contest {
            rulebook: self,
            facts,
            occasion,
            arena,
        };
        let index = &self.index;
        for (number, standing) in &tenant.chosen {
            contest.enter(*number, *standing);
        }
        contest.enter_all(from(&index.computers, &facts.id));
        for tag in &facts.computer.tags {
            contest.enter_all(from(&index.computer_tags, tag));
        }
        for (metascript, known) in &facts.computer.answers {
            if known.answer {
                contest.enter_all(from(&index.metascripts, metascript));
            }
        }
        if !(index.persons.is_empty() && index.person_tags.is_empty())
            && let Some((person, state, _)) = facts.person()
        {
            contest.enter_all(from(&index.persons, &person));
            for tag in &state.tags {
                contest.enter_all(from(&index.person_tags, tag));
            }
        }
        if !index.groups.is_empty() {
            for group in facts.groups() {
                contest.enter_all(from(&index.groups, group));
            }
        }
        // Expressions cost most: where only winners stay, they are asked only where they would win.
        for (number, standing) in &tenant.expressions {
            contest.enter_if_member(*number, *standing);
        }
        if let Some(number) = occasion.named.and_then(|named| self.number_of(named)) {
            contest.enter_named(number);
        }
    }
}

struct Contest<'a, 'w, W, A> {
    rulebook: &'a Rulebook,
    facts: &'a ComputerFacts<'w, W>,
    occasion: &'a Occasion,
    arena: &'a mut A,
}

impl<W: World, A: Arena> Contest<'_, '_, W, A> {
    /// Rules whose membership holds.
    fn enter_all(&mut self, numbers: &[RuleNumber]) {
        for number in numbers {
            let slot = &self.rulebook.slots[*number as usize];
            if let Ok(standing) = slot.reach(self.facts) {
                self.enter(*number, standing);
            }
        }
    }

    /// A rule whose scope and membership hold.
    fn enter(&mut self, number: RuleNumber, standing: Standing) {
        let slot = &self.rulebook.slots[number as usize];
        let standing = slot.named_or_not(standing, self.occasion);
        if self.arena.admits(slot.item, standing)
            && fits(slot.rule.target.filter, self.facts).is_ok()
            && slot.enforced(self.facts, self.occasion).is_ok()
        {
            self.arena.enter(slot.item, standing);
        }
    }

    fn enter_if_member(&mut self, number: RuleNumber, standing: Standing) {
        let slot = &self.rulebook.slots[number as usize];
        let standing = slot.named_or_not(standing, self.occasion);
        if self.arena.admits(slot.item, standing)
            && fits(slot.rule.target.filter, self.facts).is_ok()
            && slot.enforced(self.facts, self.occasion).is_ok()
            && slot.member(self.facts).is_ok()
        {
            self.arena.enter(slot.item, standing);
        }
    }

    /// The named one may be ad hoc, which the index leaves out.
    fn enter_named(&mut self, number: RuleNumber) {
        let slot = &self.rulebook.slots[number as usize];
        if slot.rule.item.is_of_computers()
            && let Ok(standing) = slot.judge(self.facts, self.occasion)
            && self.arena.admits(slot.item, standing)
        {
            self.arena.enter(slot.item, standing);
        }
    }
}
