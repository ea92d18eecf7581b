//! A computer's way to another tenant: its hardware is claimed there first, so that nobody else becomes the same computer
//! meanwhile; then it goes, and its agents follow by themselves. A claim whose computer does not come lapses.

use crate::error;
use crate::request::services;
use crate::schema::change::{Checked, Order};
use crate::schema::types::{UserError, UserErrorCode};
use async_graphql::{Context, Result};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareClaim, HardwareClaimCommand, HardwareIdentity, HardwareKey,
};
use upkeep_domain::kernel::ids::{CommandId, ComputerId, TenantId, derive};
use upkeep_domain::kernel::limits::CLAIM_PATIENCE;
use upkeep_domain::rules::deployment::{NoRoom, Scope};
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

fn known_as(view: &View, computer: ComputerId) -> String {
    let known = view.computers.get(computer);
    let name = known.and_then(|entry| entry.state.registration.as_ref());
    name.map_or_else(|| computer.to_string(), |known| known.name.to_string())
}

fn is_known(view: &View, other: ComputerId) -> UserError {
    let message = format!(
        "the tenant has a computer with this hardware already, {}: find out which one is the real one and remove the other",
        known_as(view, other)
    );
    UserError::new(UserErrorCode::HardwareKnown, message)
}

fn is_claimed(view: &View, other: ComputerId) -> UserError {
    let message = format!(
        "this hardware is claimed in the tenant for {}, which was removed, is on its way there or has just left: try again in {} minutes",
        known_as(view, other),
        CLAIM_PATIENCE.num_minutes()
    );
    UserError::new(UserErrorCode::HardwareKnown, message)
}

/// Brings a computer to another tenant.
pub async fn move_computer(
    context: &Context<'_>,
    order: &Order,
    computer: ComputerId,
    to: TenantId,
) -> Checked<bool> {
    let view = order.judged();
    let go = |tenant| ComputerCommand::Move { tenant };
    if let Some(from) = view.tenant_of(computer).filter(|from| *from != to) {
        // What would be refused is refused before anything is claimed.
        check!(
            order
                .execute::<Computer>(context, computer, go(from))
                .await?
        );
        let twin = check(view, computer, to).map_err(|error| error.at("tenantId"));
        check!(twin);
        let claimed = claim(context, order, (computer, to)).await?;
        check!(claimed.map_err(|error| error.at("tenantId")));
    }
    order.execute::<Computer>(context, computer, go(to)).await
}

/// Brings a removed computer back, if nobody else has become the same one in its tenant.
pub async fn restore_computer(
    context: &Context<'_>,
    order: &Order,
    computer: ComputerId,
) -> Checked<bool> {
    let view = order.judged();
    let entry = view.computers.get(computer);
    let is_removed = entry.is_some_and(|entry| entry.state.is_removed);
    if let Some(tenant) = view.tenant_of(computer).filter(|_| is_removed) {
        let twin = check(view, computer, tenant).map_err(|error| error.at("id"));
        check!(twin);
        let claimed = claim(context, order, (computer, tenant)).await?;
        check!(claimed.map_err(|error| error.at("id")));
    }
    let restore = ComputerCommand::Restore;
    order.execute::<Computer>(context, computer, restore).await
}

/// Claims the computer's hardware in a tenant, as good as new; or says who has it.
async fn claim(
    context: &Context<'_>,
    order: &Order,
    (computer, tenant): (ComputerId, TenantId),
) -> Checked<()> {
    let view = order.judged();
    let Some(hardware) = hardware(view, computer) else {
        return Ok(Ok(()));
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
    let mut holder = execute(context, order, (key, claim), "claim").await?;
    if let Some(other) = holder.filter(|other| *other != computer) {
        if lives_in(view, other, tenant) {
            return Ok(Err(is_known(view, other)));
        }
        claim.vacated = Some(other);
        holder = execute(context, order, (key, claim), "claim anew").await?;
    }
    match holder.filter(|holder| *holder != computer) {
        None => Ok(Ok(())),
        Some(other) => Ok(Err(is_claimed(view, other))),
    }
}

/// Whether a computer is of this tenant and not removed, or not known yet.
fn lives_in(view: &View, computer: ComputerId, tenant: TenantId) -> bool {
    view.computers
        .get(computer)
        .is_none_or(|entry| view.tenant_of(computer) == Some(tenant) && !entry.state.is_removed)
}

async fn execute(
    context: &Context<'_>,
    order: &Order,
    (key, claim): (HardwareKey, HardwareClaimCommand),
    what: &str,
) -> Result<Option<ComputerId>> {
    let envelope = Envelope {
        command_id: CommandId(derive(order.envelope.command_id.0, what)),
        expected_revision: None,
        ..order.envelope.clone()
    };
    let claimed = services(context)
        .handler
        .execute::<HardwareClaim>(key, claim, &envelope)
        .await
        .map_err(|error| error::of_command(&error))?;
    Ok(claimed.state.holder)
}
