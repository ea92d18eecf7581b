//! Who may do what: the one place that decides it (design.md, section 12).
//!
//! Every GraphQL field and mutation, upload and download asks [`may`]. What is not allowed here is not allowed
//! anywhere, and nothing outside this file compares roles.

pub mod api_token;

use crate::access::api_token::{ApiToken, Grant, Role};
use crate::kernel::ids::{ApiTokenId, TenantId};
use crate::kernel::limits::MAX_TOKEN_CHAIN;
use crate::kernel::metadata::Actor;
use crate::rules::deployment::Scope;
use chrono::{DateTime, Utc};

/// Somebody who proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal {
    /// An account on the server's own machine, through the data directory.
    Operator,
    /// The holder of an API token.
    TokenHolder { token: ApiTokenId, role: Role },
}

impl Principal {
    pub fn actor(self) -> Actor {
        match self {
            Self::Operator => Actor::Operator,
            Self::TokenHolder { token, .. } => Actor::User(token),
        }
    }

    /// The tenant outside of which this principal sees nothing; nothing for those of the MSP.
    pub fn confined_to(self) -> Option<TenantId> {
        match self {
            Self::Operator => None,
            Self::TokenHolder { role, .. } => role.tenant(),
        }
    }

    fn rank(self) -> Rank {
        match self {
            Self::Operator => Rank::MspAdmin,
            Self::TokenHolder { role, .. } => match role {
                Role::MspAdmin => Rank::MspAdmin,
                Role::MspTechnician => Rank::MspTechnician,
                Role::TenantAdmin(tenant) => Rank::TenantAdmin(tenant),
                Role::TenantMember(tenant) => Rank::TenantMember(tenant),
            },
        }
    }
}

#[derive(Clone, Copy)]
enum Rank {
    MspAdmin,
    MspTechnician,
    TenantAdmin(TenantId),
    TenantMember(TenantId),
}

/// Something that needs permission. `tenant` is the tenant of the thing that it is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See a tenant, and that it exists.
    ReadTenant { tenant: TenantId },
    /// Create, rename, move tenants.
    ManageTenants,
    /// See software and its versions.
    ReadCatalogue,
    /// See the texts of scripts: they may hold what a licence is worth, and run on the computers of other tenants.
    ReadScripts,
    /// Create and change software, upload packages.
    ManageCatalogue,
    /// See a deployment; `tenant` is that of the target's computer or person where it is for one.
    ReadDeployment {
        scope: Scope,
        tenant: Option<TenantId>,
    },
    /// Create, change, disable, enable, delete a deployment.
    ManageDeployment {
        scope: Scope,
        tenant: Option<TenantId>,
    },
    /// See a computer, its agents, sessions, resolution and output.
    ReadComputer { tenant: TenantId },
    /// Start and cancel maintenance sessions.
    RunSession { tenant: TenantId },
    /// Name a deployment that one sees for a session on a computer of this tenant, over what the other rules say.
    NameDeployment { tenant: TenantId, over: Overridden },
    /// Complete onboarding; hold, release and revoke agents.
    ManageComputer { tenant: TenantId },
    /// See, create and revoke the tokens with which agents enrol.
    ManageEnrolment { tenant: TenantId },
    /// See, create and revoke API tokens that carry this role.
    ManageToken { role: Role },
    /// Add, change and remove the people and groups of a tenant.
    ManagePeople { tenant: TenantId },
    /// Add, change and remove the agreements of a tenant.
    ManageAgreements { tenant: TenantId },
    /// Approve and dismiss what a catalogue recommends for the whole installation.
    DecideRecommendations,
    /// Read events of a tenant; nothing for those that belong to no tenant.
    ReadEvents { tenant: Option<TenantId> },
}

/// What the rules say of an item, for whoever names a deployment against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overridden {
    /// Another state, or nothing.
    Wanted,
    /// That it is to be left alone.
    LeftAlone,
}

/// The answer to what may not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("your role does not allow this: ask an administrator of yours")]
pub struct Denied;

