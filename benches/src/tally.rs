//! What every deployment of a whole fleet comes to, counted, and kept up to date.

use crate::Row;
use crate::fleet::{TAGS, World, computer, deployment, now, tag};
use anyhow::{Result, ensure};
use std::sync::Arc;
use std::time::Instant;
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::fleet::tag::TagChange;
use upkeep_domain::kernel::decider::Context;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::rules::deployment::{Deployment, DeploymentCommand};
use upkeep_projections::{Moment, Tally, View};
use uuid::Uuid;

/// What every deployment comes to, counted: from nothing, after one fact, and after one deployment.
pub fn measure(world: &World, moment: &Moment, of: &str) -> Result<Vec<Row>> {
    let begin = Instant::now();
    let full = Tally::of(moment.clone());
    let from_nothing = begin.elapsed();
    let context = Context {
        actor: Actor::System,
        now: now(),
        command_id: CommandId(Uuid::nil()),
    };
    let mut changed = world.view.clone();
    let mut views = Vec::new();
    for n in 0..200u64 {
        let change = TagChange {
            add: [tag(n % TAGS)].into(),
            remove: [tag((n + 1) % TAGS)].into(),
        };
        let of = computer((n * 7_919) % world.computers);
        changed
            .imagine::<Computer>(of, ComputerCommand::ChangeTags(change), &context)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        views.push(Arc::new(changed.clone()));
    }
    let at = |view: &Arc<View>| Moment {
        view: view.clone(),
        at: now(),
    };
    let mut known = full.clone();
    let begin = Instant::now();
    for view in &views {
        known = known.renewed(at(view));
    }
    let per_fact = begin.elapsed().as_secs_f64() / 200.0;
    let mut disabled = changed.clone();
    disabled
        .imagine::<Deployment>(deployment(13), DeploymentCommand::Disable, &context)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let disabled = at(&Arc::new(disabled));
    disabled.view.rulebook();
    let begin = Instant::now();
    let after = known.renewed(disabled.clone());
    let per_rule = begin.elapsed();
    ensure!(
        after.agrees_with(&Tally::of(disabled)),
        "a tally that follows equals one from nothing"
    );
    Ok(vec![
        Row::alone(
            &format!("what every deployment wins, loses and conflicts with, from nothing, {of}"),
            format!("{:.2} s", from_nothing.as_secs_f64()),
        ),
        Row::alone(
            &format!("the same after one fact about one computer, {of}"),
            format!("{:.1} µs", per_fact * 1e6),
        ),
        Row::alone(
            &format!("the same after a cross-tenant deployment, {of}"),
            format!("{:.1} ms", per_rule.as_secs_f64() * 1e3),
        ),
    ])
}
