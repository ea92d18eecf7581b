//! The event store from outside: other people's clients, a real server's answers, moving it, checking it.

mod answers;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use upkeep_tests::server::command;
use upkeep_tests::{Server, program};

/// A server whose store is served over TLS, and the connection strings of a writer, a reader and a stranger, without
/// what each client calls the file with the certificate.
struct Served {
    server: Server,
    certificate: PathBuf,
    writer: String,
    reader: String,
    stranger: String,
}

/// A certificate for localhost, its key, and the authority that signed it, as files.
struct Certificates {
    authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Certificates {
    fn write(folder: &Path) -> Self {
        let path = |name: &str| folder.join(name);
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::new(vec![]).unwrap();
        // With the same name for both, clients take the one for its own issuer.
        ca.distinguished_name
            .push(DnType::CommonName, "upkeep test authority");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_certificate = ca.self_signed(&ca_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["localhost".into()])
            .unwrap()
            .signed_by(&key, &Issuer::new(ca, ca_key))
            .unwrap();
        std::fs::write(path("ca.pem"), ca_certificate.pem()).unwrap();
        std::fs::write(path("cert.pem"), certificate.pem()).unwrap();
        std::fs::write(path("key.pem"), key.serialize_pem()).unwrap();
        Self {
            authority: path("ca.pem"),
            certificate: path("cert.pem"),
            key: path("key.pem"),
        }
    }

    /// How a command is told of them.
    fn flags(&self, certificate: &str, key: &str) -> Vec<String> {
        let name = |path: &Path| path.display().to_string();
        vec![
            certificate.to_owned(),
            name(&self.certificate),
            key.to_owned(),
            name(&self.key),
        ]
    }
}

/// A store alone, over TLS, with these users: a name, and how it is added.
async fn alone(users: &[(&str, &[&str])]) -> (Server, Certificates, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let certificates = Certificates::write(folder.path());
    let data = folder.path().join("data");
    let mut accounts = vec![];
    for (name, how) in users {
        let add = [&["store", "user", "add", name], *how].concat();
        accounts.push(format!("{name}:{}", command(&data, &add).await));
    }
    let args = certificates.flags("--tls-cert", "--tls-key");
    let server = Server::keeping_events_with(folder, data, args).await;
    (server, certificates, accounts)
}

/// What a client calls a server that has a certificate for localhost.
fn by_name(server: &Server) -> String {
    let (_, port) = server.address.rsplit_once(':').unwrap();
    format!("localhost:{port}")
}

async fn judge_with_python(args: &[&str]) {
    let python = judges().join("../../target/judges/bin/python");
    judge(&python, args).await;
}

/// As on a secured cluster: a certificate of a private authority, a list of who may read everything, and a user of Upkeep's own.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_keeps_its_events_in_a_secured_store() {
    let (store, certificates, accounts) = alone(&[
        ("admin", &["--role", "server"]),
        ("upkeep", &["--role", "server"]),
        ("tool", &["--role", "reader"]),
    ])
    .await;
    let ca = certificates.authority.display().to_string();
    let at = by_name(&store);
    let uri = |n: usize| format!("esdb://{}@{at}?tls=true", accounts[n]);
    judge_with_python(&["close_all.py", &ca, &uri(0), "$admins", "upkeep"]).await;
    store.is_reached_by(&format!("{}&tlsCaFile={ca}", uri(1)));
    let mut server = Server::before_start(
        TempDir::new().unwrap(),
        store.folder.path().join("server"),
        vec![],
    );
    server.keep_events_in(&store);
    server.restart().await;
    assert!(server.admin().await.tenant("Contoso").await.len() > 1);
    store.is_reached_by(&format!("{}&tlsCaFile={ca}", uri(2)));
    let from = format!("@{}", store.uri_file());
    let file = store.folder.path().join("events.gz").display().to_string();
    let exported = upkeep(&["store", "export", "--store", &from, &file]).await;
    let told = String::from_utf8_lossy(&exported.stderr);
    assert!(!exported.status.success(), "who is not named reads nothing");
    assert!(told.contains("access denied"), "{told}");
}

