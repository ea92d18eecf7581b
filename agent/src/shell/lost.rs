//! A shell whose memory is lost on the way.

use super::{Shell, inbox};
use crate::clock::Boottime;
use crate::ports::{Processes, Wire};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use upkeep_agent_core::{Change, Core, Durability, Identity, Input, Kept, Memory};
use upkeep_agent_core::{Remembered, Waiting};
use upkeep_agent_protocol::{AgentMessage, PackageOrder, RunOrder};
use uuid::Uuid;

/// A world that takes everything and answers nothing.
struct Void;

impl Wire for Void {
    fn dial(&mut self) {}
    fn say(&mut self, _: AgentMessage) {}
    fn hang_up(&mut self) {}
}

impl Processes for Void {
    fn sweep(&mut self, _: Vec<Uuid>) {}
    fn prepare(&mut self, _: RunOrder) {}
    fn fetch(&mut self, _: Uuid, _: PackageOrder, _: String) {}
    fn spawn(&mut self, _: Uuid) {}
    fn more(&mut self, _: Uuid) {}
    fn ask_to_end(&mut self, _: Uuid) {}
    fn kill(&mut self, _: Uuid) {}
    fn leave(&mut self, _: Uuid) {}
    fn remove(&mut self, _: Uuid) {}
}

/// It does not survive the first question.
struct Frail;

impl Memory for Frail {
    fn runs(&mut self) -> Result<Vec<Remembered>, String> {
        Ok(vec![])
    }

    fn store(&mut self, _: &Change, _: Durability) -> Kept {
        panic!("it is too much")
    }

    fn recall(&mut self, _: u64) -> Result<Waiting, String> {
        panic!("it is too much")
    }
}

fn core() -> Core {
    let identity = Identity {
        agent_id: Uuid::from_u128(5),
        key: [7; 32],
        server: "https://upkeep.example".into(),
        server_keys: vec![],
    };
    Core::new(identity, crate::settings(Duration::from_secs(1)))
}

#[tokio::test]
async fn an_agent_whose_memory_ends_does_not_live_on_deaf() {
    let (answers, inputs) = inbox();
    let (wire, processes) = (Box::new(Void), Box::new(Void));
    let clock = Arc::new(Boottime);
    let shell = Shell::new(core(), clock, wire, processes, Frail, answers.clone());
    shell.ask(super::Question::Recall(upkeep_agent_core::Token(1), 0));
    let booted = Input::Booted { runs: vec![] };
    let lives = shell.run(booted, inputs, CancellationToken::new());
    let ended = tokio::time::timeout(Duration::from_mins(1), lives).await;
    let error = ended.expect("it ends").unwrap_err();
    assert!(format!("{error:#}").contains("it is too much"), "{error:#}");
}
