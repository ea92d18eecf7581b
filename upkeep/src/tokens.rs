//! `upkeep token`: API tokens from the server's own machine.

use crate::operator::{self, Of};
use anyhow::Context;
use chrono::{TimeDelta, Utc};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

#[derive(Subcommand)]
pub enum TokenCommand {
    /// Create a token and print its secret, once
    Create(CreateArgs),
    /// List all tokens
    List {
        #[command(flatten)]
        place: Of,
    },
    /// Revoke a token, and with it every token that it created
    Revoke {
        #[command(flatten)]
        place: Of,
        /// The token's id, as `list` shows it
        id: String,
    },
}

#[derive(Args)]
pub struct CreateArgs {
    #[command(flatten)]
    place: Of,
    /// Whose it is, or what it is for
    #[arg(long)]
    name: String,
    /// What its holder is
    #[arg(long, value_enum, default_value = "msp-admin")]
    role: Role,
    /// The tenant's id, for a tenant's role
    #[arg(long)]
    tenant: Option<String>,
    /// How long it is good for, in hours; for ever if not given
    #[arg(long)]
    expires_in_hours: Option<u32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    MspAdmin,
    MspTechnician,
    TenantAdmin,
    TenantMember,
}

pub async fn run(command: TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create(args) => create(args).await,
        TokenCommand::List { place } => list(place).await,
        TokenCommand::Revoke { place, id } => revoke(place, &id).await,
    }
}

async fn create(args: CreateArgs) -> anyhow::Result<()> {
    let role = match args.role {
        Role::MspAdmin => "MSP_ADMIN",
        Role::MspTechnician => "MSP_TECHNICIAN",
        Role::TenantAdmin => "TENANT_ADMIN",
        Role::TenantMember => "TENANT_MEMBER",
    };
    let expires_at = args
        .expires_in_hours
        .map(|hours| {
            let life = TimeDelta::hours(hours.into());
            Utc::now().checked_add_signed(life).with_context(|| {
                format!("{hours} hours from now is after the end of the calendar: give fewer")
            })
        })
        .transpose()?;
    let input = json!({
        "name": args.name,
        "role": role,
        "tenantId": args.tenant,
        "expiresAt": expires_at,
    });
    let query = "mutation($input: CreateApiTokenInput!) {
        createApiToken(input: $input) { secret userErrors { message } } }";
    let data = operator::execute(&args.place, query, json!({ "input": input })).await?;
    let secret = &data["createApiToken"]["secret"];
    crate::answer(secret.as_str().unwrap_or_default())
}

async fn list(place: Of) -> anyhow::Result<()> {
    let query = "query($after: String) { apiTokens(first: 100, after: $after) {
        nodes { id name role tenant { name } expiresAt isRevoked created { at } }
        pageInfo { hasNextPage endCursor } } }";
    let mut after = Value::Null;
    loop {
        let data = operator::execute(&place, query, json!({ "after": after })).await?;
        let page = &data["apiTokens"];
        for token in page["nodes"].as_array().into_iter().flatten() {
            crate::answer(&token.to_string())?;
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(());
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn revoke(place: Of, id: &str) -> anyhow::Result<()> {
    let query = "mutation($input: RevokeApiTokenInput!) {
        revokeApiToken(input: $input) { apiToken { name } userErrors { message } } }";
    let variables = json!({ "input": { "id": id } });
    let data = operator::execute(&place, query, variables).await?;
    let name = data["revokeApiToken"]["apiToken"]["name"]
        .as_str()
        .unwrap_or_default();
    crate::answer(&format!("revoked: {name}"))
}
