//! How far a change reaches: asked before it is carried out, and told where it is only imagined.

use super::input::Checked;
use super::order::refuse_if_removed;
use super::plan::Plan;
use crate::error::{self, ErrorCode};
use crate::request::{Request, moment, services};
use crate::schema::types::{UserError, UserErrorCode};
use async_graphql::Context;
use std::sync::Arc;
use upkeep_domain::kernel::decider;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_domain::rules::deployment::{Impact, ImpactUnconfirmed, confirm_impact};
use upkeep_projections::{Difference, DifferenceError, Moment, View, difference};

/// Finds out how many computers a change reaches, and asks the domain whether that was meant.
pub async fn confirm(
    context: &Context<'_>,
    view: &Arc<View>,
    plan: &Plan,
    command: CommandId,
    expected: Option<u32>,
) -> Checked<()> {
    let computers = match compared(context, view, plan, command).await? {
        // What would be refused is refused where it is carried out; a retry finds nothing more to change.
        Err(_) => return Ok(Ok(())),
        Ok(Ok(difference)) => difference.computers(),
        // More than can be told one by one: everything that the caller may reach.
        Ok(Err(DifferenceError::TooMany)) => {
            match Request::of(context).principal()?.confined_to() {
                Some(tenant) => view.computers_of(tenant).count(),
                None => view.computers.len(),
            }
        }
    };
    Ok(confirmed(Impact::Wanted, computers, expected))
}

/// Asks the domain whether so many computers were meant.
pub fn confirmed(impact: Impact, computers: usize, expected: Option<u32>) -> Result<(), UserError> {
    confirm_impact(impact, computers, expected).map_err(|unconfirmed| {
        let code = UserErrorCode::of(ImpactUnconfirmed::CODE);
        UserError::new(code, unconfirmed.to_string()).at("confirmImpact")
    })
}

/// The difference that a plan would make for those whom the caller may see.
pub async fn imagined(
    context: &Context<'_>,
    view: &Arc<View>,
    plan: &Plan,
    command: CommandId,
) -> Checked<Difference> {
    let compared = check!(compared(context, view, plan, command).await?);
    Ok(Ok(compared.map_err(too_many)?))
}

/// The same, if it can be told.
async fn compared(
    context: &Context<'_>,
    view: &Arc<View>,
    plan: &Plan,
    command: CommandId,
) -> Checked<Result<Difference, DifferenceError>> {
    let request = Request::of(context);
    let principal = request.principal()?;
    let now = services(context).handler.clock().now();
    let at = moment(context, view);
    let decider = decider::Context {
        actor: principal.actor(),
        now,
        command_id: command,
    };
    if !plan.is_of_the_tree() {
        check!(refuse_if_removed(view, plan.tenant));
    }
    let mut after = View::clone(view);
    if let Err(error) = plan.planned.clone().imagine(&mut after, &decider) {
        return Ok(Err(error));
    }
    let before = Moment {
        view: view.clone(),
        at,
    };
    let after = Moment {
        view: Arc::new(after),
        at,
    };
    let within = principal.confined_to();
    let found = tokio::task::spawn_blocking(move || difference(&before, &after, within))
        .await
        .map_err(|error| error::internal(&error))?;
    Ok(Ok(found))
}

/// More differs than can be told.
pub fn too_many(error: DifferenceError) -> async_graphql::Error {
    ErrorCode::LimitExceeded.error(error.to_string())
}
