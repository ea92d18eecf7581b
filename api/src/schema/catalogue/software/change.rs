//! Changing software.

use super::node::SoftwareNode;
use super::package::PackageInput;
use super::way::{ScriptRole, SoftwareScriptInput};
use crate::schema::catalogue::program::ProgramMatchInput;
use crate::schema::catalogue::script::ScriptInput;
use crate::schema::change::{Payload as _, asking, carry_out, change, name, seen};
use crate::schema::or_default::OrDefault;
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, Change, Confirmation, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::script::ScriptTimeout;
use upkeep_domain::catalogue::software::{
    self, Detection, NewVersion, Package, ScriptSet, Software, SoftwareCommand, SoftwareVersion,
};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::ids::SoftwareId;

payloads! {
    /// The answer to a mutation of a software.
    [CreateSoftwarePayload RenameSoftwarePayload ChangeSoftwareDetectionPayload PublishSoftwareVersionPayload WithdrawSoftwareVersionPayload] of Software {
        /// The software, with the change.
        software: SoftwareNode
    }
}

inputs! {
    /// A new software.
    CreateSoftwareInput {
        /// Its name.
        name: String,
        /// It prints the installed version and nothing else: an optional v, an optional epoch such as "2:", a number, then
        /// letters, digits and . - + ~ ^ _ only. No output means that the software is absent. It must end with 0 in both
        /// cases: any other end, and any other output, means that nothing is known. Notes belong on standard error. Give this or
        /// `detectionProgram`.
        detection: Option<ScriptInput>,
        /// By what it is told among the programs that the computer's own system lists, without any script; may be left out where `detection` is given.
        detection_program: Option<ProgramMatchInput>,
    }
    /// Another name for a software.
    RenameSoftwareInput {
        /// The software.
        id: ID,
        /// Its new name.
        name: String,
    }
    /// Another way to detect a software.
    ChangeSoftwareDetectionInput {
        /// The software.
        id: ID,
        /// The new detection script; may be left out where `detectionProgram` is given: give one of them.
        detection: Option<ScriptInput>,
        /// By what it is told among the programs that the computer's own system lists, without any script; may be left out where `detection` is given.
        detection_program: Option<ProgramMatchInput>,
        /// On how many computers its scripts run, as the software's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A new version of a software.
    PublishSoftwareVersionInput {
        /// The software.
        id: ID,
        /// The version.
        version: String,
        /// The file that install and upgrade need; none if not given.
        #[graphql(name = "packageFile")]
        package: Option<PackageInput>,
        /// Brings it onto the computer; the software's own for all versions if not given, and one of both must be there.
        install: Option<ScriptInput>,
        /// Takes it off the computer; the software's own for all versions if not given, and one of both must be there.
        uninstall: Option<ScriptInput>,
        /// Runs instead of `install` where an older version is there; if not given, `install` does both.
        upgrade: Option<ScriptInput>,
        /// More scripts of this version, each of which beats its software's: none if not given. At most 384 KiB with those above.
        scripts: OrDefault<Vec<SoftwareScriptInput>>,
        /// On how many computers its scripts run, as the software's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A version that should not be installed any more.
    WithdrawSoftwareVersionInput {
        /// The software.
        id: ID,
        /// The version.
        version: String,
        /// On how many computers its scripts run, as the software's reach says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl Change for CreateSoftwareInput {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let name = name("name", &self.name)?;
        let detection = detection(self.detection.as_ref(), self.detection_program.as_ref())?;
        let id = SoftwareId(ask.new_id("software"));
        ask.make(id, SoftwareCommand::Create { name, detection })
    }
}

impl Change for RenameSoftwareInput {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let name = name("name", &self.name)?;
        seen::<Software>(ask, &self.id, "id")?.plan(SoftwareCommand::Rename { name })
    }
}

impl Change for ChangeSoftwareDetectionInput {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        let detection = detection(self.detection.as_ref(), self.detection_program.as_ref())?;
        let software = seen::<Software>(ask, &self.id, "id")?;
        software.plan(SoftwareCommand::ChangeDetection { detection })
    }

    fn confirmation(&self, plan: &Plan<Software>) -> Confirmation {
        Confirmation::run(plan.id(), self.confirm_impact)
    }
}

/// One of both.
fn detection(
    script: Option<&ScriptInput>,
    program: Option<&ProgramMatchInput>,
) -> Result<Detection, Stop> {
    match (script, program) {
        (Some(script), None) => {
            let script = script.check("detection", ScriptTimeout::DETECTION)?;
            Ok(script.into())
        }
        (None, Some(program)) => Ok(program.check("detectionProgram")?.into()),
        (Some(_), Some(_)) | (None, None) => {
            let message = "a software is detected by a script or by what it is told by among installed programs: give detection or \
                           detectionProgram";
            Err(Stop::invalid(message).at("detection"))
        }
    }
}

