//! What is shown of a software.

use super::way::{ExitCodes, RepairStrategy, SoftwareScript, UpgradeStrategy};
use crate::error;
use crate::request::{Request, moment, services};
use crate::schema::catalogue::script::ScriptNode;
use crate::schema::page::{
    Page, PageArguments, TEXT_COST, assumed, page_of, short_list_cost, times,
};
use crate::schema::possible::{self, Possibility};
use crate::schema::rules::prerequisite::{self, PrerequisiteNode};
use crate::schema::types::{ByteCount, Change, global_id_in};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use std::sync::Arc;
use upkeep_commands::Ask;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::software::{self, Notes, Software, SoftwareVersion};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::ids::SoftwareId;
use upkeep_domain::kernel::name::Name;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// A file that an install script needs.
#[derive(Clone, SimpleObject)]
pub struct Package {
    /// The name under which the script finds it.
    file_name: String,
    /// Of its content, 64 hexadecimal digits.
    sha256: String,
    /// How large it is.
    size: ByteCount,
}

impl From<&software::Package> for Package {
    fn from(package: &software::Package) -> Self {
        Self {
            file_name: package.file_name.clone(),
            sha256: package.sha256.to_string(),
            size: ByteCount(package.size),
        }
    }
}

/// A version of a software.
#[derive(Clone)]
pub struct VersionNode {
    software: Arc<Entry<Software>>,
    version: Version,
    content: SoftwareVersion,
}

impl VersionNode {
    /// Its own script, or its software's.
    fn script(&self, role: software::ScriptRole) -> Option<SoftwareScript> {
        let script = self.software.state.script(&self.version, role)?;
        Some(SoftwareScript {
            role: role.into(),
            script: ScriptNode(script.clone()),
            is_inherited: self.content.scripts.get(role).is_none(),
        })
    }

    /// One that a version cannot be without.
    fn required(&self, role: software::ScriptRole) -> Result<ScriptNode> {
        let script = self.script(role).map(|of| of.script);
        script.ok_or_else(|| {
            let role = role.phrase();
            error::internal(&format!("version {} has no {role} script", self.version))
        })
    }
}

/// A version of a software, with how it is brought onto a computer and taken off it.
#[Object(name = "SoftwareVersion")]
impl VersionNode {
    /// The version, as its publisher wrote it.
    async fn version(&self) -> &str {
        self.version.as_str()
    }

    /// The file that the install script needs, if it needs one.
    async fn package_file(&self) -> Option<Package> {
        self.content.package.as_ref().map(Package::from)
    }

    /// Brings it onto the computer: its own script, or its software's.
    async fn install(&self) -> Result<ScriptNode> {
        self.required(software::ScriptRole::Install)
    }

    /// Takes it off the computer: its own script, or its software's.
    async fn uninstall(&self) -> Result<ScriptNode> {
        self.required(software::ScriptRole::Uninstall)
    }

    /// Runs instead of `install` where an older version is there, unless the upgrade strategy says otherwise; if there is none,
    /// `install` does both.
    async fn upgrade(&self) -> Option<ScriptNode> {
        self.script(software::ScriptRole::Upgrade)
            .map(|of| of.script)
    }

    /// All that runs for it, at most one for each role: its own scripts, and its software's where it has none.
    #[graphql(complexity = "times(assumed::ROLES, child_complexity)")]
    async fn scripts(&self) -> Vec<SoftwareScript> {
        let roles = software::ScriptRole::ALL.into_iter();
        roles.filter_map(|role| self.script(role)).collect()
    }
}

/// A software of the catalogue.
#[derive(Clone)]
pub struct SoftwareNode {
    view: Arc<View>,
    id: SoftwareId,
    entry: Arc<Entry<Software>>,
}

impl SoftwareNode {
    /// The software, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: SoftwareId) -> Option<Self> {
        let entry = view.software.get(id)?.clone();
        request.may(Action::ReadCatalogue).then(|| Self {
            view: view.clone(),
            id,
            entry,
        })
    }
}

