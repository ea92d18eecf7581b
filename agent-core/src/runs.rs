//! A run from its order to its answer: its turn, its package, its start on disk, its end on disk.

use crate::answer::Form;
use crate::answers::{Stop, ended_by, stopped, with_remark, without_output};
use crate::ledger::Known;
use crate::link::Why;
use crate::script::Script;
use crate::words::{Change, Durability, Effect, Kept, Level, Timer, Token};
use crate::{Asked, Core, Turn};
use chrono::{DateTime, SecondsFormat, Utc};
use std::collections::BTreeMap;
use std::time::Duration;
use upkeep_agent_protocol::{Outcome, PackageOrder, Report, RunOrder};
use uuid::Uuid;

/// Scripts that run at once. The server asks for one at a time where order matters.
const AT_ONCE: usize = 4;
/// Runs that are not answered, and answers that are being given again, at most: the server asks for fewer by far.
const MAX_UNANSWERED: usize = 256;
/// How long an answer waits for what it says of the run's folder; a removal that takes longer goes on by itself.
const REMOVAL_PATIENCE: Duration = Duration::from_secs(5);

/// A run that waits, goes on, or is not answered yet.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) stage: Stage,
    /// It takes one of the places of those that run at once.
    pub(crate) has_place: bool,
}

#[derive(Debug)]
pub(crate) enum Stage {
    /// For its turn.
    Waits(Box<RunOrder>),
    /// Its folder and its script are made.
    Prepares(Wanted),
    /// Its package comes.
    Fetches(Wanted),
    /// From here on it counts as started: that it starts is being written down.
    Starts {
        token: Token,
        wanted: Wanted,
        stop: Option<Stop>,
    },
    Runs(Box<Script>),
    /// Its folder goes. Then it is answered, or, without a report, left to be offered again.
    Leaves {
        report: Option<Box<Report>>,
        /// How long that is waited for, in uptime.
        until: Duration,
    },
    /// Its answer is being written down, for as long as that takes.
    Answers {
        report: Box<Report>,
        is_under_way: bool,
    },
}

/// What is needed of an order once its folder is made.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    package: Option<PackageOrder>,
    timeout: Duration,
    form: Form,
    not_after: DateTime<Utc>,
}

impl Core {
    /// What the last life of the agent left behind is gone: what it had started is answered, its outcome unknown.
    pub(crate) fn swept(&mut self, mut remarks: BTreeMap<Uuid, String>, turn: &mut Turn<'_>) {
        if self.is_stopping || !self.link.is_none() {
            return;
        }
        for run in self.ledger.without_end() {
            let text = format!("run {run} was interrupted: its outcome is unknown");
            turn.note(Level::Warn, text);
            let report = without_output(Outcome::Interrupted);
            self.answer(run, with_remark(report, remarks.remove(&run)), turn);
        }
        self.begin_to_dial(turn);
    }

    /// Takes an order. A run that is known is answered with what is known.
    pub(crate) fn accept(&mut self, order: RunOrder, turn: &mut Turn<'_>) -> Result<(), Why> {
        let run = order.run_id;
        if self.runs.contains_key(&run) {
            return Ok(());
        }
        match self.ledger.known(run) {
            Known::Ended => return self.answer_again(run, turn),
            Known::Started => return Ok(()),
            Known::Nothing => self.has_room()?,
        }
        if order.answer_only {
            let remark = "the server knows that this run was started, and this computer does not: its disk holds an older state";
            let report = without_output(Outcome::Interrupted);
            self.answer(run, with_remark(report, Some(remark.to_owned())), turn);
        } else if let Some(refused) = self.too_late(order.not_after, turn.now) {
            self.answer(run, without_output(refused), turn);
        } else {
            self.set_stage(run, Stage::Waits(Box::new(order)));
            self.turns.push_back(run);
            self.give_turns(turn);
        }
        Ok(())
    }

