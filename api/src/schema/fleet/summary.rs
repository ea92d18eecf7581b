//! How many there are of what.

use super::attention::{claimed, reasons};
use super::computer::{ComputerClass, ComputerFilter, Matching, OsFamily, Seen, Sight};
use super::tenant::{TenantNode, confine};
use crate::request::{Request, view_at};
use crate::schema::maintenance::session::{SessionStatus, status_of};
use crate::schema::or_default::OrDefault;
use crate::schema::page::assumed;
use crate::schema::types::{AsOfInput, global_id};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, OnceLock};
use upkeep_domain::fleet::agent::Standing;
use upkeep_domain::fleet::computer::{Maintenance, OnboardingStatus};
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::maintenance::session::{Requested, Status};
use upkeep_projections::{View, Which};

/// Sessions that are looked at to be counted, the newest first.
const MAX_COUNTED_SESSIONS: usize = 50_000;
/// Tenants and tags that are counted each for itself, those with the most computers.
const MAX_COUNTED: usize = 50;
/// Since when sessions are counted if nobody says.
const COUNTED_SINCE: TimeDelta = TimeDelta::hours(24);

/// How many computers there are of what, among those that are not removed.
#[derive(Clone, Copy, Default)]
struct ComputerCounts {
    all: usize,
    online: usize,
    onboarding: usize,
    excluded: usize,
}

impl ComputerCounts {
    fn count(&mut self, seen: Seen<'_>) {
        let row = seen.row;
        let is_excluded = row.entry.state.maintenance == Maintenance::Excluded;
        self.all += 1;
        self.online += usize::from(seen.is_online());
        self.onboarding += usize::from(row.onboarding == OnboardingStatus::NeedsOnboarding);
        self.excluded += usize::from(is_excluded);
    }
}

/// How many agents there are of what.
#[derive(Clone, Copy, Default)]
struct AgentCounts {
    all: usize,
    connected: usize,
    held: usize,
}

/// What there is, in numbers; each is counted where it is asked for.
pub struct Summary {
    sight: Sight,
    within: Option<TenantId>,
    computers: OnceLock<ComputerCounts>,
    agents: OnceLock<AgentCounts>,
}

impl Summary {
    fn computers(&self) -> ComputerCounts {
        *self.computers.get_or_init(|| {
            let mut counts = ComputerCounts::default();
            let present = self.sight.computers().filter(|seen| !seen.is_removed());
            present.for_each(|seen| counts.count(seen));
            counts
        })
    }

    fn agents(&self) -> AgentCounts {
        *self.agents.get_or_init(|| {
            let mut counts = AgentCounts::default();
            for (_, entry) in self.sight.view.agents.iter() {
                let agent = &entry.state;
                let tenant = agent.enrolment.as_ref().map(|enrolment| enrolment.tenant);
                if agent.standing == Standing::Revoked
                    || !tenant.is_some_and(|tenant| self.sight.sees(tenant))
                {
                    continue;
                }
                counts.all += 1;
                counts.connected += usize::from(agent.is_connected());
                counts.held += usize::from(agent.standing == Standing::Held);
            }
            counts
        })
    }

    /// The newest sessions that are looked at, and whether these are all there are.
    fn newest(&self, which: Which) -> impl Iterator<Item = Option<(Requested, Status)>> {
        let view: &View = &self.sight.view;
        let newest_first = view
            .sessions
            .within(which, (Bound::Unbounded, Bound::Unbounded));
        let asked = newest_first.rev().enumerate().map(move |(n, at)| {
            let id = view.sessions.at(at).filter(|_| n < MAX_COUNTED_SESSIONS)?;
            view.sessions.asked(id)
        });
        asked.take(MAX_COUNTED_SESSIONS + 1)
    }
}

/// How many sessions stand so.
#[derive(Clone, SimpleObject)]
pub struct SessionStatusCount {
    /// Where they stand.
    status: SessionStatus,
    /// How many.
    count: usize,
}

/// Sessions, counted by where they stand.
#[derive(SimpleObject)]
pub struct SessionCounts {
    /// Those asked for since then.
    since: DateTime<Utc>,
    /// How many there are, at most one for each status; of which there is none are left out.
    #[graphql(complexity = "8 * child_complexity")]
    counts: Vec<SessionStatusCount>,
    /// Whether all were counted: the newest 50,000 are looked at, and of each computer the newest 50.
    is_complete: bool,
}

