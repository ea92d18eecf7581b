//! What depends on the operating system: who this computer is, what it is like, which programs run scripts.
//!
//! Linux is the first implementation; Windows is to be the second, behind the same functions.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;

use std::path::{Path, PathBuf};
use std::time::Duration;
use upkeep_agent_protocol::{Facts, Interpreter};
use uuid::Uuid;

/// The computer that this agent is on, or the folder that plays one.
#[derive(Clone, Debug)]
pub struct Computer {
    root: PathBuf,
}

impl Computer {
    pub fn new(root: PathBuf) -> Self {
        // An absolute path: scripts get it, and they run elsewhere.
        let root = std::path::absolute(&root).unwrap_or(root);
        Self { root }
    }

    /// What scripts see as `UPKEEP_ROOT`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the agent keeps what it must remember.
    pub fn state_directory(&self) -> PathBuf {
        self.root.join("var/lib/upkeep-agent")
    }

    /// Identity and inventory, as they are now. `generated` is the identity of last resort.
    pub fn facts(&self, generated: &Uuid) -> Facts {
        Facts {
            host_name: system::host_name(&self.root),
            hardware: system::hardware(&self.root, *generated),
            os: system::operating_system(&self.root),
            chassis_type: system::chassis_type(&self.root),
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// The program that runs a script, with the arguments that come before the script's path; or why there is none.
pub fn interpreter(interpreter: Interpreter) -> Result<(PathBuf, &'static [&'static str]), String> {
    system::interpreter(interpreter)
}

/// The time since the computer was started, asleep or not.
pub fn uptime() -> Duration {
    system::uptime()
}

/// What is free for this program on the file system of a folder, in bytes.
pub fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    system::free_bytes(folder)
}

/// The flag of open(2) that refuses to follow a link.
pub const NO_LINK: i32 = system::NO_LINK;

/// The extension that the program expects of a script.
pub fn extension(interpreter: Interpreter) -> &'static str {
    match interpreter {
        Interpreter::Sh | Interpreter::Bash => "sh",
        Interpreter::Python => "py",
        Interpreter::PowerShell => "ps1",
    }
}
