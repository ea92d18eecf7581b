//! Being asked to stop.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Requests to stop this program: Ctrl-C, or the service manager's SIGTERM. Whoever listens from the beginning on misses none,
/// whatever it does between two questions.
pub struct StopRequests {
    signals: Option<(Signal, Signal)>,
}

impl StopRequests {
    /// From now on none is missed.
    pub fn listen() -> Self {
        let terminate = signal(SignalKind::terminate());
        let interrupt = signal(SignalKind::interrupt());
        Self {
            signals: terminate.ok().zip(interrupt.ok()),
        }
    }

    /// Waits for a request; one that came since the last question is answered at once. Cancel-safe.
    pub async fn next(&mut self) {
        match &mut self.signals {
            Some((terminate, interrupt)) => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use std::time::Duration;

    #[tokio::test]
    async fn a_request_between_two_questions_is_not_missed() {
        let mut stops = StopRequests::listen();
        let asked = tokio::time::timeout(Duration::from_millis(10), stops.next()).await;
        assert!(asked.is_err(), "nobody asked");
        let pid = std::process::id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status();
        assert!(sent.unwrap().success());
        tokio::time::sleep(Duration::from_millis(50)).await;
        stops.next().await;
    }
}
