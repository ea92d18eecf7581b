//! Secrets set, called otherwise, replaced and removed.

use super::{SecretNode, SecretText};
use crate::error;
use crate::request::services;
use crate::schema::change::{Payload as _, asking, carry_out, change, name, optional_name, seen};
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, Change as Changing, Plan, Stop};
use upkeep_domain::catalogue::secret::{Sealed, Secret, SecretCommand, SecretValueError};
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::SecretId;
use upkeep_vault::{Keyring, NONCE_BYTES};

payloads! {
    /// The answer to a mutation of a secret.
    [CreateSecretPayload ChangeSecretPayload RemoveSecretPayload] of Secret {
        /// The secret, with the change.
        secret: SecretNode
    }
}

inputs! {
    /// A new secret.
    CreateSecretInput {
        /// What people call it. Everybody who manages secrets reads it: say what it is for, and nothing of what it is.
        name: String,
        /// The tenant whose it is: it can be told for the computers of that tenant alone. The installation's, for everybody, if not given.
        tenant_id: Option<ID>,
        /// The secret itself. Nobody reads it back.
        value: SecretText,
    }
    /// What changes of a secret; what is not given stays.
    ChangeSecretInput {
        /// The secret.
        id: ID,
        /// Its name; it stays if not given.
        name: Option<String>,
        /// The secret itself from now on, for every run that begins after it; it stays if not given.
        value: Option<SecretText>,
    }
    /// A secret that is not needed any more.
    RemoveSecretInput {
        /// The secret.
        id: ID,
    }
}

/// What is sealed, and with what.
struct Sealing<'a, I> {
    input: &'a I,
    keyring: &'a Keyring,
    /// Taken by chance before it is planned, so that planning again comes to the same.
    nonce: [u8; NONCE_BYTES],
}

impl<'a, I> Sealing<'a, I> {
    fn new(context: &Context<'a>, input: &'a I) -> Result<Self> {
        let services = services(context);
        let mut nonce = [0; NONCE_BYTES];
        let filled = services.commands.world().fill(&mut nonce);
        filled.map_err(|error| error::internal(&error))?;
        Ok(Self {
            input,
            keyring: &services.keyring,
            nonce,
        })
    }

    fn seal(&self, secret: SecretId, value: &SecretText) -> Result<Sealed, Stop> {
        let text = value.reveal();
        SecretValueError::check(text).map_err(|why| Stop::invalid(&why).at("value"))?;
        let sealed = self.keyring.seal(secret, text, self.nonce);
        sealed.map_err(|why| Stop::refused(Code::SecretsNotSetUp, why.to_string()))
    }
}

impl Changing for Sealing<'_, CreateSecretInput> {
    type Of = Secret;

    fn plan(&self, ask: &Ask) -> Result<Plan<Secret>, Stop> {
        let tenant = self.input.tenant_id.as_ref();
        let tenant = tenant.map(|id| seen::<Tenant>(ask, id, "tenantId"));
        let tenant = tenant.transpose()?.map(|tenant| tenant.id);
        let id = SecretId(ask.new_id("secret"));
        let create = |sealed| {
            let name = name("name", &self.input.name)?;
            Ok::<_, Stop>(SecretCommand::Create {
                tenant,
                name,
                sealed,
            })
        };
        // Whoever may not is told that, and not what is wrong with the secret.
        ask.make::<Secret>(id, create(Sealed::nothing())?)?;
        ask.make(id, create(self.seal(id, &self.input.value)?)?)
    }
}

impl Changing for Sealing<'_, ChangeSecretInput> {
    type Of = Secret;

    fn plan(&self, ask: &Ask) -> Result<Plan<Secret>, Stop> {
        let known = seen::<Secret>(ask, &self.input.id, "id")?;
        let name = optional_name("name", self.input.name.as_ref())?;
        let value = self.input.value.as_ref();
        let sealed = value.map(|value| self.seal(known.id, value)).transpose()?;
        known.plan(SecretCommand::Change { name, sealed })
    }
}

impl Changing for RemoveSecretInput {
    type Of = Secret;

    fn plan(&self, ask: &Ask) -> Result<Plan<Secret>, Stop> {
        let known = seen::<Secret>(ask, &self.id, "id")?;
        let plan = known.plan(SecretCommand::Remove)?;
        ask.refuse_if_told(known.id)?;
        Ok(plan)
    }
}

/// What can be changed about secrets.
#[derive(Default)]
pub struct SecretMutation;

#[Object]
impl SecretMutation {
    /// Keeps a secret, which nobody reads back. Tell it to tasks by deployments.
    async fn create_secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The secret.")] input: CreateSecretInput,
    ) -> Result<Option<CreateSecretPayload>> {
        let mut ask = asking(context, "createSecret", &input, &input.options)?;
        let done = carry_out(context, &mut ask, &Sealing::new(context, &input)?).await;
        CreateSecretPayload::answer(context, done.map(|(id, _)| id))
    }

    /// Puts another secret in the place of one, or calls it otherwise. A command that is sent again is answered as the first time, whichever
    /// secret it holds.
    async fn change_secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The secret and what changes.")] input: ChangeSecretInput,
    ) -> Result<Option<ChangeSecretPayload>> {
        let mut ask = asking(context, "changeSecret", &input, &input.options)?;
        let done = carry_out(context, &mut ask, &Sealing::new(context, &input)?).await;
        ChangeSecretPayload::answer(context, done.map(|(id, _)| id))
    }

    /// Removes a secret that no deployment tells any more.
    async fn remove_secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The secret.")] input: RemoveSecretInput,
    ) -> Result<Option<RemoveSecretPayload>> {
        change(context, "removeSecret", input).await
    }
}
