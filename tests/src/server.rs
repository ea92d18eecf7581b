use crate::client::Client;
use crate::{eventually, program};
use std::fs::OpenOptions;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A real server process with a data directory of its own.
pub struct Server {
    pub folder: TempDir,
    pub data: PathBuf,
    pub address: String,
    process: Option<Child>,
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
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let mut server = Self {
            folder,
            data,
            address,
            process: None,
        };
        server.restart().await;
        server
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts the process again, on the same data and address.
    pub async fn restart(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))
            .expect("a log");
        let child = Command::new(program("upkeep"))
            .args(["serve", "--listen", &self.address, "--data-dir"])
            .arg(&self.data)
            .env("UPKEEP_LOG", "info")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        self.process = Some(child);
        let address = self.address.clone();
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

    pub fn is_running(&mut self) -> bool {
        self.process
            .as_mut()
            .is_some_and(|process| process.try_wait().is_ok_and(|ended| ended.is_none()))
    }

    /// The memory that the process holds, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        let pid = self.process.as_ref().and_then(Child::id).expect("it runs");
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

/// Runs a command line of the server against a data directory and answers with its output.
pub async fn command(data: &Path, args: &[&str]) -> String {
    let output = Command::new(program("upkeep"))
        .args(args)
        .arg("--data-dir")
        .arg(data)
        .env("UPKEEP_LOG", "error")
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
