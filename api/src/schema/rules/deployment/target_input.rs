//! The computers that a deployment is for, as they are written.

use super::target::{TagBearer, TargetFilter};
use crate::request::Request;
use crate::schema::change::Checked;
use crate::schema::types::{UserError, uuid_of};
use async_graphql::{ID, InputObject, OneofObject};
use upkeep_domain::access::Action;
use upkeep_domain::fleet::group::GroupKind;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::{ComputerId, GroupId, PersonId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::{Membership, Scope, Target};
use upkeep_domain::rules::expression::FilterExpression;
use upkeep_projections::View;

/// One tenant as a target.
#[derive(Clone, Debug, InputObject)]
pub struct SingleTenantInput {
    /// The tenant.
    tenant_id: ID,
    /// Whether the tenants below it are meant too.
    #[graphql(default)]
    include_children: bool,
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
    /// Who carries it.
    #[graphql(default_with = "TagBearer::Computer")]
    on: TagBearer,
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
    /// Which kind of computers.
    #[graphql(default_with = "TargetFilter::AllComputers")]
    filter: TargetFilter,
}

impl TargetInput {
    /// The target, if what it names exists and the caller may see it.
    pub fn check(&self, request: &Request, view: &View) -> Checked<Target> {
        let scope = check!(self.scope.check(request, view)?);
        let membership = match &self.membership {
            None => Membership::AllComputers,
            Some(membership) => check!(membership.check(request, view, scope)?),
        };
        Ok(Ok(Target {
            scope,
            membership,
            filter: self.filter.into(),
        }))
    }
}

impl ScopeInput {
    fn check(&self, request: &Request, view: &View) -> Checked<Scope> {
        let not_found = |what| Ok(Err(UserError::not_found(what).at("target")));
        Ok(Ok(match self {
            Self::CrossTenant(true) => Scope::CrossTenant,
            Self::CrossTenant(false) => {
                let message = "crossTenant is true or not given: choose another scope";
                return Ok(Err(UserError::invalid("target", &message)));
            }
            Self::SingleTenant(single) => {
                let tenant = TenantId(uuid_of("Tenant", &single.tenant_id)?);
                let is_visible = view.tenants.get(tenant).is_some()
                    && request.may(Action::ReadTenant { tenant });
                if !is_visible {
                    return not_found("tenant");
                }
                Scope::SingleTenant {
                    tenant,
                    include_children: single.include_children,
                }
            }
            Self::ComputerId(id) => {
                let computer = ComputerId(uuid_of("Computer", id)?);
                let is_visible = view
                    .tenant_of(computer)
                    .is_some_and(|tenant| request.may(Action::ReadComputer { tenant }));
                if !is_visible {
                    return not_found("computer");
                }
                Scope::Individual { computer }
            }
            Self::PersonId(id) => {
                let person = PersonId(uuid_of("Person", id)?);
                let known = view.persons.get(person);
                let is_visible =
                    known
                        .and_then(|entry| entry.state.present())
                        .is_some_and(|known| {
                            let tenant = known.tenant;
                            request.may(Action::ReadTenant { tenant })
                        });
                if !is_visible {
                    return not_found("person");
                }
                Scope::Person { person }
            }
        }))
    }
}

impl MembershipInput {
    fn check(&self, request: &Request, view: &View, scope: Scope) -> Checked<Membership> {
        let name =
            |text: &str| Name::new(text).map_err(|error| UserError::invalid("target", &error));
        Ok(Ok(match self {
            Self::AllComputers(true) => Membership::AllComputers,
            Self::AllComputers(false) => {
                let message = "allComputers is true or not given: choose another membership";
                return Ok(Err(UserError::invalid("target", &message)));
            }
            Self::Tag(input) => {
                let tag = Tag::new(&input.tag);
                Membership::Tag {
                    tag: check!(tag.map_err(|error| UserError::invalid("target", &error))),
                    bearer: input.on.into(),
                }
            }
            Self::DeviceGroupId(id) => {
                let group = check!(group_of(request, view, scope, id, GroupKind::Device)?);
                Membership::DeviceGroup { group }
            }
            Self::DirectoryGroupId(id) => {
                let group = check!(group_of(request, view, scope, id, GroupKind::Directory)?);
                Membership::DirectoryGroup { group }
            }
            Self::AgreementType(text) => Membership::AgreementType {
                agreement_type: check!(name(text)),
            },
            Self::AgreementProduct(text) => Membership::AgreementProduct {
                product: check!(name(text)),
            },
            Self::Metascript(text) => Membership::Metascript {
                metascript: check!(name(text)),
            },
            Self::Expression(text) => {
                let expression = FilterExpression::new(text);
                Membership::Expression {
                    expression: check!(
                        expression.map_err(|error| UserError::invalid("target", &error))
                    ),
                }
            }
        }))
    }
}

/// A group of that kind, whose people the scope can reach.
fn group_of(
    request: &Request,
    view: &View,
    scope: Scope,
    id: &ID,
    kind: GroupKind,
) -> Checked<GroupId> {
    let group = GroupId(uuid_of("Group", id)?);
    let known = view
        .groups
        .get(group)
        .and_then(|entry| entry.state.present());
    let visible = known.filter(|known| {
        request.may(Action::ReadTenant {
            tenant: known.tenant,
        })
    });
    let Some(definition) = visible else {
        return Ok(Err(UserError::not_found("group").at("target")));
    };
    if definition.kind != kind {
        let message = "the group is of the other kind: a directory's and an RMM's groups are different targets";
        return Ok(Err(UserError::invalid("target", &message)));
    }
    let is_in_reach = match scope {
        Scope::SingleTenant {
            tenant,
            include_children,
        } => {
            definition.tenant == tenant
                || include_children && view.ancestors(definition.tenant).contains(&tenant)
        }
        Scope::CrossTenant | Scope::Individual { .. } | Scope::Person { .. } => true,
    };
    Ok(if is_in_reach {
        Ok(group)
    } else {
        let message =
            "the group is of another tenant than the scope's: nobody in it could be reached";
        Err(UserError::invalid("target", &message))
    })
}
