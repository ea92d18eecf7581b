//! What changed in the course of time.

use crate::error::{self, ErrorCode};
use crate::request::{Request, moment, services, view_at};
use crate::schema::event::EventNode;
use crate::schema::fleet::computer::asked_computer;
use crate::schema::page::{Page, PageArguments, list_cost, page_of};
use crate::schema::rules::difference::WonNode;
use crate::schema::rules::resolution::one_item;
use crate::schema::types::AsOfInput;
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::{Cause, HistoryError, Moment, Turn, View};

/// What made a winner change.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum TurnCause {
    /// Somebody or something did something: the event says who, what and when.
    Event,
    /// Nobody did anything: an agreement or a product on it began or was over.
    Time,
}

/// A moment at which the winner, or what it wants, became another one.
pub struct TurnNode {
    view: Arc<View>,
    turn: Turn,
    item: MaintenanceItem,
}

/// A moment at which the winner of an item on a computer, or what it wants, became another one.
#[Object(name = "ResolutionTurn")]
impl TurnNode {
    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.turn.at
    }

    /// What made it change.
    async fn cause(&self) -> TurnCause {
        match self.turn.cause {
            Cause::Event(_) => TurnCause::Event,
            Cause::Time => TurnCause::Time,
        }
    }

    /// The event that caused it, if you may see it: who, what, when, and why if a person said so.
    async fn event(&self, context: &Context<'_>) -> Option<EventNode> {
        match &self.turn.cause {
            Cause::Event(event) => EventNode::find(Request::of(context), &self.view, event),
            Cause::Time => None,
        }
    }

    /// Who won before.
    async fn before(&self) -> Option<WonNode> {
        WonNode::new(&self.view, self.turn.before.clone()?, self.item)
    }

    /// Who wins from then on.
    async fn after(&self) -> Option<WonNode> {
        WonNode::new(&self.view, self.turn.after.clone()?, self.item)
    }
}

/// A page of turns, oldest first.
pub fn turns(
    view: &Arc<View>,
    item: MaintenanceItem,
    turns: Vec<Turn>,
    arguments: &PageArguments,
) -> Result<Page<TurnNode>> {
    let numbered: Vec<(u64, Turn)> = (0..).zip(turns).collect();
    page_of(
        arguments,
        &numbered,
        |(place, _)| *place,
        |(_, turn)| {
            Some(TurnNode {
                view: view.clone(),
                turn: turn.clone(),
                item,
            })
        },
    )
}

/// What can be asked about the course of time.
#[derive(Default)]
pub struct HistoryQuery;

#[Object]
impl HistoryQuery {
    /// The moments at which the winner of a software or a task on a computer, or what it wants, became another one, oldest first, each
    /// with the event that caused it: who, what and when. Also what time itself did.
    #[graphql(complexity = "100 + list_cost(first, last, child_complexity)")]
    async fn resolution_history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] computer_id: ID,
        #[graphql(desc = "The software; if not given, it is about a task.")] software_id: Option<
            ID,
        >,
        #[graphql(desc = "The task; if not given, it is about a software.")] task_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Up to this moment, also a future one; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<TurnNode>>> {
        let view = view_at(context, as_of).await?;
        let computer = asked_computer(Request::of(context), &view, &computer_id)?;
        let within = Request::of(context).principal()?.confined_to();
        let item = one_item(software_id.as_ref(), task_id.as_ref())?;
        let until = Moment {
            at: moment(context, &view),
            view: view.clone(),
        };
        let told = services(context)
            .projections
            .resolution_history(&until, (computer, within), item)
            .await
            .map_err(|error| match error {
                HistoryError::TooLong => ErrorCode::LimitExceeded.error(error.to_string()),
                HistoryError::Read(error) => error::of_read(&error),
                _ => error::internal(&error),
            })?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        turns(&view, item, told, &arguments).map(Some)
    }
}