    /// Stops a run, or makes sure that it never starts.
    pub(crate) fn cancel(&mut self, run: Uuid, turn: &mut Turn<'_>) -> Result<(), Why> {
        if let Some(Run { stage, .. }) = self.runs.get_mut(&run) {
            match stage {
                Stage::Waits(_) => {
                    self.turns.retain(|waits| *waits != run);
                    self.answer(run, without_output(Outcome::Cancelled), turn);
                }
                Stage::Prepares(_) | Stage::Fetches(_) => {
                    self.leave(run, Some(without_output(Outcome::Cancelled)), turn);
                }
                // The first reason counts.
                Stage::Starts { stop, .. } => *stop = stop.or(Some(Stop::Cancelled)),
                Stage::Runs(script) => script.stop(run, Stop::Cancelled, turn),
                Stage::Leaves { .. } | Stage::Answers { .. } => {}
            }
            return Ok(());
        }
        match self.ledger.known(run) {
            Known::Ended => return self.answer_again(run, turn),
            Known::Started => {}
            Known::Nothing => {
                self.has_room()?;
                self.answer(run, without_output(Outcome::Cancelled), turn);
            }
        }
        Ok(())
    }

    pub(crate) fn has_room(&self) -> Result<(), Why> {
        if self.runs.len() + self.again.len() < MAX_UNANSWERED {
            return Ok(());
        }
        Err(Why::Protocol("more is asked for than can be answered"))
    }

    /// The link is gone, and with it what was ordered on it and has not started.
    pub(crate) fn drop_unstarted(&mut self, turn: &mut Turn<'_>) {
        self.turns.clear();
        self.runs
            .retain(|_, run| !matches!(run.stage, Stage::Waits(_)));
        for run in self.runs.keys().copied().collect::<Vec<_>>() {
            if let Stage::Prepares(_) | Stage::Fetches(_) = self.runs[&run].stage {
                self.leave(run, None, turn);
            }
        }
    }

    /// What runs is ended, and what is about to start does not.
    pub(crate) fn stop_runs(&mut self, turn: &mut Turn<'_>) {
        self.drop_unstarted(turn);
        for (run, Run { stage, .. }) in &mut self.runs {
            match stage {
                Stage::Starts { stop, .. } => *stop = stop.or(Some(Stop::AgentStops)),
                Stage::Runs(script) => script.stop(*run, Stop::AgentStops, turn),
                _ => {}
            }
        }
    }

    /// Whether something that was ordered on the last link and did not start is not wholly gone.
    pub(crate) fn is_anything_leaving(&self) -> bool {
        let leaves = |run: &Run| matches!(run.stage, Stage::Leaves { report: None, .. });
        self.runs.values().any(leaves)
    }

    /// Those that came first go on, as far as there are places.
    pub(crate) fn give_turns(&mut self, turn: &mut Turn<'_>) {
        let mut taken = self.runs.values().filter(|run| run.has_place).count();
        while taken < AT_ONCE
            && let Some(run) = self.turns.pop_front()
        {
            let Some(entry) = self.runs.get_mut(&run) else {
                continue;
            };
            let Stage::Waits(order) = &mut entry.stage else {
                continue;
            };
            let order = order.clone();
            taken += 1;
            entry.has_place = true;
            entry.stage = Stage::Prepares(Wanted {
                package: order.package.clone(),
                timeout: Duration::from_secs(u64::from(order.timeout_seconds)),
                form: Form::of(&order),
                not_after: order.not_after,
            });
            turn.effect(Effect::Prepare(order));
        }
    }

    pub(crate) fn stage(&self, run: Uuid) -> Option<&Stage> {
        self.runs.get(&run).map(|run| &run.stage)
    }

    pub(crate) fn set_stage(&mut self, run: Uuid, stage: Stage) {
        let entry = self.runs.entry(run).or_insert_with(|| Run {
            stage: Stage::Leaves {
                report: None,
                until: Duration::ZERO,
            },
            has_place: false,
        });
        entry.stage = stage;
    }

    pub(crate) fn prepared(
        &mut self,
        run: Uuid,
        prepared: Result<(), Outcome>,
        turn: &mut Turn<'_>,
    ) {
        let Some(Stage::Prepares(wanted)) = self.stage(run) else {
            return;
        };
        let wanted = wanted.clone();
        if let Err(outcome) = prepared {
            return self.leave(run, Some(without_output(outcome)), turn);
        }
        let Some(package) = wanted.package.clone() else {
            return self.start(run, wanted, turn);
        };
        // What has not started ends with its link: while it is there, so is its ticket.
        let ticket = self.ticket().unwrap_or_default();
        self.set_stage(run, Stage::Fetches(wanted));
        turn.effect(Effect::Fetch {
            run,
            package,
            ticket,
        });
    }

