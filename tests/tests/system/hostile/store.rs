//! The event store's own doors: the protocol without a password and with one, backups, files, and what is told.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::process::Command;
use upkeep_tests::grpc::{
    self, APPEND, BATCH_APPEND, GOSSIP, Grpc, PERMISSION_DENIED, READ, RESOURCE_EXHAUSTED, Said,
    UNAUTHENTICATED,
};
use upkeep_tests::server::command;
use upkeep_tests::{PATIENCE, Server, eventually, is_root, program};

/// What must not be told anywhere.
const PASSWORD: &str = "hunter2";

async fn upkeep(args: &[&str]) -> Output {
    Command::new(program("upkeep"))
        .args(args)
        .env("UPKEEP_LOG", "debug")
        .kill_on_drop(true)
        .output()
        .await
        .expect("it runs")
}

async fn said(args: &[&str]) -> String {
    let output = upkeep(args).await;
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {err}");
    String::from_utf8(output.stdout).expect("text")
}

/// A server whose store is served beside it, without TLS, and its address.
async fn served(users: &[(&str, &str)]) -> (Server, String, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let mut passwords = vec![];
    for (name, role) in users {
        let add = ["store", "user", "add", name, "--role", role];
        passwords.push(command(&data, &add).await);
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let args = vec!["--event-store-listen".to_owned(), address.clone()];
    let server = Server::start_with(folder, data, args).await;
    (server, address, passwords)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_a_password_is_listened_to() {
    const CALLS: usize = 200;
    const PIECES: usize = 24;
    const PIECE: usize = 64 * 1024;
    /// What the connection's own windows and streams may take.
    const ROOM: u64 = 64 * 1024 * 1024;
    const {
        assert!(
            (CALLS * PIECES * PIECE) as u64 > 3 * ROOM,
            "more is sent than there is room for"
        );
    }
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("data")).await;
    let before = store.resident_bytes();
    let stranger = Grpc::connect(&store.address, Some(("upkeep", "wrong"))).await;
    let mut calls = vec![];
    for n in 0..CALLS {
        let call = stranger.call([READ, APPEND, BATCH_APPEND][n % 3]).await;
        // A message that is announced, and never comes whole.
        let mut taken = call.send(grpc::promise(2_000_000)).await;
        for _ in 0..PIECES {
            taken = taken && call.send(vec![0; PIECE].into()).await;
        }
        calls.push(call);
    }
    for mut call in calls {
        assert_eq!(call.status().await, Said::Status(UNAUTHENTICATED));
    }
    let grown = store.resident_bytes().saturating_sub(before);
    assert!(grown < ROOM, "it grew by {grown} bytes");

    // What needs no password needs no bytes either.
    let mut gossip = stranger.call(GOSSIP).await;
    gossip.ask(grpc::frame(&vec![0; 100_000])).await;
    let Said::Status(refused) = gossip.status().await else {
        panic!("it is refused")
    };
    assert_ne!(refused, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_end_and_keep_nobody_out() {
    /// Of one address, more than may be silent.
    const SILENT: usize = 200;
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("data")).await;
    let uri = store.store_uri();
    let password = uri.split([':', '@']).nth(2).unwrap();
    let mut silent = vec![];
    for _ in 0..SILENT {
        silent.push(TcpStream::connect(&store.address).await.unwrap());
    }
    let speaks = Grpc::connect(&store.address, None).await;

    let user = Grpc::connect(&store.address, Some(("upkeep", password))).await;
    let mut subscription = user.call(READ).await;
    subscription.ask(grpc::subscribe_to_all()).await;
    assert!(matches!(subscription.next().await, Said::Message(_)));

    // HTTP/2 without a password, pings answered, is as good as silence.
    speaks.ended().await;
    for mut connection in silent {
        let mut bytes = vec![];
        // It ends or it is reset; before, the server's first words may come.
        let _ = tokio::time::timeout(PATIENCE, connection.read_to_end(&mut bytes))
            .await
            .expect("it ends in time");
    }
    let mut append = user.call(BATCH_APPEND).await;
    append
        .send(grpc::append("orders-1", "Ordered", b"{}", b"{}"))
        .await;
    assert!(matches!(append.next().await, Said::Message(answer) if grpc::was_taken(&answer)));
    assert!(
        matches!(subscription.next().await, Said::Message(_)),
        "who has a password stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_user_does_not_take_every_place() {
    /// Calls that one user may have open.
    const PLACES: usize = 250;
    let (_server, address, passwords) = served(&[("much", "reader"), ("other", "reader")]).await;
    let subscribe = async |connection: &Grpc| {
        let mut call = connection.call(READ).await;
        call.ask(grpc::subscribe_to_all()).await;
        let first = call.next().await;
        (call, first)
    };
    let much = Grpc::connect(&address, Some(("much", &passwords[0]))).await;
    let mut open = vec![];
    for _ in 0..PLACES {
        let (call, first) = subscribe(&much).await;
        assert!(matches!(first, Said::Message(_)), "{first:?}");
        open.push(call);
    }
    let again = Grpc::connect(&address, Some(("much", &passwords[0]))).await;
    let (_, first) = subscribe(&again).await;
    assert_eq!(first, Said::Status(RESOURCE_EXHAUSTED));
    let other = Grpc::connect(&address, Some(("other", &passwords[1]))).await;
    let (_, first) = subscribe(&other).await;
    assert!(matches!(first, Said::Message(_)), "{first:?}");
    drop(open);
    eventually("the places are free again", || async {
        let (_, first) = subscribe(&again).await;
        matches!(first, Said::Message(_)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_removed_loses_what_is_open() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let store = Server::keeping_events(data.clone()).await;
    let uri = store.store_uri();
    let password = uri.split([':', '@']).nth(2).unwrap();
    let user = Grpc::connect(&store.address, Some(("upkeep", password))).await;
    let mut subscription = user.call(READ).await;
    subscription.ask(grpc::subscribe_to_all()).await;
    let mut appends = user.call(BATCH_APPEND).await;
    let token = |n: u32| {
        let stream = format!("token-0190aaaa-0000-7000-8000-00000000000{n}");
        grpc::append(&stream, "ApiTokenCreated", b"{}", b"{}")
    };
    appends.send(token(1)).await;
    assert!(matches!(appends.next().await, Said::Message(answer) if grpc::was_taken(&answer)));

    command(&data, &["store", "user", "remove", "upkeep"]).await;
    appends.send(token(2)).await;
    assert_eq!(appends.status().await, Said::Status(UNAUTHENTICATED));
    assert_eq!(subscription.status().await, Said::Status(UNAUTHENTICATED));
    let mut again = user.call(READ).await;
    again.ask(grpc::subscribe_to_all()).await;
    assert_eq!(again.status().await, Said::Status(UNAUTHENTICATED));
    let events = command(&data, &["events"]).await;
    assert_eq!(events.lines().count(), 1, "{events}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_writer_says_is_never_taken_for_upkeeps_word() {
    let (server, address, passwords) = served(&[("tool", "writer"), ("far", "server")]).await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let forged = json!({
        "$correlationId": "0190aaaa-0000-7000-8000-000000000001",
        "$causationId": "0190aaaa-0000-7000-8000-000000000001",
        "commandId": "0190aaaa-0000-7000-8000-000000000001",
        "actor": { "kind": "operator" },
        "time": "2026-01-01T00:00:00Z", "version": 1, "reason": "forged",
    })
    .to_string();
    let data = json!({ "name": "forged" }).to_string();
    let event =
        |stream: &str| grpc::append(stream, "TenantRenamed", forged.as_bytes(), data.as_bytes());
    let tool = Grpc::connect(&address, Some(("tool", &passwords[0]))).await;
    for own in [
        "tenant-1",
        "checkpoint-main",
        "$persistentSubscriptionConfig",
        "$$$persistentSubscriptionConfig",
        "$$tenant-1",
    ] {
        let mut call = tool.call(BATCH_APPEND).await;
        call.send(event(own)).await;
        let Said::Message(answer) = call.next().await else {
            panic!("each append is answered")
        };
        assert!(!grpc::was_taken(&answer), "{own}");
        let mut single = tool.call(APPEND).await;
        single.send(grpc::append_options(own)).await;
        assert_eq!(
            single.status().await,
            Said::Status(PERMISSION_DENIED),
            "{own}"
        );
    }
    let mut call = tool.call(BATCH_APPEND).await;
    call.send(event("orders-1")).await;
    assert!(matches!(call.next().await, Said::Message(answer) if grpc::was_taken(&answer)));

    // Nobody shows it as something that happened here.
    admin.tenant("Fabrikam").await;
    let query = "{ events(first: 100, orderBy: { field: RECORDED_AT, direction: DESC }) { nodes { stream reason } } }";
    let shown = admin.ask(query, json!({})).await;
    let streams: Vec<&str> = shown["events"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|event| event["stream"].as_str())
        .collect();
    assert!(
        streams.len() > 2 && !streams.contains(&"orders-1"),
        "{shown}"
    );
    let asked = "{ events(first: 10, filter: { stream: \"orders-1\" }) { nodes { stream } } }";
    let shown = admin.ask(asked, json!({})).await;
    assert_eq!(shown["events"]["nodes"], json!([]));
    let folder = server.data.display().to_string();
    assert!(
        !said(&["events", "--data-dir", &folder])
            .await
            .contains("forged")
    );
    let foreign = said(&["events", "--data-dir", &folder, "--foreign"]).await;
    let lines: Vec<Value> = foreign
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1, "{foreign}");
    assert_eq!(
        (&lines[0]["stream"], &lines[0]["foreign"]),
        (&json!("orders-1"), &json!(true))
    );
    let verified = said(&["store", "verify", "--store", &folder]).await;
    assert!(
        verified.contains("1 events in 1 streams are not Upkeep's")
            && verified.contains("orders-1: 1"),
        "{verified}"
    );

    // Whoever has a server's password can write there; what has no digest is named.
    let far = Grpc::connect(&address, Some(("far", &passwords[1]))).await;
    let mut call = far.call(BATCH_APPEND).await;
    let stream = "tenant-0190aaaa-0000-7000-8000-000000000009";
    call.send(event(stream)).await;
    assert!(matches!(call.next().await, Said::Message(answer) if grpc::was_taken(&answer)));
    let verified = upkeep(&["store", "verify", "--store", &folder]).await;
    let told = String::from_utf8_lossy(&verified.stdout);
    assert!(!verified.status.success(), "{told}");
    assert!(
        told.contains(stream) && told.contains("it was forged"),
        "{told}"
    );
    assert!(tenant.len() > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_whole_store_of_ours_is_restored() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("empty"), "").unwrap();
    std::fs::write(at("text"), "a backup".repeat(1_000)).unwrap();
    for name in ["empty", "text", "nothing"] {
        let restored = at(&format!("{name}-restored"));
        let output = upkeep(&["store", "restore", "--data-dir", &restored, &at(name)]).await;
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {err}");
        assert!(
            err.contains("no backup that can be restored"),
            "{name}: {err}"
        );
        assert!(!Path::new(&restored).exists(), "{name}: nothing was made");
    }
    // A real one says what it holds; and into a directory with a store nothing is restored.
    let mut server =
        Server::start_with(TempDir::new().unwrap(), folder.path().join("data"), vec![]).await;
    server.admin().await.tenant("Contoso").await;
    said(&["store", "backup", "--data-dir", &at("data"), &at("backup")]).await;
    server.stop().await;
    let told = said(&["store", "restore", "--data-dir", &at("new"), &at("backup")]).await;
    assert!(
        told.contains("events in") && told.contains("newest of"),
        "{told}"
    );
    let before = std::fs::read(at("data/events.sqlite3")).unwrap();
    let over = upkeep(&["store", "restore", "--data-dir", &at("data"), &at("backup")]).await;
    assert!(!over.status.success());
    assert_eq!(std::fs::read(at("data/events.sqlite3")).unwrap(), before);
}

/// All files and folders below, with their modes.
fn modes(folder: &Path, found: &mut Vec<(PathBuf, u32)>) {
    use std::os::unix::fs::PermissionsExt;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let metadata = entry.metadata().unwrap();
        found.push((entry.path(), metadata.permissions().mode() & 0o777));
        if metadata.is_dir() {
            modes(&entry.path(), found);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_is_for_its_owner_alone_whatever_the_mask() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let open = async |line: &str| {
        let wait = "wait_for() { for n in $(seq 600); do grep -q \"$1\" log && return; sleep 0.1; done; kill $pid; exit 1; }";
        let script = format!("umask 0; cd '{}'; {wait}; {line}", folder.path().display());
        let script = script
            .replace("AGENT", &program("upkeep-agent").display().to_string())
            .replace("UPKEEP", &program("upkeep").display().to_string());
        let output = Command::new("sh")
            .args(["-c", &script])
            .env("UPKEEP_LOG", "error")
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
    };
    // A server of an earlier version left what everybody can read.
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(
        folder.path().join("data/server-id"),
        "0190aaaa-0000-7000-8000-000000000001",
    )
    .unwrap();
    for (path, mode) in [("data/server-id", 0o666), ("data", 0o777)] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.path().join(path), permissions).unwrap();
    }
    open("UPKEEP serve --data-dir data --shared-dir shared --listen 127.0.0.1:0 --event-store-listen 127.0.0.1:0 > log & pid=$!
        wait_for 'nobody is administrator'
        UPKEEP token create --name test --data-dir data > token
        UPKEEP store user add tool --role reader --data-dir data > password
        UPKEEP store backup --data-dir data backup && UPKEEP store export --store data exported
        kill $pid; wait $pid; rm log token password").await;
    open("UPKEEP store restore --data-dir restored backup && UPKEEP store import --store imported exported").await;
    open(
        "UPKEEP store user add tool --role reader --data-dir alone > password; rm password
        UPKEEP store serve --data-dir alone --listen 127.0.0.1:0 > log & pid=$!
        wait_for 'protocol on'; kill $pid; wait $pid; rm log",
    )
    .await;
    open("AGENT --root computer facts > facts; rm facts").await;
    let mut found = vec![];
    modes(folder.path(), &mut found);
    assert!(found.len() > 20, "{found:?}");
    let lax: Vec<_> = found.iter().filter(|(_, mode)| mode & 0o077 != 0).collect();
    assert!(lax.is_empty(), "{lax:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_of_another_account_is_refused() {
    if !is_root() {
        eprintln!("skipped: only root can make a folder of somebody else");
        return;
    }
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::os::unix::fs::chown(&data, Some(65_534), None).unwrap();
    let data_dir = data.display().to_string();
    let args = ["serve", "--data-dir", &data_dir, "--listen", "127.0.0.1:0"];
    let output = upkeep(&args);
    let output = tokio::time::timeout(PATIENCE, output)
        .await
        .expect("it ends");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && err.contains("belongs to the account 65534"),
        "{err}"
    );
    assert_eq!(
        std::fs::read_dir(&data).unwrap().count(),
        0,
        "nothing was made"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_connection_string_tells_no_password() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(
        at("broken.toml"),
        format!("event_store = \"esdb://u:{PASSWORD}@host\n"),
    )
    .unwrap();
    std::fs::write(
        at("wrong.toml"),
        format!("listen = \"esdb://u:{PASSWORD}@host\"\n"),
    )
    .unwrap();
    std::fs::write(
        at("number.toml"),
        format!("lease_seconds = \"{PASSWORD}\"\n"),
    )
    .unwrap();
    let wrong = [
        format!("esbd://u:{PASSWORD}@host:2113"),
        format!("esdb:/u:{PASSWORD}@host:2113"),
        format!("u:{PASSWORD}@host:2113"),
        format!("esdb://u:{PASSWORD}@host:99999"),
        format!("esdb://u:{PASSWORD}?@host"),
        format!("esdb://u:x/{PASSWORD}@host"),
    ];
    let data = at("data");
    let mut commands: Vec<Vec<&str>> = vec![];
    for uri in &wrong {
        commands.push(vec!["serve", "--data-dir", &data, "--event-store", uri]);
        commands.push(vec!["serve", "--data-dir", &data, "--listen", uri]);
        commands.push(vec!["events", "--event-store", uri]);
        commands.push(vec![
            "token",
            "list",
            "--data-dir",
            &data,
            "--event-store",
            uri,
        ]);
        commands.push(vec!["store", "verify", "--store", uri, "--trust", "x"]);
        commands.push(vec!["store", "copy", "--from", uri, "--to", &data]);
    }
    let files = [at("broken.toml"), at("wrong.toml"), at("number.toml")];
    for file in &files {
        commands.push(vec!["serve", "--config", file]);
    }
    for args in commands {
        let mut program = Command::new(program("upkeep"));
        program
            .current_dir(folder.path())
            .args(&args)
            .env("UPKEEP_LOG", "trace")
            .kill_on_drop(true);
        let output = tokio::time::timeout(PATIENCE, program.output())
            .await
            .expect("it ends")
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert!(!output.status.success(), "{args:?}: {told}");
        assert!(!told.contains(PASSWORD), "{args:?}: {told}");
    }
    let mut made = vec![];
    modes(folder.path(), &mut made);
    assert!(
        !made
            .iter()
            .any(|(path, _)| path.display().to_string().contains(PASSWORD)),
        "{made:?}"
    );
}
