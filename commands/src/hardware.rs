//! A computer's way to another tenant, or back: its hardware is claimed there first, so that nobody else becomes the same
//! computer meanwhile; then it goes, and its agents follow by themselves. A claim whose computer does not come lapses.

use crate::Commands;
use crate::ask::{Ask, Plan};
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::handler::Outcome;
use crate::stop::{At, Stop};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareClaim, HardwareClaimCommand, HardwareIdentity, HardwareKey,
};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::kernel::limits::CLAIM_PATIENCE;
use upkeep_projections::View;

fn hardware(view: &View, computer: ComputerId) -> Option<HardwareIdentity> {
    let registration = view.computers.get(computer)?.state.registration.as_ref()?;
    Some(registration.hardware)
}

fn known_as(view: &View, computer: ComputerId) -> String {
    let known = view.computers.get(computer);
    let name = known.and_then(|entry| entry.state.registration.as_ref());
    name.map_or_else(|| computer.to_string(), |known| known.name.to_string())
}

fn is_known(view: &View, other: ComputerId) -> Stop {
    let message = format!(
        "the tenant has a computer with this hardware already, {}: find out which one is the real one and remove the other",
        known_as(view, other)
    );
    Stop::refused(Code::HardwareKnown, message)
}

fn is_claimed(view: &View, other: ComputerId) -> Stop {
    let message = format!(
        "this hardware is claimed in the tenant for {}, which was removed, is on its way there or has just left: try again in {} minutes",
        known_as(view, other),
        CLAIM_PATIENCE.num_minutes()
    );
    Stop::refused(Code::HardwareKnown, message)
}

/// Whether a computer is of this tenant and not removed, or not known yet.
fn lives_in(view: &View, computer: ComputerId, tenant: TenantId) -> bool {
    view.computers
        .get(computer)
        .is_none_or(|entry| view.tenant_of(computer) == Some(tenant) && !entry.state.is_removed)
}

impl Ask {
    /// Whether the tenant has another computer with the same hardware, removed ones aside; as far as the view knows.
    pub(crate) fn has_no_twin(&self, computer: ComputerId, tenant: TenantId) -> Result<(), Stop> {
        let view = self.view();
        let Some(own) = hardware(view, computer) else {
            return Ok(());
        };
        let twin = view.computers_of(tenant).find(|(other, entry)| {
            let known = entry.state.registration.as_ref();
            *other != computer
                && !entry.state.is_removed
                && known.is_some_and(|known| known.hardware.uuid == own.uuid)
        });
        match twin {
            None => Ok(()),
            Some((other, _)) => Err(is_known(view, other)),
        }
    }
}

impl Commands {
    /// Claims hardware for a computer; answers with whose it is.
    pub async fn claim_hardware(
        &self,
        key: HardwareKey,
        claim: HardwareClaimCommand,
        envelope: &Envelope,
    ) -> Result<Outcome<HardwareClaim>, CommandError> {
        self.handler
            .execute::<HardwareClaim>(key, claim, envelope)
            .await
    }

    /// Claims a computer's hardware in the tenant that it goes to.
    pub(crate) async fn claim_there(
        &self,
        ask: &mut Ask,
        computer: ComputerId,
        to: TenantId,
    ) -> Result<(), Stop> {
        if let Some(from) = ask.view().tenant_of(computer) {
            // What would be refused is refused before anything is claimed.
            let nothing = Plan::<Computer> {
                id: computer,
                command: ComputerCommand::Move { tenant: from },
                tenant: Some(to),
            };
            self.decide(ask, nothing).await?;
        }
        ask.has_no_twin(computer, to).at("tenantId")?;
        self.claim(ask, computer, to).await.at("tenantId")
    }

    /// Claims a removed computer's hardware again, if nobody else has become the same one in its tenant.
    pub(crate) async fn claim_again(&self, ask: &Ask, computer: ComputerId) -> Result<(), Stop> {
        let Some(tenant) = ask.view().tenant_of(computer) else {
            return Ok(());
        };
        ask.has_no_twin(computer, tenant).at("id")?;
        self.claim(ask, computer, tenant).await.at("id")
    }

    /// Claims the computer's hardware in a tenant, as good as new; or says who has it.
    async fn claim(&self, ask: &Ask, computer: ComputerId, tenant: TenantId) -> Result<(), Stop> {
        let view = ask.view();
        let Some(hardware) = hardware(view, computer) else {
            return Ok(());
        };
        let key = HardwareKey {
            tenant,
            hardware: hardware.uuid,
        };
        let mut claim = HardwareClaimCommand {
            computer,
            vacated: None,
            renews: true,
        };
        let mut holder = self.claim_once(ask, key, claim, "claim").await?;
        if let Some(other) = holder.filter(|other| *other != computer) {
            if lives_in(view, other, tenant) {
                return Err(is_known(view, other));
            }
            claim.vacated = Some(other);
            holder = self.claim_once(ask, key, claim, "claim anew").await?;
        }
        match holder.filter(|holder| *holder != computer) {
            None => Ok(()),
            Some(other) => Err(is_claimed(view, other)),
        }
    }

    async fn claim_once(
        &self,
        ask: &Ask,
        key: HardwareKey,
        claim: HardwareClaimCommand,
        step: &str,
    ) -> Result<Option<ComputerId>, Stop> {
        let envelope = ask.envelope.step(step).of_tenant(Some(key.tenant));
        let claimed = self.claim_hardware(key, claim, &envelope).await?;
        Ok(claimed.state.holder)
    }
}
