//! Changing software.

use super::node::{SoftwareNode, reach_of};
use crate::request::{Request, services};
use crate::schema::catalogue::script::ScriptInput;
use crate::schema::change::{Checked, Order, confirmed, name};
use crate::schema::types::{UserError, UserErrorCode, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::script::{ScriptTimeout, Sha256Digest};
use upkeep_domain::catalogue::software::{
    NewVersion, Package, Software, SoftwareCommand, SoftwareVersion,
};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::decider::{self, Decider as _};
use upkeep_domain::kernel::ids::{CommandId, SoftwareId};
use upkeep_domain::kernel::text;
use upkeep_domain::rules::deployment::Impact;
use upkeep_projections::View;
use uuid::Uuid;

payloads! {
    /// The answer to a mutation of a software.
    SoftwarePayload {
        /// The software, with the change.
        software: SoftwareNode
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

inputs! {
    /// A new software.
    CreateSoftwareInput {
        /// Its name.
        name: String,
        /// It prints the installed version and nothing else: an optional v, an optional epoch such as "2:", a number, then
        /// letters, digits and . - + ~ ^ _ only. No output means that the software is absent. It must end with 0 in both
        /// cases: any other end, and any other output, means that nothing is known. Notes belong on standard error.
        detection: ScriptInput,
    }
    /// Another name for a software.
    RenameSoftwareInput {
        /// The software.
        id: ID,
        /// Its new name.
        name: String,
    }
    /// Another way to detect a software.
    ChangeDetectionInput {
        /// The software.
        id: ID,
        /// The new detection script.
        detection: ScriptInput,
        /// On how many computers its scripts run, as the software's reach says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A new version of a software.
    PublishVersionInput {
        /// The software.
        id: ID,
        /// The version.
        version: String,
        /// The file that install and upgrade need.
        package: Option<PackageInput>,
        /// Brings it onto the computer.
        install: ScriptInput,
        /// Takes it off the computer.
        uninstall: ScriptInput,
        /// Runs instead of `install` where an older version is there.
        upgrade: Option<ScriptInput>,
        /// On how many computers its scripts run, as the software's reach says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A version that should not be installed any more.
    WithdrawVersionInput {
        /// The software.
        id: ID,
        /// The version.
        version: String,
        /// On how many computers its scripts run, as the software's reach says; needed where it is more than 25.
        confirm_impact: Option<u32>,
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
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "createSoftware", &input, &input.options)?;
        let name = ok!(SoftwarePayload, context, name("name", &input.name));
        let detection = input.detection.check("detection", ScriptTimeout::DETECTION);
        let detection = ok!(SoftwarePayload, context, detection);
        let id = SoftwareId(order.new_id("software"));
        change_software(
            context,
            &order,
            id,
            SoftwareCommand::Create { name, detection },
        )
        .await
    }

    /// Gives a software another name.
    async fn rename_software(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its name.")] input: RenameSoftwareInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "renameSoftware", &input, &input.options)?;
        let id = SoftwareId(uuid_of("Software", &input.id)?);
        let name = ok!(SoftwarePayload, context, name("name", &input.name));
        change_software(context, &order, id, SoftwareCommand::Rename { name }).await
    }

    /// Changes how a software is detected.
    async fn change_detection(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its script.")] input: ChangeDetectionInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "changeDetection", &input, &input.options)?;
        let id = SoftwareId(uuid_of("Software", &input.id)?);
        let detection = input.detection.check("detection", ScriptTimeout::DETECTION);
        let detection = ok!(SoftwarePayload, context, detection);
        let change = SoftwareCommand::ChangeDetection { detection };
        let confirmed = confirm_run(context, id, &change, input.confirm_impact).await?;
        ok!(SoftwarePayload, context, confirmed);
        change_software(context, &order, id, change).await
    }

    /// Publishes a version of a software: from now on it may be installed, and "latest" may mean it.
    async fn publish_version(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The version.")] input: PublishVersionInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "publishVersion", &input, &input.options)?;
        let id = SoftwareId(uuid_of("Software", &input.id)?);
        let version =
            Version::new(&input.version).map_err(|error| UserError::invalid("version", &error));
        let version = ok!(SoftwarePayload, context, version);
        let package = match &input.package {
            None => None,
            Some(package) => {
                let package = find_package(context, package).await;
                Some(ok!(SoftwarePayload, context, package))
            }
        };
        let timeout = ScriptTimeout::ACTION;
        let install = ok!(
            SoftwarePayload,
            context,
            input.install.check("install", timeout)
        );
        let uninstall = ok!(
            SoftwarePayload,
            context,
            input.uninstall.check("uninstall", timeout)
        );
        let upgrade = input
            .upgrade
            .map(|script| script.check("upgrade", timeout))
            .transpose();
        let upgrade = ok!(SoftwarePayload, context, upgrade);
        let how = SoftwareVersion {
            package,
            install,
            uninstall,
            upgrade,
        };
        let new = SoftwareCommand::PublishVersion(Box::new(NewVersion {
            version,
            content: how,
        }));
        let confirmed = confirm_run(context, id, &new, input.confirm_impact).await?;
        ok!(SoftwarePayload, context, confirmed);
        change_software(context, &order, id, new).await
    }

    /// Withdraws a version: it is not installed any more, and stays where it is installed.
    async fn withdraw_version(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The version.")] input: WithdrawVersionInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "withdrawVersion", &input, &input.options)?;
        let id = SoftwareId(uuid_of("Software", &input.id)?);
        // It may be from a time when anything was a version.
        let version = Version::known(&input.version);
        let withdraw = SoftwareCommand::WithdrawVersion { version };
        let confirmed = confirm_run(context, id, &withdraw, input.confirm_impact).await?;
        ok!(SoftwarePayload, context, confirmed);
        change_software(context, &order, id, withdraw).await
    }
}

async fn change_software(
    context: &Context<'_>,
    order: &Order,
    id: SoftwareId,
    command: SoftwareCommand,
) -> Result<SoftwarePayload> {
    ok!(
        SoftwarePayload,
        context,
        order.execute::<Software>(context, id, command).await?
    );
    answer!(
        SoftwarePayload,
        context,
        |r, v: &Arc<View>| SoftwareNode::find(r, v, id),
        "software"
    )
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

/// The package, if it was uploaded.
async fn find_package(context: &Context<'_>, input: &PackageInput) -> Result<Package, UserError> {
    let sha256 = input.digest()?;
    let size = services(context)
        .packages
        .size(&sha256)
        .await
        .ok_or_else(|| {
            let message = format!(
                "the package is not on the server: upload it by PUT /packages/{sha256} first"
            );
            UserError::new(UserErrorCode::PackageMissing, message).at("package")
        })?;
    Ok(Package {
        file_name: text::composed(&input.file_name),
        sha256,
        size,
    })
}
