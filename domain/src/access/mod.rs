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
mod tests {
    use super::*;
    use crate::access::api_token::{ApiTokenCreated, ApiTokenRevoked};
    use crate::catalogue::script::Sha256Digest;
    use crate::kernel::decider::Decider;
    use crate::kernel::harness::{id, noon};
    use crate::kernel::ids::ComputerId;
    use crate::kernel::name::Name;
    use crate::kernel::secret::SecretHash;
    use std::collections::BTreeMap;

    fn own() -> TenantId {
        TenantId(id(1))
    }

    fn other() -> TenantId {
        TenantId(id(2))
    }

    fn holder(role: Role) -> Principal {
        Principal::TokenHolder {
            token: ApiTokenId(id(9)),
            role,
        }
    }

    fn single(tenant: TenantId) -> Scope {
        Scope::SingleTenant {
            tenant,
            include_children: false,
        }
    }

    fn individual() -> Scope {
        Scope::Individual {
            computer: ComputerId(id(7)),
        }
    }

    /// The table of design.md, section 12: who of MSP admin, MSP technician, tenant admin, tenant member may.
    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn the_matrix_is_the_designs() {
        use Action as A;
        let rows: Vec<(A, [bool; 4])> = vec![
            (A::ManageTenants, [true, false, false, false]),
            (A::ReadTenant { tenant: own() }, [true, true, true, true]),
            (
                A::ReadTenant { tenant: other() },
                [true, true, false, false],
            ),
            (A::ReadCatalogue, [true, true, true, true]),
            (A::ReadScripts, [true, true, false, false]),
            (A::ManageCatalogue, [true, true, false, false]),
            (
                manage(Scope::CrossTenant, None),
                [true, false, false, false],
            ),
            (manage(single(own()), None), [true, true, true, false]),
            (manage(single(other()), None), [true, true, false, false]),
            (manage(individual(), Some(own())), [true, true, true, true]),
            (
                manage(individual(), Some(other())),
                [true, true, false, false],
            ),
            (manage(individual(), None), [true, true, false, false]),
            (read(Scope::CrossTenant, None), [true, true, false, false]),
            (read(single(own()), None), [true, true, true, true]),
            (read(single(other()), None), [true, true, false, false]),
            (A::ReadComputer { tenant: own() }, [true, true, true, true]),
            (
                A::ReadComputer { tenant: other() },
                [true, true, false, false],
            ),
            (A::RunSession { tenant: own() }, [true, true, true, true]),
            (
                A::RunSession { tenant: other() },
                [true, true, false, false],
            ),
            (name(own(), Overridden::Wanted), [true, true, true, true]),
            (
                name(own(), Overridden::LeftAlone),
                [true, true, true, false],
            ),
            (
                name(other(), Overridden::Wanted),
                [true, true, false, false],
            ),
            (
                A::ManageComputer { tenant: own() },
                [true, true, true, false],
            ),
            (
                A::ManageComputer { tenant: other() },
                [true, true, false, false],
            ),
            (
                A::ManageEnrolment { tenant: own() },
                [true, true, true, false],
            ),
            (
                A::ManageEnrolment { tenant: other() },
                [true, true, false, false],
            ),
            (A::ManagePeople { tenant: own() }, [true, true, true, false]),
            (
                A::ManagePeople { tenant: other() },
                [true, true, false, false],
            ),
            (
                A::ManageAgreements { tenant: own() },
                [true, true, false, false],
            ),
            (A::DecideRecommendations, [true, false, false, false]),
            (
                A::ManageToken {
                    role: Role::MspAdmin,
                },
                [true, false, false, false],
            ),
            (
                A::ManageToken {
                    role: Role::TenantAdmin(own()),
                },
                [true, false, true, false],
            ),
            (
                A::ManageToken {
                    role: Role::TenantMember(own()),
                },
                [true, false, true, false],
            ),
            (
                A::ManageToken {
                    role: Role::TenantAdmin(other()),
                },
                [true, false, false, false],
            ),
            (A::ReadEvents { tenant: None }, [true, true, false, false]),
            (
                A::ReadEvents {
                    tenant: Some(own()),
                },
                [true, true, true, true],
            ),
            (
                A::ReadEvents {
                    tenant: Some(other()),
                },
                [true, true, false, false],
            ),
        ];
        let roles = [
            Role::MspAdmin,
            Role::MspTechnician,
            Role::TenantAdmin(own()),
            Role::TenantMember(own()),
        ];
        for (action, expected) in rows {
            let actual = roles.map(|role| may(holder(role), action).is_ok());
            assert_eq!(actual, expected, "{action:?}");
            assert!(may(Principal::Operator, action).is_ok());
        }
    }

