//! What a view takes that has years behind it: a fleet with its agents, and sessions that are over, folded one event at a time and
//! written nowhere; then its snapshot, and a process that begins with that.
//!
//! `upkeep-bench history 10000 500000` measures a smaller one: so many computers, so many sessions.

mod story;

use crate::Row;
use crate::fleet::World;
use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use story::Story;
use tempfile::TempDir;
use upkeep_projections::{SNAPSHOT_FILE, Snapshots, View};

const DEPLOYMENTS: u64 = 1_000;
const COMPUTERS: u64 = 100_000;
const SESSIONS: u64 = 5_000_000;
/// The name under which this program calls itself, to begin with a snapshot in a process of its own.
pub const READ: &str = "history-read";

pub fn run(sizes: &[u64]) -> Result<Vec<Row>> {
    let (computers, sessions) = match sizes {
        [computers, sessions, ..] => (*computers, *sessions),
        _ => (COMPUTERS, SESSIONS),
    };
    ensure!(sessions > computers && computers > 0, "each has had some");
    let before = resident()?;
    let world = World::make(computers, DEPLOYMENTS);
    let mut story = Story::of(world.view, computers);
    story.add_agents()?;
    let with_fleet = resident()?;
    // The first ones leave what was seen of each item, too, which is of the fleet: those after them replace it.
    let first = computers * story::SESSIONS_FOR_ALL_ITEMS;
    let first = first.min(sessions / 2).next_multiple_of(computers);
    story.tell(first)?;
    let with_findings = resident()?;
    let begin = Instant::now();
    story.tell(sessions - first)?;
    let told = begin.elapsed().as_secs_f64();
    let with_all = resident()?;
    let of = format!("{computers} computers, {DEPLOYMENTS} deployments, {sessions} past sessions");
    let row = |what: &str, ours: String| Row::alone(&format!("{what}, {of}"), ours);
    let mut rows = vec![
        row(
            "a view's memory: the fleet alone",
            mib(with_fleet.saturating_sub(before)),
        ),
        row(
            &format!("a view's memory: the first {first} sessions, and what they saw last"),
            mib(with_findings.saturating_sub(with_fleet)),
        ),
        row(
            "a view's memory: each session after them",
            format!(
                "{} bytes",
                with_all.saturating_sub(with_findings) / (sessions - first)
            ),
        ),
        row("a process that folded it", mib(with_all)),
        row(
            "folding one session of three items, its events encoded as they go",
            format!("{:.0} µs", told * 1e6 / as_float(sessions - first)),
        ),
    ];
    rows.extend(snapshot(&story.view)?.map(|(what, ours)| row(what, ours)));
    Ok(rows)
}

fn snapshot(view: &View) -> Result<[(&'static str, String); 4]> {
    let directory = TempDir::new_in(".")?;
    let begin = Instant::now();
    Snapshots::new(directory.path()).write(view);
    let written = begin.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(directory.path().join(SNAPSHOT_FILE))?.len();
    let program = std::env::current_exe()?;
    let said = Command::new(program)
        .arg(READ)
        .arg(directory.path())
        .output()?;
    ensure!(said.status.success(), "the snapshot was not read: {said:?}");
    let said = String::from_utf8(said.stdout)?;
    let (seconds, memory) = said.trim().split_once(", ").context("two figures")?;
    Ok([
        ("the snapshot", mib(bytes)),
        ("the snapshot: written", format!("{written:.2} s")),
        ("the snapshot: read, in a new process", seconds.to_owned()),
        (
            "a new process that began with the snapshot",
            memory.to_owned(),
        ),
    ])
}

/// In the other process.
pub fn read(directory: &Path) -> Result<()> {
    let begin = Instant::now();
    let view = Snapshots::new(directory).read().context("no snapshot")?;
    let seconds = begin.elapsed().as_secs_f64();
    let (memory, most) = (resident()?, peak()?);
    ensure!(view.position().0 > 0, "it is of something");
    println!("{seconds:.2} s, {}, {} at most", mib(memory), mib(most));
    Ok(())
}

pub fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes / (1024 * 1024))
}

fn as_float(n: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    let n = n as f64;
    n
}

/// What this process has in memory now.
pub fn resident() -> Result<u64> {
    status("VmRSS")
}

/// The most that it ever had.
pub fn peak() -> Result<u64> {
    status("VmHWM")
}

fn status(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(name));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    Ok(kib.context("this needs Linux")? * 1024)
}
