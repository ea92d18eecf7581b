//! The computers that a deployment is for, as they are written.

use super::membership::TagBearer;
use super::target::TargetFilter;
use crate::schema::change::{name, seen};
use crate::schema::fleet::person::present_person;
use crate::schema::or_default::OrDefault;
use async_graphql::{ID, InputObject, OneofObject};
use upkeep_commands::{Ask, Stop};
use upkeep_domain::access::Guarded as _;
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::fleet::group::{Group, GroupKind};
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::ids::GroupId;
use upkeep_domain::rules::deployment::{Membership, Scope, Target};
use upkeep_domain::rules::expression::FilterExpression;

/// One tenant as a target.
#[derive(Clone, Debug, InputObject)]
pub struct SingleTenantInput {
    /// The tenant.
    tenant_id: ID,
    /// Whether the tenants below it are meant too; not if not given.
    include_children: OrDefault<bool>,
}

/// How wide a deployment reaches: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum ScopeInput {
    /// `true`: computers of every tenant.
    CrossTenant(bool),
    /// Computers of one tenant.
    SingleTenant(SingleTenantInput),
    /// The computer with this id.
    ComputerId(ID),
    /// The computers whose primary person this is.
    PersonId(ID),
}

/// A tag as a target.
#[derive(Clone, Debug, InputObject)]
pub struct TagTargetInput {
    /// The tag; upper and lower case are the same.
    tag: String,
    /// Who carries it; COMPUTER if not given.
    on: OrDefault<TagBearer>,
}

/// By what the computers in the scope are chosen: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum MembershipInput {
    /// `true`: all of them.
    AllComputers(bool),
    /// Those with a tag on them, their tenant or their primary person.
    Tag(TagTargetInput),
    /// The devices of an RMM's group.
    DeviceGroupId(ID),
    /// Those of tenants with an agreement of this type.
    AgreementType(String),
    /// Those of tenants with this product on an agreement, on the days on which it counts.
    AgreementProduct(String),
    /// Those of which this metascript last said yes.
    Metascript(String),
    /// Those that this filter expression, in CEL, matches; docs/resolution.md lists what it can speak of.
    Expression(String),
    /// The devices in a directory's group, and those whose primary person is in it, through nested groups too.
    DirectoryGroupId(ID),
}

/// The computers that a deployment is for.
#[derive(Clone, Debug, InputObject)]
pub struct TargetInput {
    /// How wide it reaches.
    scope: ScopeInput,
    /// By what the computers in the scope are chosen; all of them if not given.
    membership: Option<MembershipInput>,
    /// Which kind of computers; ALL_COMPUTERS if not given.
    filter: OrDefault<TargetFilter>,
}

impl TargetInput {
    /// The target, if what it names exists and the caller may see it.
    pub fn check(&self, ask: &Ask) -> Result<Target, Stop> {
        let scope = self.scope.check(ask)?;
        let membership = match &self.membership {
            None => Membership::AllComputers,
            Some(membership) => membership.check(ask, scope)?,
        };
        Ok(Target {
            scope,
            membership,
            filter: self.filter.0.into(),
        })
    }
}

impl ScopeInput {
    fn check(&self, ask: &Ask) -> Result<Scope, Stop> {
        Ok(match self {
            Self::CrossTenant(true) => Scope::CrossTenant,
            Self::CrossTenant(false) => {
                let message = "crossTenant is true or not given: choose another scope";
                return Err(Stop::invalid(message).at("target.scope.crossTenant"));
            }
            Self::SingleTenant(single) => Scope::SingleTenant {
                tenant: seen::<Tenant>(
                    ask,
                    &single.tenant_id,
                    "target.scope.singleTenant.tenantId",
                )?
                .id,
                include_children: *single.include_children,
            },
            Self::ComputerId(id) => Scope::Individual {
                computer: seen::<Computer>(ask, id, "target.scope.computerId")?.id,
            },
            Self::PersonId(id) => Scope::Person {
                person: present_person(ask, id, "target.scope.personId")?.0,
            },
        })
    }
}

impl MembershipInput {
    fn check(&self, ask: &Ask, scope: Scope) -> Result<Membership, Stop> {
        Ok(match self {
            Self::AllComputers(true) => Membership::AllComputers,
            Self::AllComputers(false) => {
                let message = "allComputers is true or not given: choose another membership";
                return Err(Stop::invalid(message).at("target.membership.allComputers"));
            }
            Self::Tag(input) => {
                let tag = Tag::new(&input.tag);
                Membership::Tag {
                    tag: tag
                        .map_err(|error| Stop::invalid(&error).at("target.membership.tag.tag"))?,
                    bearer: input.on.0.into(),
                }
            }
            Self::DeviceGroupId(id) => {
                let group = group_of(ask, scope, id, GroupKind::Device)?;
                Membership::DeviceGroup { group }
            }
            Self::DirectoryGroupId(id) => {
                let group = group_of(ask, scope, id, GroupKind::Directory)?;
                Membership::DirectoryGroup { group }
            }
            Self::AgreementType(text) => Membership::AgreementType {
                agreement_type: name("target.membership.agreementType", text)?,
            },
            Self::AgreementProduct(text) => Membership::AgreementProduct {
                product: name("target.membership.agreementProduct", text)?,
            },
            Self::Metascript(text) => Membership::Metascript {
                metascript: name("target.membership.metascript", text)?,
            },
            Self::Expression(text) => {
                let expression = FilterExpression::new(text);
                Membership::Expression {
                    expression: expression.map_err(|error| {
                        Stop::invalid(&error).at("target.membership.expression")
                    })?,
                }
            }
        })
    }
}

/// A group of that kind, whose people the scope can reach.
fn group_of(ask: &Ask, scope: Scope, id: &ID, kind: GroupKind) -> Result<GroupId, Stop> {
    let field = match kind {
        GroupKind::Device => "target.membership.deviceGroupId",
        GroupKind::Directory => "target.membership.directoryGroupId",
    };
    let group = seen::<Group>(ask, id, field)?;
    let Some(definition) = group.state.present() else {
        return Err(Stop::not_found(Group::NOUN).at(field));
    };
    if definition.kind != kind {
        let message = "the group is of the other kind: a directory's and an RMM's groups are different targets";
        return Err(Stop::invalid(message).at(field));
    }
    let is_in_reach = match scope {
        Scope::SingleTenant {
            tenant,
            include_children,
        } => {
            definition.tenant == tenant
                || include_children && ask.view().ancestors(definition.tenant).contains(&tenant)
        }
        Scope::CrossTenant | Scope::Individual { .. } | Scope::Person { .. } => true,
    };
    if is_in_reach {
        Ok(group.id)
    } else {
        let message =
            "the group is of another tenant than the scope's: nobody in it could be reached";
        Err(Stop::invalid(message).at(field))
    }
}