/// What there is, in numbers, of what you may see. Computers and tenants that were removed, and agents that were revoked, do not count.
#[Object]
impl Summary {
    /// How many computers there are.
    async fn computer_count(&self) -> usize {
        self.computers().all
    }

    /// On how many of them an agent is connected and may work.
    async fn online_count(&self) -> usize {
        self.computers().online
    }

    /// How many of them need onboarding.
    async fn onboarding_count(&self) -> usize {
        self.computers().onboarding
    }

    /// How many of them are excluded from maintenance.
    async fn excluded_count(&self) -> usize {
        self.computers().excluded
    }

    /// How many of them need somebody, as `attention` lists them.
    #[graphql(complexity = 20)]
    async fn attention_count(&self) -> usize {
        let claimed = claimed(&self.sight);
        let computers = self.sight.computers();
        let needing = computers.filter(|seen| !reasons(&self.sight, &claimed, *seen).is_empty());
        needing.count()
    }

    /// How many agents there are.
    async fn agent_count(&self) -> usize {
        self.agents().all
    }

    /// How many of them are connected.
    async fn connected_agent_count(&self) -> usize {
        self.agents().connected
    }

    /// How many of them are held until a person decides who they are.
    async fn held_agent_count(&self) -> usize {
        self.agents().held
    }

    /// How many sessions wait or run; null where there are more than 50,000.
    #[graphql(complexity = 20)]
    async fn active_session_count(&self) -> Option<usize> {
        let mut count = 0;
        for (n, asked) in self.newest(Which::GoingOn).enumerate() {
            if n >= MAX_COUNTED_SESSIONS {
                return None;
            }
            let is_seen = asked.is_some_and(|(request, _)| self.sight.sees(request.tenant));
            count += usize::from(is_seen);
        }
        Some(count)
    }

    /// How the sessions stand that were asked for lately.
    #[graphql(complexity = "20 + child_complexity")]
    async fn sessions(
        &self,
        #[graphql(desc = "Those asked for then or later; in the last 24 hours if not given.")]
        since: Option<DateTime<Utc>>,
    ) -> SessionCounts {
        let since = since.unwrap_or_else(|| {
            let now = self.sight.now;
            now.checked_sub_signed(COUNTED_SINCE).unwrap_or(now)
        });
        let mut counts: BTreeMap<SessionStatus, usize> = BTreeMap::new();
        let mut is_complete = true;
        let which = self.within.map_or(Which::All, Which::OfTenant);
        for (n, asked) in self.newest(which).enumerate() {
            if n >= MAX_COUNTED_SESSIONS {
                is_complete = false;
                break;
            }
            let Some((request, status)) = asked else {
                continue;
            };
            if request.at < since {
                break;
            }
            if self.sight.sees(request.tenant) {
                *counts
                    .entry(status_of(&self.sight.view, &request, status))
                    .or_default() += 1;
            }
        }
        let counts = counts.into_iter();
        SessionCounts {
            since,
            counts: counts
                .map(|(status, count)| SessionStatusCount { status, count })
                .collect(),
            is_complete,
        }
    }
}

/// A tenant, and how many computers it has of those that were asked for.
pub struct TenantCount {
    view: Arc<View>,
    tenant: TenantId,
    count: usize,
}

/// A tenant, and how many computers it has of those that were asked for.
#[Object(name = "TenantComputerCount")]
impl TenantCount {
    /// The tenant's global id.
    async fn tenant_id(&self) -> ID {
        global_id("Tenant", self.tenant.0)
    }

    /// The tenant, if you may see it.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.tenant)
    }

    /// How many computers.
    async fn count(&self) -> usize {
        self.count
    }
}

/// How many computers are of a kind.
#[derive(SimpleObject)]
pub struct ComputerClassCount {
    /// The kind.
    computer_class: ComputerClass,
    /// How many.
    count: usize,
}

/// How many computers have an operating system of a kind.
#[derive(SimpleObject)]
pub struct OsFamilyCount {
    /// The kind; null where no agent told.
    os_family: Option<OsFamily>,
    /// How many.
    count: usize,
}

/// How many computers carry a tag.
#[derive(SimpleObject)]
pub struct TagCount {
    /// The tag.
    tag: String,
    /// How many.
    count: usize,
}

/// How many computers of a list there are of what. One look at each counts everything.
#[derive(Default)]
pub struct Facets {
    view: Arc<View>,
    all: ComputerCounts,
    tenants: BTreeMap<TenantId, usize>,
    classes: BTreeMap<ComputerClass, usize>,
    families: BTreeMap<Option<OsFamily>, usize>,
    tags: BTreeMap<Tag, usize>,
}

