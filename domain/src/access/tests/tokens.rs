//! Tokens: what they make of who holds them, who manages them, and whose they are.

use super::*;
use crate::access::api_token::{ApiTokenCommand, ApiTokenRejection};
use crate::fleet::tenant::{Tenant, TenantCommand};
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection as _;
use crate::kernel::ids::{AgentId, ComputerId, PersonId, SecretId};
use crate::kernel::metadata::Actor;

struct Nowhere;

impl Whereabouts for Nowhere {
    fn tenant_of_computer(&self, _: ComputerId) -> Option<TenantId> {
        None
    }

    fn tenant_of_person(&self, _: PersonId) -> Option<TenantId> {
        None
    }

    fn owner_of_secret(&self, _: SecretId) -> Option<Option<TenantId>> {
        None
    }

    fn computer_of_agent(&self, _: AgentId) -> Option<ComputerId> {
        None
    }
}

fn grant(role: Role) -> Grant {
    Grant {
        name: Name::new("t").unwrap(),
        role,
        secret_hash: SecretHash(Sha256Digest::of(b"")),
        expires_at: None,
        created_by: None,
    }
}

fn token(role: Role) -> ApiToken {
    let created = ApiTokenCreated { grant: grant(role) };
    ApiToken::default().evolve(&created.into())
}

const ID: ApiTokenId = ApiTokenId(id(9));

#[test]
fn whoever_holds_a_tenants_token_is_confined_to_it_and_nobody_else() {
    let of = |role: Role| (holder(role).confined_to(), holder(role).rank());
    assert_eq!(of(Role::MspAdmin), (None, Rank::MspAdmin));
    assert_eq!(of(Role::MspTechnician), (None, Rank::MspTechnician));
    assert_eq!(of(Role::TenantAdmin(OWN)), (Some(OWN), Rank::TenantAdmin));
    assert_eq!(
        of(Role::TenantMember(OTHER)),
        (Some(OTHER), Rank::TenantMember)
    );
    assert_eq!(Principal::Operator.confined_to(), None);
    assert_eq!(Principal::Operator.rank(), Rank::MspAdmin);
    assert_eq!(Principal::Operator.actor(), Actor::Operator);
    assert_eq!(holder(Role::MspAdmin).actor(), Actor::User(ID));
}

#[test]
fn the_operator_appoints_administrators_alone() {
    for (principal, role, appoints) in [
        (Principal::Operator, Role::MspAdmin, true),
        (Principal::Operator, Role::MspTechnician, false),
        (holder(Role::MspAdmin), Role::MspAdmin, false),
        (holder(Role::MspAdmin), Role::MspTechnician, false),
    ] {
        assert_eq!(principal.appoints(role), appoints, "{principal:?} {role:?}");
    }
}

#[test]
fn what_somebody_may_is_what_the_table_gives_the_role() {
    for role in ROLES {
        let given: Vec<_> = (Permission::ALL.iter())
            .filter_map(|permission| Some((*permission, permission.reach(role.rank())?)))
            .collect();
        assert!(holder(role).permissions().eq(given), "{role:?}");
    }
    let (mine, all) = (
        holder(Role::TenantMember(OWN)).permissions().count(),
        Permission::ALL.len(),
    );
    assert!(0 < mine && mine < all, "{mine} of {all}");
    assert_eq!(Principal::Operator.permissions().count(), all);
}

#[test]
fn a_token_is_whose_its_role_is() {
    for role in ROLES {
        let known = token(role);
        let manage = Action::ManageToken { role };
        assert_eq!(known.sight(ID, &Nowhere), Some(manage));
        let tenant = role.tenant();
        let notice = Action::ReadEvents { tenant };
        assert_eq!(known.notice(ID, &Nowhere), Some(notice));
        let create = ApiTokenCommand::Create(grant(role));
        let nothing = ApiToken::default();
        assert_eq!(nothing.needs(ID, &create, &Nowhere), [manage.into()]);
        assert_eq!(nothing.tenant(ID, &create, &Nowhere), tenant);
        let revoke = ApiTokenCommand::Revoke;
        assert_eq!(known.needs(ID, &revoke, &Nowhere), [manage.into()]);
        assert_eq!(known.tenant(ID, &revoke, &Nowhere), tenant);
        assert_eq!(known.premise(), Some(role));
        assert!(ApiToken::outlives_its_tenant(&revoke));
        assert!(!ApiToken::outlives_its_tenant(&create));
    }
    let nothing = ApiToken::default();
    assert_eq!(nothing.sight(ID, &Nowhere), None);
    assert_eq!(nothing.notice(ID, &Nowhere), None);
    assert_eq!(nothing.premise(), None);
    let revoke = ApiTokenCommand::Revoke;
    assert_eq!(nothing.needs(ID, &revoke, &Nowhere), [Need::Server]);
}

#[test]
fn what_says_nothing_of_itself_is_seen_by_those_who_see_it_and_ends_with_its_tenant() {
    let tenant = Tenant::default();
    let rename = TenantCommand::Rename {
        name: Name::new("Contoso").unwrap(),
    };
    let sight = Action::ReadTenant { tenant: OWN };
    let created = crate::fleet::tenant::TenantCreated {
        name: Name::new("Contoso").unwrap(),
        parent: None,
    };
    assert_eq!(tenant.notice(OWN, &Nowhere), tenant.sight(OWN, &Nowhere));
    let known = tenant.evolve(&created.into());
    assert_eq!(known.notice(OWN, &Nowhere), Some(sight));
    assert!(!Tenant::outlives_its_tenant(&rename));
    let token = token(Role::MspAdmin);
    assert_eq!(token.passage(ID, &ApiTokenCommand::Revoke), None);
}

#[test]
fn each_refusal_of_a_token_has_its_code_and_its_field() {
    for (rejection, code, field) in [
        (ApiTokenRejection::NotFound, Code::NotFound, None),
        (ApiTokenRejection::AlreadyExists, Code::AlreadyExists, None),
        (
            ApiTokenRejection::AlreadyExpired,
            Code::BadExpiry,
            Some("expiresAt"),
        ),
    ] {
        assert_eq!((rejection.code(), rejection.field()), (code, field));
    }
}

#[test]
fn whose_a_scope_is_follows_from_where_its_computer_or_person_is() {
    struct Somewhere;

    impl Whereabouts for Somewhere {
        fn tenant_of_computer(&self, _: ComputerId) -> Option<TenantId> {
            Some(OWN)
        }

        fn tenant_of_person(&self, _: PersonId) -> Option<TenantId> {
            Some(OTHER)
        }

        fn owner_of_secret(&self, _: SecretId) -> Option<Option<TenantId>> {
            None
        }

        fn computer_of_agent(&self, _: AgentId) -> Option<ComputerId> {
            None
        }
    }

    use crate::rules::deployment::Scope;
    let of = |scope| tenant_of_scope(scope, &Somewhere);
    assert_eq!(of(Scope::CrossTenant), None);
    let single = Scope::SingleTenant {
        tenant: OTHER,
        include_children: true,
    };
    assert_eq!(of(single), Some(OTHER));
    let computer = ComputerId(id(1));
    assert_eq!(of(Scope::Individual { computer }), Some(OWN));
    let person = PersonId(id(1));
    assert_eq!(of(Scope::Person { person }), Some(OTHER));
    let nowhere = tenant_of_scope(Scope::Person { person }, &Nowhere);
    assert_eq!(nowhere, None);
}
