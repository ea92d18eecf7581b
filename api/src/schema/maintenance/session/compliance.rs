//! How what sessions have seen compares with what should be there.

use crate::request::{Request, in_background, moment, view_at};
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::tenant::confine;
use crate::schema::page::{Page, PageArguments, list_cost, page_of};
use crate::schema::rules::resolution::software_item;
use crate::schema::types::AsOfInput;
use async_graphql::{Context, Enum, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::kernel::ids::ComputerId;
use upkeep_domain::maintenance::session;
use upkeep_projections::{Moment, View};

/// How an item on a computer compares with what should be there.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::Compliance")]
pub enum Compliance {
    /// It is as it should be.
    Has,
    /// It is not as it should be.
    Differs,
    /// No session has looked yet, or only the computer could say whether there is a newer version (`AVAILABLE`).
    Unknown,
    /// No deployment wants anything of it there.
    NotWanted,
}

/// How a software on many computers compares with what should be there.
pub struct ComplianceNode {
    view: Arc<View>,
    all: Vec<(ComputerId, session::Compliance)>,
}

impl ComplianceNode {
    fn count(&self, wanted: session::Compliance) -> usize {
        let is = |(_, found): &&(ComputerId, session::Compliance)| *found == wanted;
        self.all.iter().filter(is).count()
    }
}

/// How a software on many computers compares with what the winning deployments want, as far as sessions have seen.
#[Object(name = "ComplianceReport")]
impl ComplianceNode {
    /// On how many computers something is wanted of it.
    async fn should_have(&self) -> usize {
        self.all.len() - self.count(session::Compliance::NotWanted)
    }

    /// On how many it is as it should be.
    async fn has(&self) -> usize {
        self.count(session::Compliance::Has)
    }

    /// On how many it is not.
    async fn differs(&self) -> usize {
        self.count(session::Compliance::Differs)
    }

    /// On how many that is not known.
    async fn unknown(&self) -> usize {
        self.count(session::Compliance::Unknown)
    }

    /// The computers that compare in one way.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn computers(
        &self,
        #[graphql(desc = "In which way.")] compliance: Compliance,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<ComputerNode>> {
        let wanted = session::Compliance::from(compliance);
        let ids: Vec<ComputerId> = (self.all.iter())
            .filter(|(_, found)| *found == wanted)
            .map(|(id, _)| *id)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        page_of(
            &arguments,
            &ids,
            |id| *id,
            |id| ComputerNode::get(&self.view, *id),
        )
    }
}

/// What can be asked about compliance.
#[derive(Default)]
pub struct ComplianceQuery;

#[Object]
impl ComplianceQuery {
    /// How a software compares with what should be there, over a tenant or everything that you may see.
    #[graphql(complexity = "100 + child_complexity")]
    async fn compliance(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software.")] software_id: ID,
        #[graphql(desc = "Only this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<ComplianceNode>> {
        let view = view_at(context, as_of).await?;
        let within = confine(Request::of(context), &view, tenant_id.as_ref())?;
        let item = software_item(&software_id)?;
        let asked = Moment {
            at: moment(context, &view),
            view: view.clone(),
        };
        let all = in_background(move || asked.compliance_of(item, within)).await?;
        Ok(Some(ComplianceNode { view, all }))
    }
}
