//! Which computer a piece of hardware is: one stream per tenant and hardware UUID, so that two agents that
//! report the same UUID at the same moment cannot make two computers.

use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{ComputerId, TenantId};
use crate::kernel::limits::CLAIM_PATIENCE;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, fmt};
use uuid::Uuid;

crate::domain_events! {
    /// What happened to a claim.
    HardwareClaimEvent {
        Claimed(HardwareClaimed),
    }
}

/// From now on this hardware is that computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HardwareClaimed {
    pub computer: ComputerId,
    pub at: DateTime<Utc>,
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
    /// Since when.
    pub since: Option<DateTime<Utc>>,
}

/// Asks for the hardware on behalf of a computer. The first one gets it; later ones learn who has it.
#[derive(Clone, Copy, Debug)]
pub struct HardwareClaimCommand {
    pub computer: ComputerId,
    /// A holder that is known not to live in this tenant: it left, or it is on its way here or about to be restored, for which it
    /// has [`CLAIM_PATIENCE`].
    pub vacated: Option<ComputerId>,
    /// It comes, or comes back: its claim is as good as new, so that nobody takes it who has not heard of that.
    pub renews: bool,
}

impl HardwareClaim {
    /// Whether the holder had time enough to come, and did not.
    fn has_lapsed(&self, now: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| now - since >= CLAIM_PATIENCE)
    }
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
        context: &Context,
    ) -> Result<Vec<HardwareClaimEvent>, Infallible> {
        let HardwareClaimCommand {
            computer,
            vacated,
            renews,
        } = command;
        let is_free = match self.holder {
            None => true,
            Some(holder) if holder == computer => renews,
            Some(holder) => vacated == Some(holder) && self.has_lapsed(context.now),
        };
        Ok(if is_free {
            let at = context.now;
            vec![HardwareClaimed { computer, at }.into()]
        } else {
            vec![]
        })
    }

    /// It is of no tenant: nothing of it is judged.
    fn premise(&self) {}

    fn evolve(self, event: &HardwareClaimEvent) -> Self {
        let HardwareClaimEvent::Claimed(claimed) = event;
        Self {
            holder: Some(claimed.computer),
            since: Some(claimed.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, id, noon, nothing};
    use chrono::TimeDelta;

    fn claim(computer: u128, vacated: Option<u128>) -> HardwareClaimCommand {
        HardwareClaimCommand {
            computer: ComputerId(id(computer)),
            vacated: vacated.map(|n| ComputerId(id(n))),
            renews: false,
        }
    }

    fn claimed(computer: u128, at: DateTime<Utc>) -> HardwareClaimEvent {
        let computer = ComputerId(id(computer));
        HardwareClaimed { computer, at }.into()
    }

    fn long_ago() -> DateTime<Utc> {
        noon() - CLAIM_PATIENCE
    }

    #[test]
    fn the_first_claim_holds() {
        nothing::<HardwareClaim>()
            .when(claim(1, None))
            .then([claimed(1, noon())]);
        given::<HardwareClaim>([claimed(1, noon())])
            .when(claim(2, None))
            .then_nothing();
        given::<HardwareClaim>([claimed(1, long_ago())])
            .when(claim(1, None))
            .then_nothing();
    }

    #[test]
    fn whoever_does_not_live_here_has_a_while_to_come() {
        let long_ago = long_ago();
        let just_now = long_ago + TimeDelta::seconds(1);
        given::<HardwareClaim>([claimed(1, long_ago)])
            .when(claim(2, Some(1)))
            .then([claimed(2, noon())]);
        given::<HardwareClaim>([claimed(1, just_now)])
            .when(claim(2, Some(1)))
            .then_nothing();
        // Somebody else has it by now than the one of whom that is known.
        given::<HardwareClaim>([claimed(3, long_ago)])
            .when(claim(2, Some(1)))
            .then_nothing();
    }

    #[test]
    fn whoever_comes_back_is_not_overtaken_by_somebody_who_saw_it_gone() {
        let renew = HardwareClaimCommand {
            renews: true,
            ..claim(1, None)
        };
        given::<HardwareClaim>([claimed(1, long_ago())])
            .when(renew)
            .then([claimed(1, noon())]);
        given::<HardwareClaim>([claimed(1, long_ago()), claimed(1, noon())])
            .when(claim(2, Some(1)))
            .then_nothing();
        given::<HardwareClaim>([claimed(2, noon())])
            .when(renew)
            .then_nothing();
    }
}
