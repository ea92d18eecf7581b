//! What lies between an agent and its server, and what others on the computer can see of it.

use super::*;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use upkeep_tests::{eventually, program};

/// Passes connections on after their first words went through `change`, which also names the goal.
async fn between(
    change: impl Fn(&str) -> (String, String, &'static str) + Clone + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut inside, _)) = listener.accept().await {
            let change = change.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = inside.read_u8().await else {
                        return;
                    };
                    head.push(byte);
                }
                let (goal, said, answer) = change(&String::from_utf8_lossy(&head));
                let Ok(mut outside) = TcpStream::connect(goal).await else {
                    return;
                };
                let begun = outside.write_all(said.as_bytes()).await.is_ok()
                    && inside.write_all(answer.as_bytes()).await.is_ok();
                if begun {
                    // Either side may go whenever it likes.
                    let _ = copy_bidirectional(&mut inside, &mut outside).await;
                }
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_takes_the_same_proxy_as_everything_else() {
    let folder = TempDir::new().unwrap();
    let mut world = World::new(folder, Around::default(), &installs("1.0"), &Value::Null).await;
    world.agent.kill().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let proxy = between(move |head| {
        let line = head.lines().next().unwrap_or_default();
        let goal = line
            .strip_prefix("CONNECT ")
            .and_then(|rest| rest.split(' ').next());
        counter.fetch_add(1, Ordering::Relaxed);
        let goal = goal.unwrap_or("127.0.0.1:1").to_owned();
        (goal, String::new(), "HTTP/1.1 200 OK\r\n\r\n")
    })
    .await;
    let through = |exceptions: &str| Around {
        environment: vec![
            ("http_proxy", format!("http://{proxy}")),
            ("no_proxy", exceptions.to_owned()),
        ],
        ..Around::default()
    };
    world.agent.restart_in(through(""));
    let session = world.maintain().await;
    assert_eq!(session["status"], "PASSED", "{session}");
    let through_it = asked.load(Ordering::Relaxed);
    assert!(through_it > 0, "nothing went through the proxy");
    world.agent.kill().await;
    world.agent.restart_in(through("127.0.0.1"));
    let session = world.maintain().await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(
        asked.load(Ordering::Relaxed),
        through_it,
        "it was to be left out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_header_that_was_changed_on_the_way_is_named_on_both_sides() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let folder = TempDir::new().unwrap();
    let address = server.address.clone();
    let proxy = between(move |head| {
        let lines = head.split("\r\n").map(|line| {
            if line.to_lowercase().starts_with("host:") {
                "host: backend".to_owned()
            } else {
                line.to_owned()
            }
        });
        let head = lines.collect::<Vec<_>>().join("\r\n");
        (address.clone(), head, "")
    })
    .await;
    let agent = Agent::start(folder.path(), "pc-1", 3, &format!("http://{proxy}"), &token);
    eventually("the agent says what to do", || async {
        agent
            .log()
            .contains("let the reverse proxy pass it on")
            .then_some(())
    })
    .await;
    let told = server.log();
    let line = told
        .lines()
        .find(|line| line.contains("the Host header is not what it dialled"))
        .unwrap_or_else(|| panic!("the server says so, too: {told}"));
    assert!(
        line.contains("backend") && line.contains(&proxy.to_string()),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_not_taken_from_where_every_account_can_read_it() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 2).await;
    let folder = TempDir::new().unwrap();
    let enrol = |root: &str| {
        let mut command = Command::new(program("upkeep-agent"));
        command
            .arg("--root")
            .arg(folder.path().join(root))
            .args(["enrol", "--server", &server.base()])
            .env_remove("UPKEEP_AGENT_TOKEN")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    };
    let refused = enrol("a").args(["--token", &token]).output().await.unwrap();
    assert!(!refused.status.success());
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("--token-file"), "{why}");
    assert!(!why.contains(&token), "{why}");

    let file = folder.path().join("token");
    std::fs::write(&file, format!("{token}\n")).unwrap();
    let from_file = enrol("a")
        .arg("--token-file")
        .arg(&file)
        .output()
        .await
        .unwrap();
    assert!(from_file.status.success(), "{from_file:?}");

    let mut child = enrol("b").args(["--token-file", "-"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(token.as_bytes()).await.unwrap();
    drop(input);
    let from_input = child.wait_with_output().await.unwrap();
    assert!(from_input.status.success(), "{from_input:?}");
}
