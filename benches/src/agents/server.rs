//! The server's own program, as others run it, and what it uses of the machine.

use super::PATIENCE;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// In how many parts of a second Linux tells what a process computed, on every machine that we know.
const TICKS_A_SECOND: u64 = 100;

pub struct Server {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    child: Child,
    pub base: String,
    pub client: reqwest::Client,
}

impl Server {
    /// Starts one with an empty store, and waits until it is ready.
    pub async fn start() -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("upkeep");
        if !program.is_file() {
            bail!("{} is not built", program.display());
        }
        let folder = TempDir::new_in(".")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let server = Self {
            child: spawn(&program, &folder, port)?,
            base: format!("http://127.0.0.1:{port}"),
            client: reqwest::Client::new(),
            program,
            folder,
            port,
        };
        server.ready().await?;
        Ok(server)
    }

    /// Kills it, and starts it again with the same store.
    pub async fn restart(&mut self) -> Result<Duration> {
        self.child.kill().await?;
        let begin = Instant::now();
        self.child = spawn(&self.program, &self.folder, self.port)?;
        self.ready().await?;
        Ok(begin.elapsed())
    }

    /// Asks for a token, and for a tenant with an enrolment token of so many uses. Answers with both secrets.
    pub async fn prepare(&self, uses: usize) -> Result<(String, String)> {
        let token = Command::new(&self.program)
            .args(["token", "create", "--name", "bench", "--data-dir"])
            .arg(self.folder.path())
            .output()
            .await?;
        let token = String::from_utf8(token.stdout)?.trim().to_owned();
        let tenant = self
            .ask(
                &token,
                "mutation { createTenant(input: { name: \"x\" }) { tenant { id } } }",
                json!({}),
            )
            .await?;
        let id = &tenant["createTenant"]["tenant"]["id"];
        let create =
            "mutation($id: ID!, $n: Int!) { createEnrolmentToken(input: { tenantId: $id, maxUses: $n })
            { secret } }";
        let created = self
            .ask(&token, create, json!({ "id": id, "n": uses }))
            .await?;
        let secret = created["createEnrolmentToken"]["secret"]
            .as_str()
            .context("a secret")?
            .to_owned();
        Ok((token, secret))
    }

    pub async fn ask(&self, token: &str, query: &str, variables: Value) -> Result<Value> {
        self.asking().ask(token, query, variables).await
    }

    /// To ask from several tasks.
    pub fn asking(&self) -> Asking {
        Asking {
            url: format!("{}/graphql", self.base),
            client: self.client.clone(),
        }
    }

    async fn ready(&self) -> Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            let answer = self.client.get(format!("{}/readyz", self.base)).send();
            if answer
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("the server does not become ready")
    }

    /// Its memory, in bytes.
    pub fn resident(&self) -> Result<u64> {
        let status = self.proc("status")?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("VmRSS")?;
        let kib: u64 = line
            .split_whitespace()
            .next()
            .context("a number")?
            .parse()?;
        Ok(kib * 1024)
    }

    /// What it has computed since it began, all threads together.
    pub fn computed(&self) -> Result<Duration> {
        let stat = self.proc("stat")?;
        // Behind the name, which may hold anything: user's time is the 12th, the system's the 13th.
        let (_, fields) = stat.rsplit_once(')').context("a name")?;
        let ticks = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(str::parse::<u64>)
            .sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND))
    }

    fn proc(&self, file: &str) -> Result<String> {
        let pid = self.child.id().context("it runs")?;
        Ok(std::fs::read_to_string(format!("/proc/{pid}/{file}"))?)
    }
}

/// Asks the server's GraphQL.
pub struct Asking {
    url: String,
    client: reqwest::Client,
}

impl Asking {
    pub async fn ask(&self, token: &str, query: &str, variables: Value) -> Result<Value> {
        let request = self
            .client
            .post(&self.url)
            .bearer_auth(token)
            .json(&json!({ "query": query, "variables": variables }));
        let answer: Value = request.send().await?.json().await?;
        if answer["errors"].is_array() {
            bail!("{}", answer["errors"]);
        }
        Ok(answer["data"].clone())
    }
}

fn spawn(program: &PathBuf, folder: &TempDir, port: u16) -> Result<Child> {
    let listen = format!("127.0.0.1:{port}");
    Ok(Command::new(program)
        .args(["serve", "--listen", &listen, "--data-dir"])
        .arg(folder.path())
        .env("UPKEEP_LOG", "error")
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?)
}
