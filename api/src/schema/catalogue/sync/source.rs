//! Where titles of the catalogue come from.

use crate::request::{Request, services, view_at};
use crate::schema::page::{assumed, times};
use crate::schema::types::{AsOfInput, Change};
use async_graphql::{Context, Object, Result, SimpleObject};
use upkeep_domain::access::Action;
use upkeep_projections::Source;

/// Most sources that one answer tells of; an installation has a few.
const MAX_SOURCES: usize = 100;

/// A source of the catalogue: where titles come from that nobody here changes.
#[derive(SimpleObject)]
pub struct CatalogueSource {
    /// Its name, as in winget.
    name: String,
    /// The source's state that changed something here last: a commit, or a digest of what it held.
    revision: String,
    /// When that was taken over, and by whom.
    changed: Change,
    /// How many titles it offers.
    title_count: usize,
    /// How many it had once and has no more; they stay as they are.
    withdrawn_count: usize,
}

impl From<Source> for CatalogueSource {
    fn from(source: Source) -> Self {
        Self {
            name: source.name.to_string(),
            revision: source.revision.to_string(),
            changed: source.changed.into(),
            title_count: source.titles,
            withdrawn_count: source.withdrawn,
        }
    }
}

/// What can be asked about the sources of the catalogue.
#[derive(Default)]
pub struct SourceQuery;

#[Object]
impl SourceQuery {
    /// The sources of the catalogue that something was ever taken over from, by their names: the first ones, at most 100.
    #[graphql(complexity = "times(assumed::SOURCES, child_complexity)")]
    async fn catalogue_sources(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Vec<CatalogueSource>>> {
        let view = view_at(context, as_of).await?;
        Request::of(context).require(Action::ReadCatalogue)?;
        let sources = services(context).projections.shelf(&view).sources();
        let sources = sources.into_iter().take(MAX_SOURCES);
        Ok(Some(sources.map(CatalogueSource::from).collect()))
    }
}
