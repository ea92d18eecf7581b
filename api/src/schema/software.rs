use super::change::{Checked, confirmed};
use super::page::{SCRIPT_COST, assumed, times};
use super::types::{ByteCount, Change, global_id};
use crate::error;
use crate::request::{Request, moment, services};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::script::{self, Script, ScriptTimeout, Sha256Digest};
use upkeep_domain::catalogue::software::{self, Software, SoftwareCommand, SoftwareVersion};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::decider::{self, Decider as _};
use upkeep_domain::kernel::ids::{CommandId, SoftwareId};
use upkeep_domain::rules::deployment::Impact;
use upkeep_projections::{Entry, Moment, View};
use uuid::Uuid;

use super::types::UserError;

/// The program that runs a script.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "script::Interpreter")]
pub enum Interpreter {
    /// POSIX shell.
    Sh,
    /// GNU Bash.
    Bash,
    /// Python 3.
    Python,
    /// PowerShell.
    PowerShell,
}

/// A script to be run on computers.
#[derive(Clone, Debug, InputObject)]
pub struct ScriptInput {
    /// The program that runs it.
    #[graphql(default_with = "Interpreter::Sh")]
    interpreter: Interpreter,
    /// The script itself, at most 128 KiB of UTF-8. For SH, BASH and PYTHON a byte order mark at its beginning is taken away
    /// and CRLF becomes LF, as you see where you read it back; POWER_SHELL gets what you write. NUL, U+FFFD, a byte order
    /// mark elsewhere and a carriage return that ends no line are refused with the number of their line. It sees UPKEEP_ROOT (the computer's root folder), UPKEEP_VERSION,
    /// UPKEEP_SOFTWARE, and UPKEEP_PACKAGE (the path of the version's package, if it has one).
    text: String,
    /// How long it may take, in seconds, at most 86,400; if not given 120 for detection and 900 for others.
    timeout_seconds: Option<u32>,
}

impl std::fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        script::Interpreter::from(*self).fmt(f)
    }
}

impl ScriptInput {
    pub fn check(self, field: &str, default: ScriptTimeout) -> Result<Script, UserError> {
        let timeout = match self.timeout_seconds {
            None => Ok(default),
            Some(seconds) => ScriptTimeout::from_seconds(seconds),
        };
        timeout
            .and_then(|timeout| Script::new(self.interpreter.into(), &self.text, timeout))
            .map_err(|error| UserError::invalid(field, &error))
    }
}

/// The file that a version's install script needs. Upload it first: PUT /packages/{sha256}.
#[derive(Clone, Debug, InputObject)]
pub struct PackageInput {
    /// The name under which the script finds it; a bare file name.
    pub file_name: String,
    /// Of its content, 64 hexadecimal digits.
    pub sha256: String,
}

impl PackageInput {
    pub fn digest(&self) -> Result<Sha256Digest, UserError> {
        Sha256Digest::parse(&self.sha256)
            .ok_or_else(|| UserError::invalid("package", &"sha256 has 64 hexadecimal digits"))
    }
}

/// A script that is run on computers.
#[derive(Clone)]
pub struct ScriptNode(pub Script);

/// A script that is run on computers.
#[Object(name = "Script")]
impl ScriptNode {
    /// The program that runs it.
    async fn interpreter(&self) -> Interpreter {
        self.0.interpreter.into()
    }

    /// The script itself; nothing if you may not read scripts.
    #[graphql(complexity = "SCRIPT_COST")]
    async fn text(&self, context: &Context<'_>) -> Option<&str> {
        Request::of(context)
            .may(Action::ReadScripts)
            .then_some(self.0.text.as_str())
    }

    /// How long it may take, in seconds.
    async fn timeout_seconds(&self) -> u32 {
        self.0.timeout.seconds()
    }

    /// The SHA-256 that names it in script runs, over interpreter and text.
    async fn digest(&self) -> String {
        self.0.digest().to_string()
    }
}

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
    version: Version,
    content: SoftwareVersion,
}

/// A version of a software, with how it is brought onto a computer and taken off it.
#[Object(name = "SoftwareVersion")]
impl VersionNode {
    /// The version, as its publisher wrote it.
    async fn version(&self) -> &str {
        self.version.as_str()
    }

    /// The file that the install script needs, if it needs one.
    async fn package(&self) -> Option<Package> {
        self.content.package.as_ref().map(Package::from)
    }

    /// Brings it onto the computer.
    async fn install(&self) -> ScriptNode {
        ScriptNode(self.content.install.clone())
    }

    /// Takes it off the computer.
    async fn uninstall(&self) -> ScriptNode {
        ScriptNode(self.content.uninstall.clone())
    }

    /// Runs instead of `install` where an older version is there; if there is none, `install` does both.
    async fn upgrade(&self) -> Option<ScriptNode> {
        self.content.upgrade.clone().map(ScriptNode)
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

/// On how many computers that the caller may see a software's scripts run.
pub async fn reach_of(
    context: &Context<'_>,
    view: &Arc<View>,
    software: SoftwareId,
) -> Result<usize> {
    let within = Request::of(context).principal()?.confined_to();
    let asked = Moment {
        view: view.clone(),
        at: moment(context, view),
    };
    tokio::task::spawn_blocking(move || asked.reach_of(software, within))
        .await
        .map_err(|error| error::internal(&error))
}

/// Finds out on how many computers the scripts run that a command changes, and asks the domain whether that was meant.
pub async fn confirm_run(
    context: &Context<'_>,
    id: SoftwareId,
    command: &SoftwareCommand,
    expected: Option<u32>,
) -> Checked<()> {
    let request = Request::of(context);
    let view = request.view();
    let decider = decider::Context {
        actor: request.principal()?.actor(),
        now: services(context).handler.clock().now(),
        command_id: CommandId(Uuid::nil()),
    };
    let known = view.software.get(id);
    let events = known.map(|entry| entry.state.decide(command.clone(), &decider));
    // What is refused is refused where it is carried out.
    if !matches!(events, Some(Ok(events)) if !events.is_empty()) {
        return Ok(Ok(()));
    }
    let computers = reach_of(context, &view, id).await?;
    Ok(confirmed(Impact::Run, computers, expected))
}

/// A software of the catalogue: how to detect it on a computer, and its versions.
#[Object(name = "Software")]
impl SoftwareNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("Software", self.id.0)
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

    /// The published versions, oldest first.
    #[graphql(complexity = "times(assumed::VERSIONS, child_complexity)")]
    async fn versions(&self) -> Vec<VersionNode> {
        let versions = self.entry.state.versions.iter();
        versions
            .map(|(version, content)| VersionNode {
                version: version.clone(),
                content: content.clone(),
            })
            .collect()
    }

    /// The newest published version: what "latest" means.
    async fn latest_version(&self) -> Option<String> {
        self.entry.state.latest().map(ToString::to_string)
    }

    /// On how many computers that you may see its scripts run: a deployment that wins there names it and does not leave it
    /// alone. The number that confirmImpact wants where a detection or a version changes.
    #[graphql(complexity = 100)]
    async fn reach(&self, context: &Context<'_>) -> Result<usize> {
        reach_of(context, &self.view, self.id).await
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