async fn served() -> Served {
    let folder = TempDir::new().unwrap();
    let certificates = Certificates::write(folder.path());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let data = folder.path().join("data");
    let mut passwords = vec![];
    for (name, role) in [("writer", "writer"), ("reader", "reader")] {
        let add = ["store", "user", "add", name, "--role", role];
        passwords.push(command(&data, &add).await);
    }
    let mut args = certificates.flags("--event-store-tls-cert", "--event-store-tls-key");
    args.extend([
        "--event-store-listen".to_owned(),
        format!("127.0.0.1:{port}"),
    ]);
    let server = Server::start_with(folder, data, args).await;
    let uri =
        |name: &str, password: &str| format!("esdb://{name}:{password}@localhost:{port}?tls=true");
    Served {
        server,
        certificate: certificates.authority,
        writer: uri("writer", &passwords[0]),
        reader: uri("reader", &passwords[1]),
        stranger: uri("stranger", "nothing"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_of_other_streams_cannot_touch_upkeeps_own() {
    let served = served().await;
    let certificate = served.certificate.display().to_string();
    judge_with_python(&["forger.py", &certificate, &served.writer]).await;
    assert!(served.server.admin().await.tenant("Contoso").await.len() > 1);
}

fn judges() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("judges")
}

async fn judge(program: &Path, args: &[&str]) {
    let output = Command::new(program)
        .current_dir(judges())
        .args(args)
        .output()
        .await
        .unwrap_or_else(|error| {
            panic!(
                "{}: {error}; run the tests with ./dev test",
                program.display()
            )
        });
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{args:?}\n{out}\n{err}");
    assert_eq!(out.trim(), "passed", "{err}");
}

async fn judge_in_python(module: &str) {
    let served = served().await;
    let certificate = served.certificate.display().to_string();
    let args = [
        "event_store.py",
        module,
        &certificate,
        &served.writer,
        &served.reader,
        &served.stranger,
    ];
    judge_with_python(&args).await;
}

async fn judge_in_node(package: &str, parameter: &str) {
    let served = served().await;
    let with = |uri: &str| format!("{uri}&{parameter}={}", served.certificate.display());
    let (writer, reader) = (with(&served.writer), with(&served.reader));
    judge(
        Path::new("node"),
        &["event_store.mjs", package, &writer, &reader],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrentdbclient_of_pypi_reads_writes_and_subscribes() {
    judge_in_python("kurrentdbclient").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn esdbclient_of_pypi_reads_writes_and_subscribes() {
    judge_in_python("esdbclient").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kurrentdb_client_of_npm_reads_writes_and_subscribes() {
    judge_in_node("@kurrent/kurrentdb-client", "tlsCaFile").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn db_client_of_npm_reads_writes_and_subscribes() {
    judge_in_node("@eventstore/db-client", "tlsCAFile").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_subscriber_does_not_make_the_server_grow() {
    const EVENTS: u64 = 400;
    const BYTES: u64 = 900_000;
    /// The caches of SQLite are a bounded 128 MiB of it.
    const ROOM: u64 = 200 * 1024 * 1024;
    const {
        assert!(
            EVENTS * BYTES > ROOM + ROOM / 2,
            "more is written than there is room for"
        );
    }
    let served = served().await;
    let judges = judges();
    let mut subscriber = Command::new(judges.join("../../target/judges/bin/python"))
        .current_dir(&judges)
        .arg("slow_subscriber.py")
        .arg(&served.certificate)
        .args([&served.writer, &EVENTS.to_string(), &BYTES.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut says = BufReader::new(subscriber.stdout.take().unwrap()).lines();
    let before = served.server.resident_bytes();
    let written = tokio::time::timeout(Duration::from_mins(2), says.next_line()).await;
    assert_eq!(written.unwrap().unwrap().as_deref(), Some("written"));
    let grown = served.server.resident_bytes().saturating_sub(before);
    assert!(grown < ROOM, "it grew by {grown} bytes");
    let mut tells = subscriber.stdin.take().unwrap();
    tells.write_all(b"go on\n").await.unwrap();
    let read = tokio::time::timeout(Duration::from_mins(2), says.next_line()).await;
    assert_eq!(read.unwrap().unwrap(), Some(format!("read {EVENTS}")));
}

async fn upkeep(args: &[&str]) -> Output {
    Command::new(program("upkeep"))
        .args(args)
        .env("UPKEEP_LOG", "error")
        .output()
        .await
        .expect("it runs")
}

/// Runs a command that must succeed, and answers with what it said.
async fn said(args: &[&str]) -> String {
    let output = upkeep(args).await;
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {err}");
    String::from_utf8(output.stdout).expect("text")
}

/// All events of a store as `upkeep events` prints them, without their positions.
async fn all_events(data: &str) -> Vec<Value> {
    said(&["events", "--data-dir", data])
        .await
        .lines()
        .map(|line| {
            let mut event: Value = serde_json::from_str(line).expect("JSON");
            event.as_object_mut().expect("an object").remove("position");
            event
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one story: the same store by every way there and back"
)]
async fn a_store_is_backed_up_exported_copied_and_comes_back_as_it_was() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start_with(TempDir::new().unwrap(), data.clone(), vec![]).await;
    let admin = server.admin().await;
    for n in 0..30 {
        admin.tenant(&format!("tenant {n}")).await;
    }
    let at = |name: &str| folder.path().join(name).display().to_string();
    let data = data.display().to_string();

    // While the server runs.
    said(&[
        "store",
        "backup",
        "--data-dir",
        &data,
        &at("backup.sqlite3"),
    ])
    .await;
    let exported = said(&["store", "export", "--store", &data, &at("events.gz")]).await;
    assert!(exported.contains("events in"), "{exported}");
    assert!(
        said(&["store", "verify", "--store", &data])
            .await
            .contains("nothing was changed")
    );
    assert_eq!(server.stop().await, Some(0));
    let told = said(&["store", "verify", "--store", &data]).await;
    assert!(
        told.contains("checkpoint 1 covers"),
        "stopping signs: {told}"
    );
    let original = all_events(&data).await;
    let tenants = original
        .iter()
        .filter(|event| event["type"] == "TenantCreated");
    assert_eq!(tenants.count(), 30);

    // A backup is a store; nothing is overwritten.
    said(&[
        "store",
        "restore",
        "--data-dir",
        &at("restored"),
        &at("backup.sqlite3"),
    ])
    .await;
    let restored = all_events(&at("restored")).await;
    assert_eq!(restored, original[..restored.len()]);
    let again = upkeep(&[
        "store",
        "restore",
        "--data-dir",
        &at("restored"),
        &at("backup.sqlite3"),
    ])
    .await;
    assert!(!again.status.success());

    // So is an export, unless it was changed.
    said(&[
        "store",
        "import",
        "--store",
        &at("imported"),
        &at("events.gz"),
    ])
    .await;
    let imported = all_events(&at("imported")).await;
    assert_eq!(imported, original[..imported.len()]);
    let twice = said(&[
        "store",
        "import",
        "--store",
        &at("imported"),
        &at("events.gz"),
    ])
    .await;
    assert!(twice.starts_with("0 events taken over"), "{twice}");
    let mut bytes = std::fs::read(at("events.gz")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(at("events.gz"), bytes).unwrap();
    let changed = upkeep(&["store", "import", "--store", &at("other"), &at("events.gz")]).await;
    let err = String::from_utf8_lossy(&changed.stderr);
    assert!(
        !changed.status.success() && err.contains("not what its manifest says"),
        "{err}"
    );

    // A copy goes on where another one stopped, and a server works on it.
    said(&["store", "copy", "--from", &data, "--to", &at("imported")]).await;
    assert_eq!(all_events(&at("imported")).await, original);
    let key = said(&["store", "key", "--data-dir", &data]).await;
    let trust = [
        "store",
        "verify",
        "--store",
        &at("imported"),
        "--trust",
        key.trim(),
    ];
    assert!(said(&trust).await.contains("nothing was changed"));
    let unrelated = upkeep(&["store", "copy", "--from", &at("restored"), "--to", &data]).await;
    let nothing_to_do = unrelated.status.success();
    assert!(!nothing_to_do, "the target holds more than the source");

    // Over the wire, into another store, and back.
    let far = Server::keeping_events(folder.path().join("far")).await;
    let uri = far.store_uri();
    said(&["store", "copy", "--from", &data, "--to", &uri]).await;
    said(&["store", "copy", "--from", &uri, "--to", &at("back")]).await;
    let without_times = |events: Vec<Value>| -> Vec<Value> {
        let strip = |mut event: Value| {
            event["recordedAt"] = Value::Null;
            event
        };
        events.into_iter().map(strip).collect()
    };
    let back = without_times(all_events(&at("back")).await);
    assert_eq!(
        back,
        without_times(original),
        "but for the time of recording"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_moves_to_a_store_on_another_server_and_on() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start_with(TempDir::new().unwrap(), data.clone(), vec![]).await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    assert_eq!(server.stop().await, Some(0));
    let before = all_events(&data.display().to_string()).await;

    let alone = Server::keeping_events(folder.path().join("far")).await;
    let uri = alone.store_uri();
    let data_text = data.display().to_string();
    let told = said(&["store", "copy", "--from", &data_text, "--to", &uri]).await;
    assert!(
        told.starts_with(&format!("{} events taken over, 0 were", before.len())),
        "{told}"
    );
    let told = said(&["store", "copy", "--from", &data_text, "--to", &uri]).await;
    assert!(told.starts_with("0 events taken over"), "{told}");

    // The same data directory, with its keys and packages, on the other store.
    std::fs::rename(
        data.join("events.sqlite3"),
        folder.path().join("old.sqlite3"),
    )
    .unwrap();
    let mut moved = Server::before_start(TempDir::new().unwrap(), data, vec![]);
    moved.keep_events_in(&alone);
    moved.restart().await;
    let client = upkeep_tests::Client::new(moved.base(), admin.token.clone());
    let found = client.ask("{ tenants { nodes { id } } }", json!({})).await;
    assert_eq!(found["tenants"]["nodes"][0]["id"], *tenant);
    client.tenant("Fabrikam").await;
    let told = said(&["store", "verify", "--store", &uri, "--key-dir", &data_text]).await;
    assert!(told.contains("nothing was changed"), "{told}");
    assert_eq!(moved.stop().await, Some(0));
}
