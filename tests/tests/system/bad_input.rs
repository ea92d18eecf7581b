//! Whatever comes in: a clear error at the right place, the server stays up, nothing is lost.

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;
use upkeep_agent_protocol::{AgentFrame, ServerFrame, close};
use upkeep_tests::client::{http, text};
use upkeep_tests::peer::{dial, facts, success};
use upkeep_tests::{Agent, Client, Peer, Server, eventually, is_root};
use uuid::Uuid;

async fn assert_alive(server: &mut Server, admin: &Client) {
    assert!(server.is_running(), "{}", server.log());
    assert!(admin.ask("{ server { version } }", json!({})).await["server"].is_object());
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_break_the_protocol_end_their_own_connection_only() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 10).await;
    let base = server.base();

    let mut line = dial(&base).await;
    line.say_raw(Message::text("{nonsense")).await;
    assert_eq!(line.close_code().await, Some(close::MALFORMED));

    let mut line = dial(&base).await;
    line.say_raw(Message::binary(vec![0, 1, 2])).await;
    assert_eq!(line.close_code().await, Some(close::MALFORMED));

    let mut line = dial(&base).await;
    line.say(0, AgentFrame::Resume { first_seq: 1 }).await;
    assert_eq!(
        line.close_code().await,
        Some(close::UNAUTHENTICATED),
        "proof comes first"
    );

    let peer = Peer::enrol(&base, &token, "peer-1")
        .await
        .expect("it is enrolled");
    let mut line = peer.dial().await;
    assert!(!peer.prove_with_wrong_key(&mut line).await);

    let mut line = peer.connect().await;
    line.say(
        5,
        AgentFrame::RunStarted {
            run_id: Uuid::nil(),
        },
    )
    .await;
    assert_eq!(line.close_code().await, Some(close::OUT_OF_ORDER));

    let mut line = peer.connect().await;
    line.say_raw(Message::text(format!(
        "\"{}\"",
        "x".repeat(2 * 1024 * 1024)
    )))
    .await;
    assert!(
        matches!(line.close_code().await, None | Some(close::MALFORMED)),
        "too large"
    );

    let mut line = peer.connect().await;
    line.say(0, AgentFrame::Resume { first_seq: 1 }).await;
    assert_eq!(
        line.close_code().await,
        Some(close::MALFORMED),
        "resume comes once"
    );

    let mut line = peer.connect().await;
    line.say_raw(Message::text(r#"{"t":"dance","tempo":3}"#))
        .await;
    // What nobody gave it to run is acknowledged, so that it stops saying it, and changes nothing.
    line.say(
        1,
        AgentFrame::RunEnded {
            run_id: Uuid::nil(),
            report: success("9.9"),
        },
    )
    .await;
    loop {
        let message = line.hear_message().await.expect("the line is open");
        if message.ack == 1 {
            break;
        }
    }
    line.say(
        1,
        AgentFrame::RunEnded {
            run_id: Uuid::nil(),
            report: success("9.9"),
        },
    )
    .await;
    assert_eq!(
        line.hear().await,
        Some(ServerFrame::Ack),
        "a repetition is acknowledged again"
    );
    assert_alive(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_result_counts_once_and_nobody_speaks_for_another_agent() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 10).await;
    let software = admin.software("tool", &["1.0"]).await;
    admin.deploy_everywhere(&software).await;
    let base = server.base();
    let honest = Peer::enrol(&base, &token, "honest")
        .await
        .expect("it is enrolled");
    let liar = Peer::enrol(&base, &token, "liar")
        .await
        .expect("it is enrolled");
    let mut line = honest.connect().await;
    let mut other = liar.connect().await;
    let computer = admin.online("honest").await;
    let session = admin.start_session(&computer).await;
    let order = line.order().await;
    assert!(order.script.contains("opt/tool"));

    other
        .say(
            1,
            AgentFrame::RunEnded {
                run_id: order.run_id,
                report: success("7.7"),
            },
        )
        .await;
    line.say(
        1,
        AgentFrame::RunStarted {
            run_id: order.run_id,
        },
    )
    .await;
    line.say(
        2,
        AgentFrame::Output {
            run_id: order.run_id,
            index: 0,
            text: "looking\n".into(),
        },
    )
    .await;
    line.say(
        3,
        AgentFrame::RunEnded {
            run_id: order.run_id,
            report: success("1.0"),
        },
    )
    .await;
    let ended = admin.over(&session).await;
    assert_eq!(ended["status"], "PASSED", "{ended}");
    assert_eq!(ended["actions"][0]["detected"], "1.0");

    // The acknowledgement was lost: the agent reconnects and says everything again.
    drop(line);
    let mut line = honest.connect().await;
    line.say(
        1,
        AgentFrame::RunStarted {
            run_id: order.run_id,
        },
    )
    .await;
    line.say(
        2,
        AgentFrame::Output {
            run_id: order.run_id,
            index: 0,
            text: "looking\n".into(),
        },
    )
    .await;
    line.say(
        3,
        AgentFrame::RunEnded {
            run_id: order.run_id,
            report: success("8.8"),
        },
    )
    .await;
    while line.hear_message().await.expect("the line is open").ack < 3 {}
    let filter = json!({ "filter": { "types": ["RunEnded", "ScriptOutputAppended"] } });
    let query = "query($filter: EventFilter!) { events(filter: $filter) { nodes { type data } } }";
    let events = admin.ask(query, filter).await["events"]["nodes"].clone();
    assert_eq!(
        events.as_array().unwrap().len(),
        2,
        "one piece of output, one end: {events}"
    );
    assert_alive(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_key_is_held_until_a_person_decides() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let peer = Peer::enrol(&server.base(), &token, "twin")
        .await
        .expect("it is enrolled");
    let mut first = peer.connect().await;
    admin.online("twin").await;
    let answering = tokio::spawn(async move {
        loop {
            match first.hear().await {
                Some(ServerFrame::Ping { .. }) => first.say(0, AgentFrame::Pong).await,
                Some(_) => {}
                None => break,
            }
        }
    });
    let mut second = peer.dial().await;
    assert!(
        !peer.prove(&mut second, &peer_key(&peer)).await,
        "the second one is refused"
    );
    answering.await.unwrap();
    let query = "{ agents { nodes { id standing isConnected } } }";
    let agent = admin.ask(query, json!({})).await["agents"]["nodes"][0].clone();
    assert_eq!(agent["standing"], "HELD", "{agent}");
    let mut third = peer.dial().await;
    assert!(
        !peer.prove(&mut third, &peer_key(&peer)).await,
        "nobody works until then"
    );
    let release = "mutation($id: ID!) { releaseAgent(input: { id: $id }) { agent { standing } userErrors { code } } }";
    let data = admin.ask(release, json!({ "id": agent["id"] })).await;
    assert_eq!(data["releaseAgent"]["agent"]["standing"], "TRUSTED");
    let mut line = peer.connect().await;
    let revoke = "mutation($id: ID!) { revokeAgent(input: { id: $id }) { agent { standing } userErrors { code } } }";
    admin.ask(revoke, json!({ "id": agent["id"] })).await;
    assert_eq!(
        line.close_code().await,
        Some(close::REFUSED),
        "a revoked agent is gone at once"
    );
    assert_alive(&mut server, &admin).await;
}

/// What was under way when a line broke is still read, and must not be taken for a sign that it lives: only what
/// acknowledges the question does.
#[tokio::test(flavor = "multi_thread")]
async fn frames_from_before_a_line_broke_do_not_hold_the_agent_that_comes_back() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let peer = Peer::enrol(&server.base(), &token, "back-again")
        .await
        .expect("it is enrolled");
    let mut first = peer.connect().await;
    admin.online("back-again").await;
    let under_way = tokio::spawn(async move {
        for _ in 0..100 {
            first.say_acknowledging(2, 0, AgentFrame::Pong).await;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        first
    });
    let mut second = peer.dial().await;
    assert!(
        peer.prove(&mut second, &peer_key(&peer)).await,
        "it is let in"
    );
    let query = "{ agents { nodes { standing } } }";
    let agents = admin.ask(query, json!({})).await;
    assert_eq!(agents["agents"]["nodes"][0]["standing"], "TRUSTED");
    under_way.abort();
    assert_alive(&mut server, &admin).await;
}

fn peer_key(peer: &Peer) -> ed25519_dalek::SigningKey {
    peer.key()
}

#[tokio::test(flavor = "multi_thread")]
async fn enrolment_tokens_end() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let base = server.base();
    let code = |result: Result<Peer, (u16, Value)>| match result {
        Ok(_) => "enrolled".to_owned(),
        Err((status, body)) => format!("{status} {}", body["code"].as_str().unwrap_or_default()),
    };
    let once = admin.enrolment_token(&tenant, 1).await;
    assert_eq!(code(Peer::enrol(&base, &once, "a").await), "enrolled");
    assert_eq!(
        code(Peer::enrol(&base, &once, "b").await),
        "403 ENROLMENT_TOKEN_USED_UP"
    );

    let soon = chrono::Utc::now() + chrono::TimeDelta::milliseconds(1500);
    let create =
        "mutation($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input)
        { secret enrolmentToken { id } userErrors { code field } } }";
    let input = json!({ "tenantId": tenant, "maxUses": 5, "expiresAt": soon });
    let data = admin.ask(create, json!({ "input": input })).await;
    let short = text(&data["createEnrolmentToken"]["secret"]);
    assert_eq!(code(Peer::enrol(&base, &short, "c").await), "enrolled");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        code(Peer::enrol(&base, &short, "d").await),
        "403 ENROLMENT_TOKEN_EXPIRED"
    );
    assert_eq!(
        admin
            .error_code(create, json!({ "input": input }))
            .await
            .as_deref(),
        Some("BAD_EXPIRY")
    );

    let revoked = admin
        .ask(create, json!({ "input": { "tenantId": tenant } }))
        .await;
    let created = &revoked["createEnrolmentToken"];
    let revoke =
        "mutation($id: ID!) { revokeEnrolmentToken(input: { id: $id }) { userErrors { code } } }";
    admin
        .ask(revoke, json!({ "id": created["enrolmentToken"]["id"] }))
        .await;
    let secret = text(&created["secret"]);
    assert_eq!(
        code(Peer::enrol(&base, &secret, "e").await),
        "403 ENROLMENT_TOKEN_REVOKED"
    );
    let mut wrong = once.clone();
    // One token in 256 ends with any two digits.
    let other = if wrong.ends_with("00") { "11" } else { "00" };
    wrong.replace_range(wrong.len() - 2.., other);
    assert_eq!(
        code(Peer::enrol(&base, &wrong, "f").await),
        "403 ENROLMENT_TOKEN_UNKNOWN"
    );
    assert_eq!(
        code(Peer::enrol(&base, "nonsense", "g").await),
        "403 ENROLMENT_TOKEN_UNKNOWN"
    );

    let placeholder = {
        let mut facts = facts("h");
        facts["hardware"]["uuid"] = json!("00000000-0000-0000-0000-000000000000");
        facts
    };
    for body in [
        json!({ "token": once, "publicKey": "00", "facts": facts("h") }).to_string(),
        json!({ "token": once, "publicKey": "00".repeat(32), "facts": placeholder }).to_string(),
        "{".to_owned(),
        "x".repeat(200_000),
    ] {
        let response = http()
            .post(format!("{base}/agent/v1/enrol"))
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .unwrap();
        assert!(response.status().is_client_error(), "{}", response.status());
    }
    assert_alive(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_nonsense_is_refused_with_a_code() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let deep = format!(
        "{{ tenants {{ nodes {{ {} id {} }} }} }}",
        "parent { ".repeat(40),
        "}".repeat(40)
    );
    let greedy = "{ computers(first: 100) { nodes { sessions(first: 100) { nodes { id actions { id } } } } } }";
    for (query, code) in [
        ("{", "BAD_USER_INPUT"),
        ("{ nothing }", "BAD_USER_INPUT"),
        ("{ tenant(id: \"x\") { name } }", "BAD_USER_INPUT"),
        ("{ tenants(first: 0) { nodes { id } } }", "LIMIT_EXCEEDED"),
        ("{ tenants(first: 101) { nodes { id } } }", "LIMIT_EXCEEDED"),
        (
            "{ tenants(after: \"%%\") { nodes { id } } }",
            "BAD_USER_INPUT",
        ),
        ("{ node(id: \"%%\") { id } }", "BAD_USER_INPUT"),
        (deep.as_str(), "LIMIT_EXCEEDED"),
        (greedy, "LIMIT_EXCEEDED"),
        (
            "mutation { createTenant(input: { name: \" \" }) { userErrors { code } } }",
            "INVALID",
        ),
    ] {
        assert_eq!(
            admin.error_code(query, json!({})).await.as_deref(),
            Some(code),
            "{query}"
        );
    }
    let huge =
        json!({ "query": "{ server { version } }", "variables": { "x": "y".repeat(2_000_000) } });
    let response = http()
        .post(format!("{}/graphql", server.base()))
        .bearer_auth(&admin.token)
        .json(&huge)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 413);
    assert_alive(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_command_is_executed_once_and_a_stale_one_is_told_so() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let create = "mutation($input: CreateTenantInput!) { createTenant(input: $input)
        { tenant { id revision } userErrors { code } } }";
    let input = |name: &str| json!({ "input": { "name": name, "options": { "commandId": "01890a5d-ac96-774b-bcce-b302099a8057" } } });
    let first = admin.ask(create, input("Contoso")).await;
    server.kill().await;
    server.restart().await;
    let again = admin.ask(create, input("Contoso")).await;
    assert_eq!(first["createTenant"], again["createTenant"]);
    assert_eq!(
        admin.error_code(create, input("Fabrikam")).await.as_deref(),
        Some("COMMAND_ID_REUSED")
    );
    let rename = "mutation($id: ID!, $name: String!, $revision: Int!) { renameTenant(input: {
        id: $id, name: $name, options: { expectedRevision: $revision } }) { tenant { name } userErrors { code } } }";
    let id = &first["createTenant"]["tenant"]["id"];
    admin
        .ask(rename, json!({ "id": id, "name": "B", "revision": 0 }))
        .await;
    let stale = json!({ "id": id, "name": "C", "revision": 0 });
    assert_eq!(
        admin.error_code(rename, stale).await.as_deref(),
        Some("REVISION_CONFLICT")
    );
    let tenants = admin
        .ask("{ tenants { totalCount nodes { name } } }", json!({}))
        .await;
    assert_eq!(
        tenants["tenants"],
        json!({ "totalCount": 1, "nodes": [{ "name": "B" }] })
    );
}

