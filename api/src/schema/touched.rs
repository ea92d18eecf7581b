//! What was touched between two looks, for whoever keeps fresh what was read: which kinds of things, and which things.

use super::change::Global;
use super::page::times;
use super::shown::ShownEvent;
use super::types::{PositionScalar, global_id};
use crate::error;
use crate::feed::{Follower, Heard};
use crate::request::{Request, Services};
use async_graphql::{Enum, ID, Object, Result};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use upkeep_commands::OWN_WRITES_PATIENCE;
use upkeep_domain::access::{self, Action, Guarded, Principal, Whereabouts};
use upkeep_domain::for_all_aggregates;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::{AgentId, ComputerId, SessionId};
use upkeep_domain::rules::ordering::{Ordering, TheOrdering};
use upkeep_domain::rules::prerequisite::{Prerequisites, ThePrerequisites};
use upkeep_event_store::Position;
use upkeep_projections::{Known, View};
use uuid::Uuid;

/// How long after one look the next one comes, at the earliest.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Most things that one message names.
const MAX_TOUCHED: usize = 100;
/// What happens by itself all the time, and changes nothing that anybody looks at.
const HOUSEKEEPING: [&str; 1] = ["ServerLeaseRenewed"];

/// What kind of thing something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub enum ObjectKind {
    /// A tenant.
    Tenant,
    /// A computer.
    Computer,
    /// An agent.
    Agent,
    /// A token with which agents enrol.
    EnrolmentToken,
    /// A person.
    Person,
    /// A group.
    Group,
    /// An agreement.
    Agreement,
    /// A software.
    Software,
    /// A task.
    Task,
    /// A cloud task.
    CloudTask,
    /// A secret: its name, or that it is another one.
    Secret,
    /// A deployment.
    Deployment,
    /// An API token.
    ApiToken,
    /// A server of the installation. It has no global id.
    Server,
    /// A maintenance session, with its actions and runs.
    #[graphql(name = "MAINTENANCE_SESSION")]
    Session,
    /// The installation: whether it has its first administrator. It has no global id.
    Instance,
    /// The order of items. It has no global id.
    Ordering,
    /// The prerequisites: one of them was added, changed or removed. Together they have no global id.
    Prerequisites,
}

macro_rules! objects {
    (
        many { $($many:ident: $many_type:ty => $registry:ident,)* }
        by_hand { $($hand:ident: $hand_type:ty => $kept:ident,)* }
        one { $($one:ident: $one_type:ty => $field:ident,)* }
        unkept { $($unkept:ident: $unkept_type:ty,)* }
    ) => {
        impl ObjectKind {
            const ALL: &[Self] = &[$(Self::$many,)* $(Self::$hand,)* $(Self::$one,)*];

            /// Of what has its events in streams of this category; what decides for others and is shown nowhere has none.
            fn of(category: &str) -> Option<Self> {
                match category {
                    $(<$many_type as Decider>::CATEGORY => Some(Self::$many),)*
                    $(<$hand_type as Decider>::CATEGORY => Some(Self::$hand),)*
                    $(<$one_type as Decider>::CATEGORY => Some(Self::$one),)*
                    _ => None,
                }
            }
        }

        impl Thing {
            fn global_id(self) -> Option<ID> {
                if self.kind == ObjectKind::Server {
                    return None;
                }
                match self.kind {
                    $(ObjectKind::$many => Some(global_id(<$many_type>::KIND, self.id?)),)*
                    $(ObjectKind::$hand => Some(global_id(<$hand_type>::KIND, self.id?)),)*
                    $(ObjectKind::$one => None,)*
                }
            }

            /// What seeing it takes, as it is in a view.
            fn sight(self, view: &View) -> Option<Action> {
                match self.kind {
                    $(ObjectKind::$many => sight::<$many_type>(view, self.id?.into()),)*
                    $(ObjectKind::$hand => sight::<$hand_type>(view, self.id?.into()),)*
                    ObjectKind::Ordering => sight::<Ordering>(view, TheOrdering),
                    ObjectKind::Prerequisites => {
                        sight::<Prerequisites>(view, ThePrerequisites)
                    }
                    ObjectKind::Instance => None,
                }
            }
        }
    };
}

for_all_aggregates!(objects);

