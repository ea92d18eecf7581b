//! The folders and processes of runs: each run has a task of its own, from its folder's first moment to its last.

use crate::folders::{Folders, RunFolder, of_run};
use crate::look::look;
use crate::platform::Computer;
use crate::ports::{Inbox, Packages, Processes};
use crate::prepared::Prepared;
use crate::process::kill_marked;
use crate::script::execute;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinError;
use upkeep_agent_core::{Exit, Input, Search};
use upkeep_agent_protocol::{Outcome, PackageOrder, RunOrder, TAIL_BYTES};
use upkeep_removal::Remains;
use uuid::Uuid;

/// What a person should know where nobody knows what stays.
const UNSWEPT: &str = "what the run left behind could not be looked for: the agent failed";

/// Where runs are carried out.
pub struct Workshop {
    around: Arc<Around>,
    runs: BTreeMap<Uuid, mpsc::UnboundedSender<Word>>,
}

struct Around {
    computer: Arc<Computer>,
    folders: Folders,
    packages: Arc<dyn Packages>,
    inbox: Inbox,
}

/// What only has to be started.
enum Ready {
    Script(Prepared),
    /// It needs no folder.
    Look(Search),
}

/// What a run's task is told. The core says no more of them than it gets answers for, so that few wait.
pub(crate) enum Word {
    Fetch {
        package: PackageOrder,
        ticket: String,
    },
    Spawn,
    More,
    AskToEnd,
    Kill,
    Leave,
    Remove,
}

impl Workshop {
    pub fn new(
        computer: Arc<Computer>,
        folders: Folders,
        packages: Arc<dyn Packages>,
        inbox: Inbox,
    ) -> Self {
        Self {
            around: Arc::new(Around {
                computer,
                folders,
                packages,
                inbox,
            }),
            runs: BTreeMap::new(),
        }
    }

    fn tell(&self, run: Uuid, word: Word) {
        if let Some(words) = self.runs.get(&run) {
            // Its task lives until it is told to remove its folder.
            let _ = words.send(word);
        }
    }
}

impl Processes for Workshop {
    fn sweep(&mut self, runs: Vec<Uuid>) {
        let around = self.around.clone();
        tokio::spawn(async move {
            let sweeper = around.clone();
            let swept = tokio::spawn({
                let runs = runs.clone();
                async move { sweeper.sweep(runs).await }
            });
            // Whatever becomes of it: nothing begins before its end is told.
            let remarks = swept.await.unwrap_or_else(|error| unswept(&runs, &error));
            around.answer(Input::Swept { remarks }).await;
        });
    }

    fn prepare(&mut self, order: RunOrder) {
        let (words, told) = mpsc::unbounded_channel();
        self.runs.insert(order.run_id, words);
        let around = self.around.clone();
        tokio::spawn(async move {
            let run = order.run_id;
            let living = around.clone();
            let life = tokio::spawn(async move {
                let mut folder = None;
                living.live(&order, &mut folder, told).await;
                match folder {
                    None => None,
                    Some(folder) => remark_of(&folder.remove().await),
                }
            });
            let remark = match life.await {
                Ok(remark) => remark,
                Err(error) => around.failed(run, &error).await,
            };
            around.answer(Input::Removed(run, remark)).await;
        });
    }

    fn fetch(&mut self, run: Uuid, package: PackageOrder, ticket: String) {
        self.tell(run, Word::Fetch { package, ticket });
    }

    fn spawn(&mut self, run: Uuid) {
        self.tell(run, Word::Spawn);
    }

    fn more(&mut self, run: Uuid) {
        self.tell(run, Word::More);
    }

    fn ask_to_end(&mut self, run: Uuid) {
        self.tell(run, Word::AskToEnd);
    }

    fn kill(&mut self, run: Uuid) {
        self.tell(run, Word::Kill);
    }

    fn leave(&mut self, run: Uuid) {
        self.tell(run, Word::Leave);
    }