/// Whether this principal may do that.
pub fn may(principal: Principal, action: Action) -> Result<(), Denied> {
    let allowed = match principal.rank() {
        Rank::MspAdmin => true,
        Rank::MspTechnician => msp_technician(action),
        Rank::TenantAdmin(own) => tenant_admin(own, action),
        Rank::TenantMember(own) => tenant_member(own, action),
    };
    if allowed { Ok(()) } else { Err(Denied) }
}

fn msp_technician(action: Action) -> bool {
    match action {
        Action::ReadTenant { .. }
        | Action::ReadCatalogue
        | Action::ManageCatalogue
        | Action::ReadDeployment { .. }
        | Action::ReadComputer { .. }
        | Action::RunSession { .. }
        | Action::NameDeployment { .. }
        | Action::ManageComputer { .. }
        | Action::ManageEnrolment { .. }
        | Action::ManagePeople { .. }
        | Action::ManageAgreements { .. }
        | Action::ReadScripts
        | Action::ReadEvents { .. } => true,
        Action::ManageDeployment { scope, .. } => scope != Scope::CrossTenant,
        Action::ManageTenants | Action::ManageToken { .. } | Action::DecideRecommendations => false,
    }
}

fn tenant_admin(own: TenantId, action: Action) -> bool {
    match action {
        Action::ManageComputer { tenant }
        | Action::NameDeployment { tenant, .. }
        | Action::ManageEnrolment { tenant }
        | Action::ManagePeople { tenant } => tenant == own,
        Action::ManageToken { role } => role.tenant() == Some(own),
        Action::ManageDeployment {
            scope:
                Scope::SingleTenant {
                    tenant,
                    include_children,
                },
            ..
        } => tenant == own && !include_children,
        other => tenant_member(own, other),
    }
}

fn tenant_member(own: TenantId, action: Action) -> bool {
    match action {
        Action::ReadTenant { tenant }
        | Action::ReadComputer { tenant }
        | Action::RunSession { tenant } => tenant == own,
        Action::NameDeployment { tenant, over } => tenant == own && over == Overridden::Wanted,
        Action::ReadCatalogue => true,
        Action::ReadDeployment { scope, tenant } => match scope {
            Scope::CrossTenant => false,
            Scope::SingleTenant { tenant, .. } => tenant == own,
            Scope::Individual { .. } | Scope::Person { .. } => tenant == Some(own),
        },
        Action::ManageDeployment { scope, tenant } => scope.is_individual() && tenant == Some(own),
        Action::ReadEvents { tenant } => tenant == Some(own),
        Action::ManageTenants
        | Action::ReadScripts
        | Action::ManageCatalogue
        | Action::ManageComputer { .. }
        | Action::ManageEnrolment { .. }
        | Action::ManagePeople { .. }
        | Action::ManageAgreements { .. }
        | Action::DecideRecommendations
        | Action::ManageToken { .. } => false,
    }
}

/// What a token is worth now: its role, if it and every token that it descends from are in force.
///
/// A token's rights are the intersection with its creator's at each use, never a copy made at creation. Roles
/// never change and are never wider than the creator's, so that the intersection is the role or nothing. Nobody works for a
/// tenant that was removed.
pub fn principal_of<'a>(
    token: ApiTokenId,
    now: DateTime<Utc>,
    find: impl Fn(ApiTokenId) -> Option<&'a ApiToken>,
    is_removed: impl Fn(TenantId) -> bool,
) -> Option<Principal> {
    let grant = find(token)?.in_force(now)?;
    if grant.role.tenant().is_some_and(is_removed) {
        return None;
    }
    let mut ancestor: &Grant = grant;
    for _ in 0..MAX_TOKEN_CHAIN {
        match ancestor.created_by {
            None => {
                return Some(Principal::TokenHolder {
                    token,
                    role: grant.role,
                });
            }
            Some(creator) => ancestor = find(creator)?.in_force(now)?,
        }
    }
    None
}

#[cfg(test)]
mod tests;
