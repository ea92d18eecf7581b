//! Adding, changing and removing prerequisites.

use super::input::{PrerequisiteConditionsInput, PrerequisiteConsequenceInput};
use super::node::PrerequisiteNode;
use super::range::VersionRangeInput;
use crate::request::Request;
use crate::schema::change::{asking, carry_out, seen};
use crate::schema::or_default::OrDefault;
use crate::schema::types::{global_id, parse_present_id};
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, Change, Confirmation, Plan, Stop};
use upkeep_domain::access::{Action, Guarded as _};
use upkeep_domain::catalogue::software::Software;
use upkeep_domain::kernel::ids::PrerequisiteId;
use upkeep_domain::rules::prerequisite::{
    Prerequisite, PrerequisiteChange, PrerequisiteCommand, Prerequisites, ThePrerequisites,
};

payloads! {
    /// The answer to writing a prerequisite.
    [AddPrerequisitePayload ChangePrerequisitePayload] {
        /// The prerequisite, with the change.
        prerequisite: PrerequisiteNode
    }
    /// The answer to removing a prerequisite.
    [RemovePrerequisitePayload] {
        /// The global id that it had.
        removed_id: ID
    }
}

inputs! {
    /// What has to come before a software is brought onto a computer.
    AddPrerequisiteInput {
        /// The software that needs it.
        software_id: ID,
        /// The versions of that software that need it; all if not given.
        versions: OrDefault<VersionRangeInput>,
        /// When it applies on a computer; always if not given.
        when: OrDefault<PrerequisiteConditionsInput>,
        /// What follows where it applies.
        then: PrerequisiteConsequenceInput,
        /// On how many computers the scripts of the software that needs it run, as its reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// What changes in a prerequisite; what is not given stays.
    ChangePrerequisiteInput {
        /// The prerequisite.
        id: ID,
        /// Other versions of the software that need it; they stay as they are if not given.
        versions: Option<VersionRangeInput>,
        /// Other conditions; they stay if not given.
        when: Option<PrerequisiteConditionsInput>,
        /// Another consequence; it stays if not given.
        then: Option<PrerequisiteConsequenceInput>,
        /// On how many computers the scripts of the software that needs it run, as its reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A prerequisite to be removed.
    RemovePrerequisiteInput {
        /// The prerequisite.
        id: ID,
        /// On how many computers the scripts of the software that needs it run, as its reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

fn id_of(id: &ID) -> Result<PrerequisiteId, Stop> {
    parse_present_id(PrerequisiteNode::KIND, id)
        .map(PrerequisiteId)
        .map_err(|why| Stop::invalid(&why).at("id"))
}

/// What is added, changed or removed.
struct Writing<'a, I> {
    input: &'a I,
    prerequisite: PrerequisiteId,
}

impl<I> Writing<'_, I> {
    /// What is run for the software changes that needs it.
    fn run_because(&self, expected: Option<u32>) -> Confirmation {
        Confirmation::RunBecause {
            prerequisite: self.prerequisite,
            expected,
        }
    }
}

impl Change for Writing<'_, AddPrerequisiteInput> {
    type Of = Prerequisites;

    fn plan(&self, ask: &Ask) -> Result<Plan<Prerequisites>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let input = self.input;
        let says = Prerequisite {
            of: seen::<Software>(ask, &input.software_id, "softwareId")?.id,
            versions: input.versions.check("versions")?,
            when: input.when.check(ask)?,
            then: input.then.check(ask)?,
        };
        let command = PrerequisiteCommand::Add {
            prerequisite: self.prerequisite,
            says: Box::new(says),
            catalogue: ask.view().clone(),
        };
        ask.make(ThePrerequisites, command)
    }

    fn confirmation(&self, _: &Plan<Prerequisites>) -> Confirmation {
        self.run_because(self.input.confirm_impact)
    }
}

