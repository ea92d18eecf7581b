//! Which computer a piece of hardware is: one stream per tenant and hardware UUID, so that two agents that
//! report the same UUID at the same moment cannot make two computers (design.md, section 3).

use crate::decider::{Context, Decider};
use crate::ids::{ComputerId, TenantId};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, fmt};
use uuid::Uuid;

crate::domain_events! {
    /// What happened to a claim.
    HardwareClaimEvent {
        Claimed(HardwareClaimed) v 1,
    }
}

/// From now on this hardware is that computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HardwareClaimed {
    pub computer: ComputerId,
}

/// The name of a claim. A tenant is part of it: an agent of one tenant can never claim another's computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HardwareKey {
    pub tenant: TenantId,
    pub hardware: Uuid,
}

impl fmt::Display for HardwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.tenant, self.hardware.hyphenated())
    }
}

/// Who holds the claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HardwareClaim {
    pub holder: Option<ComputerId>,
}

/// Asks for the hardware on behalf of a computer. The first one gets it; later ones learn who has it.
#[derive(Clone, Copy, Debug)]
pub struct HardwareClaimCommand {
    pub computer: ComputerId,
}

impl Decider for HardwareClaim {
    type Id = HardwareKey;
    type Command = HardwareClaimCommand;
    type Event = HardwareClaimEvent;
    type Rejection = Infallible;
    type Premise = ();
    const CATEGORY: &'static str = "hardware";

    fn decide(
        &self,
        command: HardwareClaimCommand,
        _: &Context,
    ) -> Result<Vec<HardwareClaimEvent>, Infallible> {
        Ok(match self.holder {
            Some(_) => vec![],
            None => vec![
                HardwareClaimed {
                    computer: command.computer,
                }
                .into(),
            ],
        })
    }

    /// It is of no tenant: nothing of it is judged.
    fn premise(&self) {}

    fn evolve(self, event: &HardwareClaimEvent) -> Self {
        let HardwareClaimEvent::Claimed(claimed) = event;
        Self {
            holder: Some(claimed.computer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{given, id, nothing};

    #[test]
    fn the_first_claim_holds() {
        let [first, second] = [ComputerId(id(1)), ComputerId(id(2))];
        let claimed: HardwareClaimEvent = HardwareClaimed { computer: first }.into();
        nothing::<HardwareClaim>()
            .when(HardwareClaimCommand { computer: first })
            .then([claimed.clone()]);
        given::<HardwareClaim>([claimed])
            .when(HardwareClaimCommand { computer: second })
            .then_nothing();
    }
}
