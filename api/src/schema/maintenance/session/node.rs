//! What is shown of a maintenance session.

use super::action::ActionNode;
use super::draft::{DraftNode, ReadingNode};
use super::run::RunNode;
use crate::error;
use crate::request::{Request, services};
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::catalogue::task::TaskNode;
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::page::{assumed, times};
use crate::schema::possible::{self, Possibility};
use crate::schema::rules::deployment::DeploymentNode;
use crate::schema::types::{Change, global_id_in};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_domain::access::Action as Permission;
use upkeep_domain::kernel::ids::{ActionId, RunId, SessionId};
use upkeep_domain::maintenance::session::{self, About, Ending, Requested, Session, Status, Wait};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub enum SessionStatus {
    /// It waits for its turn.
    Queued,
    /// It waits for its computer to come online.
    PendingConnectivity,
    /// It runs; `stage` tells how far it is.
    Running,
    /// Every action succeeded; no action at all is a success too.
    Passed,
    /// Some actions succeeded, some failed.
    PartiallyPassed,
    /// Every action failed.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// The computer did not come online within 7 days, or the turn of a script that is tried did not come within an hour.
    Missed,
}

/// Where a session stands that was asked for so.
pub fn status_of(view: &View, request: &Requested, status: Status) -> SessionStatus {
    match status {
        Status::Queued if view.working_agent(request.computer()).is_none() => {
            SessionStatus::PendingConnectivity
        }
        Status::Queued => SessionStatus::Queued,
        Status::Running(_) => SessionStatus::Running,
        Status::Ended(Ending::Passed) => SessionStatus::Passed,
        Status::Ended(Ending::PartiallyPassed) => SessionStatus::PartiallyPassed,
        Status::Ended(Ending::Failed) => SessionStatus::Failed,
        Status::Cancelled => SessionStatus::Cancelled,
        Status::Missed => SessionStatus::Missed,
    }
}

/// A stage of a session.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::Stage")]
pub enum SessionStage {
    /// Which deployments win.
    Resolution,
    /// What is there; only reads.
    Detection,
    /// What has to be done, each after one more look.
    Execution,
    /// Whether it is there now.
    Verification,
}

/// What a session waits for.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::WaitCause")]
pub enum SessionWaitCause {
    /// To begin: it is in the queue, or its computer is not online. When the wait is over the session is missed.
    Turn,
    /// For its computer to come back. When the wait is over everything that is left to do fails.
    Connectivity,
    /// For another session to have brought a serial task about. When the wait is over the action fails.
    SerialTask,
}

/// A wait of a session.
#[derive(SimpleObject)]
pub struct SessionWait {
    /// What for.
    cause: SessionWaitCause,
    /// Since when.
    since: DateTime<Utc>,
    /// When the session stops waiting, at the earliest: later if the server's clock was set or the server was not there.
    deadline: DateTime<Utc>,
}

impl From<Wait> for SessionWait {
    fn from(wait: Wait) -> Self {
        Self {
            cause: wait.cause.into(),
            since: wait.since,
            deadline: wait.deadline,
        }
    }
}

/// What a session is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SessionKind")]
pub enum SessionKindName {
    /// Every item that a deployment wins.
    Full,
    /// One item.
    SingleItem,
    /// What one deployment says of its item.
    AdHoc,
    /// A script that somebody tries, and no item.
    Draft,
}

impl From<About> for SessionKindName {
    fn from(about: About) -> Self {
        match about {
            About::Everything => Self::Full,
            About::Item { .. } => Self::SingleItem,
            About::Deployment { .. } => Self::AdHoc,
            About::Draft => Self::Draft,
        }
    }
}

/// A maintenance session.
#[derive(Clone)]
pub struct SessionNode {
    pub view: Arc<View>,
    pub id: SessionId,
    pub entry: Arc<Entry<Session>>,
    pub request: Requested,
}

impl SessionNode {
    /// The session, whoever asks: for lists whose tenant was checked.
    pub fn get(view: &Arc<View>, id: SessionId) -> Option<Self> {
        Self::new(view, id, view.sessions.get(id)?)
    }

