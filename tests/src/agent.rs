use crate::{Namespace, program};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tokio::process::{Child, Command};
use uuid::Uuid;

/// A real agent process on a folder that plays a computer.
pub struct Agent {
    pub root: PathBuf,
    pub name: String,
    server: String,
    around: Around,
    process: Option<Child>,
}

/// What an agent's process has around it.
#[derive(Clone, Default)]
pub struct Around {
    /// Where its files are seen.
    pub namespace: Option<Arc<Namespace>>,
    pub environment: Vec<(&'static str, String)>,
}

impl Drop for Agent {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "the log of {} ends with:\n{}",
                self.name,
                crate::tail(&self.log())
            );
        }
    }
}

impl Agent {
    /// A new computer with this chassis type, and its agent, enrolled with the token.
    pub fn start(folder: &Path, name: &str, chassis: u8, server: &str, token: &str) -> Self {
        Self::start_in(Around::default(), folder, name, chassis, server, token)
    }

    /// The same with something around it.
    pub fn start_in(
        around: Around,
        folder: &Path,
        name: &str,
        chassis: u8,
        server: &str,
        token: &str,
    ) -> Self {
        let mut agent = Self {
            root: folder.join(name),
            name: name.to_owned(),
            server: server.to_owned(),
            around,
            process: None,
        };
        let write = |path: &str, content: String| {
            let path = agent.path(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, content).expect("a file");
        };
        write("etc/hostname", format!("{name}\n"));
        write(
            "sys/class/dmi/id/product_uuid",
            format!("{}\n", Uuid::new_v4()),
        );
        write("sys/class/dmi/id/chassis_type", format!("{chassis}\n"));
        agent.run(Some(token));
        agent
    }

    /// An agent of a computer that exists and is enrolled.
    pub fn resume(root: PathBuf, server: &str) -> Self {
        let name = root
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let mut agent = Self {
            root,
            name,
            server: server.to_owned(),
            around: Around::default(),
            process: None,
        };
        agent.run(None);
        agent
    }

    fn run(&mut self, token: Option<&str>) {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.root.with_extension("log"))
            .expect("a log");
        let program = program("upkeep-agent");
        let mut command = match &self.around.namespace {
            Some(namespace) => namespace.command(&program),
            None => Command::new(program),
        };
        command
            .envs(self.around.environment.iter().cloned())
            .arg("--root")
            .arg(&self.root)
            .args(["run", "--reconnect-max", "1"]);
        command.args(["--server", &self.server]);
        if let Some(token) = token {
            command.env("UPKEEP_AGENT_TOKEN", token);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the agent starts");
        self.process = Some(child);
    }

    /// Starts it again after it ended.
    pub fn restart(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        self.run(None);
    }

    /// Starts it again after it ended, with something else around it.
    pub fn restart_in(&mut self, around: Around) {
        self.around = around;
        self.restart();
    }

    /// SIGTERM, and waits for its end.
    pub async fn stop(&mut self) {
        let mut process = self.process.take().expect("it runs");
        let pid = process.id().expect("it runs").to_string();
        let asked = Command::new("kill").arg(pid).status().await;
        assert!(asked.expect("kill").success());
        process.wait().await.expect("it ends");
    }

    /// SIGKILL: no goodbye, no flush.
    pub async fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().await.expect("it is killed");
    }

    /// Where a file of its computer is for this process.
    pub fn path(&self, inner: &str) -> PathBuf {
        let path = self.root.join(inner);
        match &self.around.namespace {
            Some(namespace) => namespace.path(&path),
            None => path,
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.root.with_extension("log")).unwrap_or_default()
    }

    /// The version in `opt/NAME`, as the tests' software keeps it.
    pub fn installed(&self, software: &str) -> Option<String> {
        let version = std::fs::read_to_string(self.path("opt").join(software)).ok()?;
        Some(version.trim().to_owned())
    }

    /// The runs that wrote themselves down when they started.
    pub fn started_runs(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.path("started")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}
