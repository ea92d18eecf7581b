//! Looking through a view for what people call so. Computers, people and agents, which are many, are looked at in their listings; the
//! others where they stand.

use super::best::{Best, Found, Thing};
use super::needle::{Fit, Needle};
use super::{SearchField, SearchHit, SearchKind};
use crate::request::{Request, services};
use crate::schema::catalogue::cloud_task::CloudTaskNode;
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::catalogue::task::TaskNode;
use crate::schema::fleet::agent::AgentNode;
use crate::schema::fleet::computer::{ComputerNode, Sight};
use crate::schema::fleet::group::GroupNode;
use crate::schema::fleet::person::PersonNode;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::node::Node;
use crate::schema::rules::deployment::DeploymentNode;
use crate::schema::shown::ShownRule;
use async_graphql::{Context, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::DeploymentId;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::{Lifecycle, MaintenanceItem};
use upkeep_projections::{Line, PersonLine, Projections, View};

/// What is looked through.
const ALL: [SearchKind; 9] = [
    SearchKind::Tenant,
    SearchKind::Computer,
    SearchKind::Person,
    SearchKind::Software,
    SearchKind::Task,
    SearchKind::CloudTask,
    SearchKind::Deployment,
    SearchKind::Group,
    SearchKind::Agent,
];

/// One look through a view.
pub struct Finding<'a> {
    request: &'a Request,
    projections: &'a Projections,
    view: &'a Arc<View>,
    needle: &'a Needle,
    sight: Sight,
}

impl<'a> Finding<'a> {
    pub fn new(context: &Context<'a>, view: &'a Arc<View>, needle: &'a Needle) -> Result<Self> {
        Ok(Self {
            request: Request::of(context),
            projections: &services(context).projections,
            view,
            needle,
            sight: Sight::of(context, view, None)?,
        })
    }

    /// So many of the things that fit best, of the kinds that are asked for.
    pub fn best(&self, size: usize, is_asked: impl Fn(SearchKind) -> bool) -> Vec<SearchHit> {
        let mut best = Best::of(size);
        for kind in ALL.into_iter().filter(|kind| is_asked(*kind)) {
            match kind {
                SearchKind::Tenant => self.tenants(&mut best),
                SearchKind::Computer => self.computers(&mut best),
                SearchKind::Person => self.people(&mut best),
                SearchKind::Software => self.software(&mut best),
                SearchKind::Task => self.tasks(&mut best),
                SearchKind::CloudTask => self.cloud_tasks(&mut best),
                SearchKind::Deployment => self.deployments(&mut best),
                SearchKind::Group => self.groups(&mut best),
                SearchKind::Agent => self.agents(&mut best),
            }
        }
        let found = best.settled().into_iter();
        found.filter_map(|found| self.shown(found)).collect()
    }

    /// How well the best of some texts fits, and which it is.
    fn fit<'t>(
        &self,
        texts: impl IntoIterator<Item = (&'t str, SearchField)>,
    ) -> Option<(Fit, SearchField)> {
        let fits = texts.into_iter();
        fits.filter_map(|(text, field)| Some((self.needle.fit(text)?, field)))
            .min_by_key(|(fit, _)| *fit)
    }

    fn tenants(&self, best: &mut Best) {
        for (id, entry) in self.view.tenants.iter() {
            let (tenant, action) = (&entry.state, Action::ReadTenant { tenant: id });
            let Some(name) = tenant.name.as_ref().filter(|_| !tenant.is_removed()) else {
                continue;
            };
            let tags = tenant
                .tags
                .iter()
                .map(|tag| (tag.as_str(), SearchField::Tag));
            let texts = [(name.as_str(), SearchField::Name)].into_iter().chain(tags);
            if let Some(fit) = self.fit(texts)
                && self.request.may(action)
            {
                best.offer(fit, name.as_str(), Thing::Tenant(id));
            }
        }
    }

    fn computers(&self, best: &mut Best) {
        for seen in self.sight.computers() {
            let row = seen.row;
            if let Some(at_least) = best.at_least(SearchKind::Computer, row.name.as_str())
                && let Some((fit, at)) = self.needle.fit_lines(&row.words, at_least)
                && !seen.is_removed()
                && let Some(known) = &row.entry.state.registration
            {
                let matched = match Line::at(&row.words, at) {
                    Line::Name => SearchField::Name,
                    Line::SerialNumber => SearchField::SerialNumber,
                    Line::Hardware => SearchField::HardwareUuid,
                    Line::PersonName => SearchField::PersonName,
                    Line::Upn => SearchField::Upn,
                    Line::Tag => SearchField::Tag,
                };
                let thing = Thing::Computer(row.place.id);
                let (key, title) = (row.name.as_str(), known.name.as_str());
                best.offer_keyed((fit, matched), key, title, thing);
            }
        }
    }

    fn people(&self, best: &mut Best) {
        let people = self.projections.people(self.view);
        for row in people.rows().iter() {
            let tenant = row.tenant;
            if let Some(at_least) = best.at_least(SearchKind::Person, row.name.as_str())
                && let Some((fit, at)) = self.needle.fit_lines(&row.words, at_least)
                && let Some(profile) = row.entry.state.present()
                && self.request.may(Action::ReadTenant { tenant })
            {
                let matched = match row.line_at(at) {
                    PersonLine::Name => SearchField::Name,
                    PersonLine::Upn => SearchField::Upn,
                    PersonLine::Tag => SearchField::Tag,
                };
                let thing = Thing::Person(row.place.id);
                let (key, title) = (row.name.as_str(), profile.name.as_str());
                best.offer_keyed((fit, matched), key, title, thing);
            }
        }
    }

