//! What a caller is shown of what is not theirs alone: of rules for more than their tenant only that they exist, of events
//! only what the objects would show too.

mod script;

use super::rules::deployment::DeploymentNode;
use crate::request::Request;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use upkeep_domain::access::api_token::Role;
use upkeep_domain::access::{self, Action, Audience, Principal};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::enrolment::TokenTerms;
use upkeep_domain::kernel::ids::{
    ApiTokenId, ComputerId, DeploymentId, EnrolmentTokenId, GroupId, PersonId, SecretId, TenantId,
};
use upkeep_domain::kernel::metadata::EventMetadata;
use upkeep_domain::rules::deployment::{DeploymentCreated, DeploymentRetargeted, Scope};
use upkeep_domain::rules::resolution::{Key, Loss, Names, NotCandidateReason, target_phrase};
use upkeep_event_store::RecordedEvent;
use upkeep_projections::{View, ViewNames};

/// The names of what the caller may see; everybody else stays nameless.
pub struct SeenNames<'a> {
    /// Who has no role sees nobody's.
    pub principal: Option<Principal>,
    pub view: &'a View,
}

impl SeenNames<'_> {
    fn of(&self, tenant: Option<TenantId>, name: impl FnOnce() -> String, other: &str) -> String {
        let is_seen = self.principal.is_some_and(|principal| {
            let may = |tenant| access::may(principal, Action::ReadTenant { tenant }).is_ok();
            // Who is confined to no tenant sees also what is not there any more.
            principal.confined_to().is_none() || tenant.is_some_and(may)
        });
        if is_seen { name() } else { other.to_owned() }
    }
}

impl Names for SeenNames<'_> {
    fn tenant(&self, id: TenantId) -> String {
        let name = || ViewNames(self.view).tenant(id);
        self.of(Some(id), name, "another tenant")
    }

    fn computer(&self, id: ComputerId) -> String {
        let name = || ViewNames(self.view).computer(id);
        self.of(self.view.tenant_of(id), name, "of another tenant")
    }

    fn person(&self, id: PersonId) -> String {
        let name = || ViewNames(self.view).person(id);
        self.of(
            self.view.tenant_of_person(id),
            name,
            "somebody of another tenant",
        )
    }

    fn group(&self, id: GroupId) -> String {
        let entry = self.view.groups.get(id);
        let tenant = entry.and_then(|entry| entry.state.definition.as_ref());
        let name = || ViewNames(self.view).group(id);
        self.of(tenant.map(|known| known.tenant), name, "of another tenant")
    }
}

/// A rule in a resolution, as far as the caller may know it.
pub struct ShownRule<'a> {
    pub request: &'a Request,
    pub view: &'a Arc<View>,
    pub deployment: DeploymentId,
}

impl ShownRule<'_> {
    fn names(&self) -> SeenNames<'_> {
        SeenNames {
            principal: self.request.principal().ok(),
            view: self.view,
        }
    }

    /// Whether it may be seen whole.
    pub fn is_whole(&self) -> bool {
        DeploymentNode::find(self.request, self.view, self.deployment).is_some()
    }

    /// Its target in words.
    pub fn target(&self) -> String {
        let entry = self.view.deployments.get(self.deployment);
        let Some(rule) = entry.and_then(|entry| entry.state.rule.as_ref()) else {
            return self.deployment.to_string();
        };
        if self.is_whole() {
            let names = self.names();
            target_phrase(&rule.target, &names)
        } else if rule.target.scope == Scope::CrossTenant {
            "every tenant".to_owned()
        } else {
            "more than this tenant".to_owned()
        }
    }

    /// In one sentence that it won.
    pub fn wins(&self) -> String {
        let target = self.target();
        format!("the deployment for {target} wins: no other that applies is more specific")
    }

    /// The key on which it lost, where that says nothing of a rule that is not shown.
    pub fn lost_on(&self, loss: &Loss) -> Option<Key> {
        let key = loss.difference.key;
        let says_nothing = matches!(key, Key::Scope | Key::Named);
        (says_nothing || self.is_whole() && self.other(loss).is_whole()).then_some(key)
    }

    /// In one sentence to whom it lost, and why.
    pub fn loses(&self, loss: &Loss) -> String {
        let (own, other) = (self.target(), self.other(loss).target());
        let sentence = format!("the deployment for {own} loses to the one for {other}");
        match self.lost_on(loss) {
            Some(_) => format!("{sentence}: {}", loss.difference.sentence()),
            None => sentence,
        }
    }

    fn other(&self, loss: &Loss) -> ShownRule<'_> {
        ShownRule {
            deployment: loss.to,
            ..*self
        }
    }

    /// Why it does not apply, where that is about the caller's own or the rule may be seen.
    pub fn reason<'r>(&self, reason: &'r NotCandidateReason) -> Option<&'r NotCandidateReason> {
        let is_about_the_callers_own = matches!(
            reason,
            NotCandidateReason::ComputerRemoved
                | NotCandidateReason::TenantRemoved
                | NotCandidateReason::ComputerExcluded
                | NotCandidateReason::TenantExcluded
                | NotCandidateReason::NotApproved
        );
        (is_about_the_callers_own || self.is_whole()).then_some(reason)
    }

    /// In one sentence that it does not apply, and why.
    pub fn does_not_apply(&self, reason: &NotCandidateReason) -> String {
        let names = self.names();
        let target = self.target();
        match self.reason(reason) {
            Some(reason) => format!(
                "the deployment for {target} does not apply: {}",
                reason.sentence(&names)
            ),
            None => format!("the deployment for {target} does not apply here"),
        }
    }
}

