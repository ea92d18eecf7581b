//! The computers that a deployment is for, as they are shown.

use super::membership::MembershipNode;
use super::scope::ScopeNode;
use crate::request::Request;
use crate::schema::shown::SeenNames;
use async_graphql::{Context, Enum, Object};
use std::sync::Arc;
use upkeep_domain::rules::deployment::{self, Target};
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

/// The computers that a deployment is for.
#[derive(Clone)]
pub struct TargetNode {
    pub view: Arc<View>,
    pub target: Target,
}

/// The computers that a deployment is for. Its members are those of TargetInput: what is read can be written, null members left out.
#[Object(name = "Target")]
impl TargetNode {
    /// How wide it reaches.
    async fn scope(&self) -> ScopeNode {
        ScopeNode {
            view: self.view.clone(),
            scope: self.target.scope,
        }
    }

    /// By what the computers in the scope are chosen.
    async fn membership(&self) -> MembershipNode {
        MembershipNode {
            view: self.view.clone(),
            membership: self.target.membership.clone(),
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
