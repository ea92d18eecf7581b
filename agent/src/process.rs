//! A script's process with everything that it starts, so that all of it can be killed.
//!
//! A control group of its own where one can be made: nothing escapes from it. Else a process group, and for those
//! who left it a look at every process for the mark that each run puts into its environment.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::path::{Path, PathBuf};
use tokio::process::Command;
use uuid::Uuid;

/// The variable that marks every process of a run.
pub const MARK: &str = "UPKEEP_RUN";

/// Everything that one run started.
pub struct Tree {
    run: Uuid,
    cgroup: Option<PathBuf>,
}

impl Tree {
    /// Prepares a place for a run's processes.
    pub fn new(run: Uuid) -> Self {
        let cgroup = own_cgroup()
            .map(|own| own.join(format!("upkeep-run-{}", run.simple())))
            .filter(|path| std::fs::create_dir(path).is_ok());
        Self { run, cgroup }
    }

    /// The command that runs a program inside the tree.
    pub fn command(&self, program: &Path) -> Command {
        // The shell enters the group and then becomes the program: no child is born outside. What scripts make is for all
        // accounts to read, as it is where they are run by hand; the agent's own mask is stricter.
        let mut command = Command::new("/bin/sh");
        command
            .arg("-c")
            .arg("umask 0022; [ -z \"$0\" ] || echo 0 2>/dev/null > \"$0/cgroup.procs\"; exec \"$@\"")
            .arg(self.cgroup.as_deref().unwrap_or(Path::new("")))
            .arg(program);
        command.process_group(0);
        command
    }

    /// Kills every process of the run.
    pub fn kill(&self, leader: Option<u32>) {
        if let Some(cgroup) = &self.cgroup {
            // Kernels before 5.14 have no such file; the group and the marks remain.
            let _ = std::fs::write(cgroup.join("cgroup.kill"), "1");
        }
        if let Some(group) = leader.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        kill_marked(self.run);
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if let Some(cgroup) = &self.cgroup {
            // It stays while a service that the script started lives in it; an empty one goes.
            let _ = std::fs::remove_dir(cgroup);
        }
    }
}

/// Kills every process that carries the mark of a run, until none is found.
pub fn kill_marked(run: Uuid) {
    const ROUNDS: usize = 5;
    let mark = format!("{MARK}={run}");
    for _ in 0..ROUNDS {
        let marked = marked_processes(&mark);
        if marked.is_empty() {
            return;
        }
        for pid in marked {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

fn marked_processes(mark: &str) -> Vec<Pid> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return vec![];
    };
    processes
        .flatten()
        .filter_map(|process| {
            let pid: i32 = process.file_name().to_str()?.parse().ok()?;
            let environment = std::fs::read(process.path().join("environ")).ok()?;
            let is_marked = environment
                .split(|byte| *byte == 0)
                .any(|variable| variable == mark.as_bytes());
            if is_marked { Pid::from_raw(pid) } else { None }
        })
        .collect()
}

/// The version 2 control group that this process is in, if there is one.
fn own_cgroup() -> Option<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    let mount = mounts.lines().find_map(|line| {
        let mut fields = line.split(' ');
        let (_, path, kind) = (fields.next()?, fields.next()?, fields.next()?);
        (kind == "cgroup2").then(|| PathBuf::from(path))
    })?;
    let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(mount.join(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::Mode;

    #[tokio::test]
    async fn what_scripts_make_is_for_all_to_read_whatever_the_agents_own_mask() {
        rustix::process::umask(Mode::RWXG | Mode::RWXO);
        let tree = Tree::new(Uuid::new_v4());
        let mut command = tree.command(Path::new("/bin/sh"));
        let output = command.args(["-c", "umask"]).output().await.unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "0022");
    }
}
