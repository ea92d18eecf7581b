//! `upkeep console`: the way into the console from the server's own machine.

use crate::operator::{self, Of};
use anyhow::Context;
use chrono::{TimeDelta, Utc};
use clap::{Args, Subcommand};
use serde_json::json;

/// How long the token behind a link is good: as long as the longest session.
const TOKEN_HOURS: i64 = 12;

#[derive(Subcommand)]
pub enum ConsoleCommand {
    /// Print a link that opens the console signed in as an MSP admin, once, within five minutes; for twelve hours
    Link(LinkArgs),
}

#[derive(Args)]
pub struct LinkArgs {
    #[command(flatten)]
    place: Of,
    /// Where people open the console
    #[arg(
        long,
        env = "UPKEEP_PUBLIC_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    url: String,
}

pub async fn run(command: ConsoleCommand) -> anyhow::Result<()> {
    match command {
        ConsoleCommand::Link(args) => link(args).await,
    }
}

async fn link(args: LinkArgs) -> anyhow::Result<()> {
    // Without a server there is nothing to open, and a code would be gone with the process that made it.
    operator::reach(&args.place).await?;
    let query = "mutation($input: CreateApiTokenInput!) {
        createApiToken(input: $input) { secret userErrors { message } } }";
    let input = json!({
        "name": "console link",
        "role": "MSP_ADMIN",
        "expiresAt": Utc::now() + TimeDelta::hours(TOKEN_HOURS),
    });
    let data = operator::execute(&args.place, query, json!({ "input": input })).await?;
    let token = data["createApiToken"]["secret"].as_str();
    let token = token.context("the token has no secret")?;
    let code = operator::console_code(&args.place, token).await?;
    let url = args.url.trim_end_matches('/');
    crate::answer(&format!("{url}/#code={code}"))
}
