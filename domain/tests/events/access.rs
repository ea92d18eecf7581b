use crate::{Sampled, hash, id, name, now};
use upkeep_domain::access::api_token::*;
use upkeep_domain::kernel::ids::*;

impl Sampled for ApiToken {
    fn samples() -> Vec<Self::Event> {
        let grant = Grant {
            name: name("Alex"),
            role: Role::TenantAdmin(TenantId(id(1))),
            secret_hash: hash(),
            expires_at: Some(now()),
            created_by: Some(ApiTokenId(id(6))),
        };
        vec![ApiTokenCreated { grant }.into(), ApiTokenRevoked {}.into()]
    }
}
