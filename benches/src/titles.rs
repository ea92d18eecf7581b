//! What the Global Software catalogue costs a server: being shown 10,000 titles and taking them over, a hundred a request over HTTP, as
//! `upkeep catalogue sync` does; once more, when nothing changed; and looking for one among them.

use crate::graphql::serve;
use crate::history::{mib, resident};
use crate::{Row, median};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use upkeep_api::{Api, Console, SessionKey};
use upkeep_commands::{CommandHandler, Commands};
use upkeep_domain::catalogue::pack::PackedTitle;
use upkeep_event_store::{SqliteStore, real_world};
use upkeep_package_store::PackageStore;
use upkeep_projections::Projections;
use upkeep_vault::Keyring;
use upkeep_winget::folder;
use upkeep_winget::title::Titles;

const TITLES: usize = 10_000;
/// Titles of one request, and how long they are there together at most.
const AT_ONCE: usize = 100;
const BATCH_BYTES: usize = 500 * 1024;
/// How often each question is asked.
const TIMES: usize = 15;

const PLAN: &str = "query($titles: [String!]!) { planCatalogueSync(source: \"winget\", revision: \"r1\", schemaVersion: 1, titles: $titles) {
    results { identifier change refusal parts impact versions { version change } } } }";
const SYNC: &str = "mutation($titles: [CatalogueTitleInput!]!) {
    syncCatalogueTitles(input: { source: \"winget\", revision: \"r1\", schemaVersion: 1, titles: $titles }) { results { userErrors { message } } } }";

pub async fn run() -> Result<Vec<Row>> {
    let directory = TempDir::new_in(".")?;
    let store = Arc::new(SqliteStore::open(directory.path(), real_world())?);
    let handler = CommandHandler::new(store.clone(), real_world());
    let stop = CancellationToken::new();
    let (projections, work) = Projections::new(store.clone(), real_world(), None, stop.clone());
    let projector = tokio::spawn(work);
    projections.ready().await?;
    let packages = PackageStore::open(directory.path(), 1).await?;
    let api = Api::new(
        Commands::new(handler, projections.clone()),
        projections.clone(),
        packages,
        Console::new(SessionKey::new([0; 32]), None),
        Keyring::default(),
        stop.clone(),
    );
    let url = serve(api.operator_router()).await?;
    let client = reqwest::Client::new();
    let titles = titles()?;
    let bytes: usize = titles.iter().map(String::len).sum();
    let of = format!("{TITLES} titles, {}", mib(bytes as u64));
    let before = resident()?;
    let mut rows = vec![];
    for what in ["planning", "taking over", "planning once more"] {
        let begin = Instant::now();
        for batch in batches(&titles) {
            let (query, variables) = if what == "taking over" {
                let titles = batch.iter().map(|json| json!({ "json": json }));
                (SYNC, json!({ "titles": titles.collect::<Vec<_>>() }))
            } else {
                (PLAN, json!({ "titles": batch }))
            };
            ask(&client, &url, query, variables).await?;
        }
        let took = begin.elapsed().as_secs_f64();
        rows.push(Row::alone(
            &format!("Catalogue: {what} {of}"),
            format!("{took:.1} s"),
        ));
    }
    let taken = resident()?.saturating_sub(before);
    rows.push(Row::alone(
        &format!("Catalogue: memory of {of}, with their takeover"),
        mib(taken),
    ));
    for text in ["7-zip", "git", "nowhere", "e"] {
        let question = "query($text: String) { catalogue(first: 50, filter: { textContains: $text }) { totalCount nodes { id name publisher } } }";
        let mut took = vec![];
        for _ in 0..TIMES {
            let begin = Instant::now();
            ask(&client, &url, question, json!({ "text": text })).await?;
            took.push(begin.elapsed().as_secs_f64() * 1_000.0);
        }
        let what = format!("Catalogue: looking for \"{text}\" among {TITLES} titles");
        rows.push(Row::alone(&what, format!("{:.1} ms", median(&took))));
    }
    stop.cancel();
    projector.await??;
    Ok(rows)
}

/// Those of the tests' manifests, again and again under other identifiers.
fn titles() -> Result<Vec<String>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/winget/manifests");
    let mut all = Titles::default();
    for found in folder::read(&data) {
        if let Ok(manifest) = found?.manifest {
            all.add(&manifest);
        }
    }
    let known: Vec<PackedTitle> = all.finish().filter_map(|package| package.title).collect();
    ensure!(!known.is_empty(), "there are titles in {}", data.display());
    let titles = (0..TITLES).map(|number| {
        let mut title = known[number % known.len()].clone();
        title.identifier = format!("x{}.{}", number / known.len(), title.identifier);
        Ok(serde_json::to_string(&title)?)
    });
    titles.collect()
}

fn batches(titles: &[String]) -> Vec<&[String]> {
    let (mut batches, mut from, mut bytes) = (vec![], 0, 0);
    for (at, title) in titles.iter().enumerate() {
        if at > from && (at - from == AT_ONCE || bytes + title.len() > BATCH_BYTES) {
            batches.push(&titles[from..at]);
            (from, bytes) = (at, 0);
        }
        bytes += title.len();
    }
    batches.push(&titles[from..]);
    batches
}

async fn ask(client: &reqwest::Client, url: &str, query: &str, variables: Value) -> Result<()> {
    let asked = client
        .post(url)
        .json(&json!({ "query": query, "variables": variables }));
    let answer: Value = asked.send().await?.error_for_status()?.json().await?;
    ensure!(answer["errors"].is_null(), "{query}: {}", answer["errors"]);
    let results = answer["data"]["syncCatalogueTitles"]["results"].as_array();
    let refused = results
        .into_iter()
        .flatten()
        .find(|result| !result["userErrors"][0].is_null());
    ensure!(refused.is_none(), "{refused:?}");
    Ok(())
}
