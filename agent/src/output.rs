//! A script's output: batched into pieces, bounded, counted and digested as a whole.

use crate::state::{State, StateError};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::time::Duration;
use upkeep_agent_protocol::{MAX_CHUNK_BYTES, MAX_RUN_OUTPUT_BYTES, TAIL_BYTES};
use uuid::Uuid;

/// Output that came meanwhile goes out together.
pub const FLUSH_EVERY: Duration = Duration::from_millis(200);

/// Where a piece of output came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Stdout,
    Stderr,
}

/// The output of one run.
pub struct Output<'a> {
    state: &'a State,
    run: Uuid,
    pending: Vec<u8>,
    stdout: Tail,
    stderr: Tail,
    hasher: Sha256,
    bytes: u64,
    sent: u64,
    next_index: u64,
    truncated: bool,
}

/// What is known of all output, when there will be no more.
pub struct Summary {
    pub stdout_tail: String,
    pub stderr_tail: String,
    pub bytes: u64,
    pub sha256: String,
    pub truncated: bool,
}

impl<'a> Output<'a> {
    pub fn new(state: &'a State, run: Uuid) -> Self {
        Self {
            state,
            run,
            pending: Vec::new(),
            stdout: Tail::default(),
            stderr: Tail::default(),
            hasher: Sha256::new(),
            bytes: 0,
            sent: 0,
            next_index: 0,
            truncated: false,
        }
    }

    /// Takes what was read.
    pub async fn take(&mut self, source: Source, bytes: &[u8]) -> Result<(), StateError> {
        self.bytes += bytes.len() as u64;
        self.hasher.update(bytes);
        match source {
            Source::Stdout => self.stdout.take(bytes),
            Source::Stderr => self.stderr.take(bytes),
        }
        if self.truncated {
            return Ok(());
        }
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= MAX_CHUNK_BYTES {
            self.flush().await?;
        }
        Ok(())
    }

    /// Sends what waits. An incomplete character at its end waits for its other bytes.
    pub async fn flush(&mut self) -> Result<(), StateError> {
        let complete = complete_characters(&self.pending);
        let rest = self.pending.split_off(complete);
        let text =
            String::from_utf8_lossy(&std::mem::replace(&mut self.pending, rest)).into_owned();
        for piece in pieces(&text) {
            self.send(piece).await?;
        }
        Ok(())
    }

    async fn send(&mut self, piece: &str) -> Result<(), StateError> {
        if self.truncated {
            return Ok(());
        }
        let fits = self.sent + piece.len() as u64 <= MAX_RUN_OUTPUT_BYTES;
        // Output that cannot be kept is lost as output; the run and its answer are worth more.
        let kept = fits
            && self
                .state
                .output(self.run, self.next_index, piece.to_owned())
                .await
                .unwrap_or_else(|error| {
                    tracing::warn!(run = %self.run, %error, "output is not kept");
                    false
                });
        self.truncated = !kept;
        if self.truncated {
            self.pending = Vec::new();
        } else {
            self.sent += piece.len() as u64;
            self.next_index += 1;
        }
        Ok(())
    }

    /// The end. Output that fits into the report and was not sent yet goes with the report alone.
    pub async fn finish(mut self) -> Result<Summary, StateError> {
        if self.next_index > 0 || self.bytes > TAIL_BYTES as u64 {
            self.flush().await?;
            let rest = String::from_utf8_lossy(&std::mem::take(&mut self.pending)).into_owned();
            for piece in pieces(&rest) {
                self.send(piece).await?;
            }
        }
        Ok(Summary {
            stdout_tail: self.stdout.text(),
            stderr_tail: self.stderr.text(),
            bytes: self.bytes,
            sha256: hex::encode(self.hasher.finalize()),
            truncated: self.truncated,
        })
    }
}

/// The last bytes of a stream.
#[derive(Default)]
struct Tail(VecDeque<u8>);

impl Tail {
    fn take(&mut self, bytes: &[u8]) {
        let bytes = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
        let excess = (self.0.len() + bytes.len()).saturating_sub(TAIL_BYTES);
        self.0.drain(..excess);
        self.0.extend(bytes);
    }

    /// As text of at most the same size, from the first whole character on.
    fn text(mut self) -> String {
        let bytes: &[u8] = self.0.make_contiguous();
        let start = bytes
            .iter()
            .take(3)
            .take_while(|byte| **byte & 0xc0 == 0x80)
            .count();
        let text = String::from_utf8_lossy(&bytes[start..]).into_owned();
        let mut from = text.len().saturating_sub(TAIL_BYTES);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        text[from..].to_owned()
    }
}

/// How many bytes hold whole characters: all, unless the end is the beginning of one.
fn complete_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => match bytes.iter().rposition(|byte| byte & 0xc0 != 0x80) {
            Some(last)
                if bytes.len() - last < 4
                    && std::str::from_utf8(&bytes[last..])
                        .is_err_and(|e| e.error_len().is_none()) =>
            {
                last
            }
            _ => bytes.len(),
        },
    }
}

/// Pieces that fit into a frame, cut between characters.
fn pieces(mut text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    while !text.is_empty() {
        let mut end = text.len().min(MAX_CHUNK_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        pieces.push(&text[..end]);
        text = &text[end..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_agent_protocol::AgentFrame;

    async fn output_of(parts: &[&[u8]]) -> (Summary, Vec<String>) {
        let folder = tempfile::TempDir::new().unwrap();
        let state = State::open(folder.path()).unwrap();
        let mut output = Output::new(&state, Uuid::nil());
        for part in parts {
            output.take(Source::Stdout, part).await.unwrap();
            output.flush().await.unwrap();
        }
        let summary = output.finish().await.unwrap();
        let sent = state.waiting(0).await.unwrap();
        let texts = sent.into_iter().map(|(_, frame)| match frame {
            AgentFrame::Output { text, .. } => text,
            other => panic!("{other:?}"),
        });
        (summary, texts.collect())
    }

    #[tokio::test]
    async fn characters_are_not_cut_and_bad_bytes_are_replaced() {
        let (summary, sent) = output_of(&[b"a\xc3", b"\xbc\xff", b"z"]).await;
        assert_eq!(sent.concat(), "a\u{fc}\u{fffd}z");
        assert_eq!(
            (summary.bytes, summary.stdout_tail.as_str()),
            (5, "a\u{fc}\u{fffd}z")
        );
        assert_eq!(
            summary.sha256,
            hex::encode(Sha256::digest(b"a\xc3\xbc\xffz"))
        );
    }

    #[tokio::test]
    async fn a_flood_is_cut_counted_and_digested() {
        let folder = tempfile::TempDir::new().unwrap();
        let state = State::open(folder.path()).unwrap();
        let mut output = Output::new(&state, Uuid::nil());
        let block = vec![b'x'; 1024 * 1024];
        for _ in 0..20 {
            output.take(Source::Stdout, &block).await.unwrap();
        }
        let summary = output.finish().await.unwrap();
        assert!(summary.truncated);
        assert_eq!(summary.bytes, 20 * 1024 * 1024);
        assert_eq!(summary.stdout_tail.len(), TAIL_BYTES);
    }

    #[tokio::test]
    async fn what_fits_into_the_report_is_not_sent_twice() {
        let folder = tempfile::TempDir::new().unwrap();
        let state = State::open(folder.path()).unwrap();
        let mut output = Output::new(&state, Uuid::nil());
        output.take(Source::Stdout, b"1.2.3\n").await.unwrap();
        assert_eq!(output.finish().await.unwrap().stdout_tail, "1.2.3\n");
        assert!(state.waiting(0).await.unwrap().is_empty());
    }
}