    fn remove(&mut self, run: Uuid) {
        self.tell(run, Word::Remove);
        self.runs.remove(&run);
    }
}

impl Around {
    async fn answer(&self, input: Input) {
        // Nobody listens any more only when the agent ends.
        let _ = self.inbox.send(input).await;
    }

    /// Ends what these runs left running, and then removes what all left lying.
    async fn sweep(&self, runs: Vec<Uuid>) -> BTreeMap<Uuid, String> {
        let interrupted = runs.clone();
        let ended = tokio::task::spawn_blocking(move || {
            for run in interrupted {
                kill_marked(run);
            }
        });
        if let Err(error) = ended.await {
            tracing::warn!(%error, "what was interrupted is not wholly ended");
        }
        let remains = self.folders.clear().await;
        if !remains.is_empty() {
            tracing::warn!(%remains, "what runs left behind is not wholly removed");
        }
        let remark = |run| Some((run, remark_of(&of_run(&remains, run))?));
        runs.into_iter().filter_map(remark).collect()
    }

    /// A run's task ended in a panic: whatever is waited for, it is over. What does not fit is ignored.
    async fn failed(&self, run: Uuid, error: &JoinError) -> Option<String> {
        tracing::error!(%run, %error, "a run's task failed");
        let _ = tokio::task::spawn_blocking(move || kill_marked(run)).await;
        let why = format!("the agent failed: {error}");
        let outcome = Outcome::CouldNotStart { why: why.clone() };
        self.answer(Input::Prepared(run, Err(outcome.clone())))
            .await;
        self.answer(Input::Fetched(run, Err(outcome))).await;
        self.answer(Input::Exited(run, Exit::Never(why))).await;
        self.answer(Input::Closed(run)).await;
        Some(UNSWEPT.to_owned())
    }

    /// One run, until its folder is to go. The folder is the caller's to remove.
    async fn live(
        &self,
        order: &RunOrder,
        folder: &mut Option<RunFolder>,
        mut told: mpsc::UnboundedReceiver<Word>,
    ) {
        let run = order.run_id;
        let prepared = tokio::select! {
            // Until it is prepared there is one thing to be told: to end.
            biased;
            _ = told.recv() => return,
            prepared = self.prepare(order, folder) => prepared,
        };
        let (mut ready, answer) = match prepared {
            Ok(ready) => (Some(ready), Ok(())),
            Err(outcome) => (None, Err(outcome)),
        };
        self.answer(Input::Prepared(run, answer)).await;
        while let Some(word) = told.recv().await {
            match (word, &mut ready) {
                (Word::Fetch { package, ticket }, Some(Ready::Script(prepared))) => {
                    let fetched = tokio::select! {
                        // The same.
                        biased;
                        _ = told.recv() => return,
                        fetched = self.fetch(&package, &ticket, folder.as_ref(), prepared) => fetched,
                    };
                    self.answer(Input::Fetched(run, fetched)).await;
                }
                (Word::Spawn, ready) => match ready.take() {
                    Some(Ready::Script(prepared)) => {
                        let root = self.computer.root();
                        execute(root, order, prepared, &mut told, &self.inbox).await;
                    }
                    Some(Ready::Look(search)) => {
                        let programs = self.computer.clone();
                        look(run, search, programs, &mut told, &self.inbox).await;
                    }
                    // It came too late to matter.
                    None => {}
                },
                (Word::Remove, _) => return,
                // It came too late to matter.
                _ => {}
            }
        }
    }

    /// Everything that can be done before the run counts as started, but for its package.
    async fn prepare(
        &self,
        order: &RunOrder,
        kept: &mut Option<RunFolder>,
    ) -> Result<Ready, Outcome> {
        if let Some(programs) = &order.programs {
            let search = Search::new(programs).map_err(|why| Outcome::Refused { why });
            return search.map(Ready::Look);
        }
        let could_not = |why: &dyn std::fmt::Display| Outcome::CouldNotStart {
            why: why.to_string(),
        };
        let program = self.computer.interpreter(order.interpreter);
        let program = program.map_err(|why| could_not(&why))?;
        let folder = self.folders.make(order.run_id);
        let folder = kept.insert(folder.map_err(|error| could_not(&error))?);
        Prepared::make(&self.computer, order, folder, program)
            .await
            .map(Ready::Script)
            .map_err(|error| could_not(&error))
    }

