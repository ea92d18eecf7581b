//! Withdrawing titles that their source has no more.

use super::{reason_at, source_at};
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::change::{change, seen};
use crate::schema::page::{CHANGE_COST, times};
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, Change, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::software::{Software, SoftwareCommand};

inputs! {
    /// A title that its source has no more.
    WithdrawCatalogueTitleInput {
        /// The title.
        id: ID,
        /// The source that has it no more.
        source: String,
        /// The source's state in which it is gone.
        revision: String,
    }
}

bulk! {
    /// Titles that their source has no more.
    WithdrawCatalogueTitlesInput {
        /// The titles, at most 500.
        ids,
        /// The source that has them no more.
        source: String,
        /// The source's state in which they are gone.
        revision: String,
    }
    each "withdrawCatalogueTitle": WithdrawCatalogueTitleInput, "ids" of "id" = |many, id, options| WithdrawCatalogueTitleInput {
        id: id.clone(),
        source: many.source.clone(),
        revision: many.revision.clone(),
        options,
    };
    WithdrawCatalogueTitlesPayload of WithdrawCatalogueTitlesResult {
        /// The software, with the change.
        software: SoftwareNode
    }
}

payloads! {
    /// The answer to withdrawing a title.
    [WithdrawCatalogueTitlePayload] of Software {
        /// The software, with the change.
        software: SoftwareNode
    }
}

impl Change for WithdrawCatalogueTitleInput {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        ask.require(Action::SyncCatalogue)?;
        let (source, revision) = source_at(&self.source, &self.revision)?;
        let withdraw = SoftwareCommand::WithdrawTitle { source, revision };
        seen::<Software>(ask, &self.id, "id")?.plan(withdraw)
    }
}

/// Adds to a reason where it is gone. What names no source and no state of it is refused by the plan, and makes no event.
fn tell_source(reason: &mut Option<String>, source: &str, revision: &str) {
    if let Ok((source, revision)) = source_at(source, revision) {
        *reason = Some(reason_at(reason.as_deref(), &source, &revision));
    }
}

/// What can be changed where a source has something no more.
#[derive(Default)]
pub struct WithdrawMutation;

#[Object]
impl WithdrawMutation {
    /// Withdraws a title that its source has no more: it stays as it is, and what is wanted of it is wanted still.
    async fn withdraw_catalogue_title(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The title.")] input: WithdrawCatalogueTitleInput,
    ) -> Result<Option<WithdrawCatalogueTitlePayload>> {
        let mut input = input;
        tell_source(&mut input.options.0.reason, &input.source, &input.revision);
        change(context, "withdrawCatalogueTitle", input).await
    }

    /// Withdraws many titles, with an answer for each.
    #[graphql(complexity = "1 + times(input.ids.len(), CHANGE_COST + child_complexity)")]
    async fn withdraw_catalogue_titles(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The titles.")] input: WithdrawCatalogueTitlesInput,
    ) -> Result<Option<WithdrawCatalogueTitlesPayload>> {
        let mut input = input;
        tell_source(&mut input.options.0.reason, &input.source, &input.revision);
        WithdrawCatalogueTitlesPayload::of(context, &input).await
    }
}
