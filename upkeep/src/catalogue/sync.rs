//! `upkeep catalogue sync`: what a source would change is shown, and taken over once somebody has said yes.
//!
//! It may be stopped at any moment and run again: each title is a change of its own, what is done is not done twice, and what was not done
//! is in the next plan.

use super::batch::{batches, written};
use super::plan::{self, Pending, Plan};
use super::shown;
use super::source::{Offered, Source};
use super::way::{Way, Where};
use crate::client::Client;
use anyhow::{bail, ensure};
use clap::Args;
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use upkeep_domain::catalogue::pack::SCHEMA_VERSION;

const SYNC: &str = "mutation($input: SyncCatalogueTitlesInput!) {
    syncCatalogueTitles(input: $input) { results { identifier userErrors { message } } } }";

const WITHDRAW: &str = "mutation($input: WithdrawCatalogueTitlesInput!) {
    withdrawCatalogueTitles(input: $input) { results { userErrors { message } } } }";

#[derive(Args)]
pub struct SyncArgs {
    /// A folder of Windows Package Manager manifests, a folder of packs (*.json), or one pack
    #[arg(required_unless_present = "embedded", conflicts_with = "embedded")]
    folder: Option<PathBuf>,
    /// The pack that comes with this program
    #[arg(long)]
    embedded: bool,
    /// What the source is called; winget for manifests, and what a pack says of itself, if not given
    #[arg(long)]
    source: Option<String>,
    /// The source's state; a digest of what is offered, behind the commit of a checkout, if not given
    #[arg(long)]
    revision: Option<String>,
    #[command(flatten)]
    consent: Consent,
    /// Why, for the events
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    at: Where,
}

/// How far it may go.
#[derive(Args)]
struct Consent {
    /// Show what would change, and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do not ask before it is taken over
    #[arg(long)]
    yes: bool,
    /// Withdraw what the source has no more, also where that is much of it
    #[arg(long)]
    withdraw: bool,
}

pub async fn run(args: SyncArgs) -> anyhow::Result<()> {
    let way = args.at.way().await?;
    let source = args.folder.map_or(Source::Embedded, Source::Path);
    let mut offered = tokio::task::spawn_blocking(move || source.read()).await??;
    if let Some(source) = args.source {
        offered.source = source;
    }
    if let Some(revision) = args.revision {
        offered.revision = revision;
    }
    for warning in &offered.warnings {
        crate::answer(&shown(&format!("warning: {warning}")))?;
    }
    for left_out in &offered.left_out {
        crate::answer(&shown(&format!("left out: {left_out}")))?;
    }
    let plan = plan::plan(&way, &offered).await?;
    for line in &plan.lines {
        crate::answer(line)?;
    }
    let place = format!("{} at {}", offered.source, offered.revision);
    crate::answer(&shown(&format!("{place}: {}", plan.summary())))?;
    if plan.is_empty() {
        return Ok(());
    }
    let withdrawals = if args.consent.withdraw {
        Ok(())
    } else {
        plan.check_withdrawals()
    };
    if args.consent.dry_run {
        return withdrawals.or_else(|why| crate::answer(&why.to_string()));
    }
    withdrawals?;
    if !args.consent.yes && !is_agreed()? {
        return crate::answer("nothing was changed");
    }
    take_over(&way, &offered, plan, args.reason.as_deref()).await
}

/// The pack that comes with the program, for a catalogue that has nothing of it yet.
pub async fn take_embedded_over(client: &Client) -> anyhow::Result<()> {
    let way = Way::Token(client.clone());
    let offered = Source::Embedded.read()?;
    let plan = plan::plan(&way, &offered).await?;
    plan.check_withdrawals()?;
    take_over(&way, &offered, plan, None).await
}

/// Only a person at a terminal is asked.
fn is_agreed() -> anyhow::Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("nobody can be asked here: say --yes to take it over, or --dry-run to look only");
    }
    eprint!("Take this over? [y/N] ");
    std::io::stderr().flush()?;
    let mut said = String::new();
    stdin.lock().read_line(&mut said)?;
    Ok(matches!(said.trim(), "y" | "Y" | "yes"))
}

async fn take_over(
    way: &Way,
    offered: &Offered,
    plan: Plan,
    reason: Option<&str>,
) -> anyhow::Result<()> {
    let (mut done, mut failed) = (0_usize, 0_usize);
    let options = json!({ "reason": reason });
    for batch in batches(plan.pending, |title| written(&title.offer.json)) {
        let titles = batch.iter().map(|Pending { offer, impact }| {
            // What reaches nobody needs no number.
            let impact = Some(impact).filter(|impact| **impact > 0);
            json!({ "json": offer.json, "confirmImpact": impact })
        });
        let input = json!({
            "source": offered.source,
            "revision": offered.revision,
            "schemaVersion": SCHEMA_VERSION,
            "titles": titles.collect::<Vec<_>>(),
            "options": options,
        });
        let data = way.ask(SYNC, json!({ "input": input })).await?;
        let results = data["syncCatalogueTitles"]["results"].as_array();
        let names = batch.iter().map(|title| title.offer.identifier.as_str());
        for (result, name) in results.into_iter().flatten().zip(names) {
            count(result, name, &mut done, &mut failed)?;
        }
    }
    for batch in batches(plan.gone, |title| written(&title.id)) {
        let ids: Vec<&str> = batch.iter().map(|title| title.id.as_str()).collect();
        let input = json!({
            "ids": ids,
            "source": offered.source,
            "revision": offered.revision,
            "options": options,
        });
        let data = way.ask(WITHDRAW, json!({ "input": input })).await?;
        let results = data["withdrawCatalogueTitles"]["results"].as_array();
        let names = batch.iter().map(|title| title.identifier.as_str());
        for (result, name) in results.into_iter().flatten().zip(names) {
            count(result, name, &mut done, &mut failed)?;
        }
    }
    crate::answer(&format!("{done} titles were taken over or withdrawn"))?;
    ensure!(
        failed == 0,
        "{failed} titles were not: the lines above say why; once that is mended, run it again"
    );
    Ok(())
}

fn count(result: &Value, name: &str, done: &mut usize, failed: &mut usize) -> anyhow::Result<()> {
    match result["userErrors"][0]["message"].as_str() {
        None => *done += 1,
        Some(why) => {
            *failed += 1;
            crate::answer(&shown(&format!("! {name}: {why}")))?;
        }
    }
    Ok(())
}
