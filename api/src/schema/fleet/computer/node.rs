//! What is shown of a computer.

use super::report::DomainRole;
use crate::request::{Request, moment};
use crate::schema::catalogue::script::Interpreter;
use crate::schema::fleet::agent::{AgentNode, IdentitySource};
use crate::schema::fleet::person::PersonNode;
use crate::schema::fleet::tag::texts;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::maintenance::session::SessionNode;
use crate::schema::page::{
    Page, PageArguments, assumed, list_cost, page_of, short_list_cost, times, walk,
};
use crate::schema::possible::{self, Possibility};
use crate::schema::rules::resolution::{ItemResolutionNode, asked_item};
use crate::schema::types::{ByteCount, Change, global_id_in};
use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::computer::{self, Computer, Registration};
use upkeep_domain::kernel::ids::{AgentId, ComputerId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::About;
use upkeep_projections::{Entry, Place, View, Which};
use uuid::Uuid;

/// What kind of computer it is, from its chassis type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Enum)]
#[graphql(remote = "computer::ComputerClass")]
pub enum ComputerClass {
    /// A desktop or the like.
    Workstation,
    /// A laptop, a tablet or the like.
    Portable,
    /// A server.
    Server,
    /// Not known; it fits no target filter but ALL_COMPUTERS.
    Unknown,
}

impl std::fmt::Debug for ComputerClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        upkeep_domain::fleet::computer::ComputerClass::from(*self).fmt(f)
    }
}

/// Whether a computer had its first maintenance session.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "computer::OnboardingStatus")]
pub enum OnboardingStatus {
    /// It is new.
    NeedsOnboarding,
    /// Its first full session passed, or somebody said that it needs none.
    Onboarded,
}

impl std::fmt::Debug for OnboardingStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        upkeep_domain::fleet::computer::OnboardingStatus::from(*self).fmt(f)
    }
}

/// The kind of an operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
#[graphql(remote = "computer::OsFamily")]
pub enum OsFamily {
    /// Linux.
    Linux,
    /// Windows.
    Windows,
}

/// An operating system.
#[derive(Clone, SimpleObject)]
pub struct OperatingSystem {
    /// Its kind.
    family: OsFamily,
    /// As it calls itself: "Debian GNU/Linux".
    name: String,
    /// As it calls itself: "12".
    version: String,
}

/// A program that runs scripts on a computer, proven when its agent started.
#[derive(Clone, SimpleObject)]
pub struct InstalledInterpreter {
    /// Which scripts it runs.
    interpreter: Interpreter,
    /// As it calls itself: "7.6.9"; null where it does not say.
    version: Option<String>,
    /// Where it is on the computer.
    path: String,
}

impl From<&computer::KnownInterpreter> for InstalledInterpreter {
    fn from(known: &computer::KnownInterpreter) -> Self {
        Self {
            interpreter: known.interpreter.into(),
            version: Some(known.version.clone()).filter(|version| !version.is_empty()),
            path: known.path.clone(),
        }
    }
}

/// What an agent last reported of a computer.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Inventory {
    /// What the computer calls itself.
    host_name: String,
    /// Its operating system.
    operating_system: OperatingSystem,
    /// The SMBIOS chassis type (DSP0134), where there is one.
    chassis_type: Option<u8>,
    #[graphql(skip)]
    interpreters: Vec<InstalledInterpreter>,
}

#[ComplexObject]
impl Inventory {
    /// The programs that run scripts there, at most 16; an older agent names none.
    #[graphql(complexity = "times(assumed::INTERPRETERS, child_complexity)")]
    async fn interpreters(&self) -> &[InstalledInterpreter] {
        &self.interpreters
    }
}

/// What integrations know of a computer besides its agent; what nobody reported is null.
#[derive(Clone, SimpleObject)]
pub struct InventoryDetail {
    /// Who made it.
    manufacturer: Option<String>,
    /// Its model.
    model: Option<String>,
    /// Its serial number.
    serial_number: Option<String>,
    /// The domain or directory that it is joined to.
    domain_name: Option<String>,
    /// Its part in a Windows domain.
    domain_role: Option<DomainRole>,
    /// The operating system's build.
    os_build: Option<String>,
    /// Its memory.
    memory_bytes: Option<ByteCount>,
}

/// What names a computer's hardware.
#[derive(Clone, SimpleObject)]
pub struct HardwareIdentity {
    /// The UUID.
    uuid: Uuid,
    /// Where it was found.
    source: IdentitySource,
}

/// A managed computer.
#[derive(Clone)]
pub struct ComputerNode {
    view: Arc<View>,
    id: ComputerId,
    entry: Arc<Entry<Computer>>,
    registration: Registration,
}

impl ComputerNode {
    /// The computer, whoever asks: for lists whose tenant was checked.
    pub fn get(view: &Arc<View>, id: ComputerId) -> Option<Self> {
        let entry = view.computers.get(id)?.clone();
        let registration = entry.state.registration.clone()?;
        Some(Self {
            view: view.clone(),
            id,
            entry,
            registration,
        })
    }

    /// The computer, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: ComputerId) -> Option<Self> {
        let tenant = view.tenant_of(id)?;
        request
            .may(Action::ReadComputer { tenant })
            .then(|| Self::get(view, id))?
    }
}