/// A software of the catalogue: how to detect it on a computer, and its versions.
#[Object(name = "Software")]
impl SoftwareNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Software", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> String {
        let definition = self.entry.state.definition.as_ref();
        definition
            .map(|definition| definition.name.to_string())
            .unwrap_or_default()
    }

    /// It prints the installed version and nothing else; no output means that the software is absent.
    async fn detection(&self) -> Option<ScriptNode> {
        let definition = self.entry.state.definition.as_ref()?;
        Some(ScriptNode(definition.detection.clone()))
    }

    /// Who makes it; nothing if nobody told.
    async fn publisher(&self) -> Option<&str> {
        self.entry.state.publisher.as_ref().map(Name::as_str)
    }

    /// What technicians should know of it: lines of plain text, at most 10,000 characters; nothing if you may not read scripts.
    #[graphql(complexity = "TEXT_COST")]
    async fn notes(&self, context: &Context<'_>) -> Option<&str> {
        let may_read = Request::of(context).may(Action::ReadScripts);
        let notes = self.entry.state.notes.as_ref();
        notes.filter(|_| may_read).map(Notes::as_str)
    }

    /// What runs for all versions that have no such script of their own, at most one for each role.
    #[graphql(complexity = "times(assumed::ROLES, child_complexity)")]
    async fn scripts(&self) -> Vec<SoftwareScript> {
        let scripts = self.entry.state.scripts.iter();
        let scripts = scripts.map(|(role, script)| SoftwareScript {
            role: role.into(),
            script: ScriptNode(script.clone()),
            is_inherited: false,
        });
        scripts.collect()
    }

    /// What an update does.
    async fn upgrade_strategy(&self) -> UpgradeStrategy {
        self.entry.state.upgrade_strategy.into()
    }

    /// What is done where the right version is there and its test says that it does not work.
    async fn repair_strategy(&self) -> RepairStrategy {
        self.entry.state.repair_strategy.into()
    }

    /// Which exit codes of its scripts mean success.
    async fn exit_codes(&self) -> ExitCodes {
        ExitCodes(self.entry.state.exit_codes.clone())
    }

    /// The published versions, at most 1,000, oldest first: in the order of versions.
    #[graphql(complexity = "short_list_cost(first, last, assumed::VERSIONS, child_complexity)")]
    async fn versions(
        &self,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<VersionNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let versions: Vec<(&Version, &SoftwareVersion)> =
            self.entry.state.versions.iter().collect();
        page_of(
            &arguments,
            &versions,
            |(version, _)| (*version).clone(),
            |(version, content)| {
                Some(VersionNode {
                    software: self.entry.clone(),
                    version: (*version).clone(),
                    content: (*content).clone(),
                })
            },
        )
    }

    /// The newest published version: what "latest" means.
    async fn latest_version(&self) -> Option<String> {
        self.entry.state.latest().map(ToString::to_string)
    }

    /// What has to come before it is brought onto a computer, at most 50, in the order in which it was added.
    #[graphql(complexity = "times(assumed::PREREQUISITES, child_complexity)")]
    async fn prerequisites(&self, context: &Context<'_>) -> Vec<PrerequisiteNode> {
        prerequisite::of_software(Request::of(context), &self.view, self.id)
    }

    /// The prerequisites of other software that install it, in the order in which they were added.
    #[graphql(
        complexity = "short_list_cost(first, last, assumed::PREREQUISITES, child_complexity)"
    )]
    async fn needed_by(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<PrerequisiteNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        prerequisite::needed_by(Request::of(context), &self.view, self.id, &arguments)
    }

    /// On how many computers that you may see its scripts run: a deployment that wins there names it and does not leave it
    /// alone, or wants software there that needs it. The number that confirmImpact wants where a detection, a version or a prerequisite
    /// changes.
    #[graphql(complexity = 100)]
    async fn reach(&self, context: &Context<'_>) -> Result<usize> {
        let principal = Request::of(context).principal()?;
        let now = moment(context, &self.view);
        let ask = Ask::imagined(
            principal,
            self.view.clone(),
            now,
            services(context).commands.world(),
        );
        let reach = upkeep_commands::reach(&ask, self.id).await;
        reach.or_else(|stop| {
            error::of_stop(stop).and_then(|refused| Err(error::internal(&refused.message)))
        })
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Software>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Software>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who created it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed it, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}