impl Change for Writing<'_, ChangePrerequisiteInput> {
    type Of = Prerequisites;

    fn plan(&self, ask: &Ask) -> Result<Plan<Prerequisites>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let input = self.input;
        let versions = input.versions.as_ref();
        let versions = versions.map(|versions| versions.check("versions"));
        let when = input.when.as_ref().map(|when| when.check(ask));
        let then = input.then.as_ref().map(|then| then.check(ask));
        let command = PrerequisiteCommand::Change {
            prerequisite: self.prerequisite,
            change: Box::new(PrerequisiteChange {
                versions: versions.transpose()?,
                when: when.transpose()?,
                then: then.transpose()?,
            }),
            catalogue: ask.view().clone(),
        };
        ask.make(ThePrerequisites, command)
    }

    fn confirmation(&self, _: &Plan<Prerequisites>) -> Confirmation {
        self.run_because(self.input.confirm_impact)
    }
}

impl Change for Writing<'_, RemovePrerequisiteInput> {
    type Of = Prerequisites;

    /// That there is none is said by the list itself: a removal that is sent again finds that it was carried out.
    fn plan(&self, ask: &Ask) -> Result<Plan<Prerequisites>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let prerequisite = self.prerequisite;
        ask.make(
            ThePrerequisites,
            PrerequisiteCommand::Remove { prerequisite },
        )
    }

    fn confirmation(&self, _: &Plan<Prerequisites>) -> Confirmation {
        self.run_because(self.input.confirm_impact)
    }
}

fn shown(context: &Context<'_>, id: PrerequisiteId) -> Result<PrerequisiteNode, Stop> {
    let request = Request::of(context);
    let found = PrerequisiteNode::find(request, &request.view(), id);
    found.ok_or_else(|| Stop::not_found(Prerequisites::NOUN))
}

async fn add(
    context: &Context<'_>,
    ask: &mut Ask,
    input: &AddPrerequisiteInput,
) -> Result<PrerequisiteNode, Stop> {
    let writing = Writing {
        input,
        prerequisite: PrerequisiteId(ask.new_id("prerequisite")),
    };
    carry_out(context, ask, &writing).await?;
    shown(context, writing.prerequisite)
}

async fn change(
    context: &Context<'_>,
    ask: &mut Ask,
    input: &ChangePrerequisiteInput,
) -> Result<PrerequisiteNode, Stop> {
    let prerequisite = id_of(&input.id)?;
    let writing = Writing {
        input,
        prerequisite,
    };
    carry_out(context, ask, &writing).await?;
    shown(context, prerequisite)
}

async fn remove(
    context: &Context<'_>,
    ask: &mut Ask,
    input: &RemovePrerequisiteInput,
) -> Result<ID, Stop> {
    let prerequisite = id_of(&input.id)?;
    let writing = Writing {
        input,
        prerequisite,
    };
    carry_out(context, ask, &writing).await?;
    Ok(global_id(PrerequisiteNode::KIND, prerequisite.0))
}

/// What can be changed about prerequisites.
#[derive(Default)]
pub struct PrerequisiteMutation;

#[Object]
impl PrerequisiteMutation {
    /// Adds a prerequisite of a software. A circle, a software that needs itself, and what contradicts another prerequisite of the
    /// software are refused. Sessions that are resolved already keep their plan.
    async fn add_prerequisite(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The prerequisite.")] input: AddPrerequisiteInput,
    ) -> Result<Option<AddPrerequisitePayload>> {
        let mut ask = asking(context, "addPrerequisite", &input, &input.options)?;
        let added = add(context, &mut ask, &input).await;
        AddPrerequisitePayload::new(context, added)
    }

    /// Changes what a prerequisite says; of which software it is stays. What would be refused as a new one is refused.
    async fn change_prerequisite(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangePrerequisiteInput,
    ) -> Result<Option<ChangePrerequisitePayload>> {
        let mut ask = asking(context, "changePrerequisite", &input, &input.options)?;
        let changed = change(context, &mut ask, &input).await;
        ChangePrerequisitePayload::new(context, changed)
    }

    /// Removes a prerequisite. Its history stays.
    async fn remove_prerequisite(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The prerequisite.")] input: RemovePrerequisiteInput,
    ) -> Result<Option<RemovePrerequisitePayload>> {
        let mut ask = asking(context, "removePrerequisite", &input, &input.options)?;
        let removed = remove(context, &mut ask, &input).await;
        RemovePrerequisitePayload::new(context, removed)
    }
}
