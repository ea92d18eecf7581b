//! In which order items are executed.

use crate::request::{Request, view_at};
use crate::schema::catalogue::cloud_task::CloudTaskNode;
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::catalogue::task::TaskNode;
use crate::schema::change::{change, seen};
use crate::schema::page::{assumed, times};
use crate::schema::types::{self, AsOfInput, GlobalId};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use std::sync::Arc;
use upkeep_commands::{Ask, Change, Plan, Stop};
use upkeep_domain::access::Guarded as _;
use upkeep_domain::catalogue::cloud_task::CloudTask;
use upkeep_domain::catalogue::software::Software;
use upkeep_domain::catalogue::task::Task;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_domain::rules::ordering::{self, Ordering, OrderingCommand, TheOrdering};
use upkeep_projections::View;

/// Where an item stands in the order of execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ordering::Section")]
pub enum OrderingSection {
    /// Before all others, in the order that was chosen.
    Beginning,
    /// In between, in no order that anybody chose.
    Unordered,
    /// Behind all others, in the order that was chosen.
    End,
}

/// An item with a place in the order.
#[derive(Clone, SimpleObject)]
pub struct OrderedItem {
    /// The software, if the item is one.
    software: Option<SoftwareNode>,
    /// The cloud task, if the item is one.
    cloud_task: Option<CloudTaskNode>,
    /// The task, if the item is one.
    task: Option<TaskNode>,
}

/// The order in which a session executes its items: what is for onboarding first, then by section.
pub struct OrderingNode {
    view: Arc<View>,
}

impl OrderingNode {
    /// The order, if the caller may see the catalogue.
    pub fn find(request: &Request, view: &Arc<View>, id: TheOrdering) -> Option<Self> {
        let sight = view.ordering.sight(id, &**view)?;
        request.may(sight).then(|| Self { view: view.clone() })
    }

    fn items(&self, context: &Context<'_>, list: &[MaintenanceItem]) -> Vec<OrderedItem> {
        let request = Request::of(context);
        let item = |item: &MaintenanceItem| OrderedItem {
            software: item
                .software()
                .and_then(|id| SoftwareNode::find(request, &self.view, id)),
            cloud_task: CloudTaskNode::of(request, &self.view, *item),
            task: TaskNode::of(request, &self.view, *item),
        };
        list.iter().map(item).collect()
    }
}

/// The order in which a session executes its items: what is for onboarding first, then what stands at the beginning, then what
/// nobody ordered, then what stands at the end.
#[Object(name = "Ordering")]
impl OrderingNode {
    /// Executed before all others, in this order; at most 500.
    #[graphql(complexity = "times(assumed::ITEMS, child_complexity)")]
    async fn beginning(&self, context: &Context<'_>) -> Vec<OrderedItem> {
        self.items(context, &self.view.ordering.beginning)
    }

    /// Executed behind all others, in this order; at most 500.
    #[graphql(complexity = "times(assumed::ITEMS, child_complexity)")]
    async fn end(&self, context: &Context<'_>) -> Vec<OrderedItem> {
        self.items(context, &self.view.ordering.end)
    }

    /// Counts its changes, for `expectedRevision`; nothing before the first one.
    async fn revision(&self) -> Option<u64> {
        self.view.ordering.revision()
    }

    /// Who last moved something, and when; the events of the type ItemMoved tell all of it.
    async fn changed(&self) -> Option<types::Change> {
        self.view.ordering.changed.map(types::Change::from)
    }
}

/// What can be asked about the order of items.
#[derive(Default)]
pub struct OrderingQuery;

#[Object]
impl OrderingQuery {
    /// The order in which sessions execute items.
    async fn ordering(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<OrderingNode>> {
        let view = view_at(context, as_of).await?;
        Ok(OrderingNode::find(Request::of(context), &view, TheOrdering))
    }
}

payloads! {
    /// The answer to moving an item.
    [MoveOrderingItemPayload] of Ordering {
        /// The order, with the change.
        ordering: OrderingNode
    }
}

inputs! {
    /// Another place for an item in the order of execution.
    MoveOrderingItemInput {
        /// The software, the task or the cloud task, by its global id.
        item_id: ID,
        /// Where it comes to.
        to: OrderingSection,
        /// The item of that section that it comes right before, by its global id; behind all others there if not given.
        before_id: Option<ID>,
    }
}

/// The item that a global id names.
fn item(ask: &Ask, id: &ID, field: &'static str) -> Result<MaintenanceItem, Stop> {
    let known = GlobalId::parse(id);
    let has_kind = known.as_ref().map(|id| id.kind.as_deref());
    match has_kind {
        // A plain UUID, as logs have it, is of any of them.
        Some(None) if seen::<Task>(ask, id, field).is_ok() => {
            let task = seen::<Task>(ask, id, field)?;
            Ok(MaintenanceItem::Task(task.id))
        }
        Some(Some("Task")) => {
            let task = seen::<Task>(ask, id, field)?;
            Ok(MaintenanceItem::Task(task.id))
        }
        Some(None) if seen::<Software>(ask, id, field).is_err() => {
            let task = seen::<CloudTask>(ask, id, field)?;
            Ok(MaintenanceItem::CloudTask(task.id))
        }
        Some(Some("CloudTask")) => {
            let task = seen::<CloudTask>(ask, id, field)?;
            Ok(MaintenanceItem::CloudTask(task.id))
        }
        Some(_) => {
            let software = seen::<Software>(ask, id, field)?;
            Ok(MaintenanceItem::Software(software.id))
        }
        None => {
            let message = format!(
                "{:?} is no global id of a software, a task or a cloud task",
                id.as_str()
            );
            Err(Stop::invalid(&message).at(field))
        }
    }
}

impl Change for MoveOrderingItemInput {
    type Of = Ordering;

    fn plan(&self, ask: &Ask) -> Result<Plan<Ordering>, Stop> {
        let before = self.before_id.as_ref();
        let command = OrderingCommand::Move {
            item: item(ask, &self.item_id, "itemId")?,
            to: self.to.into(),
            before: before.map(|id| item(ask, id, "beforeId")).transpose()?,
        };
        ask.make(TheOrdering, command)
    }
}

/// What can be changed about the order of items.
#[derive(Default)]
pub struct OrderingMutation;

#[Object]
impl OrderingMutation {
    /// Brings an item to the beginning or the end of the order of execution, or to another place there, or out of the order.
    /// Sessions that are resolved already keep their order.
    async fn move_ordering_item(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The item and its place.")] input: MoveOrderingItemInput,
    ) -> Result<Option<MoveOrderingItemPayload>> {
        change(context, "moveOrderingItem", input).await
    }
}
