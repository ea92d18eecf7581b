//! Taking titles over: many at once, each a change of its own, with an answer of its own.

use super::plan::{CatalogueTitleChange, identifier_of, outlook, unreadable};
use super::{check_schema, reason_at, source_at};
use crate::error;
use crate::request::{Request, services};
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::change::{BulkOptions, Together, asking, carry_out};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{CHANGE_COST, times};
use crate::schema::types::{CommandOptions, PositionScalar, UserError};
use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use futures_util::{StreamExt as _, stream};
use std::collections::HashSet;
use upkeep_commands::{Ask, Change, Confirmation, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::pack;
use upkeep_domain::catalogue::software::{Revision, Software, SoftwareCommand, SourceName, Title};
use upkeep_domain::kernel::ids::derive;
use uuid::Uuid;

/// Titles of one request that are taken over at once: they wait for the same flush of the disk, and for the same view.
const AT_ONCE: usize = 32;

/// A title of a source.
#[derive(Clone, Debug, InputObject)]
pub struct CatalogueTitleInput {
    /// All of it as JSON of at most 256 KiB, in the pack's format (docs/catalogue.md).
    json: String,
    /// On how many computers its scripts run, as the plan's impact says; up to 25 it may be left out.
    confirm_impact: Option<u32>,
}

/// Titles of a source that are to be here as they are there.
#[derive(Clone, Debug, InputObject)]
pub struct SyncCatalogueTitlesInput {
    /// Where they are from, in one word of small letters, digits and hyphens, as in winget.
    source: String,
    /// The source's state that they are of: a commit, or a digest of what it holds. It stands in the events.
    revision: String,
    /// In which version of the pack's format they are written: 1.
    schema_version: u32,
    /// The titles, at most 100.
    #[graphql(validator(max_items = 100))]
    pub(crate) titles: Vec<CatalogueTitleInput>,
    /// Retries and reasons; none if not given.
    options: OrDefault<BulkOptions>,
}

/// What became of a title.
#[derive(SimpleObject)]
pub struct SyncCatalogueTitlesResult {
    /// What it is called in its source; nothing where it could not be read.
    identifier: Option<String>,
    /// What became of it; nothing where it was refused.
    change: Option<CatalogueTitleChange>,
    /// The software, with the change.
    software: Option<SoftwareNode>,
    /// Why it was not taken over; empty if all is well.
    user_errors: Vec<UserError>,
}

/// The answer to taking titles over.
#[derive(SimpleObject)]
pub struct SyncCatalogueTitlesPayload {
    /// One for each title, at most 100, in their order.
    results: Vec<SyncCatalogueTitlesResult>,
    /// The position at which this answer is true.
    position: PositionScalar,
}

/// A title that was read, to be taken over.
struct TakenOver {
    title: Title,
    input: CatalogueTitleInput,
}

impl Change for TakenOver {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        let title = Box::new(self.title.clone());
        ask.make(title.id(), SoftwareCommand::TakeOver(title))
    }

    fn confirmation(&self, plan: &Plan<Software>) -> Confirmation {
        Confirmation::run(plan.id(), self.input.confirm_impact)
    }
}

/// What can be changed by the sources of the catalogue.
#[derive(Default)]
pub struct SyncMutation;

#[Object]
impl SyncMutation {
    /// Takes titles of a source over: each is from now on what is said here, and one that is so already stays untouched. Other titles of
    /// the source are left alone. What their scripts are is read by whoever may read scripts, as of all software.
    #[graphql(complexity = "1 + times(input.titles.len(), CHANGE_COST + child_complexity)")]
    async fn sync_catalogue_titles(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The titles, and where they are from.")] input: SyncCatalogueTitlesInput,
    ) -> Result<Option<SyncCatalogueTitlesPayload>> {
        Request::of(context).require(Action::SyncCatalogue)?;
        let results = sync(context, input).await?;
        let position = PositionScalar(Request::of(context).view().position());
        Ok(Some(SyncCatalogueTitlesPayload { results, position }))
    }
}