    fn new(view: &Arc<View>, id: SessionId, entry: Arc<Entry<Session>>) -> Option<Self> {
        let request = entry.state.request?;
        Some(Self {
            view: view.clone(),
            id,
            entry,
            request,
        })
    }

    /// The session, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: SessionId) -> Option<Self> {
        Self::get(view, id).filter(|node| node.is_visible(request))
    }

    /// The same, also for sessions that are too old for the view: those are read from their streams.
    pub async fn load(
        context: &Context<'_>,
        view: &Arc<View>,
        id: SessionId,
    ) -> Result<Option<Self>> {
        let request = Request::of(context);
        if let Some(node) = Self::find(request, view, id) {
            return Ok(Some(node));
        }
        let archived = services(context)
            .projections
            .session(view, id)
            .await
            .map_err(|error| error::of_view(&error))?;
        Ok(archived
            .and_then(|entry| Self::new(view, id, entry))
            .filter(|node| node.is_visible(request)))
    }

    pub fn is_visible(&self, request: &Request) -> bool {
        request.may(Permission::ReadComputer {
            tenant: self.request.tenant,
        })
    }

    pub fn revision_now(&self) -> u64 {
        self.entry.revision
    }

    pub fn is_over(&self) -> bool {
        self.entry.state.status.is_over()
    }

    /// Where it stands.
    pub fn status_now(&self) -> SessionStatus {
        status_of(&self.view, &self.request, self.entry.state.status)
    }

    /// With all that it did, which the view does not keep of those that are over.
    async fn whole(&self, context: &Context<'_>) -> Result<Option<Self>> {
        let whole = services(context)
            .projections
            .session(&self.view, self.id)
            .await
            .map_err(|error| error::of_view(&error))?;
        Ok(whole.and_then(|entry| Self::new(&self.view, self.id, entry)))
    }

    /// The session that a global id of an action or a run names, whole, and the id of that part.
    async fn with_part(
        context: &Context<'_>,
        view: &Arc<View>,
        name: &str,
    ) -> Result<Option<(Self, Uuid)>> {
        let ids = name.split_once('/').and_then(|(session, part)| {
            let session = Uuid::try_parse(session).ok()?;
            let part = Uuid::try_parse(part).ok()?;
            let is_ours = format!("{session}/{part}") == name;
            is_ours.then_some((SessionId(session), part))
        });
        let Some((session, part)) = ids else {
            return Ok(None);
        };
        let Some(session) = Self::load(context, view, session).await? else {
            return Ok(None);
        };
        Ok(session.whole(context).await?.map(|whole| (whole, part)))
    }

    /// The action with this name in its global id.
    pub async fn action_named(
        context: &Context<'_>,
        view: &Arc<View>,
        name: &str,
    ) -> Result<Option<ActionNode>> {
        let found = Self::with_part(context, view, name).await?;
        Ok(found.and_then(|(session, id)| session.action_node(ActionId(id))))
    }

    pub fn run(&self, id: RunId) -> Option<&Arc<session::Run>> {
        self.entry.state.runs.get(&id)
    }

    /// The run with this name in its global id.
    pub async fn run_named(
        context: &Context<'_>,
        view: &Arc<View>,
        name: &str,
    ) -> Result<Option<RunNode>> {
        let found = Self::with_part(context, view, name).await?;
        Ok(found.and_then(|(session, id)| session.run_node(RunId(id))))
    }

    pub fn run_node(&self, id: RunId) -> Option<RunNode> {
        Some(RunNode {
            view: self.view.clone(),
            session: self.id,
            id,
            run: self.run(id)?.clone(),
            draft: self.entry.state.draft.clone(),
            reading: ReadingNode::of(self),
        })
    }

    pub fn action_node(&self, id: ActionId) -> Option<ActionNode> {
        self.action_nodes(|action| action.plan.action == id).next()
    }

    /// Of the actions that are meant only: each is shown with a session of its own.
    pub fn action_nodes(
        &self,
        is_meant: impl Fn(&session::Action) -> bool,
    ) -> impl Iterator<Item = ActionNode> {
        let actions = self.entry.state.actions.iter();
        let meant = actions.filter(move |action| is_meant(action));
        meant.map(|action| ActionNode {
            session: self.clone(),
            action: action.clone(),
        })
    }
}

