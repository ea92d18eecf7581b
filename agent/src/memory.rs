//! What the agent must not forget, on its disk: which runs it started, how they ended, what it still has to say.

use crate::space;
use crate::state::{State, StateError, begin};
use rusqlite::{Connection, OptionalExtension, params};
use upkeep_agent_core::{Change, Durability, Kept, Memory, Remembered, Waiting};
use upkeep_agent_protocol::{AgentFrame, Report};
use uuid::Uuid;

/// What may wait to be said, in bytes. Beyond it output is dropped and the run is marked as truncated; answers
/// are always kept.
const MAX_OUTBOX_BYTES: i64 = 64 * 1024 * 1024;
/// Frames that are read from the outbox at once.
const OUTBOX_PAGE: i64 = 16;

impl State {
    /// By what it is written: with a flush, or without.
    fn connection(&mut self, how: Durability) -> &mut Connection {
        match how {
            Durability::Exact => &mut self.exact,
            Durability::Loose => &mut self.loose,
        }
    }

    /// What is known of all runs, in the order in which it was first written down.
    pub fn remembered(&self) -> Result<Vec<Remembered>, StateError> {
        let mut statement = self
            .exact
            .prepare("SELECT run, report IS NOT NULL FROM runs ORDER BY n")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (run, has_ended) = row?;
            let run = Uuid::parse_str(&run).map_err(|_| StateError::Damaged("runs"))?;
            Ok(Remembered { run, has_ended })
        })
        .collect()
    }

    /// A page of what waits to be said after a number.
    fn waiting(&self, after: u64) -> Result<Waiting, StateError> {
        let first: Option<i64> =
            self.exact
                .query_row("SELECT min(seq) FROM outbox", [], |row| row.get(0))?;
        let last: Option<i64> = self
            .exact
            .query_row(
                "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'",
                [],
                |row| row.get(0),
            )
            .optional()?;
        let mut statement = self
            .exact
            .prepare_cached("SELECT seq, frame FROM outbox WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
        let rows = statement.query_map(params![signed(after), OUTBOX_PAGE], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        let frames = rows.map(|row| {
            let (seq, frame) = row?;
            let frame = serde_json::from_str(&frame).map_err(|_| StateError::Damaged("outbox"))?;
            Ok((seq.unsigned_abs(), frame))
        });
        Ok(Waiting {
            first: first.unwrap_or(last.unwrap_or(0) + 1).unsigned_abs(),
            frames: frames.collect::<Result<_, StateError>>()?,
        })
    }

    /// Does what an answer needs, if need be with the room that is kept for it.
    fn answer(
        &mut self,
        how: Durability,
        write: impl Fn(&mut Connection) -> Result<bool, StateError>,
    ) -> Result<bool, StateError> {
        let written = match write(self.connection(how)) {
            Err(error) if error.is_full() => {
                if !self.reserve.give_up() {
                    return Err(error);
                }
                tracing::warn!(%error, "the disk is full: an answer takes the room that is kept for it");
                write(self.connection(how))
            }
            written => written,
        };
        if written.is_ok() && self.reserve.is_given_up() {
            // If there is no room yet, the next answer tries again.
            self.reserve.take_back();
        }
        written
    }

    fn output(
        &mut self,
        how: Durability,
        run: Uuid,
        index: u64,
        text: &str,
    ) -> Result<bool, StateError> {
        if !space::for_output(self.directory()) {
            // What room there is belongs to answers.
            return Ok(false);
        }
        let connection = self.connection(how);
        let waiting: i64 = connection
            .prepare_cached("SELECT coalesce(sum(length(frame)), 0) FROM outbox")?
            .query_row([], |row| row.get(0))?;
        if waiting > MAX_OUTBOX_BYTES {
            return Ok(false);
        }
        let frame = AgentFrame::Output {
            run_id: run,
            index,
            text: text.to_owned(),
        };
        say(connection, run, &frame)?;
        Ok(true)
    }

    fn acknowledged(&mut self, how: Durability, seq: u64) -> Result<bool, StateError> {
        self.connection(how)
            .prepare_cached("DELETE FROM outbox WHERE seq <= ?1")?
            .execute([signed(seq)])?;
        Ok(true)
    }

    /// Whether it was carried out.
    fn carry_out(&mut self, change: &Change, how: Durability) -> Result<bool, StateError> {
        match change {
            Change::Started { run } => started(self.connection(how), *run),
            Change::Ended {
                run,
                report,
                forget,
            } => self.answer(how, |connection| ended(connection, *run, report, forget)),
            Change::AnswerAgain { run } => {
                self.answer(how, |connection| say_again(connection, *run))
            }
            Change::Output { run, index, text } => self.output(how, *run, *index, text),
            Change::Acknowledged { seq } => self.acknowledged(how, *seq),
        }
    }
}

impl Memory for State {
    fn runs(&mut self) -> Result<Vec<Remembered>, String> {
        self.remembered().map_err(|error| error.to_string())
    }

    fn store(&mut self, change: &Change, how: Durability) -> Kept {
        match self.carry_out(change, how) {
            Ok(true) => Kept::Yes,
            Ok(false) => Kept::Dropped,
            Err(error) => Kept::Failed(error.to_string()),
        }
    }

    fn recall(&mut self, after: u64) -> Result<Waiting, String> {
        self.waiting(after).map_err(|error| error.to_string())
    }
}

/// Only if this answers `true` may the run start: it was never started before, and now it is on disk that it was.
fn started(connection: &mut Connection, run: Uuid) -> Result<bool, StateError> {
    let transaction = begin(connection)?;
    let new = transaction.execute(
        "INSERT INTO runs (run) VALUES (?1) ON CONFLICT (run) DO NOTHING",
        [run.to_string()],
    )?;
    if new == 1 {
        say(&transaction, run, &AgentFrame::RunStarted { run_id: run })?;
    }
    transaction.commit()?;
    Ok(new == 1)
}

/// How a run ended, or that it will never start, together with the answer to the server.
fn ended(
    connection: &mut Connection,
    run: Uuid,
    report: &Report,
    forget: &[Uuid],
) -> Result<bool, StateError> {
    let transaction = begin(connection)?;
    let is_new = report_of(&transaction, run)?.is_none();
    if is_new {
        let text = serde_json::to_string(report)
            .map_err(|_| StateError::Damaged("a report cannot be written"))?;
        transaction.execute(
            "INSERT INTO runs (run, report) VALUES (?1, ?2)
             ON CONFLICT (run) DO UPDATE SET report = excluded.report",
            [run.to_string(), text],
        )?;
        let (run_id, report) = (run, report.clone());
        say(&transaction, run, &AgentFrame::RunEnded { run_id, report })?;
        for old in forget {
            transaction.execute("DELETE FROM runs WHERE run = ?1", [old.to_string()])?;
        }
    }
    transaction.commit()?;
    // For the next ones, while there is room.
    if let Err(error) = space::keep_inside(connection) {
        tracing::warn!(%error, "there is no room for further answers: free some space");
    }
    Ok(is_new)
}

/// Says an answer again, unless it still waits to be said.
fn say_again(connection: &mut Connection, run: Uuid) -> Result<bool, StateError> {
    let transaction = begin(connection)?;
    let waits: bool = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE run = ?1)",
        [run.to_string()],
        |row| row.get(0),
    )?;
    let report = report_of(&transaction, run)?.filter(|_| !waits);
    let says = report.is_some();
    if let Some(report) = report {
        let run_id = run;
        say(&transaction, run, &AgentFrame::RunEnded { run_id, report })?;
    }
    transaction.commit()?;
    Ok(says)
}

