//! The computers that a deployment is for, as they are shown.

use crate::request::Request;
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::group::GroupNode;
use crate::schema::fleet::person::PersonNode;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::shown::SeenNames;
use async_graphql::{Context, Enum, Object};
use std::sync::Arc;
use upkeep_domain::rules::deployment::{self, Membership, Scope, Target};
use upkeep_domain::rules::resolution::target_phrase;
use upkeep_projections::View;

/// Which kind of computers a deployment is for. A computer whose chassis type is not known fits only ALL_COMPUTERS.
#[derive(Clone, Copy, PartialEq, Eq, Enum, Default)]
pub enum TargetFilter {
    /// The domain controllers that hold the primary role.
    PrimaryDomainControllers,
    /// Domain controllers.
    DomainControllers,
    /// Servers.
    Servers,
    /// Laptops, tablets and the like.
    PortableDevices,
    /// Desktops and the like.
    Workstations,
    /// Workstations and portable devices.
    WorkstationsAndPortableDevices,
    /// Every computer, of whatever kind.
    #[default]
    AllComputers,
}

impl From<TargetFilter> for deployment::TargetFilter {
    fn from(filter: TargetFilter) -> Self {
        match filter {
            TargetFilter::PrimaryDomainControllers => Self::PrimaryDomainControllers,
            TargetFilter::DomainControllers => Self::DomainControllers,
            TargetFilter::Servers => Self::Servers,
            TargetFilter::PortableDevices => Self::PortableDevices,
            TargetFilter::Workstations => Self::Workstations,
            TargetFilter::WorkstationsAndPortableDevices => Self::WorkstationsAndPortableDevices,
            TargetFilter::AllComputers => Self::None,
        }
    }
}

impl From<deployment::TargetFilter> for TargetFilter {
    fn from(filter: deployment::TargetFilter) -> Self {
        match filter {
            deployment::TargetFilter::PrimaryDomainControllers => Self::PrimaryDomainControllers,
            deployment::TargetFilter::DomainControllers => Self::DomainControllers,
            deployment::TargetFilter::Servers => Self::Servers,
            deployment::TargetFilter::PortableDevices => Self::PortableDevices,
            deployment::TargetFilter::Workstations => Self::Workstations,
            deployment::TargetFilter::WorkstationsAndPortableDevices => {
                Self::WorkstationsAndPortableDevices
            }
            deployment::TargetFilter::None => Self::AllComputers,
        }
    }
}

impl std::fmt::Debug for TargetFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        deployment::TargetFilter::from(*self).fmt(f)
    }
}

/// How wide a deployment reaches.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScopeKind {
    /// Computers of every tenant.
    CrossTenant,
    /// Computers of one tenant.
    SingleTenant,
    /// One computer, or the computers of one person.
    Individual,
}

/// By what the computers in a deployment's scope are chosen.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum MembershipKind {
    /// By nothing: all of them.
    AllComputers,
    /// By a tag on the computer, its tenant or its primary person.
    Tag,
    /// By a group of an RMM.
    DeviceGroup,
    /// By the type of an agreement of the tenant.
    AgreementType,
    /// By a product on an agreement of the tenant.
    AgreementProduct,
    /// By what a metascript said of the computer.
    Metascript,
    /// By a filter expression.
    Expression,
    /// By a group of a directory.
    DirectoryGroup,
}

/// Who carries a tag.
#[derive(Clone, Copy, PartialEq, Eq, Enum, Default)]
#[graphql(remote = "deployment::TagBearer")]
pub enum TagBearer {
    /// The computer itself.
    #[default]
    Computer,
    /// The computer's tenant.
    Tenant,
    /// The computer's primary person.
    Person,
}

impl std::fmt::Debug for TagBearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        deployment::TagBearer::from(*self).fmt(f)
    }
}

/// The computers that a deployment is for.
#[derive(Clone)]
pub struct TargetNode {
    pub view: Arc<View>,
    pub target: Target,
}