/// What is wrong with all of them is told of each, so that whoever sends many reads one kind of answer. When the store takes nothing, or they take
/// too long, those that were not begun are not tried.
async fn sync(
    context: &Context<'_>,
    input: SyncCatalogueTitlesInput,
) -> Result<Vec<SyncCatalogueTitlesResult>> {
    let from =
        check_schema(input.schema_version).and_then(|()| source_at(&input.source, &input.revision));
    let (source, revision) = match from {
        Ok(from) => from,
        Err(stop) => {
            let error = error::of_stop(stop)?;
            let all = input.titles.iter();
            return Ok(all.map(|_| refused(None, error.clone())).collect());
        }
    };
    let sync = Sync {
        context,
        source: &source,
        revision: &revision,
        options: &input.options,
        command: input.options.command_id.unwrap_or_else(Uuid::now_v7),
        together: Together::begin(services(context).commands.clock()),
    };
    let mut named = HashSet::new();
    let read: Vec<_> = (input.titles.into_iter().enumerate())
        .map(|(at, title)| sync.read(at, title, &mut named))
        .collect();
    let done = stream::iter(read)
        .map(|read| sync.take_over(read))
        .buffered(AT_ONCE);
    let done: Vec<Result<SyncCatalogueTitlesResult>> = done.collect().await;
    let done: Vec<_> = done.into_iter().collect::<Result<_>>()?;
    let is_any_done = done.iter().any(|title| title.user_errors.is_empty());
    match sync.together.outage() {
        Some(outage) if !is_any_done => Err(outage.clone()),
        _ => Ok(done),
    }
}

/// Titles on their way.
struct Sync<'a> {
    context: &'a Context<'a>,
    source: &'a SourceName,
    revision: &'a Revision,
    options: &'a BulkOptions,
    command: Uuid,
    together: Together<'a>,
}

/// A title that could be read, or what is told of one that could not.
type Read = std::result::Result<(usize, TakenOver), SyncCatalogueTitlesResult>;

impl Sync<'_> {
    fn read(&self, at: usize, input: CatalogueTitleInput, named: &mut HashSet<Uuid>) -> Read {
        let stop = match pack::read(&input.json, self.source, self.revision) {
            Ok(title) if named.insert(title.id().0) => {
                return Ok((at, TakenOver { title, input }));
            }
            Ok(_) => Stop::invalid("the title is named twice: send it once"),
            Err(refused) => unreadable(&refused),
        };
        let identifier = identifier_of(&input.json).map(|identifier| identifier.to_string());
        Err(refused(identifier, self.together.stopped(placed(stop, at))))
    }

    async fn take_over(&self, read: Read) -> Result<SyncCatalogueTitlesResult> {
        let (at, change) = match read {
            Ok(read) => read,
            Err(told) => return Ok(told),
        };
        let identifier = Some(change.title.origin.identifier.to_string());
        if let Some(error) = self.together.is_over() {
            return Ok(refused(identifier, error));
        }
        let id = change.title.id();
        let options = CommandOptions {
            command_id: Some(derive(self.command, &id.to_string())),
            expected_revision: None,
            reason: Some(reason_at(
                self.options.reason.as_deref(),
                self.source,
                self.revision,
            )),
        };
        // The same text at another revision is another command.
        let name = format!("syncCatalogueTitle {} {}", self.source, self.revision);
        let mut ask = asking(self.context, &name, &change.input, &options)?;
        let before = outlook(ask.view(), change.title.clone());
        let done = carry_out(self.context, &mut ask, &change).await;
        let request = Request::of(self.context);
        match done {
            Ok(_) => Ok(SyncCatalogueTitlesResult {
                identifier,
                change: before.ok().map(|outlook| outlook.change.into()),
                software: SoftwareNode::find(request, &request.view(), id),
                user_errors: vec![],
            }),
            Err(stop) => Ok(refused(identifier, self.together.stopped(placed(stop, at)))),
        }
    }
}

fn refused(identifier: Option<String>, error: UserError) -> SyncCatalogueTitlesResult {
    SyncCatalogueTitlesResult {
        identifier,
        change: None,
        software: None,
        user_errors: vec![error],
    }
}

/// Where in the list something is wrong.
fn placed(stop: Stop, at: usize) -> Stop {
    match stop {
        Stop::Refused(refusal) => {
            let field = match &refusal.field {
                Some(field) if *field == "confirmImpact" => "confirmImpact",
                _ => "json",
            };
            Stop::Refused(refusal).at(format!("titles.{at}.{field}"))
        }
        stop => stop,
    }
}
