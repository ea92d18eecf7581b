//! Where a software comes from, and what became of its copies.

use super::node::SoftwareNode;
use crate::schema::change::{Payload as _, asking, carry_out, optional_name, seen};
use crate::schema::types::CommandOptions;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use upkeep_commands::{Ask, Change, CommandError, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::software::{self, Origin, Software, SoftwareCommand};
use upkeep_domain::kernel::ids::SoftwareId;
use upkeep_projections::View;

/// A part of a software.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SoftwarePart", remote = "software::Part")]
pub enum Part {
    /// Its name.
    Name,
    /// Who makes it.
    Publisher,
    /// What technicians should know of it.
    Notes,
    /// Its homepage, its licence, its tags.
    Description,
    /// How it is detected.
    Detection,
    /// The scripts for all of its versions.
    Scripts,
    /// What an update does.
    UpgradeStrategy,
    /// What is done where it does not work.
    RepairStrategy,
    /// Which exit codes of its scripts mean success.
    ExitCodes,
    /// Which versions there are, their packages or their scripts.
    Versions,
}

/// Where a title of the catalogue comes from: its source alone says what it is.
#[derive(Clone, SimpleObject)]
pub struct SoftwareOrigin {
    /// The source, as in winget.
    source: String,
    /// What it is called there. Two that differ in case only are the same title.
    identifier: String,
    /// The source's state at which something of it last changed.
    revision: String,
    /// Whether the source has it no more. It stays as it is, and what is wanted of it is wanted still.
    is_withdrawn: bool,
}

impl SoftwareOrigin {
    pub fn of(software: &Software) -> Option<Self> {
        let Origin {
            source,
            identifier,
            revision,
        } = software.origin.as_ref()?;
        Some(Self {
            source: source.to_string(),
            identifier: identifier.to_string(),
            revision: revision.to_string(),
            is_withdrawn: software.is_withdrawn,
        })
    }
}

/// What a software was copied from.
#[derive(Clone, SimpleObject)]
pub struct SoftwareCopy {
    /// The title, as it is now.
    pub software: Option<SoftwareNode>,
    /// Its source's state that it was of then.
    pub revision: String,
}

payloads! {
    /// The answer to copying a title of the catalogue.
    [CopySoftwarePayload] of Software {
        /// The copy.
        software: SoftwareNode
    }
}

inputs! {
    /// A software of your own, which begins as a title of the catalogue is.
    CopySoftwareInput {
        /// The title.
        id: ID,
        /// What the copy is called; as the title is if not given.
        name: Option<String>,
    }
}

impl Change for CopySoftwareInput {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let title = seen::<Software>(ask, &self.id, "id")?;
        let id = SoftwareId(ask.new_id("software"));
        self.refuse_another_revision(ask.view(), title.id, id)?;
        let name = optional_name("name", self.name.as_ref())?;
        let copy = title.state.copy(title.id, name);
        let copy = copy.map_err(|rejection| Stop::rejected(&rejection).at("id"))?;
        ask.make(id, SoftwareCommand::Copy(Box::new(copy)))
    }
}

impl CopySoftwareInput {
    /// The revision that is expected is the title's: the copy has none yet. A copy that is there already was made of it.
    fn refuse_another_revision(
        &self,
        view: &View,
        title: SoftwareId,
        copy: SoftwareId,
    ) -> Result<(), Stop> {
        let actual = view.software.get(title).map(|entry| entry.revision);
        match self.options.expected_revision {
            Some(expected) if actual != Some(expected) && view.software.get(copy).is_none() => {
                Err(CommandError::RevisionConflict { expected, actual }.into())
            }
            _ => Ok(()),
        }
    }
}

/// What can be changed by copying.
#[derive(Default)]
pub struct CopyMutation;

#[Object]
impl CopyMutation {
    /// Copies a title of the catalogue: the copy is your own software, which you change as you like. Deployments of the title stay with the title.
    /// The `expectedRevision` is the title's.
    async fn copy_software(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The title, and what its copy is called.")] input: CopySoftwareInput,
    ) -> Result<Option<CopySoftwarePayload>> {
        let of_copy = CommandOptions {
            expected_revision: None,
            ..CommandOptions::clone(&input.options)
        };
        let mut ask = asking(context, "copySoftware", &input, &of_copy)?;
        let done = carry_out(context, &mut ask, &input).await;
        CopySoftwarePayload::answer(context, done.map(|(id, _)| id))
    }
}
