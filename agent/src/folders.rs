//! The folders of runs: each made for one run and removed with it.
//!
//! The script, its package, its answer and the folder that it works in never share a folder: no name of a package can
//! take the place of a script. What a script leaves behind is removed with care (`upkeep-removal`), what cannot be removed
//! stays and is said, and nothing of it stops the agent.

use std::io;
use std::path::{Path, PathBuf};
use upkeep_removal::Remains;
use uuid::Uuid;

/// Folders of one run that stayed behind, at most, before it gets none any more.
const MAX_STAYED: usize = 100;

/// Where runs have their folders.
#[derive(Clone, Debug)]
pub struct Folders {
    runs: PathBuf,
}

impl Folders {
    pub fn new(state: &Path) -> Self {
        Self {
            runs: state.join("runs"),
        }
    }

    /// An empty folder for a run.
    pub fn make(&self, run: Uuid) -> io::Result<RunFolder> {
        std::fs::create_dir_all(&self.runs).map_err(|error| at(&self.runs, &error))?;
        for n in 0..MAX_STAYED {
            let path = self.runs.join(match n {
                0 => run.simple().to_string(),
                n => format!("{}-{n}", run.simple()),
            });
            // Never one that is there: somebody else's things are in it.
            match std::fs::create_dir(&path) {
                Ok(()) => {
                    let folder = RunFolder { path };
                    for part in folder.parts() {
                        std::fs::create_dir(&part).map_err(|error| at(&part, &error))?;
                    }
                    return Ok(folder);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(at(&path, &error)),
            }
        }
        let error = io::Error::other("too many folders of this run stayed behind: remove them");
        Err(at(&self.runs, &error))
    }

    /// Removes what runs left behind that a killed agent did not end.
    pub async fn clear(&self) -> Remains {
        let runs = self.runs.clone();
        remove(runs).await
    }
}

/// An error that names what it is about.
pub fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// What stays is no reason to end, and neither is a removal that does not end by itself.
async fn remove(folder: PathBuf) -> Remains {
    tokio::task::spawn_blocking(move || upkeep_removal::remove(&folder))
        .await
        .unwrap_or_default()
}

/// The part of what stays that lies in folders of this run.
pub fn of_run(remains: &Remains, run: Uuid) -> Remains {
    let name = run.simple().to_string();
    let is_its = |path: &Path| {
        path.components()
            .any(|part| part.as_os_str().to_string_lossy().starts_with(&name))
    };
    let named: Vec<_> = remains
        .named
        .iter()
        .filter(|left| is_its(&left.path))
        .cloned()
        .collect();
    Remains {
        count: named.len() as u64,
        named,
    }
}

/// The folder of one run.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Where the script lies, alone.
    pub fn script(&self) -> PathBuf {
        self.path.join("script")
    }

    /// Where its package lies, alone.
    pub fn package(&self) -> PathBuf {
        self.path.join("package")
    }

    /// Where it leaves its answer.
    pub fn result(&self) -> PathBuf {
        self.path.join("result")
    }

    /// Where it works.
    pub fn work(&self) -> PathBuf {
        self.path.join("work")
    }

    /// All of it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn parts(&self) -> [PathBuf; 4] {
        [self.script(), self.package(), self.result(), self.work()]
    }

    pub async fn remove(self) -> Remains {
        remove(self.path).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_attempt_has_an_empty_folder_and_nothing_is_shared() {
        let state = tempfile::TempDir::new().unwrap();
        let folders = Folders::new(state.path());
        let run = Uuid::from_u128(7);
        let first = folders.make(run).unwrap();
        std::fs::write(first.work().join("left"), "").unwrap();
        let second = folders.make(run).unwrap();
        assert_ne!(first.path, second.path);
        for part in second.parts() {
            assert_eq!(std::fs::read_dir(part).unwrap().count(), 0);
        }
        assert!(second.remove().await.is_empty());
        assert!(first.work().join("left").exists());
        assert!(folders.clear().await.is_empty());
        assert!(!first.path.exists());
        assert!(folders.clear().await.is_empty(), "there is nothing");
    }

    #[test]
    fn what_stays_of_a_run_is_told_apart() {
        let run = Uuid::from_u128(7);
        let left = |path: String| upkeep_removal::Remnant {
            path: path.into(),
            why: "it is stone".into(),
        };
        let remains = Remains {
            named: vec![
                left(format!("/s/runs/{}/work/x", run.simple())),
                left(format!("/s/runs/{}-1/work/x", run.simple())),
                left(format!("/s/runs/{}/work/x", Uuid::from_u128(8).simple())),
            ],
            count: 3,
        };
        assert_eq!(of_run(&remains, run).count, 2);
    }
}
