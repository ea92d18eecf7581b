//! What is acknowledged survives: a process that is killed again and again, and a disk that fails below SQLite.
//!
//! The process is this test binary, started once more with `UPKEEP_APPENDER` set. `UPKEEP_KILLS` says how often
//! it is killed (200 by default). Faults come from `faults/fault.c`, which is compiled here and loaded before libc.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use upkeep_event_store::{
    AppendError, ContentType, Direction, EventStore, ExpectedRevision, NewEvent, Position,
    SqliteStore, StreamName, real_world,
};
use uuid::Uuid;

const KILLS: usize = 200;
const WRITERS: usize = 64;
/// A process lives about this long.
const LIFE_MS: u64 = 120;
/// A store that refuses everything says the cause within this time.
const CAUSE_WITHIN: Duration = Duration::from_secs(10);

/// Not a test of its own: the process that the others start and kill.
#[test]
fn appender() {
    let Ok(directory) = std::env::var("UPKEEP_APPENDER") else {
        return;
    };
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(append_for_ever(Path::new(&directory)));
}

/// Says `ack STREAM REVISION ID` for each acknowledged event, and `failed CAUSE` before it ends by itself.
async fn append_for_ever(directory: &Path) {
    let store = match SqliteStore::open(directory, real_world()) {
        Ok(store) => Arc::new(store),
        Err(error) => {
            println!("failed {error}");
            return;
        }
    };
    println!("opened");
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            let stream = StreamName::of("writer", writer);
            let newest = store
                .read_stream(&stream, u64::MAX, Direction::Backwards, 1)
                .await
                .unwrap();
            let mut expected = newest.first().map_or(ExpectedRevision::NoStream, |event| {
                ExpectedRevision::Exactly(event.revision)
            });
            loop {
                let id = Uuid::now_v7();
                let event = NewEvent {
                    id,
                    event_type: "Happened".into(),
                    content_type: ContentType::Json,
                    data: format!("{{\"id\":\"{id}\",\"filler\":\"{}\"}}", "x".repeat(300))
                        .into_bytes(),
                    metadata: b"{}".to_vec(),
                };
                match store.append(&stream, expected, vec![event]).await {
                    Ok(appended) => {
                        println!("ack {stream} {} {id}", appended.revision);
                        expected = ExpectedRevision::Exactly(appended.revision);
                    }
                    Err(AppendError::StorageFull { .. }) => {
                        println!("refused full");
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Err(error) => {
                        println!("refused {error}");
                        return;
                    }
                }
            }
        });
    }
    // Every writer is refused before anything is said of the cause: nobody waits for ever.
    while tasks.join_next().await.is_some() {}
    match tokio::time::timeout(CAUSE_WITHIN, store.failed()).await {
        Ok(cause) => println!("failed {cause}"),
        Err(_) => println!("ended without a cause"),
    }
}

struct Appender {
    process: Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Appender {
    fn start(directory: &Path, fault: Option<(&Path, &Path)>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "appender", "--nocapture"])
            .env("UPKEEP_APPENDER", directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some((library, trigger)) = fault {
            command
                .env("LD_PRELOAD", library)
                .env("UPKEEP_FAULT", trigger);
        }
        let mut process = command.spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            // A line that was cut off by the kill has no end: it was not said.
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { process, lines }
    }

    fn kill(mut self, into: &mut Acknowledged) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.rest(into)
    }

    /// Everything else that it said.
    fn rest(&self, into: &mut Acknowledged) -> Vec<String> {
        let mut others = vec![];
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(30)) {
            if !into.take(&line) {
                others.push(line);
            }
        }
        others
    }

    fn until(&self, prefix: &str, into: &mut Acknowledged) -> String {
        loop {
            let line = self
                .lines
                .recv_timeout(Duration::from_secs(20))
                .unwrap_or_else(|_| panic!("it never says {prefix}"));
            into.take(&line);
            if line.starts_with(prefix) {
                return line;
            }
        }
    }
}

/// What was acknowledged: the id at each place.
#[derive(Default)]
struct Acknowledged(HashMap<(String, u64), Uuid>);

impl Acknowledged {
    fn take(&mut self, line: &str) -> bool {
        let Some((_, said)) = line.split_once("ack ") else {
            return false;
        };
        let parts: Vec<&str> = said.split(' ').collect();
        let [stream, revision, id] = parts[..] else {
            return false;
        };
        let (Ok(revision), Ok(id)) = (revision.parse(), id.parse()) else {
            return false;
        };
        let before = self.0.insert((stream.to_owned(), revision), id);
        assert!(before.is_none(), "{line}: acknowledged twice");
        true
    }
}

