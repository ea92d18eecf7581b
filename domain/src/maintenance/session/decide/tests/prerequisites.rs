//! What comes before what: sessions of several software, played against a computer that knows what is installed on it.

mod execution;
mod judging;
mod laws;
mod planning;

use super::*;
use crate::catalogue::parameter::Values;
use crate::catalogue::software::{ScriptRole, SoftwareScriptSet};
use crate::maintenance::session::PlannedAction;
use crate::rules::prerequisite::test_words::*;
use crate::rules::prerequisite::{Judgement, Prerequisite, PrerequisiteEvent, Prerequisites};
use std::collections::BTreeSet;

/// A computer with what is installed there, and a session on it.
pub(super) struct Computer {
    pub(super) session: Session,
    pub(super) surroundings: Surroundings,
    /// The installed version of each software.
    pub(super) installed: BTreeMap<SoftwareId, Version>,
    /// Whose scripts fail: those that change something, or those that look.
    pub(super) failing: BTreeSet<(SoftwareId, RunPurpose)>,
    /// What each software that asks its computer can get.
    pub(super) available: BTreeMap<SoftwareId, Version>,
    /// What ran, in its order: "detect A", "install B 2.0".
    pub(super) told: Vec<String>,
}

fn winner(n: u128, desired: DesiredState) -> Winner {
    Winner {
        item: MaintenanceItem::Software(software(n)),
        deployment: DeploymentId(id(500 + n)),
        desired,
        target_phrase: "all computers".into(),
        scope: Scope::CrossTenant,
        parameters: Values::default(),
    }
}

fn wanted(n: u128) -> Winner {
    winner(n, DesiredState::InstalledLatest)
}

fn prerequisites(all: impl IntoIterator<Item = Prerequisite>) -> Prerequisites {
    let events = all.into_iter().zip(1..).map(|(says, n)| added(n, says));
    let events: Vec<PrerequisiteEvent> = events.collect();
    events
        .iter()
        .fold(Prerequisites::default(), Prerequisites::evolve)
}

impl Computer {
    fn new(
        winners: impl IntoIterator<Item = Winner>,
        all: impl IntoIterator<Item = Prerequisite>,
    ) -> Self {
        let surroundings = Surroundings {
            winners: Some(winners.into_iter().collect()),
            catalogue: catalogue(),
            prerequisites: prerequisites(all),
            ..Play::of(DesiredState::Ignored).surroundings
        };
        let session = waiting().iter().fold(Session::default(), Session::evolve);
        let mut computer = Self {
            session,
            surroundings,
            installed: BTreeMap::new(),
            failing: BTreeSet::new(),
            available: BTreeMap::new(),
            told: vec![],
        };
        computer.tell(SessionCommand::Start { server: server(1) });
        computer
    }

    fn has(mut self, n: u128, text: &str) -> Self {
        self.installed.insert(software(n), version(text));
        self
    }

    /// This software asks its computer which version there is, and that says this one.
    fn gets(mut self, n: u128, text: &str) -> Self {
        self.available.insert(software(n), version(text));
        let mut all = BTreeMap::clone(&catalogue());
        for asking in self.available.keys() {
            let roles = [
                ScriptRole::Available,
                ScriptRole::Install,
                ScriptRole::Uninstall,
            ];
            let known = all.get(asking).expect("it is known");
            let asks = roles.iter().fold(Software::clone(known), |state, role| {
                let (role, script) = (*role, catalogue::script(role.phrase()));
                state.evolve(&SoftwareScriptSet { role, script }.into())
            });
            all.insert(*asking, Arc::new(asks));
        }
        self.surroundings.catalogue = Arc::new(all);
        self
    }

    fn fails(mut self, n: u128, purpose: RunPurpose) -> Self {
        self.failing.insert((software(n), purpose));
        self
    }

    fn tell(&mut self, command: SessionCommand) -> Vec<SessionEvent> {
        let context = Context {
            actor: crate::kernel::metadata::Actor::System,
            now: noon(),
            command_id: crate::kernel::ids::CommandId(id(1)),
        };
        let events = self.session.decide(command, &context).expect("accepted");
        self.session = events.iter().fold(self.session.clone(), Session::evolve);
        events
    }