/// One computer, and software whose install script is this.
async fn install_with(
    admin: &Client,
    server: &Server,
    folder: &Path,
    install: Value,
    package: Value,
) -> (Agent, String) {
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let agent = Agent::start(folder, "pc", 3, &server.base(), &token);
    let detection = "cat \"$UPKEEP_ROOT/opt/tool\" 2>/dev/null || true";
    let software = admin.software_detected_by("tool", detection).await;
    admin
        .publish_with(
            &software,
            "1.0",
            &install,
            &json!({ "text": "true" }),
            &package,
        )
        .await;
    admin.deploy_everywhere(&software).await;
    let computer = admin.online("pc").await;
    (agent, computer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_not_what_the_catalogue_says_is_not_installed() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let sha256 = admin.upload(&vec![7; 300_000]).await;
    let file = server.data.join("packages").join(&sha256);
    let package = json!({ "fileName": "tool.bin", "sha256": sha256 });
    let install = json!({ "text": "mkdir -p \"$UPKEEP_ROOT/opt\"; cp \"$UPKEEP_PACKAGE\" \"$UPKEEP_ROOT/got\"; echo 1.0 > \"$UPKEEP_ROOT/opt/tool\"" });
    let (agent, computer) = install_with(&admin, &server, folder.path(), install, package).await;
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, vec![8; 300_000]).unwrap();
    let session = admin.maintain(&computer).await;
    assert_eq!(session["status"], "FAILED");
    assert_eq!(
        session["actions"][0]["resultReason"], "PACKAGE_CORRUPT",
        "{session}"
    );
    assert!(!agent.root.join("got").exists(), "the script was not run");
    std::fs::write(&file, &whole).unwrap();
    let session = admin.maintain(&computer).await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(std::fs::read(agent.root.join("got")).unwrap(), whole);
    let stranger = http()
        .get(format!("{}/agent/v1/packages/{sha256}", server.base()))
        .send()
        .await
        .unwrap();
    assert_eq!(stranger.status(), 401);
    let missing = json!({ "input": { "id": admin.software_detected_by("x", "true").await, "version": "1",
        "install": { "text": "true" }, "uninstall": { "text": "true" },
        "packageFile": { "fileName": "x", "sha256": "00".repeat(32) } } });
    let publish = "mutation($input: PublishSoftwareVersionInput!) { publishSoftwareVersion(input: $input) { userErrors { code } } }";
    assert_eq!(
        admin.error_code(publish, missing).await.as_deref(),
        Some("PACKAGE_MISSING")
    );
    assert_alive(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_prints_200_megabytes_is_cut_and_harms_nobody() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let install = json!({ "text": "mkdir -p \"$UPKEEP_ROOT/opt\"; yes 0123456789abcdef | head -c 200000000; echo end; echo 1.0 > \"$UPKEEP_ROOT/opt/tool\"" });
    let (_agent, computer) =
        install_with(&admin, &server, folder.path(), install, Value::Null).await;
    let before = server.resident_bytes();
    let session = admin.maintain(&computer).await;
    assert_eq!(session["status"], "PASSED", "{session}");
    let runs = session["actions"][0]["runs"].as_array().unwrap();
    let run = runs.iter().find(|run| run["purpose"] == "INSTALL").unwrap();
    assert_eq!(
        (&run["isTruncated"], &run["outputBytes"]),
        (&json!(true), &json!(200_000_004))
    );
    assert!(run["stdoutTail"].as_str().unwrap().ends_with("end\n"));
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(
        grown < 256 * 1024 * 1024,
        "the server grew by {grown} bytes"
    );
    let query = "query($id: ID!) { session(id: $id) { actions { runs { purpose output(first: 2) { index text } } } } }";
    let data = admin.ask(query, json!({ "id": session["id"] })).await;
    let runs = data["session"]["actions"][0]["runs"].as_array().unwrap();
    let output = &runs.iter().find(|run| run["purpose"] == "INSTALL").unwrap()["output"];
    assert!(
        output[0]["text"]
            .as_str()
            .unwrap()
            .starts_with("0123456789abcdef\n"),
        "{output}"
    );
    assert_alive(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_never_ends_is_killed_with_all_that_it_started() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let install = json!({ "timeoutSeconds": 2, "text":
        "echo $$ >> \"$UPKEEP_ROOT/pids\"\n(setsid sh -c 'echo $$ >> \"$UPKEEP_ROOT/pids\"; sleep 600') &\nsh -c 'echo $$ >> \"$UPKEEP_ROOT/pids\"; sleep 600'\n" });
    let (agent, computer) =
        install_with(&admin, &server, folder.path(), install, Value::Null).await;
    let session = admin.maintain(&computer).await;
    assert_eq!(
        session["actions"][0]["resultReason"], "SCRIPT_TIMED_OUT",
        "{session}"
    );
    let pids = std::fs::read_to_string(agent.root.join("pids")).unwrap();
    assert_eq!(pids.lines().count(), 3, "the whole tree was there: {pids}");
    eventually("the whole tree is gone", || async {
        let alive = pids.lines().any(|pid| {
            let state = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            !state.is_empty() && !state.contains("State:\tZ")
        });
        (!alive).then_some(())
    })
    .await;
    assert_alive(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_forgets_nothing() {
    if !is_root() {
        eprintln!("skipped: only root can make a small file system");
        return;
    }
    let folder = TempDir::new().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
        .arg(&disk)
        .status();
    if !mount.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no small file system can be made here");
        return;
    }
    let data = disk.join("data");
    let mut server = Server::start_in(folder, data).await;
    let admin = server.admin().await;
    std::fs::write(disk.join("filler"), vec![0; 6 * 1024 * 1024]).unwrap();
    let create = "mutation($name: String!, $id: UUID!) { createTenant(input: { name: $name, options: { commandId: $id } })
        { tenant { id } userErrors { code } } }";
    let mut acknowledged = 0;
    let refused = loop {
        let id = Uuid::now_v7();
        let variables = json!({ "name": format!("{acknowledged} {}", "x".repeat(150)), "id": id });
        match admin.error_code(create, variables.clone()).await {
            None => acknowledged += 1,
            Some(code) => {
                assert_eq!(code, "UNAVAILABLE");
                break variables;
            }
        }
        assert!(acknowledged < 20_000, "the disk never fills");
    };
    assert!(acknowledged > 0);
    assert_alive(&mut server, &admin).await;
    let log = server.log();
    assert!(log.contains("full: free some space"), "{log}");
    assert!(!log.contains("restart"), "it goes on by itself: {log}");
    std::fs::remove_file(disk.join("filler")).unwrap();
    admin.ask(create, refused).await;
    let count = admin
        .ask("{ tenants(first: 1) { totalCount } }", json!({}))
        .await;
    assert_eq!(count["tenants"]["totalCount"], acknowledged + 1);
    server.kill().await;
    server.restart().await;
    let count = admin
        .ask("{ tenants(first: 1) { totalCount } }", json!({}))
        .await;
    assert_eq!(count["tenants"]["totalCount"], acknowledged + 1);
    server.stop().await;
    let unmounted = Command::new("umount")
        .arg("-l")
        .arg(&disk)
        .status()
        .unwrap();
    assert!(unmounted.success());
}
