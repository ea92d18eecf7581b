//! The peer: PostgreSQL on this machine, in a cluster of its own that is removed again.

use crate::SPAN;
use crate::appends::{DATA_BYTES, METADATA_BYTES, STREAM_EVENTS};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

const PORT: u16 = 54_329;

/// Stops the server when it is dropped.
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// As the user `postgres`, because the server refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("runuser");
        command
            .args(["-u", "postgres", "--"])
            .arg(self.programs.join(program))
            .current_dir(self.folder.path())
            .stdout(Stdio::null());
        command
    }

    pub fn start() -> Result<Self> {
        let programs = std::fs::read_dir("/usr/lib/postgresql")
            .context("install Debian's package postgresql")?
            .filter_map(Result::ok)
            .map(|version| version.path().join("bin"))
            .find(|programs| programs.join("initdb").exists())
            .context("install Debian's package postgresql")?;
        // On the same disk as the others.
        let folder = TempDir::new_in("/var/tmp")?;
        run(Command::new("chown").arg("postgres").arg(folder.path()))?;
        let cluster = Self { programs, folder };
        let data = cluster.folder.path().join("data");
        run(cluster
            .command("initdb")
            .args(["--auth", "trust", "-D"])
            .arg(&data))?;
        run(cluster
            .command("pg_ctl")
            .args(["-w", "-l", "log", "-o"])
            .arg(format!(
                "-c port={PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} \
                 -c max_connections=100 -c fsync=on -c synchronous_commit=on -c shared_buffers=256MB",
                cluster.folder.path().display()
            ))
            .arg("-D")
            .arg(&data)
            .arg("start"))?;
        Ok(cluster)
    }

    fn data(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.data().join("data");
        if let Err(error) = run(self
            .command("pg_ctl")
            .args(["-m", "immediate", "-D"])
            .arg(data)
            .arg("stop"))
        {
            eprintln!("PostgreSQL was not stopped: {error:#}");
        }
    }
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().context("it cannot be started")?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(())
}

pub async fn connect() -> Result<Client> {
    let settings = format!("host=127.0.0.1 port={PORT} user=postgres dbname=postgres");
    let (client, connection) = tokio_postgres::connect(&settings, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Appends in a second: a table of events with a unique (stream, revision), one transaction each, as durable.
pub async fn appends(clients: u64) -> Result<f64> {
    let cluster = Cluster::start()?;
    let admin = connect().await?;
    admin
        .batch_execute(
            "CREATE TABLE events (pos BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream TEXT NOT NULL,
                revision BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, created TIMESTAMPTZ NOT NULL DEFAULT now(),
                meta BYTEA NOT NULL, data BYTEA NOT NULL, UNIQUE (stream, revision))",
        )
        .await?;
    let begin = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..clients {
        tasks.spawn(async move {
            let connection = connect().await?;
            let insert = connection
                .prepare("INSERT INTO events (stream, revision, id, type, meta, data) VALUES ($1, $2, $3, $4, $5, $6)")
                .await?;
            let (meta, data) = (vec![b'y'; METADATA_BYTES], vec![b'x'; DATA_BYTES]);
            let mut n = 0u64;
            while begin.elapsed() < SPAN {
                let stream = format!("bench-{client}-{}", n / STREAM_EVENTS);
                let revision = (n % STREAM_EVENTS).cast_signed();
                let id = Uuid::now_v7().to_string();
                connection
                    .execute(&insert, &[&stream, &revision, &id, &"Happened", &meta, &data])
                    .await?;
                n += 1;
            }
            anyhow::Ok(n)
        });
    }
    let mut done = 0;
    while let Some(n) = tasks.join_next().await {
        done += n??;
    }
    let elapsed: Duration = begin.elapsed();
    drop(admin);
    drop(cluster);
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let done = done as f64;
    Ok(done / elapsed.as_secs_f64())
}
