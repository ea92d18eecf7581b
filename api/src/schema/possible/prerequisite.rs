//! Of one prerequisite: it is a part of the list of all of them.

use super::{Input, Possibility, Refused, asking, possibility};
use async_graphql::Context;
use std::sync::Arc;
use upkeep_commands::{Ask, Done, Stop};
use upkeep_domain::kernel::ids::PrerequisiteId;
use upkeep_domain::rules::prerequisite::{PrerequisiteCommand, Prerequisites, ThePrerequisites};
use upkeep_projections::View;

/// A mutation that is about a prerequisite, and the command that it is tried with.
pub struct Attempt {
    pub mutation: &'static str,
    input: Input,
    command: fn(&Ask, PrerequisiteId) -> PrerequisiteCommand,
}

pub const PREREQUISITE: [Attempt; 2] = [
    Attempt {
        mutation: "changePrerequisite",
        input: Input::More,
        command: |ask, prerequisite| PrerequisiteCommand::Change {
            prerequisite,
            change: Box::default(),
            catalogue: ask.view().clone(),
        },
    },
    Attempt {
        mutation: "removePrerequisite",
        input: Input::Thing,
        command: |_, prerequisite| PrerequisiteCommand::Remove { prerequisite },
    },
];

/// Of each mutation that is about it whether whoever asks may send it, in the view in which it is looked at.
pub fn of_prerequisite(
    context: &Context<'_>,
    view: &Arc<View>,
    id: PrerequisiteId,
) -> Vec<Possibility> {
    let ask = asking(context, view);
    let weigh = |ask: &Ask, command| -> Result<Done, Stop> {
        ask.weigh(&ask.make::<Prerequisites>(ThePrerequisites, command)?)
    };
    let attempts = PREREQUISITE.iter().map(|attempt| {
        let weighed = match &ask {
            Ok(ask) => weigh(ask, (attempt.command)(ask, id)).map_err(Refused::from),
            Err(why) => Err(why.clone()),
        };
        possibility(attempt.mutation, attempt.input, weighed)
    });
    attempts.collect()
}
