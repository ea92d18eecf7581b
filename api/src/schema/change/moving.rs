//! A computer's way to another tenant: its hardware is claimed there first, so that nobody else becomes the same computer
//! meanwhile; then it goes, and its agents follow by themselves. A claim whose computer does not come lapses.

use crate::error;
use crate::request::services;
use crate::schema::deployment::Checked;
use crate::schema::order::Order;
use crate::schema::types::{UserError, UserErrorCode};
use async_graphql::{Context, Result};
use upkeep_domain::computer::{
    Computer, ComputerCommand, HardwareClaim, HardwareClaimCommand, HardwareIdentity, HardwareKey,
    Vacated,
};
use upkeep_domain::deployment::{NoRoom, Scope};
use upkeep_domain::ids::{CommandId, ComputerId, TenantId, derive};
use upkeep_event_store::Envelope;
use upkeep_projections::View;

fn hardware(view: &View, computer: ComputerId) -> Option<HardwareIdentity> {
    let registration = view.computers.get(computer)?.state.registration.as_ref()?;
    Some(registration.hardware)
}

/// Whether the tenant has room for the deployments that come along.
pub fn check_room(
    view: &View,
    to: TenantId,
    comes_along: impl Fn(Scope) -> bool,
) -> Result<(), UserError> {
    let more = view.count_deployments_where(comes_along);
    let room = view.count_deployments(Some(to)).more(more);
    room.map_err(|full| {
        let code = UserErrorCode::of(NoRoom::CODE);
        UserError::new(code, full.to_string()).at("tenantId")
    })
}

/// Whether the tenant has another computer with the same hardware, removed ones aside; as far as a view knows.
pub fn check(view: &View, computer: ComputerId, to: TenantId) -> Result<(), UserError> {
    let Some(own) = hardware(view, computer) else {
        return Ok(());
    };
    let twin = view.computers_of(to).find(|(other, entry)| {
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

fn is_known(view: &View, other: ComputerId) -> UserError {
    let known = view.computers.get(other);
    let name = known.and_then(|entry| entry.state.registration.as_ref());
    let name = name.map_or_else(|| other.to_string(), |known| known.name.to_string());
    let message = format!(
        "the tenant has a computer with this hardware already, {name}: find out which one is the real one and remove the other"
    );
    UserError::new(UserErrorCode::HardwareKnown, message).at("tenantId")
}

/// Why a holder does not need its claim in this tenant, if it does not.
fn vacated_by(view: &View, holder: ComputerId, tenant: TenantId) -> Option<Vacated> {
    match view.tenant_of(holder) {
        Some(of) if of != tenant => Some(Vacated::Elsewhere(holder)),
        Some(_) if view.is_removed(holder) => Some(Vacated::Removed(holder)),
        _ => None,
    }
}

/// Brings a computer to another tenant.
pub async fn move_computer(
    context: &Context<'_>,
    order: &Order,
    computer: ComputerId,
    to: TenantId,
) -> Checked<bool> {
    let view = order.judged();
    if let Some(hardware) =
        hardware(view, computer).filter(|_| view.tenant_of(computer) != Some(to))
    {
        check!(check(view, computer, to));
        let key = HardwareKey {
            tenant: to,
            hardware: hardware.uuid,
        };
        let holder = claim(context, order, key, (computer, None), "claim").await?;
        let vacated = holder.filter(|holder| *holder != computer);
        let holder = match vacated.and_then(|holder| vacated_by(view, holder, to)) {
            None => holder,
            vacated => claim(context, order, key, (computer, vacated), "claim anew").await?,
        };
        if let Some(other) = holder.filter(|holder| *holder != computer) {
            return Ok(Err(is_known(view, other)));
        }
    }
    let go = ComputerCommand::Move { tenant: to };
    order.execute::<Computer>(context, computer, go).await
}

/// Asks for hardware on the computer's behalf; answers with who has it.
async fn claim(
    context: &Context<'_>,
    order: &Order,
    key: HardwareKey,
    (computer, vacated): (ComputerId, Option<Vacated>),
    what: &str,
) -> Result<Option<ComputerId>> {
    let envelope = Envelope {
        command_id: CommandId(derive(order.envelope.command_id.0, what)),
        expected_revision: None,
        ..order.envelope.clone()
    };
    let claim = HardwareClaimCommand { computer, vacated };
    let claimed = services(context)
        .handler
        .execute::<HardwareClaim>(key, claim, &envelope)
        .await
        .map_err(|error| error::of_command(&error))?;
    Ok(claimed.state.holder)
}
