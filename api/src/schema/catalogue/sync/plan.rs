//! What taking titles over would change. Nothing is saved.

use super::{check_schema, source_at};
use crate::error;
use crate::request::Request;
use crate::schema::catalogue::reach::reach_of;
use crate::schema::catalogue::software::{Part, SoftwareNode};
use crate::schema::page::{assumed, times};
use async_graphql::{Context, Enum, Error, Object, Result, SimpleObject};
use upkeep_commands::Stop;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::pack;
use upkeep_domain::catalogue::software::{
    self, Outlook, Software, Title, TitleIdentifier, VersionChange,
};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::SoftwareId;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::View;

/// What becomes of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "software::TitleChange")]
pub enum CatalogueTitleChange {
    /// It was not there.
    Added,
    /// It had been withdrawn, and is offered again.
    Returned,
    /// Something of it is different.
    Changed,
    /// It is here as its source has it.
    Unchanged,
}

/// What becomes of a version of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CatalogueVersionChange {
    /// It was not there.
    Added,
    /// Its package or its scripts are different.
    Changed,
    /// Its source has it no more.
    Withdrawn,
}

/// What becomes of a version of a title.
#[derive(Clone, SimpleObject)]
pub struct CatalogueVersionPlan {
    /// The version.
    version: String,
    /// What becomes of it.
    change: CatalogueVersionChange,
}

impl From<&VersionChange> for CatalogueVersionPlan {
    fn from(change: &VersionChange) -> Self {
        let (version, change) = match change {
            VersionChange::Added(version) => (version, CatalogueVersionChange::Added),
            VersionChange::Changed(version) => (version, CatalogueVersionChange::Changed),
            VersionChange::Withdrawn(version) => (version, CatalogueVersionChange::Withdrawn),
        };
        Self {
            version: version.to_string(),
            change,
        }
    }
}

/// What taking one title over would come to.
pub struct TitlePlan {
    identifier: Option<TitleIdentifier>,
    judged: std::result::Result<Judged, String>,
}

struct Judged {
    id: SoftwareId,
    outlook: Outlook,
    /// What is new is wanted by nobody, and what stays as it is changes nothing. What only returns, or is only called otherwise, has no part
    /// that differs and is a change nevertheless, which the mutation asks to confirm.
    is_change_of_what_is_here: bool,
}

/// What taking one title over would come to.
#[Object(name = "CatalogueTitlePlan")]
impl TitlePlan {
    /// What it is called in its source; nothing where it could not be read.
    async fn identifier(&self) -> Option<&str> {
        self.identifier.as_ref().map(TitleIdentifier::as_str)
    }

    /// What would become of it; nothing where it would be refused.
    async fn change(&self) -> Option<CatalogueTitleChange> {
        let judged = self.judged.as_ref().ok()?;
        Some(judged.outlook.change.into())
    }

    /// Why it would be refused; nothing where it would not.
    async fn refusal(&self) -> Option<&str> {
        self.judged.as_ref().err().map(String::as_str)
    }

    /// Which parts of it would be different, each once: at most ten.
    #[graphql(complexity = "times(assumed::ROLES, child_complexity.max(1))")]
    async fn parts(&self) -> Vec<Part> {
        let parts = self.judged.iter().flat_map(|judged| &judged.outlook.parts);
        parts.map(|part| (*part).into()).collect()
    }

    /// What would become of its versions, at most 40: of the others nothing.
    #[graphql(complexity = "times(assumed::VERSIONS, child_complexity)")]
    async fn versions(&self) -> Vec<CatalogueVersionPlan> {
        let versions = self.judged.iter();
        let versions = versions.flat_map(|judged| &judged.outlook.versions);
        versions.map(CatalogueVersionPlan::from).collect()
    }

