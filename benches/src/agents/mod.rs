//! Two thousand agents on a real server process: how long until all are there, and what each costs.

mod peer;
mod server;
pub mod sessions;

use crate::Row;
use anyhow::{Result, bail};
use peer::Peer;
use serde_json::json;
use server::Server;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const AGENTS: usize = 2_000;
/// So many of them come first, to see whether each of the others costs the same.
const FIRST: usize = 500;
const AT_ONCE: usize = 64;
const PATIENCE: Duration = Duration::from_mins(2);
/// Before memory is looked at: what happens by itself every few seconds has happened, and all have been pinged.
const SETTLED: Duration = Duration::from_secs(7);

pub async fn run() -> Result<Vec<Row>> {
    let mut server = Server::start().await?;
    let (token, secret) = server.prepare(AGENTS).await?;
    let before = server.resident()?;
    let (begin, computed_before) = (Instant::now(), server.computed()?);
    let peers = enrol_all(&server, &secret, AGENTS).await?;
    let enrolled = begin.elapsed();
    let computed = server.computed()?.saturating_sub(computed_before);
    let begin = Instant::now();
    let there = connect_all(&peers, &server.base, Before::Nothing).await?;
    let connected = begin.elapsed();
    all_are_online(&server, &token).await?;
    let seen = begin.elapsed();
    tokio::time::sleep(SETTLED).await;
    let with_history = each(before, server.resident()?, AGENTS);

    // The server dies, and everybody comes back.
    drop(there);
    let up = server.restart().await?;
    let begin = Instant::now();
    let there = connect_all(&peers, &server.base, Before::Nothing).await?;
    let back = up + begin.elapsed();
    drop(there);

    // Twice more, to see what a connection costs where its agent is known: one that only waits, and one that has worked.
    let waiting = of_connections(&mut server, &peers, Before::Nothing).await?;
    let worked = of_connections(&mut server, &peers, Before::Output).await?;

    let row = |what: &str, ours: String| Row::alone(&format!("2,000 agents: {what}"), ours);
    let seconds = |duration: Duration| format!("{:.1} s", duration.as_secs_f64());
    Ok(vec![
        row("enrol (each an append of its own)", seconds(enrolled)),
        row(
            "what the server computes while they enrol",
            seconds(computed),
        ),
        row("connect, with both proofs", seconds(connected)),
        row("until all are identified and seen as online", seconds(seen)),
        row(
            "the server's memory for each, with all that enrolling left behind",
            kib(with_history),
        ),
        row("the killed server answers again", seconds(up)),
        row("all connected again after the kill", seconds(back)),
        row(
            "the server's memory for each connection that waits, when 500 are there",
            kib(waiting.first),
        ),
        row(
            "the server's memory for each connection that waits, when all are there",
            kib(waiting.all),
        ),
        row(
            "the server's memory for each connection that waits, a quarter of an hour after 32 KiB of a script's output",
            kib(worked.all),
        ),
    ])
}

/// What an agent does before it only waits, if it ever does.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    Output,
    /// Whatever it is told to.
    Work,
}

/// What each connection takes of the server's memory, in bytes.
struct Each {
    first: u64,
    all: u64,
}

/// Starts the server again, so that what is left of other work is no part of it, and connects those that it knows.
async fn of_connections(server: &mut Server, peers: &[Peer], work: Before) -> Result<Each> {
    server.restart().await?;
    tokio::time::sleep(SETTLED).await;
    let before = server.resident()?;
    let (first, others) = peers.split_at(FIRST);
    let _first = connect_all(first, &server.base, work).await?;
    tokio::time::sleep(SETTLED).await;
    let of_first = each(before, server.resident()?, FIRST);
    let _others = connect_all(others, &server.base, work).await?;
    tokio::time::sleep(SETTLED).await;
    Ok(Each {
        first: of_first,
        all: each(before, server.resident()?, AGENTS),
    })
}

fn each(before: u64, now: u64, agents: usize) -> u64 {
    now.saturating_sub(before) / agents as u64
}

fn kib(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "some kilobytes")]
    let bytes = bytes as f64;
    format!("{:.1} KiB", bytes / 1024.0)
}

async fn all_are_online(server: &Server, token: &str) -> Result<()> {
    let online = "{ computers(first: 1, filter: { isOnline: true }) { totalCount } }";
    let begin = Instant::now();
    loop {
        let answer = server.ask(token, online, json!({})).await?;
        let count = &answer["computers"]["totalCount"];
        if *count == AGENTS {
            return Ok(());
        }
        if begin.elapsed() > PATIENCE {
            bail!("only {count} of {AGENTS} agents are online");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn enrol_all(server: &Server, secret: &str, agents: usize) -> Result<Vec<Peer>> {
    let enrolling = (0..agents).map(|number| {
        let (client, base) = (server.client.clone(), server.base.clone());
        let secret = secret.to_owned();
        async move { Peer::enrol(&client, &base, &secret, number).await }
    });
    some_at_once(enrolling).await
}

/// All of them, each in a task that answers pings; when the set is dropped they are gone.
async fn connect_all(peers: &[Peer], base: &str, before: Before) -> Result<JoinSet<Result<()>>> {
    let connecting = peers.iter().cloned().map(|peer| {
        let base = base.to_owned();
        async move {
            let mut connection = peer.connect(&base).await?;
            if let Before::Output = before {
                connection.bring_output().await?;
            }
            Ok(connection)
        }
    });
    let connections = some_at_once(connecting).await?;
    let mut there = JoinSet::new();
    for connection in connections {
        match before {
            Before::Nothing | Before::Output => there.spawn(connection.stay()),
            Before::Work => there.spawn(connection.work()),
        };
    }
    Ok(there)
}

async fn some_at_once<T: Send + 'static>(
    all: impl Iterator<Item = impl Future<Output = Result<T>> + Send + 'static>,
) -> Result<Vec<T>> {
    let mut tasks = JoinSet::new();
    let mut done = Vec::new();
    for task in all {
        tasks.spawn(task);
        if tasks.len() >= AT_ONCE
            && let Some(one) = tasks.join_next().await
        {
            done.push(one??);
        }
    }
    while let Some(one) = tasks.join_next().await {
        done.push(one??);
    }
    Ok(done)
}
