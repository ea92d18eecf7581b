//! What a metascript costs: begun, played again, and while it waits.

use crate::{ROUNDS, Row, median, rate};
use anyhow::{Result, bail, ensure};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use upkeep_metascript::{
    Answer, CommandEnd, Inputs, Journal, Limits, Outcome, Program, Run, run as play,
};

/// How many wait at once, each with half of its calls answered.
const WAITING: usize = 1_000;
const CALLS: usize = 6;
/// What each command says.
const OUTPUT_BYTES: usize = 1_000;

const SCRIPT: &str = r#"
local function step(n)
    return invoke_command{ interpreter = "powershell", script = "Get-Step " .. n, timeout = 60, parameters = { n = n } }
end
local done = {}
for n = 1, 6 do
    local result = step(n)
    if result.exit_code ~= 0 then error("step " .. n .. " failed: " .. result.errors) end
    done[n] = #result.output
    log("did", n)
end
return done
"#;

pub fn run() -> Result<Vec<Row>> {
    let program = Program::of(SCRIPT)?;
    let begun = Journal::new(program.pins(&Inputs::default()));
    let whole = answered(&program, CALLS)?;
    ensure!(matches!(
        once(&program, &begun).outcome,
        Outcome::Suspended { .. }
    ));
    ensure!(matches!(
        once(&program, &whole).outcome,
        Outcome::Completed { .. }
    ));
    let (mut begins, mut replays) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (journal, rates) in [(&begun, &mut begins), (&whole, &mut replays)] {
            rates.push(rate(|| {
                std::hint::black_box(once(&program, journal));
                1
            }));
        }
    }
    let microseconds = |rates: &[f64]| format!("{:.0} µs", 1e6 / median(rates));
    Ok(vec![
        Row::alone(
            "a metascript: new machine, compiled, up to its first call",
            microseconds(&begins),
        ),
        Row::alone(
            "a metascript: played again, 6 calls answered, to its end",
            microseconds(&replays),
        ),
        waiting(&program)?,
    ])
}

fn once(program: &Program, journal: &Journal) -> Run {
    let began = Instant::now();
    let uptime = move || -> Duration { began.elapsed() };
    play(
        program,
        &Inputs::default(),
        journal,
        &Limits::default(),
        uptime,
    )
}

/// The journal of a script of which so many calls are answered.
fn answered(program: &Program, calls: usize) -> Result<Journal> {
    let mut journal = Journal::new(program.pins(&Inputs::default()));
    for _ in 0..calls {
        let Outcome::Suspended { call } = once(program, &journal).outcome else {
            bail!("the script ended early");
        };
        journal.request(&call)?;
        let end = CommandEnd::new(Some(0), &"x".repeat(OUTPUT_BYTES), "");
        journal.answer(call.number, Answer::Command(end))?;
    }
    Ok(journal)
}

/// What is there of those that wait: their journals. The process is looked at, so that nothing is forgotten.
fn waiting(program: &Program) -> Result<Row> {
    // What the first of them brings about once is not theirs.
    drop(answered(program, CALLS / 2)?);
    let before = resident_bytes()?;
    let mut journals = BTreeMap::new();
    for number in 0..WAITING {
        let mut journal = answered(program, CALLS / 2)?;
        if let Outcome::Suspended { call } = once(program, &journal).outcome {
            journal.request(&call)?;
        }
        journals.insert(number, journal);
    }
    let grown = resident_bytes()?.saturating_sub(before);
    let written = serde_json::to_vec(&journals[&0])?.len();
    #[expect(clippy::cast_precision_loss, reason = "a size in KiB")]
    let kib = |bytes: usize| format!("{:.1} KiB", bytes as f64 / 1024.0);
    Ok(Row {
        what: format!(
            "{WAITING} metascripts that wait, 3 answers of {OUTPUT_BYTES} bytes each: memory of one"
        ),
        ours: kib(grown / WAITING),
        peer: format!("its journal as JSON: {}", kib(written)),
        ratio: None,
    })
}

fn resident_bytes() -> Result<usize> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let Some(kib) = line.and_then(|line| line.trim().strip_suffix(" kB")) else {
        bail!("/proc/self/status does not say how much memory there is");
    };
    Ok(kib.trim().parse::<usize>()? * 1024)
}