/// Whether a rule with this scope may be seen by whoever asks.
fn may_see(principal: Principal, view: &View, scope: Scope) -> bool {
    let tenant = view.tenant_of_scope(scope);
    access::may(principal, Action::ReadDeployment { scope, tenant }).is_ok()
}

/// An event on its way to a caller.
#[derive(Clone, Copy)]
pub struct ShownEvent<'a> {
    pub principal: Principal,
    pub view: &'a View,
    pub event: &'a RecordedEvent,
    pub metadata: Option<&'a EventMetadata>,
}

/// What the scripts of a tenant's sessions wrote; no aggregate's.
const OUTPUT: &str = "output";

impl ShownEvent<'_> {
    fn may(&self, action: Action) -> bool {
        access::may(self.principal, action).is_ok()
    }

    /// Whether the caller sees that it happened: who may see a thing sees its events, and nobody else does.
    pub fn is_seen(&self) -> bool {
        let tenant = self.metadata.and_then(|metadata| metadata.tenant_id);
        if !self.may(Action::ReadEvents { tenant }) {
            return false;
        }
        match self.event.stream.category() {
            "token" => self
                .role()
                .is_some_and(|role| self.may(Action::ManageToken { role })),
            "enrolment" => self
                .tenant_of_enrolment()
                .is_some_and(|tenant| self.may(Action::ManageEnrolment { tenant })),
            "secret" => self.is_of_managed_secret(),
            "instance" => self.may(Action::ManageToken {
                role: Role::MspAdmin,
            }),
            category => {
                self.principal.confined_to().is_none()
                    || category == OUTPUT
                    || DomainEvent::audience(category) == Audience::Tenant
            }
        }
    }

    /// The role of the API token that it is about: the view's, or its own where it is newer.
    fn role(&self) -> Option<Role> {
        let id = self.event.stream.id().parse().ok().map(ApiTokenId)?;
        let known = self.view.api_tokens.get(id);
        match known.and_then(|entry| entry.state.grant.as_ref()) {
            Some(grant) => Some(grant.role),
            None => self.field("role"),
        }
    }

    fn tenant_of_enrolment(&self) -> Option<TenantId> {
        let id = self.event.stream.id().parse().ok().map(EnrolmentTokenId)?;
        let known = self.view.enrolment_tokens.get(id);
        match known.and_then(|entry| entry.state.terms.as_ref()) {
            Some(TokenTerms { tenant, .. }) => Some(*tenant),
            None => self.field("tenant"),
        }
    }

    /// Whether it is about a secret that the caller manages: the view's, or its own where it is newer.
    fn is_of_managed_secret(&self) -> bool {
        let id = self.event.stream.id().parse().ok().map(SecretId);
        let known = id.and_then(|id| self.view.secrets.get(id));
        let owner = known.and_then(|entry| entry.state.owner());
        let tenant = owner.unwrap_or_else(|| self.field("tenant"));
        self.may(Action::ManageSecrets { tenant })
    }

    fn field<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        let mut data: Value = serde_json::from_slice(&self.event.data).ok()?;
        serde_json::from_value(data.get_mut(name)?.take()).ok()
    }

    fn is_first_of_command(&self) -> bool {
        let command = self.metadata.map(|metadata| metadata.command_id);
        command.is_some_and(|command| command.event_id(0) == self.event.id)
    }

    fn scope_now(&self) -> Option<Scope> {
        let id = self.event.stream.id().parse().ok().map(DeploymentId)?;
        let entry = self.view.deployments.get(id)?;
        entry.state.rule.as_ref().map(|rule| rule.target.scope)
    }

    /// Whether it tells of a rule that the caller may not see, or not any more.
    fn is_of_others(&self) -> bool {
        if self.principal.confined_to().is_none() {
            return false;
        }
        let data = &self.event.data;
        let scope = match &*self.event.event_type {
            "DeploymentCreated" => serde_json::from_slice(data)
                .map(|created: DeploymentCreated| created.target.scope)
                .ok(),
            "DeploymentRetargeted" => serde_json::from_slice(data)
                .map(|retargeted: DeploymentRetargeted| retargeted.target.scope)
                .ok(),
            // The others say something of whatever the rule is for by now, if the same command did not send it elsewhere before.
            _ if self.event.stream.category() == "deployment" => {
                self.scope_now().filter(|_| self.is_first_of_command())
            }
            _ => return false,
        };
        !scope.is_some_and(|scope| may_see(self.principal, self.view, scope))
    }

    /// Why somebody did it.
    pub fn reason(&self) -> Option<String> {
        let reason = self.metadata?.reason.clone()?;
        // Whoever brings something from one tenant to another speaks of both.
        let is_of_two = matches!(&*self.event.event_type, "ComputerMoved" | "PersonMoved")
            && self.principal.confined_to().is_some();
        (!is_of_two && !self.is_of_others()).then_some(reason)
    }

    /// What exactly happened, without digests of secrets and without what is not shown.
    pub fn data(&self) -> Value {
        if self.is_of_others() {
            return json!({});
        }
        let mut data: Value = serde_json::from_slice(&self.event.data).unwrap_or_default();
        if let Some(fields) = data.as_object_mut() {
            fields.remove("secretHash");
            fields.remove("sealed");
        }
        if !self.may(Action::ReadScripts) {
            script::leave_out_texts(&mut data);
            script::leave_out_parameters(&mut data);
        }
        match &*self.event.event_type {
            "TenantCreated" | "TenantParentChanged" | "TenantPlaced" => {
                self.leave_out_parent(&mut data);
            }
            "AgentEnrolled" => self.leave_out_token(&mut data),
            "SessionResolved" => self.leave_out_rules(&mut data),
            _ => {}
        }
        data
    }

    fn leave_out_parent(&self, data: &mut Value) {
        let parent = self.field("parent").map(TenantId);
        let is_seen = parent.is_none_or(|tenant| self.may(Action::ReadTenant { tenant }));
        if let Some(fields) = data.as_object_mut().filter(|_| !is_seen) {
            fields.remove("parent");
        }
    }

    fn leave_out_token(&self, data: &mut Value) {
        let tenant = self.field("tenant").map(TenantId);
        let is_seen = tenant.is_some_and(|tenant| self.may(Action::ManageEnrolment { tenant }));
        if let Some(fields) = data.as_object_mut().filter(|_| !is_seen) {
            fields.remove("token");
        }
    }

    /// A session's actions name the rules that won by their targets.
    fn leave_out_rules(&self, data: &mut Value) {
        let of = self.metadata.and_then(|metadata| metadata.tenant_id);
        let actions = data.get_mut("actions").and_then(Value::as_array_mut);
        for action in actions
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            let scope = action.get("cause").and_then(|cause| cause.get("scope"));
            let scope = scope.and_then(|scope| Scope::deserialize(scope).ok());
            // What a prerequisite brings is told by the names of software alone.
            let kind = action.get("cause").and_then(|cause| cause.get("kind"));
            let is_shown = kind.is_some_and(|kind| kind == "prerequisite")
                || scope.is_some_and(|scope| names_the_rule(self.principal, self.view, scope, of));
            if !is_shown {
                action.remove("because");
                if let Some(goal) = action.get_mut("goal").and_then(Value::as_object_mut) {
                    goal.remove("parameters");
                }
                if let Some(cause) = action.get_mut("cause").and_then(Value::as_object_mut) {
                    cause.remove("scope");
                }
            }
        }
    }
}

/// Whether the sentence of an action may be shown that names the rule behind it, by that rule's scope when it won.
///
/// A rule for one computer or person was of the tenant whose session it won in, wherever it went since.
pub fn names_the_rule(
    principal: Principal,
    view: &View,
    scope: Scope,
    of: Option<TenantId>,
) -> bool {
    match scope {
        Scope::Individual { .. } | Scope::Person { .. } => {
            let action = Action::ReadDeployment { scope, tenant: of };
            access::may(principal, action).is_ok()
        }
        scope => may_see(principal, view, scope),
    }
}
