//! A look at the programs that the computer's system lists: a run without a script.

use crate::ports::{Inbox, Programs};
use crate::workshop::Word;
use std::sync::Arc;
use tokio::sync::mpsc;
use upkeep_agent_core::{Exit, Input, Search};
use upkeep_agent_protocol::Programs as Found;
use uuid::Uuid;

/// Looks, and answers, until it is told to leave it. Whoever kills it waits for nothing: what only reads changes nothing when it
/// comes to its end later.
pub async fn look(
    run: Uuid,
    search: Search,
    programs: Arc<dyn Programs>,
    told: &mut mpsc::UnboundedReceiver<Word>,
    inbox: &Inbox,
) {
    // Off the runtime's threads: the list may lie on a disk that hangs.
    let mut listing = tokio::task::spawn_blocking(move || found(search, programs.as_ref()));
    let mut is_over = false;
    loop {
        let found = tokio::select! {
            biased;
            word = told.recv() => match word {
                Some(Word::Kill) if !is_over => Err("it was ended".to_owned()),
                None | Some(Word::Leave | Word::Remove) => return,
                Some(_) => continue,
            },
            listed = &mut listing, if !is_over => {
                listed.unwrap_or_else(|error| Err(format!("the agent failed: {error}")))
            }
        };
        is_over = true;
        let exit = match found {
            Ok(found) => {
                say(inbox, Input::Listed(run, found)).await;
                Exit::Code(0)
            }
            Err(why) => Exit::Never(why),
        };
        say(inbox, Input::Exited(run, exit)).await;
        say(inbox, Input::Closed(run)).await;
    }
}

fn found(mut search: Search, programs: &dyn Programs) -> Result<Found, String> {
    programs.list(&mut |program| search.take(program))?;
    Ok(search.found())
}

async fn say(inbox: &Inbox, input: Input) {
    // Nobody listens any more only when the agent ends.
    let _ = inbox.send(input).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use upkeep_agent_core::{InstalledProgram, ProgramState};
    use upkeep_agent_protocol::{ProgramSign, ProgramSource, ProgramsOrder};

    /// Lists one program, once the other side is there.
    struct Slow(Barrier);

    impl Programs for Slow {
        fn list(&self, each: &mut dyn FnMut(&InstalledProgram<'_>)) -> Result<(), String> {
            self.0.wait();
            each(&InstalledProgram {
                name: "reader".into(),
                publisher: None,
                version: Some("1.0".into()),
                product_code: None,
                upgrade_codes: vec![],
                package_family: None,
                package: Some("reader".into()),
                source: ProgramSource::Dpkg,
                scope: None,
                architecture: None,
                state: ProgramState::Whole,
            });
            Ok(())
        }
    }

    struct Broken;

    impl Programs for Broken {
        fn list(&self, _: &mut dyn FnMut(&InstalledProgram<'_>)) -> Result<(), String> {
            Err("the list is damaged".to_owned())
        }
    }

    fn search() -> Search {
        let name = "reader".to_owned();
        let any = vec![ProgramSign::Package { name }];
        Search::new(&ProgramsOrder { any }).unwrap()
    }

    /// What is said, until it is told to leave.
    async fn said(programs: Arc<dyn Programs>, words: Vec<Word>) -> Vec<Input> {
        let (inbox, mut inputs) = mpsc::channel(8);
        let (tell, mut told) = mpsc::unbounded_channel();
        for word in words {
            assert!(tell.send(word).is_ok());
        }
        let run = Uuid::from_u128(7);
        let looks = tokio::spawn(async move {
            look(run, search(), programs, &mut told, &inbox).await;
        });
        let mut said = vec![];
        while !matches!(said.last(), Some(Input::Closed(_))) {
            said.push(inputs.recv().await.unwrap());
        }
        assert!(tell.send(Word::Leave).is_ok());
        looks.await.unwrap();
        assert!(inputs.recv().await.is_none(), "nothing is said after it");
        said
    }

    #[tokio::test]
    async fn what_is_found_is_said_before_the_end() {
        let said = said(Arc::new(Slow(Barrier::new(1))), vec![]).await;
        let Input::Listed(_, found) = &said[0] else {
            panic!("{said:?}");
        };
        assert_eq!((found.count, &*found.entries[0].name), (1, "reader"));
        assert!(matches!(said[1], Input::Exited(_, Exit::Code(0))));
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_finds_nothing_and_says_why() {
        let said = said(Arc::new(Broken), vec![]).await;
        let Input::Exited(_, Exit::Never(why)) = &said[0] else {
            panic!("{said:?}");
        };
        assert_eq!(why, "the list is damaged");
    }

    #[tokio::test]
    async fn a_disk_that_hangs_keeps_nobody() {
        let slow = Arc::new(Slow(Barrier::new(2)));
        let said = said(slow.clone(), vec![Word::Kill]).await;
        assert!(matches!(said[0], Input::Exited(_, Exit::Never(_))));
        slow.0.wait();
    }
}