    /// On how many computers its scripts run: the number that confirmImpact wants. Nobody is asked for it where the title is new or unchanged,
    /// and it is 0.
    #[graphql(complexity = 100)]
    async fn impact(&self, context: &Context<'_>) -> Result<usize> {
        match &self.judged {
            Ok(judged) if judged.is_change_of_what_is_here => {
                let item = MaintenanceItem::Software(judged.id);
                reach_of(context, &Request::of(context).view(), item).await
            }
            Ok(_) | Err(_) => Ok(0),
        }
    }

    /// The title as it is here now; nothing where it is not.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let request = Request::of(context);
        let judged = self.judged.as_ref().ok()?;
        SoftwareNode::find(request, &request.view(), judged.id)
    }
}

/// What taking some titles over would come to.
pub struct SyncPlan(Vec<TitlePlan>);

/// What taking some titles over would come to.
#[Object(name = "CatalogueSyncPlan")]
impl SyncPlan {
    /// One for each title, at most 100, in their order.
    async fn results(&self) -> &[TitlePlan] {
        &self.0
    }
}

/// What can be asked before a sync.
#[derive(Default)]
pub struct SyncQuery;

#[Object]
impl SyncQuery {
    /// What taking these titles over would change. Nothing is saved. Titles of the source that are not among them are left alone:
    /// whoever syncs withdraws what the source has no more.
    #[graphql(complexity = "1 + times(titles.len(), 20 + child_complexity)")]
    async fn plan_catalogue_sync(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Where they are from, in one word of small letters, digits and hyphens, as in winget."
        )]
        source: String,
        #[graphql(
            desc = "The source's state that they are of: a commit, or a digest of what it holds."
        )]
        revision: String,
        #[graphql(desc = "In which version of the pack's format they are written: 1.")]
        schema_version: u32,
        #[graphql(
            desc = "The titles, each as JSON of at most 256 KiB.",
            validator(max_items = 100)
        )]
        titles: Vec<String>,
    ) -> Result<Option<SyncPlan>> {
        let request = Request::of(context);
        request.require(Action::SyncCatalogue)?;
        let from = check_schema(schema_version).and_then(|()| source_at(&source, &revision));
        let (source, revision) = from.map_err(bad_input)?;
        let view = request.view();
        let plan = |json: &String| match pack::read(json, &source, &revision) {
            Ok(title) => plan_of(&view, title),
            Err(refused) => TitlePlan {
                identifier: identifier_of(json),
                judged: Err(refused.to_string()),
            },
        };
        Ok(Some(SyncPlan(titles.iter().map(plan).collect())))
    }
}

fn plan_of(view: &View, title: Title) -> TitlePlan {
    let id = title.id();
    let identifier = Some(title.origin.identifier.clone());
    let is_here = view.software.get(id).is_some();
    let judged = outlook(view, title).map(|outlook| Judged {
        id,
        is_change_of_what_is_here: is_here && outlook.change != software::TitleChange::Unchanged,
        outlook,
    });
    TitlePlan { identifier, judged }
}

/// What a title would become in a view.
pub fn outlook(view: &View, title: Title) -> std::result::Result<Outlook, String> {
    let nothing = Software::default();
    let known = view.software.get(title.id());
    let known = known.map_or(&nothing, |entry| &entry.state);
    known
        .outlook_of(title)
        .map_err(|rejection| rejection.to_string())
}

/// Of a title that is refused, as far as it can be read.
pub fn identifier_of(json: &str) -> Option<TitleIdentifier> {
    let title: serde_json::Value = serde_json::from_str(json).ok()?;
    TitleIdentifier::new(title["identifier"].as_str()?).ok()
}

/// What is wrong with the request as a whole is an error of the question.
fn bad_input(stop: Stop) -> Error {
    match error::of_stop_in(stop, &[]) {
        Ok(refused) => error::ErrorCode::BadUserInput.error(refused.message),
        Err(error) => error,
    }
}

/// The code of a title that cannot be read.
pub fn unreadable(refused: &pack::Refused) -> Stop {
    Stop::refused(Code::Invalid, refused.to_string())
}
