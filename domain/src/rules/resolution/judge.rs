//! Whether one rule is a candidate for one computer or tenant, and if not, why.

use super::facts::{ComputerFacts, Occasion, Phase, TenantFacts, World};
use super::order::Standing;
use super::rulebook::Slot;
use crate::fleet::computer::{ComputerClass, Maintenance};
use crate::fleet::group::Group;
use crate::fleet::tag::Tag;
use crate::kernel::ids::{ComputerId, GroupId, PersonId, TenantId};
use crate::kernel::name::Name;
use crate::rules::deployment::{
    Enforcement, Lifecycle, Membership, Origin, Recommendation, Scope, TagBearer, TargetFilter,
};
use crate::rules::expression::{Fact, Outcome};
use chrono::{DateTime, Utc};

/// Why a deployment does not apply to a computer or a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCandidateReason {
    Disabled,
    /// Told only where somebody asks about this one.
    Deleted,
    /// Recommended by a catalogue, and nobody decided yet.
    Undecided,
    /// Recommended by a catalogue, and dismissed here.
    Dismissed,
    /// The computer was removed.
    ComputerRemoved,
    /// Its tenant was removed.
    TenantRemoved,
    /// The computer is excluded from maintenance.
    ComputerExcluded,
    /// Its tenant is excluded from cross-tenant deployments.
    TenantExcluded,
    /// It is for another computer.
    OtherComputer {
        computer: ComputerId,
    },
    /// The computer's primary person is somebody else, or nobody.
    OtherPerson {
        person: PersonId,
    },
    /// It is for another tenant.
    OtherTenant {
        tenant: TenantId,
    },
    /// It is for a tenant above, without those below.
    NotForChildren {
        tenant: TenantId,
    },
    NotTagged {
        tag: Tag,
        bearer: TagBearer,
    },
    /// A tag on persons, and the computer has no primary person.
    NoPrimaryPerson {
        tag: Tag,
    },
    NotInGroup {
        group: GroupId,
    },
    /// The group was removed, or never was.
    GroupMissing {
        group: GroupId,
    },
    NoAgreement {
        agreement_type: Name,
    },
    NoProduct {
        product: Name,
    },
    MetascriptSaidNo {
        metascript: Name,
        observed_at: DateTime<Utc>,
    },
    /// Nobody asked the metascript about this computer yet.
    MetascriptUnanswered {
        metascript: Name,
    },
    ExpressionFalse,
    /// The expression depends on a fact that is not known.
    ExpressionUnknown {
        fact: Fact,
    },
    /// The expression is from a time with other rules.
    ExpressionRefused,
    /// The computer is of another class.
    OtherClass {
        filter: TargetFilter,
        class: ComputerClass,
    },
    /// The computer's class is not known, and an unknown fact matches no filter.
    UnknownClass {
        filter: TargetFilter,
    },
    /// The computer's part in its domain is another one.
    OtherRole {
        filter: TargetFilter,
    },
    /// The computer's part in its domain is not known.
    UnknownRole {
        filter: TargetFilter,
    },
    /// It is ad hoc, and the session does not name it.
    OnlyWhenNamed,
    OnlyInOnboarding,
    /// It is optional, and was not approved for this computer.
    NotApproved,
}

use NotCandidateReason as Reason;

impl Slot {
    /// Whether it is in force at all, wherever.
    pub(super) fn in_force(&self) -> Result<(), Reason> {
        match (self.lifecycle, self.rule.origin, self.recommendation) {
            (Lifecycle::Disabled, ..) => Err(Reason::Disabled),
            (Lifecycle::Absent | Lifecycle::Deleted, ..) => Err(Reason::Deleted),
            (_, Origin::Recommended, Recommendation::Undecided) => Err(Reason::Undecided),
            (_, Origin::Recommended, Recommendation::Dismissed) => Err(Reason::Dismissed),
            _ => Ok(()),
        }
    }

