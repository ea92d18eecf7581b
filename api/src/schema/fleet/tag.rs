//! Tags on computers, tenants and people.

use crate::request::Request;
use crate::schema::change::{Plan, Planned, carry_out};
use crate::schema::fleet::computer::{ComputerNode, visible_computer};
use crate::schema::fleet::person::{PersonNode, visible_person};
use crate::schema::fleet::tenant::{TenantNode, visible_tenant};
use crate::schema::types::{PositionScalar, UserError};
use async_graphql::{Context, ID, Object, OneofObject, Result, SimpleObject};
use std::collections::BTreeSet;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::computer::ComputerCommand;
use upkeep_domain::fleet::person::PersonCommand;
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::TenantCommand;

/// Tags as texts, in their order.
pub fn texts<'a>(tags: impl IntoIterator<Item = &'a Tag>) -> Vec<String> {
    tags.into_iter().map(ToString::to_string).collect()
}

/// Who gets or loses tags: give exactly one.
#[derive(Clone, Debug, OneofObject)]
#[expect(clippy::enum_variant_names, reason = "they are the fields' names")]
pub enum TagBearerInput {
    /// A computer.
    ComputerId(ID),
    /// A tenant.
    TenantId(ID),
    /// A person.
    PersonId(ID),
}

inputs! {
    /// Tags to be given and taken away.
    ChangeTagsInput {
        /// Whose.
        on: TagBearerInput,
        /// Tags to be given; upper and lower case are the same.
        #[graphql(default, validator(max_items = 200))]
        add: Vec<String>,
        /// Tags to be taken away.
        #[graphql(default, validator(max_items = 200))]
        remove: Vec<String>,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
}

changes! {
    ChangeTagsInput = "changeTags", as confirm_impact, |this, request, view, _command| {
        let change = TagChange {
            add: check!(new_tags(&this.add)),
            remove: this.remove.iter().map(|text| Tag::known(text)).collect(),
        };
        match &this.on {
            TagBearerInput::ComputerId(id) => {
                let (computer, tenant) = check!(visible_computer(request, view, id, "on")?);
                request.require(Action::ManageComputer { tenant })?;
                Plan::of(tenant, Planned::Computer(computer, ComputerCommand::ChangeTags(change)))
            }
            TagBearerInput::TenantId(id) => {
                let tenant = check!(visible_tenant(request, view, id, "on")?);
                request.require(Action::ManageTenants)?;
                Plan::of(tenant, Planned::Tenant(tenant, TenantCommand::ChangeTags(change)))
            }
            TagBearerInput::PersonId(id) => {
                let (person, tenant) = check!(visible_person(request, view, id, "on")?);
                request.require(Action::ManagePeople { tenant })?;
                Plan::of(tenant, Planned::Person(person, PersonCommand::ChangeTags(change)))
            }
        }
    }
}

fn new_tags(texts: &[String]) -> Result<BTreeSet<Tag>, UserError> {
    let tag = |text: &String| Tag::new(text).map_err(|error| UserError::invalid("add", &error));
    texts.iter().map(tag).collect()
}

/// The answer to a change of tags.
#[derive(SimpleObject)]
pub struct ChangeTagsPayload {
    /// The computer with the change, if it was about one.
    computer: Option<ComputerNode>,
    /// The tenant with the change, if it was about one.
    tenant: Option<TenantNode>,
    /// The person with the change, if it was about one.
    person: Option<PersonNode>,
    /// Why nothing was changed; empty if all is well.
    user_errors: Vec<UserError>,
    /// The position at which this answer is true.
    position: PositionScalar,
}

impl ChangeTagsPayload {
    fn new(context: &Context<'_>, done: Result<Planned, UserError>) -> Self {
        let request = Request::of(context);
        let view = request.view();
        let mut payload = Self {
            computer: None,
            tenant: None,
            person: None,
            user_errors: vec![],
            position: PositionScalar(view.position()),
        };
        match done {
            Ok(Planned::Computer(id, _)) => {
                payload.computer = ComputerNode::find(request, &view, id);
            }
            Ok(Planned::Tenant(id, _)) => payload.tenant = TenantNode::find(request, &view, id),
            Ok(Planned::Person(id, _)) => payload.person = PersonNode::find(request, &view, id),
            Ok(_) => {}
            Err(error) => payload.user_errors.push(error),
        }
        payload
    }
}

/// What can be changed about tags.
#[derive(Default)]
pub struct TagMutation;

#[Object]
impl TagMutation {
    /// Gives tags to a computer, a tenant or a person, and takes them away.
    async fn change_tags(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who, and which tags.")] input: ChangeTagsInput,
    ) -> Result<ChangeTagsPayload> {
        let done = carry_out(context, &input).await?;
        Ok(ChangeTagsPayload::new(context, done))
    }
}
