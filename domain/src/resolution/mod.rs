//! Resolution: which deployment wins for each maintenance item on a computer, and why (design.md, section 6).
//!
//! One pure function, used by the session and by the query alike. It ranks all candidates and says of every
//! loser on which key it lost and to whom, and of every deployment that was no candidate the reason.

mod phrase;

pub use phrase::{Names, desired_phrase, target_phrase};

use crate::computer::ComputerClass;
use crate::deployment::{DesiredState, Lifecycle, MaintenanceItem, Rule, Scope, TargetFilter};
use crate::ids::{ComputerId, DeploymentId, TenantId};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What resolution knows of a computer.
#[derive(Clone, Debug)]
pub struct ComputerFacts {
    pub computer: ComputerId,
    pub tenant: TenantId,
    /// The tenants above it, nearest first.
    pub ancestors: Vec<TenantId>,
    pub class: ComputerClass,
}

/// A deployment as resolution sees it.
#[derive(Clone, Copy, Debug)]
pub struct DeploymentFacts<'a> {
    pub deployment: DeploymentId,
    pub lifecycle: Lifecycle,
    pub rule: &'a Rule,
    /// The store's position of its creation: later ones win ties.
    pub created_at: u64,
}

/// The keys by which candidates are compared, in this order; the first difference decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Individual > single tenant > cross tenant.
    Scope,
    /// The computer's own tenant > its parent > grandparent.
    TenantDistance,
    /// A subset beats its superset: servers > portable devices > workstations > both of these > none.
    Filter,
    /// Ignored > everything else > update if found.
    State,
    /// The one created later. It decides only between rules that are equal otherwise: a conflict.
    Created,
}

/// Why a deployment does not apply to a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCandidateReason {
    Disabled,
    /// It is for another computer.
    OtherComputer {
        computer: ComputerId,
    },
    /// It is for another tenant, and not for those below it.
    OtherTenant {
        tenant: TenantId,
    },
    /// The computer is of another class.
    OtherClass {
        filter: TargetFilter,
        class: ComputerClass,
    },
    /// The computer's class is not known, and an unknown fact matches no filter.
    UnknownClass {
        filter: TargetFilter,
    },
}

/// Where a candidate lost, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    pub key: Key,
    pub to: DeploymentId,
}

/// A candidate in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    pub deployment: DeploymentId,
    pub desired: DesiredState,
    /// Nothing for the winner.
    pub lost: Option<Loss>,
}

/// A deployment for the item that does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCandidate {
    pub deployment: DeploymentId,
    pub reason: NotCandidateReason,
}

/// Everything about one item on one computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemResolution {
    pub item: MaintenanceItem,
    /// Best first; empty if no deployment applies.
    pub ranked: Vec<Ranked>,
    pub not_candidates: Vec<NotCandidate>,
}

impl ItemResolution {
    pub fn winner(&self) -> Option<&Ranked> {
        self.ranked.first()
    }

    /// Whether the winner won only by being newer than a rule that says something else.
    pub fn is_conflict(&self) -> bool {
        self.winner().is_some_and(|winner| {
            self.ranked.iter().any(|ranked| {
                ranked.desired != winner.desired
                    && ranked.lost.is_some_and(|loss| loss.key == Key::Created)
            })
        })
    }
}

/// Resolves every item that any deployment speaks of, in the items' order.
///
/// Deleted deployments are left out: they say nothing any more. The result does not depend on the order in
/// which the deployments come.
pub fn resolve<'a>(
    computer: &ComputerFacts,
    deployments: impl IntoIterator<Item = DeploymentFacts<'a>>,
) -> Vec<ItemResolution> {
    let mut items: BTreeMap<MaintenanceItem, Contest<'a>> = BTreeMap::new();
    for facts in deployments {
        if matches!(facts.lifecycle, Lifecycle::Absent | Lifecycle::Deleted) {
            continue;
        }
        let contest = items.entry(facts.rule.item).or_default();
        match standing(computer, &facts) {
            Ok(standing) => contest.candidates.push((standing, facts)),
            Err(reason) => contest.not_candidates.push(NotCandidate {
                deployment: facts.deployment,
                reason,
            }),
        }
    }
    items
        .into_iter()
        .map(|(item, contest)| contest.decide(item))
        .collect()
}