    pub(crate) fn fetched(&mut self, run: Uuid, fetched: Result<(), Outcome>, turn: &mut Turn<'_>) {
        let Some(Stage::Fetches(wanted)) = self.stage(run) else {
            return;
        };
        let wanted = wanted.clone();
        match fetched {
            Err(outcome) => self.leave(run, Some(without_output(outcome)), turn),
            Ok(()) => self.start(run, wanted, turn),
        }
    }

    /// Writes down that it starts: from here on it counts as started.
    fn start(&mut self, run: Uuid, wanted: Wanted, turn: &mut Turn<'_>) {
        // It may have waited long: for its turn, for its package.
        if let Some(refused) = self.too_late(wanted.not_after, turn.now) {
            return self.leave(run, Some(without_output(refused)), turn);
        }
        let change = Change::Started { run };
        let token = self.store(change, Durability::Exact, Asked::Start(run), turn);
        let stop = None;
        self.set_stage(
            run,
            Stage::Starts {
                token,
                wanted,
                stop,
            },
        );
    }

    /// The one place from which a script starts: that it does is on disk.
    pub(crate) fn start_stored(&mut self, run: Uuid, of: Token, kept: Kept, turn: &mut Turn<'_>) {
        let Some(Stage::Starts {
            token,
            wanted,
            stop,
        }) = self.stage(run)
        else {
            return;
        };
        let (token, wanted, stop) = (*token, wanted.clone(), *stop);
        match kept {
            Kept::Yes => self.ledger.write(run, false),
            Kept::Dropped => {
                let text = format!("run {run} was to start twice and did not");
                turn.note(Level::Warn, text);
                return self.leave(run, None, turn);
            }
            Kept::Failed(why) => {
                let why = format!(
                    "that it starts could not be written to the disk, so it did not: {why}"
                );
                let outcome = Outcome::CouldNotStart { why };
                return self.leave(run, Some(without_output(outcome)), turn);
            }
        }
        self.say_news(turn);
        // Whoever is faster than the disk: it was written down that it starts, and it does not.
        if let Some(stop) = stop {
            let report = without_output(ended_by(stop));
            return self.leave(run, Some(stopped(report, stop)), turn);
        }
        if let Some(refused) = self.too_late(wanted.not_after, turn.now) {
            return self.leave(run, Some(without_output(refused)), turn);
        }
        assert!(
            token == of && self.ledger.known(run) == Known::Started,
            "a script starts in answer to its own start on disk"
        );
        let script = Script::new(turn.now, wanted.timeout, wanted.form);
        turn.effect(Effect::At(Timer::Limit(run), script.limit()));
        turn.effect(Effect::Spawn(run));
        self.set_stage(run, Stage::Runs(Box::new(script)));
    }

    /// The answer to an order whose last moment to start is over, by the server's clock.
    fn too_late(&self, not_after: DateTime<Utc>, now: Duration) -> Option<Outcome> {
        let now = self.clock.at(now)?;
        let moment = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        (now > not_after).then(|| Outcome::Refused {
            why: format!(
                "its last moment to start was {}, and it is {} by the server's clock",
                moment(not_after),
                moment(now)
            ),
        })
    }

    /// It runs no more, or never did: its folder goes, and then it is answered, if there is a report.
    pub(crate) fn leave(&mut self, run: Uuid, report: Option<Report>, turn: &mut Turn<'_>) {
        let report = report.map(Box::new);
        let until = turn.now.saturating_add(REMOVAL_PATIENCE);
        self.set_stage(run, Stage::Leaves { report, until });
        turn.effect(Effect::At(Timer::Removal(run), until));
        turn.effect(Effect::Remove(run));
    }

    pub(crate) fn removed(&mut self, run: Uuid, remark: Option<String>, turn: &mut Turn<'_>) {
        let Some(Stage::Leaves { report, .. }) = self.stage(run) else {
            return;
        };
        if let Some(report) = report {
            let report = with_remark(report.as_ref().clone(), remark);
            return self.answer(run, report, turn);
        }
        let text = format!(
            "run {run} had not started and ended with its link: the server offers it again"
        );
        turn.note(Level::Info, text);
        self.runs.remove(&run);
        self.give_turns(turn);
        self.dial(turn);
    }

    pub(crate) fn lost_patience(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        let Some(Stage::Leaves { until, .. }) = self.stage(run) else {
            return;
        };
        if turn.now < *until {
            turn.effect(Effect::At(Timer::Removal(run), *until));
        } else {
            let remark = "its folder was still being removed".to_owned();
            self.removed(run, Some(remark), turn);
        }
    }
}
