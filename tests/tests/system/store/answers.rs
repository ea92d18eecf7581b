//! A real server's recorded answers, asked again of a store alone: `tests/judges/eventstore/README.md`.

use super::{alone, by_name, judge_with_python, judges};
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;

/// What a user of the recording is here: its name there, and how it is added.
const USERS: [(&str, &[&str]); 3] = [
    ("admin", &["--role", "server"]),
    ("ops", &["--role", "writer", "--group", "$ops"]),
    ("plain", &["--role", "writer", "--group", "g1"]),
];

/// Runs the judge on these families; what differs stands in its allow-list with a reason, or in its list of
/// scenarios that may still differ.
async fn judge(families: &str) {
    let (server, certificates, users) = alone(&USERS).await;
    let at = by_name(&server);
    if families == "E" {
        // Here every user reads everything until a list says otherwise; there a list would have to let them.
        let ca = certificates.authority.display().to_string();
        let admin = format!("esdb://{}@{at}?tls=true", users[0]);
        judge_with_python(&["close_all.py", &ca, &admin, "$admins"]).await;
    }
    let files = [
        "a",
        "b-1",
        "b-2",
        "c",
        "d",
        "e",
        "f",
        // It has some of the scenarios again, with a newer version's answers: they count.
        "other-24.10.4",
    ];
    let mut judge = Command::new("node");
    judge
        .current_dir(judges().join("eventstore"))
        .args(["judge.mjs", "--server", &at])
        .arg("--proto")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../event-store-wire/proto"))
        .arg("--ca")
        .arg(&certificates.authority)
        .args(["--auth", &users[0], "--family", families])
        .args(["--open", "open.txt", "--again", "3"]);
    for (n, (name, _)) in USERS.iter().enumerate() {
        judge.args(["--user", &format!("{name}={}", users[n])]);
    }
    judge.args(files.map(|file| format!("{file}.jsonl")));
    // `just judge-store` says it: what differs no more is taken from the list, and all of it is told.
    if std::env::var_os("UPKEEP_JUDGE_SHRINK").is_some() {
        judge.arg("--shrink");
    }
    let output = judge
        .stdin(Stdio::null())
        .output()
        .await
        .expect("node; run the tests with ./dev test");
    let told = String::from_utf8_lossy(&output.stdout);
    let counts = told.find("\nfamily  scenarios").unwrap_or_default();
    println!("{}", &told[counts..]);
    assert!(
        output.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_one_after_another_and_limits_are_answered_as_by_the_real_server() {
    judge("A,F").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn random_histories_are_answered_as_by_the_real_server() {
    judge("B").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn catch_up_subscriptions_hear_what_the_real_server_tells() {
    judge("C").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn persistent_subscriptions_hear_what_the_real_server_tells() {
    judge("D").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_those_of_the_real_server() {
    judge("E").await;
}