/// Every acknowledged event is there once, in order; positions and revisions have no gaps.
async fn check(directory: &Path, acknowledged: &Acknowledged) -> usize {
    let store = SqliteStore::open(directory, real_world()).unwrap();
    let mut there = HashMap::new();
    let mut heads: HashMap<String, u64> = HashMap::new();
    let mut after = Position::START;
    let mut ids = std::collections::HashSet::new();
    loop {
        let page = store
            .read_all(after, Direction::Forwards, 4_096)
            .await
            .unwrap();
        let Some(last) = page.last().map(|event| event.position) else {
            break;
        };
        for (event, position) in page.iter().zip(after.0 + 1..) {
            assert_eq!(event.position, Position(position), "no gap, no repeat");
            let next = heads.entry(event.stream.to_string()).or_insert(0);
            assert_eq!(event.revision, *next, "{}", event.stream);
            *next += 1;
            let data: serde_json::Value = serde_json::from_slice(&event.data).unwrap();
            assert_eq!(data["id"], event.id.to_string(), "its content is its own");
            assert!(ids.insert(event.id), "an event is there once");
            there.insert((event.stream.to_string(), event.revision), event.id);
        }
        after = last;
    }
    for (place, id) in &acknowledged.0 {
        assert_eq!(there.get(place), Some(id), "{place:?} was acknowledged");
    }
    assert_eq!(
        store.reader().integrity().await.unwrap(),
        Vec::<String>::new()
    );
    there.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_again_and_again_loses_nothing_that_it_acknowledged() {
    let kills = std::env::var("UPKEEP_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut acknowledged = Acknowledged::default();
    for kill in 0..kills {
        let appender = Appender::start(directory.path(), None);
        appender.until("opened", &mut acknowledged);
        let life = Uuid::new_v4().as_u128() % u128::from(LIFE_MS);
        tokio::time::sleep(Duration::from_millis(u64::try_from(life).unwrap())).await;
        appender.kill(&mut acknowledged);
        // The whole store is looked at now and then, and at the end.
        if kill % 20 == 19 || kill + 1 == kills {
            check(directory.path(), &acknowledged).await;
        }
    }
    assert!(
        acknowledged.0.len() > kills * 20,
        "{}",
        acknowledged.0.len()
    );
}

/// Compiles the faults; nothing where they cannot be loaded before libc.
fn faults(folder: &Path) -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: faults are made for Linux");
        return None;
    }
    let library = folder.join("fault.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/fault.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .args([source, "-ldl"])
        .status()
        .expect("a C compiler, which SQLite needs, too");
    assert!(compiled.success());
    Some(library)
}

/// Runs an appender into a fault; answers with what it said besides acknowledgements, and checks that the store
/// is whole and goes on.
async fn into_fault(fault: &str) -> Vec<String> {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let Some(library) = faults(folder.path()) else {
        return vec![];
    };
    let trigger = folder.path().join("trigger");
    let directory = folder.path().join("data");
    let mut acknowledged = Acknowledged::default();
    let appender = Appender::start(&directory, Some((&library, &trigger)));
    appender.until("opened", &mut acknowledged);
    for _ in 0..200 {
        appender.until("ack", &mut acknowledged);
    }
    std::fs::write(&trigger, fault).unwrap();
    let others = if fault == "full" {
        for _ in 0..50 {
            appender.until("refused full", &mut acknowledged);
        }
        std::fs::remove_file(&trigger).unwrap();
        for _ in 0..200 {
            appender.until("ack", &mut acknowledged);
        }
        appender.kill(&mut acknowledged)
    } else {
        appender.rest(&mut acknowledged)
    };
    let before = check(&directory, &acknowledged).await;
    assert!(before >= 200);
    let again = Appender::start(&directory, None);
    again.until("ack", &mut acknowledged);
    again.kill(&mut acknowledged);
    assert!(
        check(&directory, &acknowledged).await > before,
        "it goes on"
    );
    others
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_flush_is_not_acknowledged_and_ends_the_store() {
    let said = into_fault("fsync").await;
    let failed = said
        .iter()
        .any(|line| line.starts_with("failed disk I/O error"));
    assert!(
        failed || said.is_empty() && !cfg!(target_os = "linux"),
        "{said:?}"
    );
    assert!(
        said.iter()
            .any(|line| line.contains("restart the server, which checks the store")),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_write_is_not_acknowledged_and_ends_the_store() {
    let said = into_fault("write").await;
    assert!(
        said.iter()
            .any(|line| line.starts_with("failed disk I/O error")),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_the_store_goes_on_when_there_is_room() {
    into_fault("full").await;
}

/// The last write is half done when the process dies, as when the power goes.
#[tokio::test(flavor = "multi_thread")]
async fn a_torn_last_page_is_no_event() {
    into_fault("torn").await;
}
