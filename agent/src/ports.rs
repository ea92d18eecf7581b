//! What the shell needs of the world. Each port carries effects of the core out and answers with inputs, from whichever
//! task it likes; none of its calls waits. The memory's port is the core's own ([`upkeep_agent_core::Memory`]).

use std::path::Path;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::mpsc;
use upkeep_agent_core::{Input, InstalledProgram};
use upkeep_agent_protocol::{AgentMessage, Facts, Outcome, PackageOrder, RunOrder};
use uuid::Uuid;

/// Where inputs go. Bounded: who sends waits.
pub type Inbox = mpsc::Sender<Input>;

/// What time it is.
pub trait Clock: Send + Sync {
    /// The time since the computer was started, asleep or not.
    fn uptime(&self) -> Duration;
}

/// What this computer is like.
pub trait Machine: Send + Sync {
    fn facts(&self) -> Facts;
}

/// The connection to the server, one at a time.
pub trait Wire: Send {
    /// Connects. Ends with [`Input::LinkLost`], once.
    fn dial(&mut self);
    fn say(&mut self, message: AgentMessage);
    fn hang_up(&mut self);
}

/// The folders and processes of runs. Each call carries out the effect of the same name.
pub trait Processes: Send {
    fn sweep(&mut self, runs: Vec<Uuid>);
    fn prepare(&mut self, order: RunOrder);
    fn fetch(&mut self, run: Uuid, package: PackageOrder, ticket: String);
    fn spawn(&mut self, run: Uuid);
    fn more(&mut self, run: Uuid);
    fn ask_to_end(&mut self, run: Uuid);
    fn kill(&mut self, run: Uuid);
    fn leave(&mut self, run: Uuid);
    fn remove(&mut self, run: Uuid);
}

/// The programs that the computer's system lists.
pub trait Programs: Send + Sync {
    /// Gives each of them, in any order, and says which is half there; or says why they cannot be listed, wholly. It may wait
    /// for the disk, and reads no more than a bounded amount.
    fn list(&self, each: &mut dyn FnMut(&InstalledProgram<'_>)) -> Result<(), String>;
}

/// What comes of a download.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<(), Outcome>> + Send + 'a>>;

/// Where packages come from.
pub trait Packages: Send + Sync {
    /// Puts a package at `target`, whole and checked; or says why it cannot be had.
    fn fetch<'a>(
        &'a self,
        package: &'a PackageOrder,
        ticket: &'a str,
        target: &'a Path,
    ) -> Fetching<'a>;
}
