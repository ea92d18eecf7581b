//! The values of monitored tasks.

use crate::error;
use crate::request::{Request, services};
use crate::schema::fleet::computer::{ComputerNode, asked_computer};
use crate::schema::fleet::tenant::confine;
use crate::schema::maintenance::session::SessionNode;
use crate::schema::page::{Page, PageArguments, TEXT_COST, page_of, walk};
use async_graphql::{Context, ID, Json, Object, Result};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use serde_json::Value;
use std::ops::Bound;
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::{ComputerId, SessionId, TaskId};
use upkeep_domain::maintenance::session::{About, Session};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_event_store::Position;
use upkeep_projections::{Collected, Entry, View, Which};

/// A value that was collected.
pub struct CollectedNode {
    view: Arc<View>,
    item: MaintenanceItem,
    computer: ComputerId,
    session: SessionId,
    collected: Collected,
}

impl CollectedNode {
    /// The last one of an item on a computer that the caller may see, unless a session told it that the caller may not see: one of the tenant
    /// that had the computer before.
    pub fn last(
        request: &Request,
        view: &Arc<View>,
        computer: ComputerId,
        item: MaintenanceItem,
    ) -> Option<Self> {
        let (collected, session) = view.collected(computer, item)?;
        let tenant = collected.tenant;
        request.may(Action::ReadComputer { tenant }).then(|| Self {
            view: view.clone(),
            item,
            computer,
            session,
            collected,
        })
    }
}

/// A value that a monitored task's script told.
#[Object(name = "CollectedValue")]
impl CollectedNode {
    /// The computer.
    async fn computer(&self) -> Option<ComputerNode> {
        ComputerNode::get(&self.view, self.computer)
    }

    /// The value, at most 16 KiB.
    #[graphql(complexity = "TEXT_COST")]
    async fn value(&self, context: &Context<'_>) -> Result<Option<Json<Value>>> {
        if let Some(json) = &self.collected.json {
            let value = serde_json::from_str(json).map_err(|error| error::internal(&error))?;
            return Ok(Some(Json(value)));
        }
        // It is too large for the view.
        let whole = whole(context, &self.view, self.session).await?;
        let told = whole
            .as_ref()
            .and_then(|whole| whole.state.collected(self.item));
        Ok(told.map(|(value, _)| Json(value.clone())))
    }

    /// When the script had told it.
    async fn at(&self) -> DateTime<Utc> {
        self.collected.at
    }

    /// The session that collected it.
    async fn session(&self, context: &Context<'_>) -> Result<Option<SessionNode>> {
        SessionNode::load(context, &self.view, self.session).await
    }
}

async fn whole(
    context: &Context<'_>,
    view: &View,
    session: SessionId,
) -> Result<Option<Arc<Entry<Session>>>> {
    let whole = services(context).projections.session(view, session).await;
    whole.map_err(|error| error::of_view(&error))
}

/// The last values of a task, one for each computer.
pub fn values(
    context: &Context<'_>,
    view: &Arc<View>,
    task: TaskId,
    tenant: Option<&ID>,
    arguments: &PageArguments,
) -> Result<Page<CollectedNode>> {
    let item = MaintenanceItem::Task(task);
    let request = Request::of(context);
    let within = confine(request, view, tenant)?;
    walk(
        context,
        view,
        arguments,
        move |view, places| Box::new(view.computers_within(within, places)),
        move |request, view, computer| {
            let tenant = view.tenant_of(computer);
            tenant.is_some_and(|tenant| request.may(Action::ReadComputer { tenant }))
                && !view.is_removed(computer)
                && CollectedNode::last(request, view, computer, item).is_some()
        },
        |computer| CollectedNode::last(request, view, computer, item),
    )
}

/// The values of a task on a computer, as the sessions told them that are in the view: they are read from their streams.
pub async fn history(
    context: &Context<'_>,
    view: &Arc<View>,
    task: TaskId,
    computer: &ID,
    arguments: &PageArguments,
) -> Result<Page<CollectedNode>> {
    let item = MaintenanceItem::Task(task);
    let caller = Request::of(context);
    let computer = asked_computer(caller, view, computer)?;
    let everything = (Bound::Unbounded, Bound::Unbounded);
    let places = view
        .sessions
        .within(Which::OfComputer(computer), everything);
    let may_tell = |place: Position| {
        let session = view.sessions.at(place)?;
        let (request, _) = view.sessions.asked(session)?;
        let is_about_it = match request.about {
            About::Everything | About::Deployment { .. } => true,
            About::Item { item: one } => one == item,
            About::Draft => false,
        };
        let tenant = request.tenant;
        let is_seen = caller.may(Action::ReadComputer { tenant });
        (is_about_it && is_seen).then_some((place, session))
    };
    let sessions: Vec<(Position, SessionId)> = places.filter_map(may_tell).collect();
    let read = sessions
        .iter()
        .map(|(_, session)| whole(context, view, *session));
    let read = try_join_all(read).await?;
    let told = sessions.iter().zip(&read).filter_map(|(asked, whole)| {
        let told = Collected::of(&whole.as_ref()?.state, item)?;
        Some((*asked, told))
    });
    let told: Vec<((Position, SessionId), Collected)> = told.collect();
    page_of(
        arguments,
        &told,
        |((place, _), _)| *place,
        |((_, session), collected)| {
            Some(CollectedNode {
                view: view.clone(),
                item,
                computer,
                session: *session,
                collected: collected.clone(),
            })
        },
    )
}
