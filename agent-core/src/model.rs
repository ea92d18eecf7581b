//! A memory without a disk, for tests and the simulation: it says in the fewest words what every memory has to do.

use crate::memory::Memory;
use crate::words::{Change, Durability, Kept, Remembered, Waiting};
use std::collections::BTreeMap;
use upkeep_agent_protocol::{AgentFrame, Report};
use uuid::Uuid;

/// Frames that are read from the outbox at once.
const PAGE: usize = 16;

/// What stands on a disk.
#[derive(Clone, Debug, Default)]
struct Held {
    /// In the order in which they were written down; without a report while they run.
    runs: Vec<(Uuid, Option<Report>)>,
    /// What waits to be said, by its number, with its run.
    outbox: BTreeMap<u64, (Uuid, AgentFrame)>,
    last_seq: u64,
}

impl Held {
    fn report(&mut self, run: Uuid) -> Option<&mut Option<Report>> {
        let mut runs = self.runs.iter_mut();
        runs.find_map(|(known, report)| (*known == run).then_some(report))
    }

    fn say(&mut self, run: Uuid, frame: AgentFrame) {
        self.last_seq += 1;
        self.outbox.insert(self.last_seq, (run, frame));
    }

    fn carry_out(&mut self, change: &Change, room: u64) -> Kept {
        match change {
            Change::Started { run } => {
                if self.report(*run).is_some() {
                    return Kept::Dropped;
                }
                self.runs.push((*run, None));
                self.say(*run, AgentFrame::RunStarted { run_id: *run });
            }
            Change::Ended {
                run,
                report,
                forget,
            } => {
                match self.report(*run) {
                    Some(Some(_)) => return Kept::Dropped,
                    Some(known) => *known = Some(report.clone()),
                    None => self.runs.push((*run, Some(report.clone()))),
                }
                let (run_id, report) = (*run, report.clone());
                self.say(*run, AgentFrame::RunEnded { run_id, report });
                self.runs.retain(|(run, _)| !forget.contains(run));
            }
            Change::AnswerAgain { run } => {
                let waits = self.outbox.values().any(|(waits, _)| waits == run);
                let Some(Some(report)) = self.report(*run).cloned() else {
                    return Kept::Dropped;
                };
                if waits {
                    return Kept::Dropped;
                }
                let run_id = *run;
                self.say(*run, AgentFrame::RunEnded { run_id, report });
            }
            Change::Output { run, index, text } => {
                let waits = self.outbox.values().map(|(_, frame)| match frame {
                    AgentFrame::Output { text, .. } => text.len() as u64,
                    _ => 0,
                });
                if waits.sum::<u64>() > room {
                    return Kept::Dropped;
                }
                let (run_id, index, text) = (*run, *index, text.clone());
                let frame = AgentFrame::Output {
                    run_id,
                    index,
                    text,
                };
                self.say(*run, frame);
            }
            Change::Acknowledged { seq } => self.outbox = self.outbox.split_off(&(seq + 1)),
        }
        Kept::Yes
    }
}

/// A memory that can lose what a real one may lose.
#[derive(Clone, Debug)]
pub struct Disk {
    held: Held,
    /// What no power failure takes back.
    safe: Held,
    /// What followed on it, loosely.
    loose: Vec<Change>,
    /// Output that may wait, in bytes.
    room: u64,
    /// Why nothing can be written.
    pub broken: Option<String>,
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            held: Held::default(),
            safe: Held::default(),
            loose: Vec::new(),
            room: 64 * 1024 * 1024,
            broken: None,
        }
    }
}

impl Disk {
    /// One on which so much output may wait, in bytes.
    pub fn with_room(room: u64) -> Self {
        Self {
            room,
            ..Self::default()
        }
    }

    /// Whether no power failure can take back that this run was started, or ended without a start.
    pub fn is_safe(&self, run: Uuid) -> bool {
        self.safe.runs.iter().any(|(safe, _)| *safe == run)
    }

    /// How the run ended, as far as that stands here.
    pub fn report(&self, run: Uuid) -> Option<&Report> {
        let mut runs = self.held.runs.iter();
        runs.find_map(|(known, report)| (*known == run).then_some(report.as_ref()))?
    }

    /// The power fails: of what was written loosely, the first `left` changes stay.
    pub fn lose_power(&mut self, left: usize) {
        for change in self.loose.drain(..).take(left) {
            self.safe.carry_out(&change, self.room);
        }
        self.held = self.safe.clone();
    }

    /// How many changes a power failure may take back.
    pub fn loose(&self) -> usize {
        self.loose.len()
    }
}

impl Memory for Disk {
    fn runs(&mut self) -> Result<Vec<Remembered>, String> {
        let runs = self.held.runs.iter();
        let remembered = runs.map(|(run, report)| Remembered {
            run: *run,
            has_ended: report.is_some(),
        });
        Ok(remembered.collect())
    }

    fn store(&mut self, change: &Change, how: Durability) -> Kept {
        if let Some(why) = &self.broken {
            return Kept::Failed(why.clone());
        }
        let kept = self.held.carry_out(change, self.room);
        if kept == Kept::Yes {
            self.loose.push(change.clone());
        }
        if how == Durability::Exact {
            for change in self.loose.drain(..) {
                self.safe.carry_out(&change, self.room);
            }
        }
        kept
    }

    fn recall(&mut self, after: u64) -> Result<Waiting, String> {
        let first = self.held.outbox.keys().next().copied();
        let frames = self.held.outbox.range(after + 1..).take(PAGE);
        Ok(Waiting {
            first: first.unwrap_or(self.held.last_seq + 1),
            frames: frames
                .map(|(seq, (_, frame))| (*seq, frame.clone()))
                .collect(),
        })
    }
}