    /// Its standing for a computer, or the first reason why it has none.
    pub(super) fn judge<W: World>(
        &self,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
    ) -> Result<Standing, Reason> {
        self.in_force()?;
        if facts.tenant.is_removed() {
            return Err(Reason::TenantRemoved);
        }
        if facts.computer.is_removed {
            return Err(Reason::ComputerRemoved);
        }
        if facts.computer.maintenance == Maintenance::Excluded {
            return Err(Reason::ComputerExcluded);
        }
        let standing = self.reach(facts)?;
        self.member(facts)?;
        fits(self.rule.target.filter, facts)?;
        self.enforced(facts, occasion)?;
        Ok(self.named_or_not(standing, occasion))
    }

    /// The same without the reason, what costs least first.
    pub(super) fn stands<W: World>(
        &self,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
    ) -> Option<Standing> {
        let is_possible = self.in_force().is_ok()
            && facts.computer.maintenance == Maintenance::Included
            && !facts.computer.is_removed
            && !facts.tenant.is_removed()
            && fits(self.rule.target.filter, facts).is_ok()
            && self.enforced(facts, occasion).is_ok();
        let standing = is_possible.then(|| self.reach(facts).ok())??;
        self.member(facts).ok()?;
        Some(self.named_or_not(standing, occasion))
    }

    pub(super) fn named_or_not(&self, standing: Standing, occasion: &Occasion) -> Standing {
        if occasion.named == Some(self.deployment) {
            standing.named()
        } else {
            standing
        }
    }

    /// Its standing for a tenant, for cloud tasks.
    pub(super) fn judge_tenant(
        &self,
        facts: &TenantFacts<'_>,
        occasion: &Occasion,
    ) -> Result<Standing, Reason> {
        self.in_force()?;
        if facts.is_removed() {
            return Err(Reason::TenantRemoved);
        }
        let standing = self.reach_tenant(facts)?;
        self.member_tenant(facts)?;
        let is_named = occasion.named == Some(self.deployment);
        if self.rule.enforcement == Enforcement::AdHoc && !is_named {
            return Err(Reason::OnlyWhenNamed);
        }
        Ok(self.named_or_not(standing, occasion))
    }

    pub(super) fn reach<W: World>(&self, facts: &ComputerFacts<'_, W>) -> Result<Standing, Reason> {
        match self.rule.target.scope {
            Scope::Individual { computer } if computer == facts.id => Ok(self.standing),
            Scope::Individual { computer } => Err(Reason::OtherComputer { computer }),
            // Who it would be is looked up only where it can matter.
            Scope::Person { person } if facts.computer.primary_person != Some(person) => {
                Err(Reason::OtherPerson { person })
            }
            Scope::Person { person } => match facts.person() {
                Some((primary, ..)) if primary == person => Ok(self.standing),
                _ => Err(Reason::OtherPerson { person }),
            },
            Scope::SingleTenant { .. } | Scope::CrossTenant => self.reach_tenant(facts.tenant),
        }
    }

    pub(super) fn reach_tenant(&self, facts: &TenantFacts<'_>) -> Result<Standing, Reason> {
        match self.rule.target.scope {
            Scope::CrossTenant if facts.is_excluded_from_cross_tenant() => {
                Err(Reason::TenantExcluded)
            }
            Scope::CrossTenant => Ok(self.standing),
            Scope::SingleTenant {
                tenant,
                include_children,
            } => match facts.distance_to(tenant) {
                Some(0) => Ok(self.standing),
                Some(distance) if include_children => Ok(self.standing.above(distance)),
                Some(_) => Err(Reason::NotForChildren { tenant }),
                None => Err(Reason::OtherTenant { tenant }),
            },
            Scope::Individual { computer } => Err(Reason::OtherComputer { computer }),
            Scope::Person { person } => Err(Reason::OtherPerson { person }),
        }
    }

