//! Speed, as ratios within one run: each figure stands beside the least that the same work costs without us.
//!
//! `just bench` prints the table and writes it to BENCHMARKS.md, under the notes that people keep there.

mod agents;
mod appends;
mod catalogue;
mod fixture;
mod fleet;
mod fleet_sql;
mod graphql;
mod history;
mod lists;
mod metascripts;
mod planning;
mod postgres;
mod replay;
mod resolution;
mod start;
mod tally;
mod world;

use anyhow::Result;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// How often things that are compared take turns. A machine is now faster and now slower, by twice within a minute where
/// others have it too: what is measured once and for itself says more of that than of the two.
pub const ROUNDS: usize = 5;
/// How long each rate that stands alone is measured.
pub const SPAN: Duration = Duration::from_secs(3);

/// One measured thing beside what it is compared with.
pub struct Row {
    pub what: String,
    pub ours: String,
    pub peer: String,
    pub ratio: Option<f64>,
}

impl Row {
    /// Rates per second: the higher the better.
    pub fn rates(what: &str, ours: f64, peer: (&str, f64)) -> Self {
        Self {
            what: what.to_owned(),
            ours: format!("{ours:.0} /s"),
            peer: format!("{}: {:.0} /s", peer.0, peer.1),
            ratio: Some(ours / peer.1),
        }
    }

    /// Rates that were measured by turns: of each the median, and of the ratios within a round theirs.
    pub fn rounds(what: &str, ours: &[f64], peer: (&str, &[f64])) -> Self {
        let ratios: Vec<f64> = ours.iter().zip(peer.1).map(|(a, b)| a / b).collect();
        Self {
            ratio: Some(median(&ratios)),
            ..Self::rates(what, median(ours), (peer.0, median(peer.1)))
        }
    }

    /// A figure that stands alone.
    pub fn alone(what: &str, ours: String) -> Self {
        Self {
            what: what.to_owned(),
            ours,
            peer: String::new(),
            ratio: None,
        }
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// How often something is done in a second, by doing it for a while.
pub fn rate(mut once: impl FnMut() -> u64) -> f64 {
    let begin = Instant::now();
    let mut done = 0;
    while begin.elapsed() < SPAN {
        done += once();
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let done = done as f64;
    done / begin.elapsed().as_secs_f64()
}

fn main() -> Result<()> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("the TLS library was set up twice"))?;
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [name, directory] = &wanted[..]
        && name == history::READ
    {
        return history::read(directory.as_ref());
    }
    if let [name, directory, how] = &wanted[..]
        && name == catalogue::READ
    {
        return catalogue::read(directory.as_ref(), how);
    }
    if let [name, directory, computers] = &wanted[..]
        && name == fixture::FIXTURE
    {
        let runtime = tokio::runtime::Runtime::new()?;
        return runtime.block_on(fixture::make(directory.as_ref(), computers.parse()?));
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let runtime = tokio::runtime::Runtime::new()?;
    let mut rows = Vec::new();
    if is_wanted("appends") {
        rows.extend(runtime.block_on(appends::run())?);
    }
    if is_wanted("replay") {
        rows.extend(runtime.block_on(replay::run())?);
    }
    if is_wanted("start") {
        rows.extend(runtime.block_on(start::run())?);
    }
    if is_wanted("resolution") {
        rows.extend(resolution::run()?);
    }
    if is_wanted("planning") {
        rows.extend(planning::run()?);
    }
    if is_wanted("metascripts") {
        rows.extend(metascripts::run()?);
    }
    if is_wanted("fleet") {
        rows.extend(fleet::run(&runtime)?);
    }
    if is_wanted("graphql") {
        rows.extend(runtime.block_on(graphql::run())?);
    }
    if is_wanted("agents") {
        rows.extend(runtime.block_on(agents::run())?);
    }
    if is_wanted("sessions") {
        rows.extend(runtime.block_on(agents::sessions::run())?);
    }
    if is_wanted("catalogue") {
        rows.extend(catalogue::run()?);
    }
    // 100,000 computers and people take a minute to be made: only by name.
    if wanted.iter().any(|wanted| wanted == "lists") {
        rows.extend(runtime.block_on(lists::run())?);
    }
    // Five million sessions take minutes: only by name.
    if wanted.iter().any(|wanted| wanted == "history") {
        let sizes: Vec<u64> = wanted.iter().filter_map(|size| size.parse().ok()).collect();
        rows.extend(history::run(&sizes)?);
    }
    let mut table = String::from("| what | ours | beside | ratio |\n|---|---|---|---|\n");
    for row in rows {
        let ratio = row
            .ratio
            .map(|ratio| format!("{ratio:.2}"))
            .unwrap_or_default();
        writeln!(
            table,
            "| {} | {} | {} | {ratio} |",
            row.what, row.ours, row.peer
        )?;
    }
    std::io::stdout().write_all(table.as_bytes())?;
    if wanted.is_empty() {
        write(&table)?;
    }
    Ok(())
}

/// Replaces the table in BENCHMARKS.md; the text above it is people's.
fn write(table: &str) -> Result<()> {
    const MARK: &str = "<!-- measured -->\n";
    let text = std::fs::read_to_string("BENCHMARKS.md").unwrap_or_default();
    let notes = text.split(MARK).next().unwrap_or_default();
    std::fs::write("BENCHMARKS.md", format!("{notes}{MARK}{table}"))?;
    Ok(())
}
