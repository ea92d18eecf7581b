use crate::client::Client;
use crate::{eventually, program};
use futures_util::FutureExt;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::net::TcpListener;
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A real server process with a data directory of its own.
pub struct Server {
    pub folder: TempDir,
    pub data: PathBuf,
    pub address: String,
    /// Further arguments of `serve`.
    args: Vec<String>,
    /// How much it logs.
    pub logs: &'static str,
    /// Whether it is no server but a store that servers use.
    is_store_alone: bool,
    process: Option<Child>,
    /// The server that keeps the events, where this one keeps them elsewhere.
    store: Option<Box<Server>>,
}

/// How this server reaches the store of another one lies in a file beside its data directory.
const STORE_FILE: &str = "event-store-uri";

/// Whether every server keeps its events behind the adapter: in another server, over the wire protocol.
pub fn through_the_adapter() -> bool {
    std::env::var_os("UPKEEP_TEST_ADAPTER").is_some()
}

impl Server {
    /// A new server on an empty store.
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let data = folder.path().join("data");
        Self::start_in(folder, data).await
    }

    /// A server on a data directory that may hold something.
    pub async fn start_in(folder: TempDir, data: PathBuf) -> Self {
        if through_the_adapter() {
            let store = Self::keeping_events(data.join("store")).await;
            let mut server = Self::before_start(folder, data, vec![]);
            server.keep_events_in(&store);
            server.store = Some(Box::new(store));
            server.restart().await;
            return server;
        }
        Self::start_with(folder, data, vec![]).await
    }

    /// A server with further arguments.
    pub async fn start_with(folder: TempDir, data: PathBuf, args: Vec<String>) -> Self {
        let mut server = Self::before_start(folder, data, args);
        server.restart().await;
        server
    }

    /// A store alone, for servers that keep their events elsewhere.
    pub async fn keeping_events(data: PathBuf) -> Self {
        let folder = TempDir::new().expect("a folder");
        let user = ["store", "user", "add", "upkeep", "--role", "server"];
        let password = command(&data, &user).await;
        let mut server = Self::before_start(folder, data, vec![]);
        server.is_store_alone = true;
        let uri = format!("esdb://upkeep:{password}@{}?tls=false", server.address);
        server.is_reached_by(&uri);
        server.restart().await;
        server
    }

    /// The file that says how servers reach this store.
    pub fn uri_file(&self) -> String {
        let file = self.folder.path().join(STORE_FILE);
        file.display().to_string()
    }

    /// How servers reach this store.
    pub fn is_reached_by(&self, connection_string: &str) {
        std::fs::write(self.folder.path().join(STORE_FILE), connection_string).expect("a file");
    }

    /// A store alone, with further arguments of `store serve`; its users are the caller's.
    pub async fn keeping_events_with(folder: TempDir, data: PathBuf, args: Vec<String>) -> Self {
        let mut server = Self::before_start(folder, data, args);
        server.is_store_alone = true;
        server.restart().await;
        server
    }

    /// A server that does not run yet.
    pub fn before_start(folder: TempDir, data: PathBuf, args: Vec<String>) -> Self {
        Self {
            folder,
            data,
            address: free_address(),
            args,
            logs: "info",
            is_store_alone: false,
            process: None,
            store: None,
        }
    }

    /// The connection string of the store that others use, or that this server uses.
    pub fn store_uri(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(STORE_FILE)).expect("a connection string")
    }

    /// From its next start on this server keeps its events in that one.
    pub fn keep_events_in(&mut self, other: &Server) {
        std::fs::write(self.folder.path().join(STORE_FILE), other.store_uri()).expect("a file");
        self.args.push("--event-store-from-file".into());
    }

    /// The same over another way: what lies at this address leads to that store.
    pub fn keep_events_through(&mut self, other: &Server, address: &str) {
        let uri = other.store_uri().replace(&other.address, address);
        std::fs::write(self.folder.path().join(STORE_FILE), uri).expect("a file");
        let from_file = "--event-store-from-file".to_owned();
        if !self.args.contains(&from_file) {
            self.args.push(from_file);
        }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts the process again, on the same data and address.
    pub async fn restart(&mut self) {
        self.restart_unready();
        self.ready().await;
    }

    /// Starts the process and does not wait until it is ready.
    pub fn restart_unready(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))
            .expect("a log");
        let mut args = self.args.clone();
        let elsewhere = args.iter().position(|arg| arg == "--event-store-from-file");
        let keys = self.secrets_keys();
        if !keys.exists() {
            write_keys(&keys, &"5a".repeat(32));
        }
        let mut program = Command::new(program("upkeep"));
        if let Some(at) = elsewhere {
            args.remove(at);
            program.env("UPKEEP_EVENT_STORE", self.store_uri());
        }
        let mut with_keys = vec![];
        if self.is_store_alone {
            program.arg("store");
        } else {
            with_keys = vec![OsString::from("--secrets-key-file"), keys.into()];
        }
        let child = program
            .args(["serve", "--listen", &self.address, "--data-dir"])
            .arg(&self.data)
            .args(&args)
            .args(with_keys)
            .env("UPKEEP_LOG", self.logs)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        self.process = Some(child);
    }

    /// The file with the key of its secrets; all servers begin with the same one.
    pub fn secrets_keys(&self) -> PathBuf {
        self.folder.path().join("secrets-keys")
    }

    /// Where everything of it is, with what it logged.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Waits until it is ready.
    pub async fn ready(&self) {
        let address = self.address.clone();
        if self.is_store_alone {
            eventually("the store listens", || {
                tokio::net::TcpStream::connect(&address).map(Result::ok)
            })
            .await;
            return;
        }
        eventually("the server is ready", || {
            let url = format!("http://{address}/readyz");
            async move {
                crate::client::http()
                    .get(url)
                    .send()
                    .await
                    .ok()?
                    .error_for_status()
                    .ok()
            }
        })
        .await;
    }

    /// SIGKILL: no goodbye, no flush.
    pub async fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().await.expect("it is killed");
    }

    /// SIGTERM, and its exit code.
    pub async fn stop(&mut self) -> Option<i32> {
        let mut process = self.process.take().expect("it runs");
        let pid = process.id().expect("it runs");
        Command::new("kill")
            .arg(pid.to_string())
            .status()
            .await
            .expect("kill");
        process.wait().await.expect("it ends").code()
    }

    /// Stops it where it stands, as a machine that is suspended; or lets it go on.
    pub async fn signal(&self, signal: &str) {
        let pid = self.process.as_ref().and_then(Child::id).expect("it runs");
        let sent = Command::new("kill")
            .args([signal, &pid.to_string()])
            .status();
        assert!(sent.await.expect("kill").success());
    }

    pub fn is_running(&mut self) -> bool {
        self.process
            .as_mut()
            .is_some_and(|process| process.try_wait().is_ok_and(|ended| ended.is_none()))
    }

    pub fn process_id(&self) -> u32 {
        self.process.as_ref().and_then(Child::id).expect("it runs")
    }

    /// The memory that the process holds, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        let pid = self.process_id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("VmRSS");
        line.split_whitespace()
            .next()
            .and_then(|kb| kb.parse::<u64>().ok())
            .expect("a number")
            * 1024
    }

    /// A client with a new administrator's token, made on the server's own machine.
    pub async fn admin(&self) -> Client {
        Client::new(
            self.base(),
            command(&self.data, &["token", "create", "--name", "test"]).await,
        )
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server's log ends with:\n{}", crate::tail(&self.log()));
        }
    }
}