    pub(super) fn member<W: World>(&self, facts: &ComputerFacts<'_, W>) -> Result<(), Reason> {
        match &self.rule.target.membership {
            Membership::Tag {
                tag,
                bearer: bearer @ TagBearer::Computer,
            } => found(facts.computer.tags.contains(tag), || Reason::NotTagged {
                tag: tag.clone(),
                bearer: *bearer,
            }),
            Membership::Tag {
                tag,
                bearer: bearer @ TagBearer::Person,
            } => match facts.person() {
                None => Err(Reason::NoPrimaryPerson { tag: tag.clone() }),
                Some((_, person, _)) => found(person.tags.contains(tag), || Reason::NotTagged {
                    tag: tag.clone(),
                    bearer: *bearer,
                }),
            },
            Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
                if facts.groups().contains(group) {
                    return Ok(());
                }
                let is_there = facts.world.group(*group).and_then(Group::present).is_some();
                Err(if is_there {
                    Reason::NotInGroup { group: *group }
                } else {
                    Reason::GroupMissing { group: *group }
                })
            }
            Membership::Metascript { metascript } => match facts.computer.answers.get(metascript) {
                Some(known) if known.answer => Ok(()),
                Some(known) => Err(Reason::MetascriptSaidNo {
                    metascript: metascript.clone(),
                    observed_at: known.observed_at,
                }),
                None => Err(Reason::MetascriptUnanswered {
                    metascript: metascript.clone(),
                }),
            },
            Membership::Expression { expression } => match expression.evaluate(facts) {
                Outcome::Matches => Ok(()),
                Outcome::DoesNotMatch => Err(Reason::ExpressionFalse),
                Outcome::Unknown(fact) => Err(Reason::ExpressionUnknown { fact }),
                Outcome::Refused => Err(Reason::ExpressionRefused),
            },
            Membership::AllComputers
            | Membership::Tag { .. }
            | Membership::AgreementType { .. }
            | Membership::AgreementProduct { .. } => self.member_tenant(facts.tenant),
        }
    }

    fn member_tenant(&self, facts: &TenantFacts<'_>) -> Result<(), Reason> {
        match &self.rule.target.membership {
            Membership::AllComputers => Ok(()),
            Membership::Tag { tag, bearer } => {
                let tags = facts.tenant.map(|tenant| &tenant.tags);
                found(tags.is_some_and(|tags| tags.contains(tag)), || {
                    Reason::NotTagged {
                        tag: tag.clone(),
                        bearer: *bearer,
                    }
                })
            }
            Membership::AgreementType { agreement_type } => {
                found(facts.agreement_types.contains(agreement_type), || {
                    Reason::NoAgreement {
                        agreement_type: agreement_type.clone(),
                    }
                })
            }
            Membership::AgreementProduct { product } => {
                found(facts.products.contains(product), || Reason::NoProduct {
                    product: product.clone(),
                })
            }
            // Nothing else is accepted for tenants when it is written.
            _ => Err(Reason::ExpressionRefused),
        }
    }

    /// Naming is what ad hoc deployments wait for. It is not approving: an optional one waits for its approval and an
    /// onboarding one for a new computer, whoever names them.
    pub(super) fn enforced<W: World>(
        &self,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
    ) -> Result<(), Reason> {
        let is_named = occasion.named == Some(self.deployment);
        match self.rule.enforcement {
            Enforcement::AdHoc if !is_named => Err(Reason::OnlyWhenNamed),
            Enforcement::Onboarding if occasion.phase != Phase::Onboarding => {
                Err(Reason::OnlyInOnboarding)
            }
            Enforcement::Optional if !facts.computer.approvals.contains(&self.deployment) => {
                Err(Reason::NotApproved)
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn fits<W: World>(
    filter: TargetFilter,
    facts: &ComputerFacts<'_, W>,
) -> Result<(), Reason> {
    let is_about_role = matches!(
        filter,
        TargetFilter::PrimaryDomainControllers | TargetFilter::DomainControllers
    );
    match filter.fits(facts.class, facts.role()) {
        Some(true) => Ok(()),
        Some(false) if is_about_role => Err(Reason::OtherRole { filter }),
        Some(false) => Err(Reason::OtherClass {
            filter,
            class: facts.class,
        }),
        None if is_about_role => Err(Reason::UnknownRole { filter }),
        None => Err(Reason::UnknownClass { filter }),
    }
}

fn found(is: bool, reason: impl FnOnce() -> Reason) -> Result<(), Reason> {
    if is { Ok(()) } else { Err(reason()) }
}
