//! Deleting a folder in which strangers worked, as root.
//!
//! A script may leave anything behind: a bind mount of `/home`, a link, a file that cannot be removed, a
//! thousand folders in each other. [`remove`] goes by descriptors and not by paths, never through a mount or a
//! link and never into another file system; it goes on when something cannot be removed, and says what stays.
//!
//! It is no general `rm -r`: whoever deletes recursively as root uses this and nothing else. Start reading at
//! [`remove`].

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
use other as system;

use std::fmt;
use std::path::{Path, PathBuf};

/// What stays is counted, and so many are named.
pub const NAMED: usize = 8;

/// Something that could not be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remnant {
    pub path: PathBuf,
    pub why: String,
}

/// What stays of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// The first [`NAMED`] of them.
    pub named: Vec<Remnant>,
    /// All of them. What lies below them and the folders around them are not counted.
    pub count: u64,
}

impl Remains {
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn add(&mut self, path: &Path, why: &dyn fmt::Display) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(Remnant {
                path: path.to_owned(),
                why: why.to_string(),
            });
        }
    }
}

/// Such as `/srv/x stays: something is mounted on it; and 3 more`.
impl fmt::Display for Remains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Remnant { path, why }) in self.named.iter().enumerate() {
            let between = if n == 0 { "" } else { "; " };
            write!(f, "{between}{} stays: {why}", path.display())?;
        }
        match self.count - self.named.len() as u64 {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// Removes a folder with everything in it that belongs to it, and answers with what stays. A folder that is not
/// there is removed already.
pub fn remove(folder: &Path) -> Remains {
    system::remove(folder)
}
