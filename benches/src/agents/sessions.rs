//! Sessions of many computers whose agents only pretend to run scripts: what each costs the server, and whether more history costs
//! more.

use super::server::Server;
use super::{Before, PATIENCE, SETTLED, connect_all, enrol_all, some_at_once};
use crate::Row;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const COMPUTERS: usize = 400;
const ITEMS: usize = 20;
/// The first installs everything, the others find it there.
const ROUNDS: usize = 4;
/// Actions of one session.
const SHORT: usize = 125;
const LONG: usize = 500;

pub async fn run() -> Result<Vec<Row>> {
    let mut rows = rounds().await?;
    let short = one_session(SHORT).await?;
    let long = one_session(LONG).await?;
    let of_each = |computed: Duration, actions: usize| milliseconds(computed) / count(actions);
    let (ours, beside) = (of_each(long, LONG), of_each(short, SHORT));
    rows.push(Row {
        what: format!(
            "what the server computes for each action of a session of {LONG}, beside one of {SHORT}"
        ),
        ours: format!("{ours:.2} ms"),
        peer: format!("{beside:.2} ms"),
        ratio: Some(ours / beside),
    });
    Ok(rows)
}

/// Every computer's session at once, again and again.
async fn rounds() -> Result<Vec<Row>> {
    let server = Server::start().await?;
    let (token, secret) = server.prepare(COMPUTERS).await?;
    want(&server, &token, ITEMS).await?;
    let peers = enrol_all(&server, &secret, COMPUTERS).await?;
    let _there = connect_all(&peers, &server.base, Before::Work).await?;
    let computers = computers(&server, &token, COMPUTERS).await?;
    let mut rows = Vec::new();
    for round in 0..ROUNDS {
        let spent = maintain(&server, &token, &computers).await?;
        tokio::time::sleep(SETTLED).await;
        let what = match round {
            0 => format!("a session that installs {ITEMS} items"),
            _ => format!("a session that finds {ITEMS} items as they should be, round {round}"),
        };
        let resident = server.resident()? / (1024 * 1024);
        let each = milliseconds(spent.computed) / count(COMPUTERS);
        let rate = count(COMPUTERS) / spent.time.as_secs_f64();
        let ours = format!("{each:.1} ms computed, {rate:.0} sessions/s, {resident} MiB after it");
        rows.push(Row::alone(&format!("{COMPUTERS} computers: {what}"), ours));
    }
    all_passed(&server, &token, ROUNDS * COMPUTERS).await?;
    Ok(rows)
}

/// What the server computes for one session of so many actions.
async fn one_session(actions: usize) -> Result<Duration> {
    let server = Server::start().await?;
    let (token, secret) = server.prepare(1).await?;
    want(&server, &token, actions).await?;
    let peers = enrol_all(&server, &secret, 1).await?;
    let _there = connect_all(&peers, &server.base, Before::Work).await?;
    let computers = computers(&server, &token, 1).await?;
    let spent = maintain(&server, &token, &computers).await?;
    all_passed(&server, &token, 1).await?;
    Ok(spent.computed)
}

struct Spent {
    time: Duration,
    computed: Duration,
}

async fn maintain(server: &Server, token: &str, computers: &[String]) -> Result<Spent> {
    let (begin, before) = (Instant::now(), server.computed()?);
    let starting = computers.iter().cloned().map(|computer| {
        let (asking, token) = (server.asking(), token.to_owned());
        async move {
            let start = "mutation($id: ID!) { startSession(input: { computerId: $id }) { userErrors { message } } }";
            let answer = asking.ask(&token, start, json!({ "id": computer })).await?;
            accepted(&answer["startSession"])
        }
    });
    some_at_once(starting).await?;
    let open = "{ sessions(first: 1, filter: { isOver: false }) { nodes { id } } }";
    while begin.elapsed() < PATIENCE {
        let answer = server.ask(token, open, json!({})).await?;
        if answer["sessions"]["nodes"] == json!([]) {
            let computed = server.computed()?.saturating_sub(before);
            let time = begin.elapsed();
            return Ok(Spent { time, computed });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("the sessions do not end")
}

/// So many items, installed everywhere.
async fn want(server: &Server, token: &str, items: usize) -> Result<()> {
    for item in 0..items {
        let create = "mutation($name: String!, $script: String!) { createSoftware(input: { name: $name, detection: { text: $script } })
            { software { id } userErrors { message } } }";
        let variables =
            json!({ "name": format!("item {item}"), "script": format!("detect {item}") });
        let created = server.ask(token, create, variables).await?;
        let id = created["createSoftware"]["software"]["id"].clone();
        let publish = "mutation($input: PublishSoftwareVersionInput!) { publishSoftwareVersion(input: $input) { userErrors { message } } }";
        let script = |verb: &str| json!({ "text": format!("{verb} {item}") });
        let input = json!({ "id": id, "version": "1.0", "install": script("install"), "uninstall": script("uninstall") });
        let published = server
            .ask(token, publish, json!({ "input": input }))
            .await?;
        accepted(&published["publishSoftwareVersion"])?;
        let deploy = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input) { userErrors { message } } }";
        let everywhere = json!({ "scope": { "crossTenant": true } });
        let input = json!({ "softwareId": id, "target": everywhere, "desired": { "kind": "INSTALLED_LATEST" } });
        let deployed = server.ask(token, deploy, json!({ "input": input })).await?;
        accepted(&deployed["createDeployment"])?;
    }
    Ok(())
}

fn accepted(payload: &Value) -> Result<()> {
    if payload["userErrors"] != json!([]) {
        bail!("refused: {payload}");
    }
    Ok(())
}

/// That so many sessions have passed, and none did anything else.
async fn all_passed(server: &Server, token: &str, expected: usize) -> Result<()> {
    let mut passed = 0;
    let mut after = Value::Null;
    loop {
        let page = "query($after: String) { sessions(first: 100, after: $after) { nodes { status } pageInfo { hasNextPage endCursor } } }";
        let answer = server.ask(token, page, json!({ "after": after })).await?;
        let nodes = answer["sessions"]["nodes"].as_array().context("nodes")?;
        if nodes.iter().any(|node| node["status"] != "PASSED") {
            bail!("not all have passed: {answer}");
        }
        passed += nodes.len();
        let info = &answer["sessions"]["pageInfo"];
        if info["hasNextPage"] != true {
            break;
        }
        after = info["endCursor"].clone();
    }
    if passed != expected {
        bail!("{passed} of {expected} sessions have passed");
    }
    Ok(())
}

/// All computers, once there are so many.
async fn computers(server: &Server, token: &str, expected: usize) -> Result<Vec<String>> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let mut all = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = "query($after: String) { computers(first: 100, after: $after, filter: { isOnline: true })
                { nodes { id } pageInfo { hasNextPage endCursor } } }";
            let answer = server.ask(token, page, json!({ "after": after })).await?;
            let nodes = answer["computers"]["nodes"].as_array().context("nodes")?;
            all.extend(
                nodes
                    .iter()
                    .filter_map(|node| Some(node["id"].as_str()?.to_owned())),
            );
            let info = &answer["computers"]["pageInfo"];
            if info["hasNextPage"] != true {
                break;
            }
            after = info["endCursor"].clone();
        }
        if all.len() == expected {
            return Ok(all);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("not all computers are online")
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn count(things: usize) -> f64 {
    things as f64
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
