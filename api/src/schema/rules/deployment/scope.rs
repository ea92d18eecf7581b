//! How wide a deployment reaches, as it is shown: what it is written with, and what that names.

use crate::request::Request;
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::person::PersonNode;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::types::global_id;
use async_graphql::{Context, Enum, ID, Object};
use std::sync::Arc;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::rules::deployment::Scope;
use upkeep_projections::View;

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

/// One tenant as a target.
pub struct SingleTenantNode {
    view: Arc<View>,
    tenant: TenantId,
    include_children: bool,
}

/// One tenant as a target.
#[Object(name = "SingleTenant")]
impl SingleTenantNode {
    /// The tenant's global id.
    async fn tenant_id(&self) -> ID {
        global_id("Tenant", self.tenant.0)
    }

    /// The tenant, if you may see it.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.tenant)
    }

    /// Whether the tenants below it are meant too.
    async fn include_children(&self) -> bool {
        self.include_children
    }
}

/// How wide a deployment reaches.
pub struct ScopeNode {
    pub view: Arc<View>,
    pub scope: Scope,
}

/// How wide a deployment reaches. Exactly one of crossTenant, singleTenant, computerId and personId is not null: the one that ScopeInput
/// takes.
#[Object(name = "Scope")]
impl ScopeNode {
    /// Which of them.
    async fn kind(&self) -> ScopeKind {
        match self.scope {
            Scope::CrossTenant => ScopeKind::CrossTenant,
            Scope::SingleTenant { .. } => ScopeKind::SingleTenant,
            Scope::Individual { .. } | Scope::Person { .. } => ScopeKind::Individual,
        }
    }

    /// `true`: computers of every tenant.
    async fn cross_tenant(&self) -> Option<bool> {
        matches!(self.scope, Scope::CrossTenant).then_some(true)
    }

    /// The one tenant.
    async fn single_tenant(&self) -> Option<SingleTenantNode> {
        match self.scope {
            Scope::SingleTenant {
                tenant,
                include_children,
            } => Some(SingleTenantNode {
                view: self.view.clone(),
                tenant,
                include_children,
            }),
            _ => None,
        }
    }

    /// The one computer's global id.
    async fn computer_id(&self) -> Option<ID> {
        match self.scope {
            Scope::Individual { computer } => Some(global_id("Computer", computer.0)),
            _ => None,
        }
    }

    /// The one computer, if you may see it.
    async fn computer(&self, context: &Context<'_>) -> Option<ComputerNode> {
        match self.scope {
            Scope::Individual { computer } => {
                ComputerNode::find(Request::of(context), &self.view, computer)
            }
            _ => None,
        }
    }

    /// The global id of the person whose computers it is for.
    async fn person_id(&self) -> Option<ID> {
        match self.scope {
            Scope::Person { person } => Some(global_id("Person", person.0)),
            _ => None,
        }
    }

    /// The person whose computers it is for, if you may see it.
    async fn person(&self, context: &Context<'_>) -> Option<PersonNode> {
        match self.scope {
            Scope::Person { person } => PersonNode::find(Request::of(context), &self.view, person),
            _ => None,
        }
    }
}