fn sight<D: Guarded + Known>(view: &View, id: D::Id) -> Option<Action> {
    D::known(view, id)?.sight(id, view)
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Thing {
    kind: ObjectKind,
    /// Of those of which there are many.
    id: Option<Uuid>,
}

impl Thing {
    fn of(heard: &Heard) -> Option<Self> {
        let event = &heard.event;
        let kind = ObjectKind::of(event.stream.category())?;
        let is_told = !HOUSEKEEPING.contains(&&*event.event_type);
        is_told.then(|| Self {
            kind,
            id: event.stream.id().parse().ok(),
        })
    }

    /// The computer that it is a part of.
    fn computer(self, view: &View) -> Option<ComputerId> {
        match self.kind {
            ObjectKind::Agent => view.computer_of_agent(AgentId(self.id?)),
            ObjectKind::Session => {
                let (request, _) = view.sessions.asked(SessionId(self.id?))?;
                Some(request.computer())
            }
            _ => None,
        }
    }

    fn is_seen(self, principal: Principal, view: &View) -> bool {
        self.sight(view)
            .is_some_and(|action| access::may(principal, action).is_ok())
    }
}

/// What was touched.
#[derive(Debug, Default, PartialEq)]
struct Touched {
    kinds: BTreeSet<ObjectKind>,
    things: BTreeSet<Thing>,
    is_cut: bool,
}

impl Touched {
    /// Anything may have been.
    fn everything() -> Self {
        Self {
            kinds: ObjectKind::ALL.iter().copied().collect(),
            things: BTreeSet::new(),
            is_cut: true,
        }
    }

    /// What an event touches for somebody who sees that it happened, in a view that holds it: who may read it, and whoever may see the thing
    /// as it is now.
    fn note(&mut self, principal: Principal, view: &View, heard: &Heard) {
        let Some(thing) = Thing::of(heard) else {
            return;
        };
        let shown = ShownEvent {
            principal,
            view,
            event: &heard.event,
            metadata: heard.metadata.as_deref(),
        };
        let is_ours = heard.event.stream.is_upkeeps();
        if !is_ours || !(shown.is_seen() || thing.is_seen(principal, view)) {
            return;
        }
        self.add(thing);
        let computer = thing.computer(view).map(|computer| Thing {
            kind: ObjectKind::Computer,
            id: Some(computer.0),
        });
        if let Some(computer) = computer.filter(|it| it.is_seen(principal, view)) {
            self.add(computer);
        }
    }

    fn add(&mut self, thing: Thing) {
        self.kinds.insert(thing.kind);
        if thing.global_id().is_none() || self.things.contains(&thing) {
            return;
        }
        if self.things.len() < MAX_TOUCHED {
            self.things.insert(thing);
        } else {
            self.is_cut = true;
        }
    }
}

/// How far everything is, and what was touched on the way there.
pub struct PositionUpdate {
    position: Position,
    touched: Touched,
}

/// How far everything is, and what was touched since the message before it (or since `after`).
#[Object]
impl PositionUpdate {
    /// The position. Come back with it as `after`.
    async fn position(&self) -> PositionScalar {
        PositionScalar(self.position)
    }

    /// The kinds of the things that were touched, one for each at most; what is of another kind is as it was. What happens to an agent or to a session
    /// touches its computer, too.
    #[graphql(complexity = "times(ObjectKind::ALL.len(), child_complexity.max(1))")]
    async fn kinds(&self) -> Vec<ObjectKind> {
        self.touched.kinds.iter().copied().collect()
    }

    /// The global ids, of now, of the things that were touched, at most 100. Not every kind of thing has one.
    #[graphql(complexity = "times(MAX_TOUCHED, child_complexity.max(1))")]
    async fn ids(&self) -> Vec<ID> {
        let things = self.touched.things.iter();
        things.filter_map(|thing| thing.global_id()).collect()
    }

    /// Whether `ids` has every one of them. If not, any thing of these kinds may have been touched.
    async fn is_complete(&self) -> bool {
        !self.touched.is_cut
    }
}

/// Somebody who waits for positions. Between two looks nothing is done, and without an event not even that.
pub struct Watching {
    follower: Follower,
    principal: Principal,
    request: Arc<Request>,
    services: Arc<Services>,
    /// When it was last looked; never before the first message.
    looked_at: Option<Instant>,
    /// What was touched and not told yet.
    touched: Touched,
}

impl Watching {
    /// From a position on that the request's view holds.
    pub fn begin(
        request: Arc<Request>,
        services: Arc<Services>,
        after: Option<Position>,
    ) -> Result<Self> {
        let reached = request.view().position();
        let touched = match after {
            None => Touched::everything(),
            Some(_) => Touched::default(),
        };
        Ok(Self {
            follower: services.feed.follow(after.unwrap_or(reached), reached),
            principal: request.principal()?,
            request,
            services,
            looked_at: None,
            touched,
        })
    }

    /// The next message: the first one at once.
    pub async fn next(&mut self) -> Result<PositionUpdate> {
        loop {
            if let Some(looked_at) = self.looked_at {
                self.follower.come().await?;
                tokio::time::sleep_until(looked_at + LOOK_EVERY).await;
            }
            let is_first = self.looked_at.replace(Instant::now()).is_none();
            self.look().await?;
            let touched = std::mem::take(&mut self.touched);
            if is_first || !touched.kinds.is_empty() {
                let position = self.follower.reached();
                return Ok(PositionUpdate { position, touched });
            }
        }
    }

    /// Looks at what has come by now.
    async fn look(&mut self) -> Result<()> {
        let newest = self.follower.newest();
        loop {
            let heard = self.follower.kept();
            // Who heard of an event finds it in whatever is asked next, and the answer's position says so.
            let projections = &self.services.projections;
            let view = projections
                .at_least(self.follower.reached(), OWN_WRITES_PATIENCE)
                .await
                .map_err(|error| error::of_view(&error))?;
            match heard {
                // Who is too slow, or was away for too long, hears that they missed something, and not what.
                None => self.touched = Touched::everything(),
                Some(heard) => {
                    for heard in &heard {
                        self.touched.note(self.principal, &view, heard);
                    }
                }
            }
            self.request.move_on(view);
            if self.follower.reached() >= newest {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_event_store::{ContentType, RecordedEvent, StreamName};

    fn heard(stream: &str, event_type: &str) -> Heard {
        RecordedEvent {
            position: Position(1),
            stream: StreamName::new(stream).unwrap(),
            revision: 0,
            id: Uuid::nil(),
            event_type: event_type.into(),
            created: chrono::DateTime::UNIX_EPOCH,
            content_type: ContentType::Json,
            data: b"{}".as_slice().into(),
            metadata: bytes::Bytes::new(),
        }
        .into()
    }

    fn touched(heard: impl IntoIterator<Item = Heard>) -> Touched {
        let (mut touched, view) = (Touched::default(), View::default());
        for heard in heard {
            touched.note(Principal::Operator, &view, &heard);
        }
        touched
    }

    fn tenant(n: usize) -> Heard {
        heard(
            &format!("tenant-{}", Uuid::from_u128(n as u128)),
            "TenantRenamed",
        )
    }

    #[test]
    fn what_happens_by_the_way_touches_nothing() {
        let run = Uuid::nil();
        for (stream, event_type) in [
            (format!("server-{run}"), "ServerLeaseRenewed"),
            ("checkpoint-main".to_owned(), "CheckpointSigned"),
            (format!("output-{run}"), "ScriptOutputAppended"),
            ("tenanttree-main".to_owned(), "TenantPlaced"),
            (format!("others-{run}"), "TenantRenamed"),
        ] {
            let nothing = Touched::default();
            assert_eq!(touched([heard(&stream, event_type)]), nothing, "{stream}");
        }
        let taken = touched([heard(&format!("server-{run}"), "ServerLeaseTaken")]);
        assert_eq!(taken.kinds, BTreeSet::from([ObjectKind::Server]));
        assert_eq!(taken.things, BTreeSet::new(), "it has no global id");
    }

    #[test]
    fn a_thing_is_named_once_and_more_than_so_many_are_not_named() {
        let all = touched((0..MAX_TOUCHED).chain(0..MAX_TOUCHED).map(tenant));
        assert_eq!((all.things.len(), all.is_cut), (MAX_TOUCHED, false));
        let more = touched((0..=MAX_TOUCHED).map(tenant));
        assert_eq!((more.things.len(), more.is_cut), (MAX_TOUCHED, true));
        assert_eq!(more.kinds, BTreeSet::from([ObjectKind::Tenant]));
    }
}