    fn advance(&mut self) -> Vec<SessionEvent> {
        self.tell(SessionCommand::Advance(Arc::new(self.surroundings.clone())))
    }

    /// A session about one software alone.
    fn about(mut self, n: u128) -> Self {
        let item = MaintenanceItem::Software(software(n));
        let request = self.session.request.as_mut().expect("it was asked for");
        request.about = About::Item { item };
        self
    }

    /// Answers the oldest run that is open; nothing if there is none.
    fn answer(&mut self) -> Option<()> {
        self.answer_of(|_| true)
    }

    /// The same of the runs about some software.
    fn answer_of(&mut self, is_it: impl Fn(SoftwareId) -> bool) -> Option<()> {
        let open = self.session.open_runs().filter(|(_, run)| {
            let software = run.item.and_then(MaintenanceItem::software);
            software.is_some_and(&is_it)
        });
        let (run, known) = open.min_by_key(|(id, run)| (run.requested_at, *id))?;
        let item = known.item.and_then(MaintenanceItem::software)?;
        let (purpose, changed) = (known.purpose, known.job.version().cloned());
        let name = named(item.0.as_u128() & 0xffff);
        let version = changed.as_ref().map(|version| format!(" {version}"));
        let told = format!("{} {name}{}", purpose.name(), version.unwrap_or_default());
        self.told.push(told);
        let is_failing = self.failing.contains(&(item, purpose));
        let mut stdout = String::new();
        match purpose {
            _ if is_failing => {}
            RunPurpose::Detect | RunPurpose::Recheck | RunPurpose::Verify => {
                let there = self.installed.get(&item);
                stdout = there.map(ToString::to_string).unwrap_or_default();
            }
            RunPurpose::Available => {
                let version = self.available.get(&item);
                stdout = version.map(ToString::to_string).unwrap_or_default();
            }
            RunPurpose::Uninstall => {
                self.installed.remove(&item);
            }
            _ => {
                if let Some(version) = changed {
                    self.installed.insert(item, version);
                }
            }
        }
        let code = i32::from(is_failing);
        let report = RunReport {
            stdout_tail: stdout,
            ..RunReport::without_output(RunOutcome::Exited { code })
        };
        self.tell(SessionCommand::run_ended(AgentId(id(AGENT)), run, report));
        Some(())
    }

    /// Plays it to its end. The steps are bounded: what would go round for ever is found.
    fn play(mut self) -> Self {
        for _ in 0..10_000 {
            self.advance();
            if self.session.status.is_over() {
                return self;
            }
            let goes_on = self.answer().is_some() || !self.advance().is_empty();
            assert!(goes_on, "it waits for nothing: {:?}", self.session);
        }
        panic!("it goes round: {:?}", self.told);
    }

    /// What ran that changes something.
    fn changes(&self) -> Vec<&str> {
        let changes = |told: &&String| {
            ["install", "uninstall", "upgrade"]
                .iter()
                .any(|purpose| told.starts_with(purpose))
        };
        self.told
            .iter()
            .filter(changes)
            .map(String::as_str)
            .collect()
    }

    fn action(&self, n: u128) -> &Action {
        let item = MaintenanceItem::Software(software(n));
        let mut actions = self.session.actions();
        actions
            .find(|action| action.plan.item == item)
            .unwrap_or_else(|| panic!("{} has no action", named(n)))
    }

    fn reason(&self, n: u128) -> ResultReason {
        match &self.action(n).progress {
            ActionProgress::Completed { reason, .. } => *reason,
            other => panic!("{other:?}"),
        }
    }

    fn message(&self, n: u128) -> &str {
        match &self.action(n).progress {
            ActionProgress::Completed { message, .. } => message,
            other => panic!("{other:?}"),
        }
    }

    /// The plan, by names.
    fn order(&self) -> String {
        let names = self
            .session
            .actions()
            .map(|action| action.plan.item_name.as_str());
        names.collect::<Vec<_>>().join(" ")
    }

    fn ending(&self) -> Ending {
        match self.session.status {
            Status::Ended(ending) => ending,
            other => panic!("{other:?}"),
        }
    }
}
