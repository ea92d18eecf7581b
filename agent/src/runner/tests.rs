use super::*;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tempfile::TempDir;
use upkeep_agent_protocol::{AgentFrame, Interpreter, PackageOrder};

const PATIENCE: Duration = Duration::from_mins(1);

/// A runner on a computer of its own, with a link and the server's clock at the hour.
struct Scene {
    root: TempDir,
    runner: Runner,
    state: Arc<State>,
    hour: DateTime<Utc>,
    /// Processes are killed by the marks of their runs: those of another scene must not be the same.
    runs: Uuid,
}

impl Scene {
    fn new() -> Self {
        // Another test may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root = TempDir::new().unwrap();
        let computer = Arc::new(Computer::new(root.path().to_owned()));
        let state = Arc::new(State::open(&computer.state_directory()).unwrap());
        let runner = Runner::new(state.clone(), computer, "http://127.0.0.1:1".into()).unwrap();
        let scene = Self {
            root,
            runner,
            state,
            hour: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            runs: Uuid::new_v4(),
        };
        scene.link();
        scene
    }

    fn link(&self) {
        let mut clock = ServerClock::default();
        clock.heard(self.hour, uptime());
        self.runner.link_begins("ticket".into(), clock);
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn run(&self, n: u128) -> Uuid {
        Uuid::new_v5(&self.runs, &n.to_be_bytes())
    }

    /// An order for the n-th run, to be started within ten minutes.
    fn order(&self, n: u128, script: &str) -> RunOrder {
        RunOrder {
            agent_id: Uuid::nil(),
            run_id: self.run(n),
            interpreter: Interpreter::Sh,
            script: script.to_owned(),
            timeout_seconds: 600,
            not_after: self.hour + TimeDelta::minutes(10),
            package: None,
            environment: BTreeMap::new(),
            answer_only: false,
        }
    }

    /// One that waits for a package that nobody serves.
    fn order_with_package(&self, n: u128) -> RunOrder {
        RunOrder {
            package: Some(PackageOrder {
                file_name: "x".into(),
                sha256: "0".repeat(64),
                size: 1,
            }),
            ..self.order(n, "true")
        }
    }

    async fn eventually<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(tokio::time::Instant::now() < deadline, "{what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn report(&self, n: u128) -> Report {
        self.eventually("it ends", async || {
            match self.state.known(self.run(n)).await.unwrap() {
                Known::Ended(report) => Some(*report),
                _ => None,
            }
        })
        .await
    }

    /// Scripts that take every slot until `go` is there.
    async fn take_every_slot(&self) {
        let slots = AT_ONCE as u128;
        for n in 0..slots {
            let script = format!(
                "echo > \"$UPKEEP_ROOT/slot-{n}\"\nwhile ! [ -e \"$UPKEEP_ROOT/go\" ]; do sleep 0.02; done"
            );
            self.runner
                .accept(self.order(100 + n, &script))
                .await
                .unwrap();
        }
        for n in 0..slots {
            self.eventually("a slot is taken", async || {
                self.file(&format!("slot-{n}")).exists().then_some(())
            })
            .await;
        }
    }

    fn free_the_slots(&self) {
        std::fs::write(self.file("go"), "").unwrap();
    }
}

#[tokio::test]
async fn what_waits_past_its_last_moment_does_not_start_and_says_why() {
    let scene = Scene::new();
    scene.take_every_slot().await;
    let script = "echo > \"$UPKEEP_ROOT/late\"";
    scene.runner.accept(scene.order(1, script)).await.unwrap();
    scene.runner.server_said(scene.hour + TimeDelta::hours(1));
    scene.free_the_slots();
    let outcome = scene.report(1).await.outcome;
    let Outcome::Refused { why } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(why.contains("last moment to start"), "{why}");
    assert!(!scene.file("late").exists());
}

#[tokio::test]
async fn what_has_not_started_ends_with_its_link_and_can_be_ordered_again() {
    let scene = Scene::new();
    scene.take_every_slot().await;
    let script = "echo started >> \"$UPKEEP_ROOT/waited\"";
    scene.runner.accept(scene.order(1, script)).await.unwrap();
    scene.runner.link_ended().await;
    scene.free_the_slots();
    for n in 0..AT_ONCE as u128 {
        let outcome = scene.report(100 + n).await.outcome;
        assert_eq!(outcome, Outcome::Exited { code: 0 }, "it had started");
    }
    assert_eq!(
        scene.state.known(scene.run(1)).await.unwrap(),
        Known::Nothing
    );
    assert!(!scene.file("waited").exists());
    scene.link();
    scene.runner.accept(scene.order(1, script)).await.unwrap();
    let outcome = scene.report(1).await.outcome;
    assert_eq!(outcome, Outcome::Exited { code: 0 });
    assert_eq!(
        std::fs::read_to_string(scene.file("waited")).unwrap(),
        "started\n"
    );
}

#[tokio::test]
async fn what_waits_for_its_package_ends_with_its_link_and_leaves_no_folder() {
    let scene = Scene::new();
    scene
        .runner
        .accept(scene.order_with_package(1))
        .await
        .unwrap();
    let folders = || {
        let runs = scene.state.directory().join("runs");
        std::fs::read_dir(runs).map_or(0, Iterator::count)
    };
    scene
        .eventually("it waits", async || (folders() == 1).then_some(()))
        .await;
    scene.runner.link_ended().await;
    assert_eq!(folders(), 0);
    assert_eq!(
        scene.state.known(scene.run(1)).await.unwrap(),
        Known::Nothing
    );
}

#[tokio::test]
async fn a_cancelled_run_that_waits_never_starts() {
    let scene = Scene::new();
    scene.take_every_slot().await;
    let script = "echo > \"$UPKEEP_ROOT/cancelled\"";
    scene.runner.accept(scene.order(1, script)).await.unwrap();
    scene.runner.cancel(scene.run(1)).await.unwrap();
    assert_eq!(scene.report(1).await.outcome, Outcome::Cancelled);
    scene.free_the_slots();
    scene.runner.accept(scene.order(1, script)).await.unwrap();
    assert!(!scene.file("cancelled").exists());
}

/// As on the image of a disk that is older than the start.
#[tokio::test]
async fn a_run_of_which_only_the_start_is_known_elsewhere_is_answered_and_not_started() {
    let scene = Scene::new();
    let order = RunOrder {
        answer_only: true,
        ..scene.order(1, "echo > \"$UPKEEP_ROOT/again\"")
    };
    scene.runner.accept(order).await.unwrap();
    let report = scene.report(1).await;
    assert_eq!(report.outcome, Outcome::Interrupted);
    assert!(report.remark.unwrap().contains("older state"));
    assert!(!scene.file("again").exists());
}

#[tokio::test]
async fn a_start_that_cannot_be_written_down_is_answered_and_does_not_happen() {
    let scene = Scene::new();
    let database = scene.state.directory().join("agent.sqlite3");
    let other = rusqlite::Connection::open(database).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON runs WHEN NEW.report IS NULL
             BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END;",
        )
        .unwrap();
    let script = "echo > \"$UPKEEP_ROOT/unwritten\"";
    scene.runner.accept(scene.order(1, script)).await.unwrap();
    let outcome = scene.report(1).await.outcome;
    let Outcome::CouldNotStart { why } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(why.contains("disk is full"), "{why}");
    assert!(!scene.file("unwritten").exists());
}

#[tokio::test]
async fn what_runs_when_the_agent_stops_is_not_called_cancelled() {
    let scene = Scene::new();
    scene.take_every_slot().await;
    scene.runner.accept(scene.order(1, "true")).await.unwrap();
    scene.runner.stop().await;
    let report = scene.report(100).await;
    assert_eq!(report.outcome, Outcome::Interrupted);
    assert!(report.remark.unwrap().contains("the agent was stopped"));
    assert_eq!(
        scene.state.known(scene.run(1)).await.unwrap(),
        Known::Nothing,
        "it had not started: it is offered again"
    );
    let answers = scene.state.waiting(0).await.unwrap();
    let is_cancelled = |frame: &AgentFrame| matches!(frame, AgentFrame::RunEnded { report, .. } if report.outcome == Outcome::Cancelled);
    assert!(!answers.iter().any(|(_, frame)| is_cancelled(frame)));
}
