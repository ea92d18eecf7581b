//! A mount namespace of its own with a small disk in it: whatever is mounted, filled or deleted there stays there, and
//! goes with it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub struct Namespace {
    /// The process that keeps it.
    keeper: u32,
    _process: Child,
}

impl Namespace {
    /// With a disk of this size at a folder; nothing where that cannot be made.
    pub async fn with_disk(folder: &Path, megabytes: u32) -> Option<Self> {
        if !crate::is_root() {
            eprintln!("skipped: only root can make a mount namespace");
            return None;
        }
        let script =
            "mount -t tmpfs -o \"size=$1m\" tmpfs \"$2\" && echo ready && exec sleep infinity";
        let mut process = Command::new("unshare")
            .args(["--mount", "--propagation", "private"])
            .args(["sh", "-c", script, "sh", &megabytes.to_string()])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("unshare");
        let keeper = process.id().expect("it runs");
        let mut said = String::new();
        let output = process.stdout.take().expect("its output");
        let heard = BufReader::new(output).read_line(&mut said).await;
        if heard.is_err() || said.trim() != "ready" {
            eprintln!("skipped: no mount namespace can be made here");
            return None;
        }
        Some(Self {
            keeper,
            _process: process,
        })
    }

    /// A command inside.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--mount=/proc/{}/ns/mnt", self.keeper))
            .arg("--")
            .arg(program);
        command
    }

    /// Where a path of the inside is for this process.
    pub fn path(&self, inner: &Path) -> PathBuf {
        let inner = inner.strip_prefix("/").unwrap_or(inner);
        PathBuf::from(format!("/proc/{}/root", self.keeper)).join(inner)
    }
}
