//! What is shown of a prerequisite.

use super::input::ConditionQuantifier;
use super::range::VersionRange;
use crate::request::Request;
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::page::{assumed, times};
use crate::schema::possible::{self, Possibility};
use crate::schema::types::global_id_in;
use async_graphql::{Context, Enum, ID, Object};
use std::sync::Arc;
use upkeep_domain::access::Guarded as _;
use upkeep_domain::kernel::ids::{PrerequisiteId, SoftwareId};
use upkeep_domain::rules::prerequisite::{
    Condition, Conditions, Consequence, Prerequisite, ThePrerequisites, WantedVersion,
};
use upkeep_projections::View;
use uuid::Uuid;

/// What has to come before a software is brought onto a computer.
#[derive(Clone)]
pub struct PrerequisiteNode {
    view: Arc<View>,
    id: PrerequisiteId,
    says: Arc<Prerequisite>,
}

impl PrerequisiteNode {
    pub const KIND: &'static str = "Prerequisite";

    /// The prerequisite, if there is one and the caller may see the catalogue.
    pub fn find(request: &Request, view: &Arc<View>, id: PrerequisiteId) -> Option<Self> {
        let sight = view.prerequisites.sight(ThePrerequisites, &**view)?;
        let says = view.prerequisites.get(id)?.clone();
        request.may(sight).then(|| Self {
            view: view.clone(),
            id,
            says,
        })
    }
}

/// What has to come before a software is brought onto a computer: if these are installed or not, then install, uninstall, or fail.
#[Object(name = "Prerequisite")]
impl PrerequisiteNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, Self::KIND, self.id.0)
    }

    /// What names it in events, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The software that needs it.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        SoftwareNode::find(Request::of(context), &self.view, self.says.of)
    }

    /// The versions of that software that need it: of the version that is brought, not of the one that is there.
    async fn versions(&self) -> VersionRange {
        VersionRange(self.says.versions.clone())
    }

    /// When it applies on a computer.
    async fn when(&self) -> PrerequisiteConditions {
        PrerequisiteConditions {
            view: self.view.clone(),
            conditions: self.says.when.clone(),
        }
    }

    /// What follows where it applies.
    async fn then(&self) -> PrerequisiteConsequence {
        PrerequisiteConsequence {
            view: self.view.clone(),
            then: self.says.then.clone(),
        }
    }

    /// In one sentence.
    async fn text(&self) -> String {
        self.says.phrase(&*self.view)
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "times(possible::PREREQUISITE.len(), child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of_prerequisite(context, &self.view, self.id)
    }

    /// Counts the changes of all prerequisites together, for `expectedRevision`.
    async fn revision(&self) -> Option<u64> {
        self.view.prerequisites.revision()
    }
}

fn software(context: &Context<'_>, view: &Arc<View>, id: SoftwareId) -> Option<SoftwareNode> {
    SoftwareNode::find(Request::of(context), view, id)
}

/// When a prerequisite applies.
pub struct PrerequisiteConditions {
    pub view: Arc<View>,
    pub conditions: Conditions,
}

/// When a prerequisite applies: always, where there are no conditions.
#[Object]
impl PrerequisiteConditions {
    /// How many of them have to hold.
    async fn hold(&self) -> ConditionQuantifier {
        self.conditions.hold.into()
    }

    /// The conditions, at most 20.
    #[graphql(complexity = "times(assumed::CONDITIONS, child_complexity)")]
    async fn of(&self) -> Vec<PrerequisiteCondition> {
        let conditions = self.conditions.of.iter();
        let conditions = conditions.map(|condition| PrerequisiteCondition {
            view: self.view.clone(),
            condition: condition.clone(),
        });
        conditions.collect()
    }

    /// In words; nothing where there are none.
    async fn text(&self) -> Option<String> {
        self.conditions.phrase(&*self.view)
    }
}

/// Whether a software is there, as a condition.
pub struct PrerequisiteCondition {
    view: Arc<View>,
    condition: Condition,
}

/// Whether a software is there, as a condition. What a look could not tell is neither there nor missing.
#[Object]
impl PrerequisiteCondition {
    /// The software.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        software(context, &self.view, self.condition.software())
    }

    /// Whether it has to be there, or has to be missing.
    async fn is_installed(&self) -> bool {
        matches!(self.condition, Condition::Installed { .. })
    }

    /// In which versions it has to be there; nothing where it has to be missing.
    async fn versions(&self) -> Option<VersionRange> {
        match &self.condition {
            Condition::Installed { versions, .. } => Some(VersionRange(versions.clone())),
            Condition::NotInstalled { .. } => None,
        }
    }
}

/// What a prerequisite asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PrerequisiteConsequenceKind {
    /// The software has to be installed first.
    Install,
    /// The software has to be gone first.
    Uninstall,
    /// What needs it fails.
    Fail,
}

/// What follows where a prerequisite applies.
pub struct PrerequisiteConsequence {
    view: Arc<View>,
    then: Consequence,
}

impl PrerequisiteConsequence {
    fn wanted(&self) -> Option<&WantedVersion> {
        match &self.then {
            Consequence::Install { version, .. } => Some(version),
            Consequence::Uninstall { .. } | Consequence::Fail { .. } => None,
        }
    }
}

/// What follows where a prerequisite applies.
#[Object]
impl PrerequisiteConsequence {
    /// What kind of consequence.
    async fn kind(&self) -> PrerequisiteConsequenceKind {
        match self.then {
            Consequence::Install { .. } => PrerequisiteConsequenceKind::Install,
            Consequence::Uninstall { .. } => PrerequisiteConsequenceKind::Uninstall,
            Consequence::Fail { .. } => PrerequisiteConsequenceKind::Fail,
        }
    }

    /// The software, for INSTALL and UNINSTALL.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        software(context, &self.view, self.then.software()?)
    }

    /// The exact version that has to be there, for INSTALL, if one has to.
    async fn exactly(&self) -> Option<&str> {
        match self.wanted()? {
            WantedVersion::Exactly(version) => Some(version.as_str()),
            WantedVersion::Latest | WantedVersion::AtLeast(_) => None,
        }
    }

    /// The oldest version that is enough, for INSTALL, if there is one.
    async fn from(&self) -> Option<&str> {
        match self.wanted()? {
            WantedVersion::AtLeast(version) => Some(version.as_str()),
            WantedVersion::Latest | WantedVersion::Exactly(_) => None,
        }
    }

    /// Why it fails and what to do, for FAIL.
    async fn message(&self) -> Option<&str> {
        match &self.then {
            Consequence::Fail { message } => Some(message.as_str()),
            Consequence::Install { .. } | Consequence::Uninstall { .. } => None,
        }
    }

    /// In words.
    async fn text(&self) -> String {
        self.then.phrase(&*self.view)
    }
}
