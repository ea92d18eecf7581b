use crate::access::api_token::Role;
use crate::access::matrix::Permission;
use crate::kernel::ids::TenantId;
use crate::rules::deployment::Scope;
use serde::{Deserialize, Serialize};

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
    /// Take titles of a catalogue over, for the whole installation.
    SyncCatalogue,
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
    /// Run a script on a computer of this tenant that is in no catalogue. Who writes it may see the texts of scripts.
    RunScript { tenant: TenantId },
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
    /// See that a secret exists, create, replace and remove it, and have a task told it; nothing for those of the whole installation.
    /// Nobody sees the secret itself.
    ManageSecrets { tenant: Option<TenantId> },
    /// Approve and dismiss what a catalogue recommends for the whole installation.
    DecideRecommendations,
    /// Read events of a tenant; nothing for those that belong to no tenant.
    ReadEvents { tenant: Option<TenantId> },
}

/// What the rules say of an item, for whoever names a deployment against them. It stands in the events of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Overridden {
    /// Another state, or nothing.
    Wanted,
    /// That it is to be left alone.
    LeftAlone,
}

/// Whose the thing is that something is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// It is there for all tenants.
    Installation,
    Tenant(TenantId),
    /// It is some tenant's, and nobody knows whose: its computer or person is not known.
    Unknown,
}

impl Owner {
    fn of_target(tenant: Option<TenantId>) -> Self {
        tenant.map_or(Self::Unknown, Self::Tenant)
    }

    /// Whoever belongs to no tenant belongs to the MSP.
    fn tenant_or_installation(tenant: Option<TenantId>) -> Self {
        tenant.map_or(Self::Installation, Self::Tenant)
    }
}

impl Action {
    /// The permission that it takes, and whose the thing is that it is taken for.
    pub fn needs(self) -> (Permission, Owner) {
        use Permission as P;
        let of = Owner::Tenant;
        match self {
            Self::ReadTenant { tenant } => (P::ReadTenants, of(tenant)),
            Self::ManageTenants => (P::ManageTenants, Owner::Installation),
            Self::ReadCatalogue => (P::ReadCatalogue, Owner::Installation),
            Self::ReadScripts => (P::ReadScripts, Owner::Installation),
            Self::ManageCatalogue => (P::ManageCatalogue, Owner::Installation),
            Self::SyncCatalogue => (P::SyncCatalogue, Owner::Installation),
            Self::DecideRecommendations => (P::DecideRecommendations, Owner::Installation),
            Self::ReadDeployment { scope, tenant } => match scope {
                Scope::CrossTenant => (P::ReadCrossTenantDeployments, Owner::Installation),
                Scope::SingleTenant { tenant, .. } => (P::ReadDeployments, of(tenant)),
                Scope::Individual { .. } | Scope::Person { .. } => {
                    (P::ReadDeployments, Owner::of_target(tenant))
                }
            },
            Self::ManageDeployment { scope, tenant } => match scope {
                Scope::CrossTenant => (P::ManageCrossTenantDeployments, Owner::Installation),
                Scope::SingleTenant {
                    tenant,
                    include_children: true,
                } => (P::ManageTenantTreeDeployments, of(tenant)),
                Scope::SingleTenant {
                    tenant,
                    include_children: false,
                } => (P::ManageTenantDeployments, of(tenant)),
                Scope::Individual { .. } | Scope::Person { .. } => {
                    (P::ManageIndividualDeployments, Owner::of_target(tenant))
                }
            },
            Self::ReadComputer { tenant } => (P::ReadComputers, of(tenant)),
            Self::RunSession { tenant } => (P::RunSessions, of(tenant)),
            Self::RunScript { tenant } => (P::RunScripts, of(tenant)),
            Self::NameDeployment { tenant, over } => match over {
                Overridden::Wanted => (P::NameDeployments, of(tenant)),
                Overridden::LeftAlone => (P::OverrideLeftAlone, of(tenant)),
            },
            Self::ManageComputer { tenant } => (P::ManageComputers, of(tenant)),
            Self::ManageEnrolment { tenant } => (P::ManageEnrolment, of(tenant)),
            Self::ManagePeople { tenant } => (P::ManagePeople, of(tenant)),
            Self::ManageAgreements { tenant } => (P::ManageAgreements, of(tenant)),
            Self::ManageToken { role } => (
                P::ManageTokens,
                Owner::tenant_or_installation(role.tenant()),
            ),
            Self::ManageSecrets { tenant } => {
                (P::ManageSecrets, Owner::tenant_or_installation(tenant))
            }
            Self::ReadEvents { tenant } => (P::ReadEvents, Owner::tenant_or_installation(tenant)),
        }
    }
}
