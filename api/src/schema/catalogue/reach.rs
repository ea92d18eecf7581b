//! How far a change of what runs on computers reaches.

use crate::error;
use crate::request::{Request, moment, services};
use async_graphql::{Context, Result};
use std::sync::Arc;
use upkeep_commands::Ask;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::View;

/// On how many computers that the caller may see the scripts of a software or a task run.
pub async fn reach_of(
    context: &Context<'_>,
    view: &Arc<View>,
    item: MaintenanceItem,
) -> Result<usize> {
    let principal = Request::of(context).principal()?;
    let now = moment(context, view);
    let world = services(context).commands.world();
    let ask = Ask::imagined(principal, view.clone(), now, world);
    let reach = upkeep_commands::reach(&ask, item).await;
    reach.or_else(|stop| {
        error::of_stop(stop).and_then(|refused| Err(error::internal(&refused.message)))
    })
}
