use super::*;
use crate::access::api_token::{ApiToken, ApiTokenCreated, ApiTokenRevoked, Grant, Role};
use crate::kernel::decider::Decider;
use crate::kernel::digest::Sha256Digest;
use crate::kernel::harness::{id, noon};
use crate::kernel::ids::{ApiTokenId, TenantId};
use crate::kernel::name::Name;
use crate::kernel::secret::SecretHash;
use std::collections::BTreeMap;

mod answers;
mod documentation;
mod laws;
mod senders;
mod tokens;

const OWN: TenantId = TenantId(id(1));
const OTHER: TenantId = TenantId(id(2));

/// The roles of the MSP and of the own tenant, the strongest first.
const ROLES: [Role; 4] = [
    Role::MspAdmin,
    Role::MspTechnician,
    Role::TenantAdmin(OWN),
    Role::TenantMember(OWN),
];

fn holder(role: Role) -> Principal {
    Principal::TokenHolder {
        token: ApiTokenId(id(9)),
        role,
    }
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
        let is_removed = |tenant| tenant == OWN;
        principal_of(ApiTokenId(id(1)), noon(), |_| Some(&token), is_removed).is_some()
    };
    assert!(!worth(Role::TenantAdmin(OWN)) && !worth(Role::TenantMember(OWN)));
    assert!(worth(Role::TenantMember(OTHER)) && worth(Role::MspTechnician));
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
            |tenant| tenant == OTHER,
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