impl Facets {
    fn of(view: Arc<View>, sight: &Sight, matching: &Matching) -> Self {
        let mut facets = Self {
            view,
            ..Self::default()
        };
        let computers = sight.computers();
        for seen in computers.filter(|seen| matching.fits(sight, *seen)) {
            facets.count(seen);
        }
        facets
    }

    fn count(&mut self, seen: Seen<'_>) {
        let row = seen.row;
        self.all.count(seen);
        *self.tenants.entry(row.tenant).or_default() += 1;
        *self.classes.entry(row.class.into()).or_default() += 1;
        *(self.families.entry(row.os_family.map(Into::into))).or_default() += 1;
        for tag in &row.entry.state.tags {
            // Nearly all were met before.
            if let Some(count) = self.tags.get_mut(tag) {
                *count += 1;
            } else {
                self.tags.insert(tag.clone(), 1);
            }
        }
    }
}

/// Those of which there are the most first, among equals in their own order.
fn most<T: Ord + Clone>(counts: &BTreeMap<T, usize>) -> impl Iterator<Item = (T, usize)> {
    let mut counts: Vec<(&T, usize)> = counts.iter().map(|(of, count)| (of, *count)).collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let most = counts.into_iter().take(MAX_COUNTED);
    most.map(|(of, count)| (of.clone(), count))
}

/// The computers of a list, counted by what they are filtered by.
#[Object(name = "ComputerFacets")]
impl Facets {
    /// How many there are.
    async fn total_count(&self) -> usize {
        self.all.all
    }

    /// How many are online; the others are offline.
    async fn online_count(&self) -> usize {
        self.all.online
    }

    /// How many need onboarding; the others need it no more.
    async fn onboarding_count(&self) -> usize {
        self.all.onboarding
    }

    /// How many are excluded from maintenance; the others are not.
    async fn excluded_count(&self) -> usize {
        self.all.excluded
    }

    /// By tenant: those with the most, at most 50.
    #[graphql(complexity = "assumed::COUNTED * child_complexity")]
    async fn tenants(&self) -> Vec<TenantCount> {
        let counts = most(&self.tenants);
        let node = |(tenant, count)| TenantCount {
            view: self.view.clone(),
            tenant,
            count,
        };
        counts.map(node).collect()
    }

    /// By kind; at most four.
    #[graphql(complexity = "4 * child_complexity")]
    async fn computer_classes(&self) -> Vec<ComputerClassCount> {
        let counts = most(&self.classes);
        let node = |(computer_class, count)| ComputerClassCount {
            computer_class,
            count,
        };
        counts.map(node).collect()
    }

    /// By the kind of the operating system; at most three.
    #[graphql(complexity = "3 * child_complexity")]
    async fn os_families(&self) -> Vec<OsFamilyCount> {
        let counts = most(&self.families);
        let node = |(os_family, count)| OsFamilyCount { os_family, count };
        counts.map(node).collect()
    }

    /// By tag: those that the most carry, at most 50.
    #[graphql(complexity = "assumed::COUNTED * child_complexity")]
    async fn tags(&self) -> Vec<TagCount> {
        let counts = most(&self.tags);
        let node = |(tag, count): (Tag, usize)| TagCount {
            tag: tag.to_string(),
            count,
        };
        counts.map(node).collect()
    }
}

/// What can be asked about how many there are.
#[derive(Default)]
pub struct SummaryQuery;

#[Object]
impl SummaryQuery {
    /// What there is, in numbers, of one tenant or of all that you may see.
    #[graphql(complexity = "20 + child_complexity")]
    async fn summary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Summary>> {
        let view = view_at(context, as_of).await?;
        let within = confine(Request::of(context), &view, tenant_id.as_ref())?;
        Ok(Some(Summary {
            sight: Sight::of(context, &view, within)?,
            within,
            computers: OnceLock::new(),
            agents: OnceLock::new(),
        }))
    }

    /// The computers that you may see, counted by what they are filtered by.
    #[graphql(complexity = "50 + child_complexity")]
    async fn computer_facets(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all that were not removed if not given.")] filter: OrDefault<
            ComputerFilter,
        >,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Facets>> {
        let view = view_at(context, as_of).await?;
        let filter = filter.0;
        let sight = Sight::of(context, &view, filter.tenant()?)?;
        let matching = filter.matching()?;
        Ok(Some(Facets::of(view, &sight, &matching)))
    }
}