/// The computers that a deployment is for.
#[Object(name = "Target")]
impl TargetNode {
    /// How wide it reaches.
    async fn scope(&self) -> ScopeKind {
        match self.target.scope {
            Scope::CrossTenant => ScopeKind::CrossTenant,
            Scope::SingleTenant { .. } => ScopeKind::SingleTenant,
            Scope::Individual { .. } | Scope::Person { .. } => ScopeKind::Individual,
        }
    }

    /// The tenant, for SINGLE_TENANT.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        match self.target.scope {
            Scope::SingleTenant { tenant, .. } => {
                TenantNode::find(Request::of(context), &self.view, tenant)
            }
            _ => None,
        }
    }

    /// Whether the tenants below it are meant too, for SINGLE_TENANT.
    async fn include_children(&self) -> bool {
        matches!(
            self.target.scope,
            Scope::SingleTenant {
                include_children: true,
                ..
            }
        )
    }

    /// The computer, for INDIVIDUAL.
    async fn computer(&self, context: &Context<'_>) -> Option<ComputerNode> {
        match self.target.scope {
            Scope::Individual { computer } => {
                ComputerNode::find(Request::of(context), &self.view, computer)
            }
            _ => None,
        }
    }

    /// The person, for INDIVIDUAL.
    async fn person(&self, context: &Context<'_>) -> Option<PersonNode> {
        match self.target.scope {
            Scope::Person { person } => PersonNode::find(Request::of(context), &self.view, person),
            _ => None,
        }
    }

    /// By what the computers in the scope are chosen.
    async fn membership(&self) -> MembershipKind {
        match self.target.membership {
            Membership::AllComputers => MembershipKind::AllComputers,
            Membership::Tag { .. } => MembershipKind::Tag,
            Membership::DeviceGroup { .. } => MembershipKind::DeviceGroup,
            Membership::AgreementType { .. } => MembershipKind::AgreementType,
            Membership::AgreementProduct { .. } => MembershipKind::AgreementProduct,
            Membership::Metascript { .. } => MembershipKind::Metascript,
            Membership::Expression { .. } => MembershipKind::Expression,
            Membership::DirectoryGroup { .. } => MembershipKind::DirectoryGroup,
        }
    }

    /// The text of the membership: the tag, the agreement's type or product, the metascript, the expression.
    async fn text_of_membership(&self) -> Option<String> {
        match &self.target.membership {
            Membership::Tag { tag, .. } => Some(tag.to_string()),
            Membership::AgreementType { agreement_type } => Some(agreement_type.to_string()),
            Membership::AgreementProduct { product } => Some(product.to_string()),
            Membership::Metascript { metascript } => Some(metascript.to_string()),
            Membership::Expression { expression } => Some(expression.to_string()),
            _ => None,
        }
    }

    /// Who carries the tag, for TAG.
    async fn tag_on(&self) -> Option<TagBearer> {
        match self.target.membership {
            Membership::Tag { bearer, .. } => Some(bearer.into()),
            _ => None,
        }
    }

    /// The group, for DEVICE_GROUP and DIRECTORY_GROUP.
    async fn group(&self, context: &Context<'_>) -> Option<GroupNode> {
        match self.target.membership {
            Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
                GroupNode::find(Request::of(context), &self.view, group)
            }
            _ => None,
        }
    }

    /// What the target names and is not there any more: then it matches nothing.
    async fn missing(&self) -> Option<MissingTarget> {
        self.view.missing_in(&self.target).map(Into::into)
    }

    /// Which kind of computers.
    async fn filter(&self) -> TargetFilter {
        self.target.filter.into()
    }

    /// In words: "workstations and portable devices of every tenant".
    async fn text(&self, context: &Context<'_>) -> String {
        let names = SeenNames {
            principal: Request::of(context).principal().ok(),
            view: &self.view,
        };
        target_phrase(&self.target, &names)
    }
}

/// What a target names and is not there.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "upkeep_projections::Missing")]
pub enum MissingTarget {
    /// The computer.
    Computer,
    /// The person, or the person left.
    Person,
    /// The tenant.
    Tenant,
    /// The group, or it was removed.
    Group,
}