/// The scripts of a version, each once.
fn scripts(input: &PublishSoftwareVersionInput) -> Result<ScriptSet, Stop> {
    let named = [
        ("install", ScriptRole::Install, &input.install),
        ("uninstall", ScriptRole::Uninstall, &input.uninstall),
        ("upgrade", ScriptRole::Upgrade, &input.upgrade),
    ];
    let named = named
        .into_iter()
        .filter_map(|(field, role, script)| Some((field, role, script.as_ref()?)));
    let listed = input
        .scripts
        .iter()
        .map(|of| ("scripts", of.role, &of.script));
    let mut scripts = ScriptSet::default();
    for (field, role, script) in named.chain(listed) {
        let role = software::ScriptRole::from(role);
        let script = script.check(field, role.usual_timeout())?;
        if scripts.get(role).is_some() {
            let message = format!("there are two {} scripts: give one", role.phrase());
            return Err(Stop::invalid(&message).at("scripts"));
        }
        scripts.set(role, script);
    }
    Ok(scripts)
}

/// A version to publish, with what is known of its package.
struct NewVersionOf<'a> {
    input: &'a PublishSoftwareVersionInput,
    package: Option<Package>,
}

impl Change for NewVersionOf<'_> {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        let input = self.input;
        let version =
            Version::new(&input.version).map_err(|error| Stop::invalid(&error).at("version"))?;
        let content = SoftwareVersion {
            package: self.package.clone(),
            scripts: scripts(input)?,
        };
        let new = Box::new(NewVersion { version, content });
        seen::<Software>(ask, &input.id, "id")?.plan(SoftwareCommand::PublishVersion(new))
    }

    fn confirmation(&self, plan: &Plan<Software>) -> Confirmation {
        Confirmation::run(plan.id(), self.input.confirm_impact)
    }
}

impl Change for WithdrawSoftwareVersionInput {
    type Of = Software;

    fn plan(&self, ask: &Ask) -> Result<Plan<Software>, Stop> {
        ask.require(Action::ManageCatalogue)?;
        // It may be from a time when anything was a version.
        let version = Version::known(&self.version);
        let withdraw = SoftwareCommand::WithdrawVersion { version };
        seen::<Software>(ask, &self.id, "id")?.plan(withdraw)
    }

    fn confirmation(&self, plan: &Plan<Software>) -> Confirmation {
        Confirmation::run(plan.id(), self.confirm_impact)
    }
}

/// What can be changed about software.
#[derive(Default)]
pub struct SoftwareMutation;

#[Object]
impl SoftwareMutation {
    /// Creates a software. Publish a version of it next.
    async fn create_software(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software.")] input: CreateSoftwareInput,
    ) -> Result<Option<CreateSoftwarePayload>> {
        change(context, "createSoftware", input).await
    }

    /// Gives a software another name.
    async fn rename_software(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its name.")] input: RenameSoftwareInput,
    ) -> Result<Option<RenameSoftwarePayload>> {
        change(context, "renameSoftware", input).await
    }

    /// Changes how a software is detected.
    async fn change_software_detection(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its script.")] input: ChangeSoftwareDetectionInput,
    ) -> Result<Option<ChangeSoftwareDetectionPayload>> {
        change(context, "changeSoftwareDetection", input).await
    }

    /// Publishes a version of a software: from now on it may be installed, and "latest" may mean it.
    async fn publish_software_version(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The version.")] input: PublishSoftwareVersionInput,
    ) -> Result<Option<PublishSoftwareVersionPayload>> {
        let mut ask = asking(context, "publishSoftwareVersion", &input, &input.options)?;
        let done = publish(context, &mut ask, &input).await;
        PublishSoftwareVersionPayload::answer(context, done)
    }

    /// Withdraws a version: it is not installed any more, and stays where it is installed.
    async fn withdraw_software_version(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The version.")] input: WithdrawSoftwareVersionInput,
    ) -> Result<Option<WithdrawSoftwareVersionPayload>> {
        change(context, "withdrawSoftwareVersion", input).await
    }
}

async fn publish(
    context: &Context<'_>,
    ask: &mut Ask,
    input: &PublishSoftwareVersionInput,
) -> Result<SoftwareId, Stop> {
    // Who may not publish is not told which packages there are.
    ask.require(Action::ManageCatalogue)?;
    let package = match &input.package {
        None => None,
        Some(package) => Some(package.check(context).await?),
    };
    let new = NewVersionOf { input, package };
    carry_out(context, ask, &new).await.map(|(id, _)| id)
}