/// Ports that no outgoing connection takes by itself: a server finds its port free when it begins, and again after each restart.
const PORTS: Range<u16> = 12_000..32_000;

fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let count = PORTS.end - PORTS.start;
    // Other test programs that run at the same time begin elsewhere.
    let offset = u16::try_from(std::process::id() * 97 % u32::from(count)).expect("it is small");
    let free = (0..count).find_map(|_| {
        let next = NEXT.fetch_add(1, Ordering::Relaxed) % count;
        let port = PORTS.start
            + u16::try_from((u32::from(offset) + u32::from(next)) % u32::from(count)).ok()?;
        TcpListener::bind(("127.0.0.1", port))
            .ok()?
            .local_addr()
            .ok()
    });
    free.expect("a free port").to_string()
}

/// Where the events of a data directory are, if they are elsewhere.
fn store_of(data: &Path) -> Option<(&'static str, String)> {
    let keeps_them = data.join("events.sqlite3").exists();
    let uri = std::fs::read_to_string(data.parent()?.join(STORE_FILE)).ok()?;
    (!keeps_them).then_some(("UPKEEP_EVENT_STORE", uri))
}

/// Runs a command line of the server against a data directory and answers with its output.
pub async fn command(data: &Path, args: &[&str]) -> String {
    let output = Command::new(program("upkeep"))
        .args(args)
        .arg("--data-dir")
        .arg(data)
        .env("UPKEEP_LOG", "error")
        .envs(store_of(data))
        .output()
        .await
        .expect("it runs");
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

/// Writes keys of secrets, one a line, for their owner alone.
pub fn write_keys(path: &Path, keys: &str) {
    std::fs::write(path, keys).expect("a file");
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, private).expect("its rights");
}