fn report_of(connection: &Connection, run: Uuid) -> Result<Option<Report>, StateError> {
    let text: Option<Option<String>> = connection
        .query_row(
            "SELECT report FROM runs WHERE run = ?1",
            [run.to_string()],
            |row| row.get(0),
        )
        .optional()?;
    text.flatten()
        .map(|text| serde_json::from_str(&text).map_err(|_| StateError::Damaged("runs")))
        .transpose()
}

fn say(connection: &Connection, run: Uuid, frame: &AgentFrame) -> Result<(), StateError> {
    let text = serde_json::to_string(frame)
        .map_err(|_| StateError::Damaged("a frame cannot be written"))?;
    let is_output = matches!(frame, AgentFrame::Output { .. });
    connection.execute(
        "INSERT INTO outbox (run, is_output, frame) VALUES (?1, ?2, ?3)",
        params![run.to_string(), is_output, text],
    )?;
    Ok(())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use upkeep_agent_core::model::Disk;
    use upkeep_agent_protocol::Outcome;

    fn report(code: i32) -> Report {
        Report {
            outcome: Outcome::Exited { code },
            stdout_tail: String::new(),
            stderr_tail: String::new(),
            output_bytes: 0,
            output_sha256: String::new(),
            truncated: false,
            duration_ms: 1,
            remark: None,
            result: None,
        }
    }

    fn change() -> impl Strategy<Value = Change> {
        let run = || (0..4u128).prop_map(Uuid::from_u128);
        prop_oneof![
            run().prop_map(|run| Change::Started { run }),
            (run(), prop::collection::vec(run(), 0..2), any::<i32>()).prop_map(
                |(run, mut forget, code)| {
                    forget.retain(|old| *old != run);
                    Change::Ended {
                        run,
                        report: report(code),
                        forget,
                    }
                }
            ),
            run().prop_map(|run| Change::AnswerAgain { run }),
            (run(), any::<u64>()).prop_map(|(run, index)| Change::Output {
                run,
                index: index >> 1,
                text: "x".into(),
            }),
            (0..30u64).prop_map(|seq| Change::Acknowledged { seq }),
        ]
    }

    fn durability(change: &Change) -> Durability {
        match change {
            Change::Output { .. } | Change::Acknowledged { .. } => Durability::Loose,
            _ => Durability::Exact,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        /// A disk, and the model that the core is tested with.
        #[test]
        fn it_does_what_the_model_does(
            changes in prop::collection::vec(change(), 0..30),
            dies in 0..30usize,
        ) {
            let folder = tempfile::TempDir::new().unwrap();
            let mut disk = State::open(folder.path()).unwrap();
            let mut model = Disk::default();
            for (n, change) in changes.iter().enumerate() {
                if n == dies {
                    drop(disk);
                    disk = State::open(folder.path()).unwrap();
                }
                let how = durability(change);
                prop_assert_eq!(disk.store(change, how), model.store(change, how));
                prop_assert_eq!(disk.runs(), model.runs());
                for after in [0, 3] {
                    prop_assert_eq!(disk.recall(after), model.recall(after));
                }
            }
        }
    }

    #[test]
    fn a_run_starts_once_whatever_happens() {
        let folder = tempfile::TempDir::new().unwrap();
        let run = Uuid::from_u128(1);
        let start = Change::Started { run };
        let mut state = State::open(folder.path()).unwrap();
        assert_eq!(state.store(&start, Durability::Exact), Kept::Yes);
        assert_eq!(state.store(&start, Durability::Exact), Kept::Dropped);
        drop(state);
        let mut state = State::open(folder.path()).unwrap();
        assert_eq!(state.store(&start, Durability::Exact), Kept::Dropped);
        let has_ended = false;
        assert_eq!(state.runs().unwrap(), [Remembered { run, has_ended }]);
    }
}
