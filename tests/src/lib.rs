//! What whole-system tests share: a real server process, real agents, a client that speaks only public protocols.

pub mod agent;
pub mod client;
pub mod everything;
pub mod grpc;
pub mod namespace;
pub mod peer;
pub mod proxy;
pub mod server;
pub mod subscription;
#[cfg(test)]
mod tidy;

pub use agent::Agent;
pub use client::Client;
pub use namespace::Namespace;
pub use peer::Peer;
pub use server::Server;

use std::path::PathBuf;
use std::time::Duration;
use tokio::time::Instant;

/// How long something that must happen may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(2);
/// Between two looks at whether it happened.
pub const POLL: Duration = Duration::from_millis(50);

/// A program of this workspace, built beside the test.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let folder = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("target/debug");
    let program = folder.join(name);
    assert!(
        program.is_file(),
        "{} is not built: run the tests with ./dev test",
        program.display()
    );
    program
}

/// Waits until `look` finds something.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "it did not happen in time: {what}"
        );
        tokio::time::sleep(POLL).await;
    }
}

/// Random milliseconds below a limit.
pub fn random_ms(limit: u64) -> Duration {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("random bytes");
    Duration::from_millis(u64::from_le_bytes(bytes) % limit)
}

/// The last lines of a log.
pub fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// Whether this test runs as root on Linux, as those that make file systems must.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
