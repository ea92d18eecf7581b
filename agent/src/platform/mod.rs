//! What depends on the operating system: who this computer is, what it is like, which programs run scripts,
//! which are installed.
//!
//! Linux is the first implementation; Windows is to be the second, behind the same functions.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;

use crate::ports::Programs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use upkeep_agent_core::InstalledProgram;
use upkeep_agent_protocol::{Facts, Interpreter};
use uuid::Uuid;

/// The computer that this agent is on, or the folder that plays one.
#[derive(Clone, Debug)]
pub struct Computer {
    root: PathBuf,
    /// Where programs are looked for before the usual places.
    first: Vec<PathBuf>,
}

impl Computer {
    pub fn new(root: PathBuf) -> Self {
        // An absolute path: scripts get it, and they run elsewhere.
        let root = std::path::absolute(&root).unwrap_or(root);
        let first = vec![];
        Self { root, first }
    }

    /// With folders in which the programs that run scripts are looked for before the usual ones.
    #[must_use]
    pub fn looking_first_in(self, first: Vec<PathBuf>) -> Self {
        // A folder of the environment may be empty, which is none.
        let named = first
            .into_iter()
            .filter(|folder| !folder.as_os_str().is_empty());
        let first = named.filter_map(|folder| std::path::absolute(folder).ok());
        Self {
            first: first.collect(),
            ..self
        }
    }

    /// The program that runs a script, or why there is none.
    pub fn interpreter(&self, interpreter: Interpreter) -> Result<PathBuf, String> {
        system::interpreter(&self.first, interpreter)
    }

    /// The home of scripts.
    pub fn home(&self) -> PathBuf {
        if self.root == Path::new("/") {
            "/root".into()
        } else {
            self.root.clone()
        }
    }

    /// A home where that one cannot be written to.
    pub fn kept_home(&self) -> PathBuf {
        self.state_directory().join("home")
    }

    /// What scripts see as `UPKEEP_ROOT`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the agent keeps what it must remember.
    pub fn state_directory(&self) -> PathBuf {
        self.root.join("var/lib/upkeep-agent")
    }

    /// Identity and inventory, as they are now, but for what runs scripts. `generated` is the identity of last resort.
    pub fn facts(&self, generated: &Uuid) -> Facts {
        Facts {
            host_name: system::host_name(&self.root),
            hardware: system::hardware(&self.root, *generated),
            os: system::operating_system(&self.root),
            chassis_type: system::chassis_type(&self.root),
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            interpreters: vec![],
        }
    }
}

impl Programs for Computer {
    fn list(&self, each: &mut dyn FnMut(&InstalledProgram<'_>)) -> Result<(), String> {
        system::programs(&self.root, each)
    }
}

/// Whether this program can write into a folder.
pub fn is_writable(folder: &Path) -> bool {
    system::is_writable(folder)
}

/// Where programs are looked for; scripts get the same.
pub const PATH: &str = system::PATH;

/// The time since the computer was started, asleep or not.
pub fn uptime() -> Duration {
    system::uptime()
}

/// A file that holds this and is on no disk, to be read from its beginning.
pub fn in_memory(content: &[u8]) -> std::io::Result<std::fs::File> {
    system::in_memory(content)
}

/// What is free for this program on the file system of a folder, in bytes.
pub fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    system::free_bytes(folder)
}

/// The flag of open(2) that refuses to follow a link.
pub const NO_LINK: i32 = system::NO_LINK;
/// The one that waits for nobody at the other end of a pipe.
pub const NO_WAIT: i32 = system::NO_WAIT;

/// The extension that the program expects of a script.
pub fn extension(interpreter: Interpreter) -> &'static str {
    match interpreter {
        Interpreter::Sh | Interpreter::Bash => "sh",
        Interpreter::Python => "py",
        Interpreter::PowerShell => "ps1",
    }
}