#[derive(Default)]
struct Contest<'a> {
    candidates: Vec<(Standing, DeploymentFacts<'a>)>,
    not_candidates: Vec<NotCandidate>,
}

impl Contest<'_> {
    fn decide(mut self, item: MaintenanceItem) -> ItemResolution {
        self.candidates
            .sort_unstable_by_key(|(standing, facts)| (*standing, facts.deployment));
        self.not_candidates
            .sort_unstable_by_key(|not| not.deployment);
        let winner = self
            .candidates
            .first()
            .map(|(standing, facts)| (*standing, facts.deployment));
        let ranked = self
            .candidates
            .iter()
            .map(|(standing, facts)| Ranked {
                deployment: facts.deployment,
                desired: facts.rule.desired.clone(),
                lost: winner
                    .filter(|(_, deployment)| *deployment != facts.deployment)
                    .map(|(best, deployment)| Loss {
                        key: best.first_difference(standing),
                        to: deployment,
                    }),
            })
            .collect();
        ItemResolution {
            item,
            ranked,
            not_candidates: self.not_candidates,
        }
    }
}

/// A candidate's place by every key; smaller is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    scope: u8,
    tenant_distance: u8,
    filter: u8,
    state: u8,
    created: Reverse<u64>,
}

impl Standing {
    fn first_difference(&self, other: &Self) -> Key {
        if self.scope != other.scope {
            Key::Scope
        } else if self.tenant_distance != other.tenant_distance {
            Key::TenantDistance
        } else if self.filter != other.filter {
            Key::Filter
        } else if self.state != other.state {
            Key::State
        } else {
            Key::Created
        }
    }
}

fn standing(
    computer: &ComputerFacts,
    facts: &DeploymentFacts<'_>,
) -> Result<Standing, NotCandidateReason> {
    if facts.lifecycle == Lifecycle::Disabled {
        return Err(NotCandidateReason::Disabled);
    }
    let target = &facts.rule.target;
    let (scope, tenant_distance) = reach(computer, target.scope)?;
    if !target.filter.fits(computer.class) {
        return Err(match computer.class {
            ComputerClass::Unknown => NotCandidateReason::UnknownClass {
                filter: target.filter,
            },
            class => NotCandidateReason::OtherClass {
                filter: target.filter,
                class,
            },
        });
    }
    Ok(Standing {
        scope,
        tenant_distance,
        filter: match target.filter {
            TargetFilter::Servers => 0,
            TargetFilter::PortableDevices => 1,
            TargetFilter::Workstations => 2,
            TargetFilter::WorkstationsAndPortableDevices => 3,
            TargetFilter::None => 4,
        },
        state: match facts.rule.desired {
            DesiredState::Ignored => 0,
            DesiredState::InstalledLatest
            | DesiredState::InstalledExactly(_)
            | DesiredState::Uninstalled => 1,
            DesiredState::UpdateIfFound => 2,
        },
        created: Reverse(facts.created_at),
    })
}

/// The scope's rank and the distance in the tenant tree, or why the scope does not hold the computer.
fn reach(computer: &ComputerFacts, scope: Scope) -> Result<(u8, u8), NotCandidateReason> {
    match scope {
        Scope::Individual { computer: target } if target == computer.computer => Ok((0, 0)),
        Scope::Individual { computer: target } => {
            Err(NotCandidateReason::OtherComputer { computer: target })
        }
        Scope::SingleTenant { tenant, .. } if tenant == computer.tenant => Ok((1, 0)),
        Scope::SingleTenant {
            tenant,
            include_children: true,
        } => computer
            .ancestors
            .iter()
            .position(|ancestor| *ancestor == tenant)
            .map(|above| (1, u8::try_from(above + 1).unwrap_or(u8::MAX)))
            .ok_or(NotCandidateReason::OtherTenant { tenant }),
        Scope::SingleTenant { tenant, .. } => Err(NotCandidateReason::OtherTenant { tenant }),
        Scope::CrossTenant => Ok((2, 0)),
    }
}

#[cfg(test)]
mod tests;
