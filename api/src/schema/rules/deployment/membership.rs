//! By what the computers in a deployment's scope are chosen, as it is shown: what it is written with, and what that names.

use crate::request::Request;
use crate::schema::fleet::group::GroupNode;
use crate::schema::types::global_id;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use std::sync::Arc;
use upkeep_domain::rules::deployment::{self, Membership};
use upkeep_projections::View;

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

/// A tag as a target.
#[derive(SimpleObject)]
pub struct TagTarget {
    /// The tag.
    tag: String,
    /// Who carries it.
    on: TagBearer,
}

/// By what the computers in a deployment's scope are chosen.
pub struct MembershipNode {
    pub view: Arc<View>,
    pub membership: Membership,
}

/// By what the computers in a deployment's scope are chosen. Besides kind and group exactly one is not null: the one that
/// MembershipInput takes.
#[Object(name = "Membership")]
impl MembershipNode {
    /// Which of them.
    async fn kind(&self) -> MembershipKind {
        match self.membership {
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

    /// `true`: all of them.
    async fn all_computers(&self) -> Option<bool> {
        matches!(self.membership, Membership::AllComputers).then_some(true)
    }

    /// The tag, and who carries it.
    async fn tag(&self) -> Option<TagTarget> {
        match &self.membership {
            Membership::Tag { tag, bearer } => Some(TagTarget {
                tag: tag.to_string(),
                on: (*bearer).into(),
            }),
            _ => None,
        }
    }

    /// The global id of the RMM's group.
    async fn device_group_id(&self) -> Option<ID> {
        match self.membership {
            Membership::DeviceGroup { group } => Some(global_id("Group", group.0)),
            _ => None,
        }
    }

    /// The type of the agreement.
    async fn agreement_type(&self) -> Option<String> {
        match &self.membership {
            Membership::AgreementType { agreement_type } => Some(agreement_type.to_string()),
            _ => None,
        }
    }

    /// The product on the agreement.
    async fn agreement_product(&self) -> Option<String> {
        match &self.membership {
            Membership::AgreementProduct { product } => Some(product.to_string()),
            _ => None,
        }
    }

    /// The metascript's name.
    async fn metascript(&self) -> Option<String> {
        match &self.membership {
            Membership::Metascript { metascript } => Some(metascript.to_string()),
            _ => None,
        }
    }

    /// The filter expression.
    async fn expression(&self) -> Option<String> {
        match &self.membership {
            Membership::Expression { expression } => Some(expression.to_string()),
            _ => None,
        }
    }

    /// The global id of the directory's group.
    async fn directory_group_id(&self) -> Option<ID> {
        match self.membership {
            Membership::DirectoryGroup { group } => Some(global_id("Group", group.0)),
            _ => None,
        }
    }

    /// The group of an RMM or a directory, if you may see it.
    async fn group(&self, context: &Context<'_>) -> Option<GroupNode> {
        match self.membership {
            Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
                GroupNode::find(Request::of(context), &self.view, group)
            }
            _ => None,
        }
    }
}