/// A maintenance session: brings one computer into the state that its winning deployments describe.
#[Object(name = "MaintenanceSession")]
impl SessionNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "MaintenanceSession", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The computer.
    async fn computer(&self, context: &Context<'_>) -> Option<ComputerNode> {
        ComputerNode::find(Request::of(context), &self.view, self.request.computer())
    }

    /// What it is about.
    async fn kind(&self) -> SessionKindName {
        self.request.about.into()
    }

    /// The software, for SINGLE_ITEM.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        match self.request.about {
            About::Item {
                item: MaintenanceItem::Software(id),
            } => SoftwareNode::find(Request::of(context), &self.view, id),
            _ => None,
        }
    }

    /// The task, for SINGLE_ITEM.
    async fn task(&self, context: &Context<'_>) -> Option<TaskNode> {
        match self.request.about {
            About::Item { item } => TaskNode::of(Request::of(context), &self.view, item),
            _ => None,
        }
    }

    /// The deployment that was named, for AD_HOC, if you may see it.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        let named = self.request.about.deployment()?;
        DeploymentNode::find(Request::of(context), &self.view, named)
    }

    /// The script that it tries, for DRAFT.
    async fn draft(&self, context: &Context<'_>) -> Result<Option<DraftNode>> {
        if self.request.about != About::Draft {
            return Ok(None);
        }
        let whole = self.whole(context).await?;
        Ok(whole.and_then(|session| {
            let draft = session.entry.state.draft.clone()?;
            Some(DraftNode { session, draft })
        }))
    }

    /// Where it stands.
    async fn status(&self) -> SessionStatus {
        self.status_now()
    }

    /// The stage that it is in, while it runs.
    async fn stage(&self) -> Option<SessionStage> {
        match self.entry.state.status {
            Status::Running(stage) => Some(stage.into()),
            _ => None,
        }
    }

    /// What it waits for now, at most once for each cause, where it cannot go on by itself. A script that runs is not waited for in
    /// this sense.
    #[graphql(complexity = "times(assumed::WAITS, child_complexity)")]
    async fn waits(&self) -> Vec<SessionWait> {
        let waits = self.entry.state.waits.iter();
        waits.copied().map(SessionWait::from).collect()
    }

    /// Its actions, at most 500, in the order of execution.
    #[graphql(complexity = "times(assumed::ACTIONS, child_complexity)")]
    async fn actions(&self, context: &Context<'_>) -> Result<Vec<ActionNode>> {
        let whole = self.whole(context).await?;
        Ok(whole.map_or_else(Vec::new, |whole| whole.action_nodes(|_| true).collect()))
    }

    /// The looks at software that only a prerequisite asks for, and that no action is about: at most one for each such software, in the order in which they
    /// were asked for.
    #[graphql(complexity = "times(assumed::RUNS, child_complexity)")]
    async fn looks(&self, context: &Context<'_>) -> Result<Vec<RunNode>> {
        let Some(whole) = self.whole(context).await? else {
            return Ok(vec![]);
        };
        let runs = whole.entry.state.runs.iter();
        let is_look = |run: &session::Run| run.action.is_none() && run.item.is_some();
        let mut looks: Vec<_> = runs.filter(|(_, run)| is_look(run)).collect();
        looks.sort_by_key(|(id, run)| (run.requested_at, **id));
        let looks = looks.into_iter();
        Ok(looks.filter_map(|(id, _)| whole.run_node(*id)).collect())
    }

    /// Items beyond the 500 of one session, which are left to the next one.
    async fn left_out(&self) -> u32 {
        self.entry.state.left_out
    }

    /// When it left the queue.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.entry.state.started_at
    }

    /// When it was over.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.entry.state.ended_at
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Session>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Session>(context, &self.view, self.id)
    }

    /// Counts its changes.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who asked for it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// When something in it last happened.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}