    fn software(&self, best: &mut Best) {
        if !self.request.may(Action::ReadCatalogue) {
            return;
        }
        for (id, entry) in self.view.software.iter() {
            if let Some(known) = &entry.state.definition
                && let Some(fit) = self.fit([(known.name.as_str(), SearchField::Name)])
            {
                best.offer(fit, known.name.as_str(), Thing::Software(id));
            }
        }
    }

    fn tasks(&self, best: &mut Best) {
        if !self.request.may(Action::ReadCatalogue) {
            return;
        }
        for (id, entry) in self.view.tasks.iter() {
            if let Some(name) = &entry.state.name
                && let Some(fit) = self.fit([(name.as_str(), SearchField::Name)])
            {
                best.offer(fit, name.as_str(), Thing::Task(id));
            }
        }
    }

    fn cloud_tasks(&self, best: &mut Best) {
        if !self.request.may(Action::ReadCatalogue) {
            return;
        }
        for (id, entry) in self.view.cloud_tasks.iter() {
            if let Some(name) = &entry.state.name
                && let Some(fit) = self.fit([(name.as_str(), SearchField::Name)])
            {
                best.offer(fit, name.as_str(), Thing::CloudTask(id));
            }
        }
    }

    fn deployments(&self, best: &mut Best) {
        // Many deployments are of one item.
        let mut items: BTreeMap<MaintenanceItem, Option<Fit>> = BTreeMap::new();
        for (id, entry) in self.view.deployments.iter() {
            let rule = entry.state.rule.as_ref();
            let rule = rule.filter(|_| entry.state.lifecycle != Lifecycle::Deleted);
            let shown = self.rule(id);
            let Some(rule) = rule.filter(|_| shown.is_whole()) else {
                continue;
            };
            let name = self.view.item_name(rule.item).map_or("", Name::as_str);
            let by_item = *(items.entry(rule.item)).or_insert_with(|| self.needle.fit(name));
            let by_item = by_item.map(|fit| (fit, SearchField::ItemName));
            let by_target = || self.fit([(shown.target().as_str(), SearchField::TargetText)]);
            if let Some(fit) = by_item.or_else(by_target) {
                best.offer(fit, name, Thing::Deployment(id));
            }
        }
    }

    fn rule(&self, deployment: DeploymentId) -> ShownRule<'_> {
        ShownRule {
            request: self.request,
            view: self.view,
            deployment,
        }
    }

    fn groups(&self, best: &mut Best) {
        for (id, entry) in self.view.groups.iter() {
            if let Some(group) = entry.state.present()
                && let Some(fit) = self.fit([(group.name.as_str(), SearchField::Name)])
                && self.request.may(Action::ReadTenant {
                    tenant: group.tenant,
                })
            {
                best.offer(fit, group.name.as_str(), Thing::Group(id));
            }
        }
    }

    fn agents(&self, best: &mut Best) {
        let names = self.projections.agent_names(self.view);
        for row in names.rows().iter() {
            let (key, id) = (row.name.as_str(), row.place.id);
            if let Some(at_least) = best.at_least(SearchKind::Agent, key)
                && let Some((fit, _)) = self.needle.fit_lines(key, at_least)
                && self.sight.sees(row.tenant)
                && let Some(entry) = self.view.agents.get(id)
                && let Some(enrolment) = &entry.state.enrolment
            {
                let fits = (fit, SearchField::Name);
                best.offer_keyed(fits, key, enrolment.name.as_str(), Thing::Agent(id));
            }
        }
    }

    fn shown(&self, found: Found) -> Option<SearchHit> {
        let Found {
            kind,
            title,
            matched,
            thing,
            ..
        } = found;
        let node = self.node(thing)?;
        Some(SearchHit {
            node,
            kind,
            title,
            detail: self.detail(thing),
            matched,
        })
    }

    fn node(&self, thing: Thing) -> Option<Node> {
        let (request, view) = (self.request, self.view);
        Some(match thing {
            Thing::Tenant(id) => TenantNode::find(request, view, id)?.into(),
            Thing::Computer(id) => ComputerNode::find(request, view, id)?.into(),
            Thing::Person(id) => PersonNode::find(request, view, id)?.into(),
            Thing::Software(id) => SoftwareNode::find(request, view, id)?.into(),
            Thing::Task(id) => TaskNode::find(request, view, id)?.into(),
            Thing::CloudTask(id) => CloudTaskNode::find(request, view, id)?.into(),
            Thing::Deployment(id) => DeploymentNode::find(request, view, id)?.into(),
            Thing::Group(id) => GroupNode::find(request, view, id)?.into(),
            Thing::Agent(id) => AgentNode::find(request, view, id)?.into(),
        })
    }

    fn detail(&self, thing: Thing) -> Option<String> {
        let view = self.view;
        let tenant = match thing {
            Thing::Tenant(id) => view.tenants.get(id)?.state.parent?,
            Thing::Computer(id) => view.tenant_of(id)?,
            Thing::Person(id) => {
                let profile = view.persons.get(id)?.state.present()?;
                if let Some(upn) = &profile.upn {
                    return Some(upn.to_string());
                }
                profile.tenant
            }
            Thing::Software(_) | Thing::Task(_) | Thing::CloudTask(_) => return None,
            Thing::Deployment(id) => return Some(self.rule(id).target()),
            Thing::Group(id) => view.groups.get(id)?.state.present()?.tenant,
            Thing::Agent(id) => view.agents.get(id)?.state.enrolment.as_ref()?.tenant,
        };
        let may_see = self.request.may(Action::ReadTenant { tenant });
        let entry = view.tenants.get(tenant).filter(|_| may_see)?;
        entry.state.name.as_ref().map(ToString::to_string)
    }
}
