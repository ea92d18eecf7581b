//! What a page of a large list costs, wherever it begins and however it is sorted, and what counting and finding costs: how long one request
//! takes over HTTP, each from a view that a change has just made new. Nothing stands beside it: these are waits that people feel.

use crate::graphql::serve;
use crate::history::resident;
use crate::{Row, median, world};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use upkeep_api::{Api, Console, SessionKey};
use upkeep_commands::{CommandHandler, Commands};
use upkeep_event_store::{EventStore, SqliteStore, real_world};
use upkeep_package_store::PackageStore;
use upkeep_projections::Projections;
use upkeep_vault::Keyring;

const COMPUTERS: u64 = 100_000;
/// How often each is asked.
const TIMES: u64 = 15;
/// How long a view is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const PAGE: &str = "totalCount nodes { id name computerClass onboarding isOnline tenant { name } }";

/// What is asked, and what people call it.
fn questions() -> Vec<(String, String)> {
    let computers =
        |arguments: &str| format!("{{ computers(first: 100, {arguments}) {{ {PAGE} }} }}");
    let people = |arguments: &str| {
        format!(
            "{{ people(first: 100, {arguments}) {{ totalCount nodes {{ id name upn tenant {{ name }} }} }} }}"
        )
    };
    let mut all = vec![("in the order of creation".to_owned(), computers("skip: 0"))];
    for field in [
        "CREATED_AT",
        "NAME",
        "TENANT_NAME",
        "PERSON_NAME",
        "OPERATING_SYSTEM",
        "COMPUTER_CLASS",
        "LAST_SEEN_AT",
        "IS_ONLINE",
    ] {
        for direction in ["ASC", "DESC"] {
            let order =
                format!("skip: 54321, orderBy: {{ field: {field}, direction: {direction} }}");
            all.push((
                format!("in the middle, {field} {direction}"),
                computers(&order),
            ));
        }
    }
    for (what, question) in [
        ("filtered by text", computers("filter: { text: \"person 7\" }")),
        ("filtered by text that nothing has", computers("filter: { text: \"nowhere\" }")),
        ("people, from the start", people("skip: 0")),
        ("people, in the middle", people("skip: 54321")),
        ("people, in the middle, CREATED_AT DESC", people("skip: 54321, orderBy: { field: CREATED_AT, direction: DESC }")),
        ("people, in the middle, NAME ASC", people("skip: 54321, orderBy: { field: NAME }")),
        ("people, in the middle, NAME DESC", people("skip: 54321, orderBy: { field: NAME, direction: DESC }")),
        ("people, filtered by text", people("filter: { textContains: \"@tenant7\" }")),
        ("people, filtered by text that nothing has", people("filter: { textContains: \"nowhere\" }")),
        ("people, filtered by text, NAME", people("filter: { textContains: \"7\" }, orderBy: { field: NAME }, skip: 20000")),
        ("search \"7\"", "{ search(text: \"7\", first: 50) { title detail node { id } } }".into()),
        ("search \"pc-9999\"", "{ search(text: \"pc-9999\", first: 50) { title detail node { id } } }".into()),
        ("search \"person 77\"", "{ search(text: \"person 77\", first: 50) { title detail node { id } } }".into()),
        ("search that finds nothing", "{ search(text: \"nowhere\", first: 50) { title } }".into()),
        ("tags", "{ tags(first: 100) { totalCount nodes { tag computerCount tenantCount personCount } } }".into()),
        ("tags, those on most computers", "{ tags(first: 100, orderBy: { field: COMPUTER_COUNT, direction: DESC }) { nodes { tag } } }".into()),
        ("100 deployments with their counts", "{ deployments(first: 100) { totalCount nodes { id status winsOn losesOn conflictCount } } }".into()),
        ("deployments by WINS_ON, in the middle", "{ deployments(first: 100, skip: 543, orderBy: { field: WINS_ON, direction: DESC }) { nodes { id winsOn } } }".into()),
        ("deployments filtered by text", "{ deployments(first: 100, filter: { text: \"tenant 7\" }) { totalCount nodes { id } } }".into()),
        ("facets", "{ computerFacets { totalCount tenants { count } computerClasses { count } osFamilies { count } tags { count } } }".into()),
        ("summary", "{ summary { computerCount onlineCount agentCount attentionCount activeSessionCount sessions { counts { count } } } }".into()),
        ("attention, in the middle", "{ attention(first: 100, skip: 54321) { totalCount nodes { text computer { name } } } }".into()),
    ] {
        all.push((what.to_owned(), question));
    }
    all
}

pub async fn run() -> Result<Vec<Row>> {
    let directory = TempDir::new_in(".")?;
    let store = Arc::new(SqliteStore::open(directory.path(), real_world())?);
    let handler = CommandHandler::new(store.clone(), real_world());
    world::make(&handler, 1_000, COMPUTERS).await?;
    world::around(&handler, COMPUTERS).await?;
    let stop = CancellationToken::new();
    let (projections, work) = Projections::new(store.clone(), real_world(), None, stop.clone());
    let projector = tokio::spawn(work);
    projections.ready().await?;
    let packages = PackageStore::open(directory.path(), 1).await?;
    let api = Api::new(
        Commands::new(handler.clone(), projections.clone()),
        projections.clone(),
        packages,
        Console::new(SessionKey::new([0; 32]), None),
        Keyring::default(),
        stop.clone(),
    );
    let url = serve(api.operator_router()).await?;
    let client = reqwest::Client::new();
    let mut rows = listings(&projections)?;
    let first = ask(&client, &url, "{ computers(first: 1) { totalCount } }").await?;
    rows.push(Row::alone(
        "Lists of 100,000 computers: the first request",
        format!("{first:.1} ms"),
    ));
    for (what, question) in questions() {
        let mut took = vec![];
        for n in 0..TIMES {
            // A new view each time, as while things happen.
            world::tag(&handler, n).await?;
            let head = store.head().await?;
            projections.at_least(head, PATIENCE).await?;
            took.push(ask(&client, &url, &question).await?);
        }
        let what = format!("Lists of 100,000 computers: {what}");
        rows.push(Row::alone(&what, format!("{:.1} ms", median(&took))));
    }
    stop.cancel();
    projector.await??;
    Ok(rows)
}

/// What the first look at each listing costs: in time, and in memory that stays.
fn listings(projections: &Projections) -> Result<Vec<Row>> {
    let view = projections.live();
    let made = |what: &str, make: &dyn Fn()| -> Result<Row> {
        let (before, begin) = (resident()?, Instant::now());
        make();
        let took = begin.elapsed().as_secs_f64() * 1_000.0;
        let taken = resident()?.saturating_sub(before) / COMPUTERS;
        let what = format!("Lists of 100,000 computers: {what} made anew");
        Ok(Row::alone(
            &what,
            format!("{took:.0} ms, {taken} bytes for each"),
        ))
    };
    Ok(vec![
        made("the roster", &|| drop(projections.roster(&view)))?,
        made("the people", &|| drop(projections.people(&view)))?,
        made("the agents", &|| drop(projections.agent_names(&view)))?,
        made("the tags", &|| drop(projections.tags(&view)))?,
    ])
}

/// How long one request takes, in milliseconds.
async fn ask(client: &reqwest::Client, url: &str, question: &str) -> Result<f64> {
    let begin = Instant::now();
    let asked = client.post(url).json(&json!({ "query": question }));
    let answer: Value = asked.send().await?.error_for_status()?.json().await?;
    ensure!(answer["errors"].is_null(), "{question}: {answer}");
    Ok(begin.elapsed().as_secs_f64() * 1_000.0)
}