    fn manage(scope: Scope, tenant: Option<TenantId>) -> Action {
        Action::ManageDeployment { scope, tenant }
    }

    fn name(tenant: TenantId, over: Overridden) -> Action {
        Action::NameDeployment { tenant, over }
    }

    fn read(scope: Scope, tenant: Option<TenantId>) -> Action {
        Action::ReadDeployment { scope, tenant }
    }

    #[test]
    fn a_tenants_admin_does_not_reach_below_the_own_tenant() {
        let scope = Scope::SingleTenant {
            tenant: own(),
            include_children: true,
        };
        assert!(may(holder(Role::TenantAdmin(own())), manage(scope, None)).is_err());
        assert!(may(holder(Role::MspTechnician), manage(scope, None)).is_ok());
    }

    #[test]
    fn nobody_works_for_a_tenant_that_was_removed() {
        let grant = |role| Grant {
            name: Name::new("t").unwrap(),
            role,
            secret_hash: SecretHash(Sha256Digest::of(b"")),
            expires_at: None,
            created_by: None,
        };
        let worth = |role| {
            let created = ApiTokenCreated { grant: grant(role) };
            let token = ApiToken::default().evolve(&created.into());
            let is_removed = |tenant| tenant == own();
            principal_of(ApiTokenId(id(1)), noon(), |_| Some(&token), is_removed).is_some()
        };
        assert!(!worth(Role::TenantAdmin(own())) && !worth(Role::TenantMember(own())));
        assert!(worth(Role::TenantMember(other())) && worth(Role::MspTechnician));
    }

    #[test]
    fn a_token_is_worth_nothing_once_its_creator_is_revoked() {
        let grant = |created_by: Option<u128>| Grant {
            name: Name::new("t").unwrap(),
            role: Role::MspAdmin,
            secret_hash: SecretHash(Sha256Digest::of(b"")),
            expires_at: None,
            created_by: created_by.map(|n| ApiTokenId(id(n))),
        };
        let token = |created_by| {
            ApiToken::default().evolve(
                &ApiTokenCreated {
                    grant: grant(created_by),
                }
                .into(),
            )
        };
        let mut tokens: BTreeMap<ApiTokenId, ApiToken> = [
            (ApiTokenId(id(1)), token(None)),
            (ApiTokenId(id(2)), token(Some(1))),
            (ApiTokenId(id(3)), token(Some(2))),
            (ApiTokenId(id(8)), token(Some(8))),
        ]
        .into();
        let worth = |tokens: &BTreeMap<ApiTokenId, ApiToken>, n| {
            principal_of(
                ApiTokenId(id(n)),
                noon(),
                |id| tokens.get(&id),
                |tenant| tenant == other(),
            )
            .is_some()
        };
        assert!(worth(&tokens, 3));
        assert!(!worth(&tokens, 4), "unknown");
        assert!(!worth(&tokens, 8), "a circle never ends in rights");
        let first = tokens.remove(&ApiTokenId(id(1))).unwrap();
        tokens.insert(ApiTokenId(id(1)), first.evolve(&ApiTokenRevoked {}.into()));
        assert!(!worth(&tokens, 1) && !worth(&tokens, 2) && !worth(&tokens, 3));
    }
}
