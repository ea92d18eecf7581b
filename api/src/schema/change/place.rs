//! A tenant's place in the tree: decided in the tree's own stream, which all changes pass, then told in the tenant's.
//!
//! What was decided and not told (a server that died in between) is told by whoever comes next to that part of the tree, under
//! the turn in which it was decided, so that views never show a place that is older than one that they were judged by.

use crate::error;
use crate::request::{Request, see, services};
use crate::schema::deployment::Checked;
use crate::schema::order::Order;
use crate::schema::types::UserError;
use async_graphql::{Context, Result};
use std::sync::Arc;
use upkeep_domain::decider::{self, Decider as _};
use upkeep_domain::ids::{CommandId, TenantId, derive};
use upkeep_domain::metadata::Actor;
use upkeep_domain::tag::TagChange;
use upkeep_domain::tenant::{
    PlaceTenant, Tenant, TenantCommand, TenantPlace, TenantRejection, TenantTree, TheTenantTree,
};
use upkeep_event_store::{CommandError, Envelope};
use upkeep_projections::View;

fn wanted(view: &View, tenant: TenantId, parent: Option<TenantId>) -> PlaceTenant {
    PlaceTenant {
        tenant,
        parent,
        seen: view
            .tenants
            .get(tenant)
            .and_then(|known| known.state.parent),
        known: Arc::new(view.tenant_parents()),
    }
}

/// Whether a view alone would allow the place: for what is imagined.
pub fn check(
    view: &View,
    tenant: TenantId,
    parent: Option<TenantId>,
    context: &decider::Context,
) -> Result<(), TenantRejection> {
    TenantTree::default()
        .decide(wanted(view, tenant, parent), context)
        .map(|_| ())
}

/// Puts a tenant below another one, or at the top.
pub async fn move_tenant(
    context: &Context<'_>,
    order: &Order,
    tenant: TenantId,
    parent: Option<TenantId>,
) -> Checked<bool> {
    // Whoever expects a revision expects it before anything is decided.
    let nothing = TenantCommand::ChangeTags(TagChange::default());
    check!(order.execute::<Tenant>(context, tenant, nothing).await?);
    let tree = check!(decide(context, order, tenant, parent).await?);
    let Some(place) = tree.place(tenant) else {
        return Ok(Ok(false));
    };
    // What was judged held when this began; what is decided is told whatever became of the rest since.
    let envelope = Envelope {
        expected_revision: None,
        ..order.envelope.clone()
    };
    let told = set_parent(context, tenant, place, &envelope).await?;
    Ok(told.map_err(|error| UserError::from(&error)))
}

/// Tells a tenant what was decided of it; whether that was news.
async fn set_parent(
    context: &Context<'_>,
    tenant: TenantId,
    place: TenantPlace,
    envelope: &Envelope,
) -> Result<Result<bool, CommandError>> {
    let set = TenantCommand::SetParent {
        parent: place.parent,
        turn: place.turn,
    };
    let told = services(context)
        .handler
        .execute::<Tenant>(tenant, set, envelope)
        .await;
    match told {
        Ok(outcome) => {
            see(context, outcome.position).await?;
            Ok(Ok(!outcome.events.is_empty()))
        }
        Err(error @ (CommandError::Rejected { .. } | CommandError::CommandIdReused(_))) => {
            Ok(Err(error))
        }
        Err(error) => Err(error::of_command(&error)),
    }
}

/// Decides on a tenant's place; everything above it is told before this answers.
pub async fn decide(
    context: &Context<'_>,
    order: &Order,
    tenant: TenantId,
    parent: Option<TenantId>,
) -> Checked<TenantTree> {
    let handler = &services(context).handler;
    let view = Request::of(context).view();
    let wanted = wanted(order.judged(), tenant, parent);
    let envelope = Envelope {
        command_id: CommandId(derive(order.envelope.command_id.0, "place")),
        expected_revision: None,
        ..order.envelope.clone()
    };
    let decided = handler
        .execute::<TenantTree>(TheTenantTree, wanted.clone(), &envelope)
        .await;
    let (tree, refused) = match decided {
        Ok(outcome) => (outcome.state, None),
        Err(error @ (CommandError::Rejected { .. } | CommandError::CommandIdReused(_))) => {
            let tree = handler.read::<TenantTree>(TheTenantTree).await;
            let tree = tree.map_err(|error| error::of_command(&error))?;
            (tree, Some(UserError::from(&error)))
        }
        Err(error) => return Err(error::of_command(&error)),
    };
    // The tenant itself is told by whoever asks, in their name.
    let mut untold = parent.map_or_else(Vec::new, |parent| tree.upwards(parent, &wanted.known));
    if refused.is_some() {
        // Whoever judges again sees where it is now.
        untold.push(tenant);
    }
    tell(context, &view, &tree, untold).await?;
    Ok(match refused {
        None => Ok(tree),
        Some(error) => Err(error),
    })
}

/// Tells these tenants what was decided of them, where the view does not show it.
async fn tell(
    context: &Context<'_>,
    view: &View,
    tree: &TenantTree,
    tenants: Vec<TenantId>,
) -> Result<()> {
    for tenant in tenants {
        let Some((place, known)) = tree.place(tenant).zip(view.tenants.get(tenant)) else {
            continue;
        };
        if known.state.parent == place.parent {
            continue;
        }
        let command = CommandId(derive(tenant.0, &format!("turn/{}", place.turn)));
        let envelope = Envelope::new(command, Actor::System).of_tenant(Some(tenant));
        set_parent(context, tenant, place, &envelope)
            .await?
            .map_err(|error| error::of_command(&error))?;
    }
    Ok(())
}
