//! One script: its process and its output. How long it may take and what it is worth is the core's.

use crate::mask::{Masks, Stream};
use crate::paper;
use crate::ports::Inbox;
use crate::prepared::Prepared;
use crate::process::Tree;
use crate::workshop::Word;
use std::path::Path;
use std::process::ExitStatus;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::sync::mpsc;
use upkeep_agent_core::{Exit, Input, Paper, Source};
use upkeep_agent_protocol::RunOrder;
use uuid::Uuid;

/// Bytes that are read from a pipe at once.
const BLOCK: usize = 16 * 1024;

/// Starts it, and listens to it until it is told to leave it. `root` is the computer's.
pub async fn execute(
    root: &Path,
    order: &RunOrder,
    prepared: Prepared,
    told: &mut mpsc::UnboundedReceiver<Word>,
    inbox: &Inbox,
) {
    let run = order.run_id;
    let tree = Tree::new(run);
    let started = Masks::of(order).and_then(|masks| {
        let child = prepared.command(root, order, &tree)?.spawn()?;
        Ok((masks, child))
    });
    match started {
        Ok((masks, child)) => {
            let answer = prepared.answer.as_deref();
            let process = Process {
                child,
                answer,
                masks,
            };
            listen(run, process, &tree, told, inbox).await;
        }
        Err(error) => {
            let why = format!("{}: {error}", prepared.program().display());
            say(inbox, Input::Exited(run, Exit::Never(why))).await;
            say(inbox, Input::Closed(run)).await;
        }
    }
}

async fn say(inbox: &Inbox, input: Input) {
    // Nobody listens any more only when the agent ends.
    let _ = inbox.send(input).await;
}

/// A script that was started.
struct Process<'a> {
    child: Child,
    answer: Option<&'a Path>,
    masks: Masks,
}

async fn listen(
    run: Uuid,
    process: Process<'_>,
    tree: &Tree,
    told: &mut mpsc::UnboundedReceiver<Word>,
    inbox: &Inbox,
) {
    let Process {
        mut child,
        answer,
        masks,
    } = process;
    let mut stdout = Pipe::new(child.stdout.take(), Source::Stdout, &masks);
    let mut stderr = Pipe::new(child.stderr.take(), Source::Stderr, &masks);
    let (mut may_write, mut has_exited, mut has_closed) = (true, false, false);
    loop {
        let (source, bytes) = tokio::select! {
            // What is to be done to it first: a flood of output must not keep it alive. Then its end, which starts the
            // clock for whoever still holds its output. Whichever output comes last waits in its pipe, and the script with it.
            biased;
            word = told.recv() => {
                match word {
                    // Once it was waited for it has no number: that may be somebody else's by now.
                    Some(Word::Kill) => tree.kill(child.id()),
                    Some(Word::AskToEnd) => answer.map(paper::ask_to_end).unwrap_or_default(),
                    Some(Word::More) => may_write = true,
                    None | Some(Word::Leave | Word::Remove) => return,
                    Some(Word::Fetch { .. } | Word::Spawn) => {}
                }
                continue;
            }
            status = child.wait(), if !has_exited => {
                has_exited = true;
                if let Some(answer) = answer {
                    let paper = match read(answer).await {
                        Paper::Written(bytes) => Paper::Written(masks.whole(bytes)),
                        other => other,
                    };
                    say(inbox, Input::Answered(run, paper)).await;
                }
                say(inbox, Input::Exited(run, exit(status))).await;
                continue;
            }
            read = stdout.read(), if may_write => (Source::Stdout, read),
            read = stderr.read(), if may_write => (Source::Stderr, read),
        };
        if !bytes.is_empty() {
            may_write = false;
            say(inbox, Input::Output(run, source, bytes)).await;
        }
        if stdout.is_closed() && stderr.is_closed() && !has_closed {
            has_closed = true;
            say(inbox, Input::Closed(run)).await;
        }
    }
}

/// Off the runtime's threads: the folder may lie on a disk that hangs.
async fn read(answer: &Path) -> Paper {
    let answer = answer.to_owned();
    tokio::task::spawn_blocking(move || paper::read(&answer))
        .await
        .unwrap_or(Paper::Unreadable)
}

fn exit(status: std::io::Result<ExitStatus>) -> Exit {
    match status {
        Err(error) => Exit::Never(error.to_string()),
        Ok(status) => {
            #[cfg(unix)]
            if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
                return Exit::Signal(signal);
            }
            Exit::Code(status.code().unwrap_or(-1))
        }
    }
}

/// One of the script's two outputs.
struct Pipe<'a, R> {
    reader: Option<R>,
    masks: &'a Masks,
    masked: Stream,
    block: Vec<u8>,
    source: Source,
}

impl<'a, R: AsyncRead + Unpin> Pipe<'a, R> {
    fn new(reader: Option<R>, source: Source, masks: &'a Masks) -> Self {
        Self {
            reader,
            masks,
            masked: Stream::default(),
            block: vec![0; BLOCK],
            source,
        }
    }

    fn close(&mut self) -> Vec<u8> {
        self.reader = None;
        self.masked.end(self.masks)
    }

    fn is_closed(&self) -> bool {
        self.reader.is_none()
    }

    /// The next bytes, none where all that came is held back; waits for ever once it is closed. Cancel-safe.
    async fn read(&mut self) -> Vec<u8> {
        let read = match &mut self.reader {
            None => std::future::pending().await,
            Some(reader) => reader.read(&mut self.block).await,
        };
        match read {
            Ok(length @ 1..) => self.masked.take(self.masks, &self.block[..length]),
            Ok(0) => self.close(),
            Err(error) => {
                tracing::warn!(source = ?self.source, %error, "output cannot be read");
                self.close()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::tests::plain;
    use upkeep_agent_protocol::Interpreter;

    #[tokio::test]
    async fn who_was_waited_for_leads_no_group_any_more() {
        let tree = Tree::new(Uuid::new_v4());
        let mut child = tree.command(Path::new("/bin/true")).spawn().unwrap();
        assert!(child.id().is_some());
        child.wait().await.unwrap();
        assert_eq!(child.id(), None, "to kill is for the tree alone");
    }

    #[tokio::test]
    async fn to_kill_what_has_exited_harms_nobody() {
        let tree = Tree::new(Uuid::new_v4());
        let child = tree.command(Path::new("/bin/true")).spawn().unwrap();
        let (inbox, mut inputs) = mpsc::channel(1);
        let (words, mut told) = mpsc::unbounded_channel();
        let run = Uuid::new_v4();
        let listens = tokio::spawn(async move {
            let process = Process {
                child,
                answer: None,
                masks: Masks::of(&plain(Interpreter::Sh)).unwrap(),
            };
            listen(run, process, &tree, &mut told, &inbox).await;
        });
        let exited = inputs.recv().await;
        assert!(matches!(exited, Some(Input::Exited(_, Exit::Code(0)))));
        words.send(Word::Kill).unwrap();
        words.send(Word::Leave).unwrap();
        listens.await.unwrap();
    }
}
