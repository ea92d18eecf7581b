use crate::{Sampled, hash, id, now};
use upkeep_domain::installation::instance::*;
use upkeep_domain::installation::server::*;
use upkeep_domain::kernel::ids::*;

impl Sampled for Instance {
    fn samples() -> Vec<Self::Event> {
        vec![
            SetupTokenIssued {
                secret_hash: hash(),
            }
            .into(),
            FirstAdministratorAppointed {
                token: ApiTokenId(id(6)),
            }
            .into(),
        ]
    }
}

impl Sampled for Server {
    fn samples() -> Vec<Self::Event> {
        vec![
            ServerLeaseTaken { until: now() }.into(),
            ServerLeaseRenewed { until: now() }.into(),
            ServerLeaseReleased {}.into(),
        ]
    }
}
