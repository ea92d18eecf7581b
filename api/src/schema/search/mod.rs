//! Looking for things by what people call them: [`needle`] says how well a text fits, [`finding`] looks through a view, [`best`] keeps
//! the best of it.

mod best;
mod finding;
mod needle;

use crate::request::view_at;
use crate::schema::node::Node;
use crate::schema::page::times;
use crate::schema::types::AsOfInput;
use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use finding::Finding;
use needle::Needle;

/// How many things are found if nobody says.
const DEFAULT_HITS: i32 = 20;
/// The most that are.
const MAX_HITS: i32 = 50;
/// What it costs to look.
const SEARCH_COST: usize = 2_000;

/// What can be found. Among things that fit equally well, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub enum SearchKind {
    /// A tenant.
    Tenant,
    /// A computer.
    Computer,
    /// A person.
    Person,
    /// A software of the catalogue.
    Software,
    /// A task of the catalogue.
    Task,
    /// A cloud task of the catalogue.
    CloudTask,
    /// A deployment.
    Deployment,
    /// A group.
    Group,
    /// An agent.
    Agent,
}

/// By what a thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchField {
    /// Its name; of an agent, what its computer called itself when it enrolled.
    Name,
    /// A computer's serial number.
    SerialNumber,
    /// The UUID of a computer's hardware.
    HardwareUuid,
    /// The name of a computer's primary person.
    PersonName,
    /// The user principal name of a person, or of a computer's primary person.
    Upn,
    /// A tag.
    Tag,
    /// The name of what a deployment deploys.
    ItemName,
    /// A deployment's target in words.
    TargetText,
}

/// Something that was found.
#[derive(SimpleObject)]
pub struct SearchHit {
    /// The thing.
    node: Node,
    /// What it is.
    kind: SearchKind,
    /// Its name; of a deployment, that of what it deploys.
    title: String,
    /// What tells it from others of that name: its tenant, a person's user principal name, a deployment's target in words.
    detail: Option<String>,
    /// By what it was found.
    matched: SearchField,
}

/// What can be asked by what people call things.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// What you may see and people call so: at most 50 things that are not removed, those first that are called exactly so, then those
    /// whose name begins so, then those of which a word does, then those that have it anywhere; and equals in the order of their names.
    #[graphql(
        complexity = "SEARCH_COST + times(usize::try_from(first.unwrap_or(DEFAULT_HITS).clamp(0, MAX_HITS)).unwrap_or(0), child_complexity)"
    )]
    async fn search(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "A part of a name, a serial number, a hardware UUID, a user principal name, a tag, or of a deployment's target in words; whatever the case. At most 200 characters; by nothing but spaces nothing is found.",
            validator(chars_max_length = 200)
        )]
        text: String,
        #[graphql(
            desc = "Only things of these kinds, at most nine; all if not given.",
            validator(max_items = 9)
        )]
        kinds: Option<Vec<SearchKind>>,
        #[graphql(
            desc = "How many, 1 to 50; 20 if not given.",
            validator(minimum = 1, maximum = 50)
        )]
        first: Option<i32>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Vec<SearchHit>>> {
        let view = view_at(context, as_of).await?;
        let Some(needle) = Needle::of(&text) else {
            return Ok(Some(vec![]));
        };
        let size = usize::try_from(first.unwrap_or(DEFAULT_HITS)).unwrap_or(0);
        let finding = Finding::new(context, &view, &needle)?;
        let is_asked = |kind| kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
        Ok(Some(finding.best(size, is_asked)))
    }
}