    async fn fetch(
        &self,
        package: &PackageOrder,
        ticket: &str,
        folder: Option<&RunFolder>,
        prepared: &mut Prepared,
    ) -> Result<(), Outcome> {
        let refused = |why: &str| Outcome::Refused {
            why: why.to_owned(),
        };
        let name = Path::new(&package.file_name);
        if name.file_name() != Some(name.as_os_str()) {
            return Err(refused("the package's name is not a bare file name"));
        }
        let folder = folder.ok_or_else(|| refused("the run has no folder"))?;
        let target = folder.package().join(name);
        self.packages.fetch(package, ticket, &target).await?;
        prepared.package = Some(target);
        Ok(())
    }
}

/// Where nobody knows what stays.
fn unswept(runs: &[Uuid], error: &JoinError) -> BTreeMap<Uuid, String> {
    tracing::error!(%error, "what runs left behind is not swept");
    runs.iter().map(|run| (*run, UNSWEPT.to_owned())).collect()
}

/// What a person should know of what stays.
fn remark_of(remains: &Remains) -> Option<String> {
    if remains.is_empty() {
        return None;
    }
    let mut remark = format!("not everything that the run left behind could be removed: {remains}");
    remark.truncate(remark.floor_char_boundary(TAIL_BYTES));
    Some(remark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Fetching;
    use std::time::Duration;
    use upkeep_agent_protocol::Interpreter;

    struct Unfetchable;

    impl Packages for Unfetchable {
        fn fetch<'a>(&'a self, _: &'a PackageOrder, _: &'a str, _: &'a Path) -> Fetching<'a> {
            panic!("nobody thought of this package")
        }
    }

    #[tokio::test]
    async fn a_run_whose_task_panics_is_answered() {
        let root = tempfile::TempDir::new().unwrap();
        let (inbox, mut inputs) = mpsc::channel(1);
        let computer = Arc::new(Computer::new(root.path().to_owned()));
        let folders = Folders::new(root.path());
        let mut workshop = Workshop::new(computer, folders, Arc::new(Unfetchable), inbox);
        let run = Uuid::new_v4();
        let package = PackageOrder {
            file_name: "x".into(),
            sha256: "0".repeat(64),
            size: 1,
            url: None,
        };
        workshop.prepare(RunOrder {
            agent_id: Uuid::from_u128(5),
            run_id: run,
            interpreter: Interpreter::Sh,
            script: "true".into(),
            timeout_seconds: 60,
            not_after: chrono::DateTime::UNIX_EPOCH,
            package: None,
            environment: BTreeMap::new(),
            parameters: serde_json::Map::new(),
            secrets: std::collections::BTreeMap::new(),
            answer_only: false,
            answer: None,
            programs: None,
        });
        let prepared = inputs.recv().await;
        assert!(matches!(prepared, Some(Input::Prepared(_, Ok(())))));
        workshop.fetch(run, package, "ticket".into());
        let mut answers = vec![];
        loop {
            let answer = tokio::time::timeout(Duration::from_mins(1), inputs.recv()).await;
            match answer.expect("it is answered") {
                Some(Input::Removed(_, remark)) => {
                    break assert_eq!(remark.as_deref(), Some(UNSWEPT));
                }
                answer => answers.extend(answer),
            }
        }
        let fetched = answers.iter().find_map(|answer| match answer {
            Input::Fetched(of, Err(Outcome::CouldNotStart { why })) if *of == run => Some(why),
            _ => None,
        });
        assert!(fetched.unwrap().contains("nobody thought of this package"));
    }
}