/// A managed computer, whatever agents lead to it.
#[Object(name = "Computer")]
impl ComputerNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Computer", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> &str {
        self.registration.name.as_str()
    }

    /// The tenant that it belongs to.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.registration.tenant)
    }

    /// What names its hardware.
    async fn hardware(&self) -> HardwareIdentity {
        HardwareIdentity {
            uuid: self.registration.hardware.uuid,
            source: self.registration.hardware.source.into(),
        }
    }

    /// What an agent last reported.
    async fn inventory(&self) -> Option<Inventory> {
        let inventory = self.entry.state.inventory.as_ref()?;
        Some(Inventory {
            host_name: inventory.host_name.clone(),
            operating_system: OperatingSystem {
                family: inventory.os.family.into(),
                name: inventory.os.name.clone(),
                version: inventory.os.version.clone(),
            },
            chassis_type: inventory.chassis_type,
            interpreters: inventory.interpreters.iter().map(Into::into).collect(),
        })
    }

    /// What integrations reported of it besides its agent, as `reportInventoryDetail` takes it.
    async fn inventory_detail(&self) -> InventoryDetail {
        let detail = &self.entry.state.detail;
        let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
        InventoryDetail {
            manufacturer: text(&detail.manufacturer),
            model: text(&detail.model),
            serial_number: text(&detail.serial_number),
            domain_name: text(&detail.domain_name),
            domain_role: detail.domain_role.map(Into::into),
            os_build: text(&detail.os_build),
            memory_bytes: detail.memory_bytes.map(ByteCount),
        }
    }

    /// What kind of computer it is.
    async fn computer_class(&self) -> ComputerClass {
        self.entry.state.class().into()
    }

    /// Whether it had its first maintenance session.
    async fn onboarding(&self) -> OnboardingStatus {
        self.entry.state.onboarding.into()
    }

    /// Whether an agent of it is connected and may work.
    async fn is_online(&self) -> bool {
        self.view.working_agent(self.id).is_some()
    }

    /// When one of its agents was connected last, whether it may work or not: now while one is. That it went is known some fifteen
    /// seconds later, where it did not say so.
    async fn last_seen_at(&self, context: &Context<'_>) -> Option<DateTime<Utc>> {
        let now = moment(context, &self.view);
        self.view.computer_seen_at(self.id, now)
    }

    /// The agents that lead to it, in the order in which they enrolled.
    #[graphql(complexity = "short_list_cost(first, last, assumed::AGENTS, child_complexity)")]
    async fn agents(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<AgentNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let request = Request::of(context);
        let agents = self.view.agents_of(self.id);
        let placed = agents.filter_map(|(id, _)| self.view.agents.place_of(id));
        let mut placed: Vec<Place<AgentId>> = placed.collect();
        placed.sort_unstable();
        let node = |place: &Place<AgentId>| AgentNode::find(request, &self.view, place.id);
        page_of(&arguments, &placed, |place| *place, node)
    }

    /// Its newest 50 maintenance sessions, in the order of creation; ask for the last ones to see the newest.
    /// Older ones are found by their ids and in the events.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn sessions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<SessionNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        // Those of a tenant that it was of before are shown to whoever may see that tenant's.
        let which = Which::OfComputer(self.id);
        walk(
            context,
            &self.view,
            &arguments,
            move |view, within| view.sessions.within(which, within),
            |request, view, asked_at| {
                let id = view.sessions.at(asked_at);
                id.is_some_and(|id| SessionNode::find(request, view, id).is_some())
            },
            |asked_at| SessionNode::get(&self.view, self.view.sessions.at(asked_at)?),
        )
    }

    /// For every item that any deployment speaks of: which deployment wins here, which lose to whom and on what
    /// key, and which do not apply and why. Sessions use the same function.
    #[graphql(complexity = "10 + short_list_cost(first, last, assumed::ITEMS, child_complexity)")]
    async fn resolution(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this software.")] software_id: Option<ID>,
        #[graphql(desc = "Only this task.")] task_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<ItemResolutionNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let kind = About::Everything;
        let only = asked_item(software_id.as_ref(), task_id.as_ref())?;
        ItemResolutionNode::of(context, &self.view, (self.id, kind), only, &arguments)
    }

    /// Its tags, at most 200.
    #[graphql(complexity = "assumed::TAGS")]
    async fn tags(&self) -> Vec<String> {
        texts(&self.entry.state.tags)
    }

    /// Whose computer it is, if it is somebody's who is still there and works for its tenant.
    async fn primary_person(&self, context: &Context<'_>) -> Option<PersonNode> {
        let person = self.entry.state.primary_person?;
        let profile = self.view.persons.get(person)?.state.present()?;
        if profile.tenant != self.registration.tenant {
            return None;
        }
        PersonNode::find(Request::of(context), &self.view, person)
    }

    /// Whether it was removed: then nothing applies to it, and nothing runs on it. The same goes for all computers of a removed
    /// tenant, and this says nothing of that.
    async fn is_removed(&self) -> bool {
        self.entry.state.is_removed
    }

    /// Whether it is excluded from maintenance: then no deployment applies to it.
    async fn is_excluded_from_maintenance(&self) -> bool {
        self.entry.state.maintenance == computer::Maintenance::Excluded
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Computer>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Computer>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// When it was first seen.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// When something about it last changed.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}
