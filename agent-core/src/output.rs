//! A script's output: batched into pieces, bounded, counted and digested as a whole.

use crate::words::Source;
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use upkeep_agent_protocol::{MAX_CHUNK_BYTES, MAX_RUN_OUTPUT_BYTES, TAIL_BYTES};

/// Pieces that wait to be kept before the script has to wait.
const MAX_PIECES: usize = 1;

/// The output of one run.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pending: Vec<u8>,
    pieces: VecDeque<String>,
    /// The bytes of the piece that is being kept.
    under_way: Option<u64>,
    stdout: Tail,
    stderr: Tail,
    hasher: Sha256,
    bytes: u64,
    sent: u64,
    next_index: u64,
    truncated: bool,
}

/// What is known of all output, when there will be no more.
pub(crate) struct Summary {
    pub(crate) stdout_tail: String,
    pub(crate) stderr_tail: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) truncated: bool,
}

impl Output {
    /// Takes what was read.
    pub(crate) fn take(&mut self, source: Source, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hasher.update(bytes);
        match source {
            Source::Stdout => self.stdout.take(bytes),
            Source::Stderr => self.stderr.take(bytes),
        }
        if self.truncated {
            return;
        }
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= MAX_CHUNK_BYTES {
            self.cut();
        }
    }

    /// Whether something waits for company.
    pub(crate) fn is_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether the script may write on.
    pub(crate) fn has_room(&self) -> bool {
        self.pieces.len() <= MAX_PIECES
    }

    /// Nothing waits to be kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.under_way.is_none() && self.pieces.is_empty()
    }

    /// Makes pieces of what waits. An incomplete character at its end waits for its other bytes.
    pub(crate) fn cut(&mut self) {
        let complete = complete_characters(&self.pending);
        let rest = self.pending.split_off(complete);
        let whole = std::mem::replace(&mut self.pending, rest);
        self.add(&whole);
    }

    fn add(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        self.pieces.extend(pieces(&text).map(str::to_owned));
    }

    /// The next piece to keep, with its number. One at a time: what comes after one that was dropped is dropped, too.
    pub(crate) fn next(&mut self) -> Option<(u64, String)> {
        if self.under_way.is_some() {
            return None;
        }
        let piece = self.pieces.pop_front()?;
        let bytes = piece.len() as u64;
        if self.sent + bytes > MAX_RUN_OUTPUT_BYTES {
            self.truncate();
            return None;
        }
        self.under_way = Some(bytes);
        Some((self.next_index, piece))
    }

    /// The piece is kept.
    pub(crate) fn kept(&mut self) {
        self.sent += self.under_way.take().unwrap_or_default();
        self.next_index += 1;
    }

    /// Output that cannot be kept is lost as output; the run and its answer are worth more.
    pub(crate) fn truncate(&mut self) {
        self.under_way = None;
        self.truncated = true;
        self.pending = Vec::new();
        self.pieces = VecDeque::new();
    }

    /// There will be no more. Output that fits into the report and was not sent yet goes with the report alone.
    pub(crate) fn end(&mut self) {
        let has_begun = self.next_index > 0 || !self.is_kept();
        let rest = std::mem::take(&mut self.pending);
        if has_begun || self.bytes > TAIL_BYTES as u64 {
            self.add(&rest);
        }
    }

    pub(crate) fn summary(&self) -> Summary {
        Summary {
            stdout_tail: self.stdout.text(),
            stderr_tail: self.stderr.text(),
            bytes: self.bytes,
            sha256: hex::encode(self.hasher.clone().finalize()),
            truncated: self.truncated,
        }
    }
}

/// The last bytes of a stream.
#[derive(Debug, Default)]
struct Tail(VecDeque<u8>);

impl Tail {
    fn take(&mut self, bytes: &[u8]) {
        let bytes = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
        let excess = (self.0.len() + bytes.len()).saturating_sub(TAIL_BYTES);
        self.0.drain(..excess);
        self.0.extend(bytes);
    }

    /// As text of at most the same size, from the first whole character on.
    fn text(&self) -> String {
        let bytes: Vec<u8> = self.0.iter().copied().collect();
        let start = bytes
            .iter()
            .take(3)
            .take_while(|byte| **byte & 0xc0 == 0x80)
            .count();
        let text = String::from_utf8_lossy(&bytes[start..]).into_owned();
        let from = text.len().saturating_sub(TAIL_BYTES);
        text[text.ceil_char_boundary(from)..].to_owned()
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
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (piece, rest) = text.split_at(text.floor_char_boundary(MAX_CHUNK_BYTES));
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps everything that is to be kept.
    fn keep(output: &mut Output, texts: &mut Vec<String>) {
        while let Some((index, text)) = output.next() {
            assert_eq!(index, texts.len() as u64);
            texts.push(text);
            output.kept();
        }
    }

    fn output_of(parts: &[&[u8]]) -> (Summary, Vec<String>) {
        let (mut output, mut texts) = (Output::default(), Vec::new());
        for part in parts {
            output.take(Source::Stdout, part);
            output.cut();
            keep(&mut output, &mut texts);
        }
        output.end();
        keep(&mut output, &mut texts);
        (output.summary(), texts)
    }

    #[test]
    fn characters_are_not_cut_and_bad_bytes_are_replaced() {
        let (summary, sent) = output_of(&[b"a\xc3", b"\xbc\xff", b"z"]);
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

    #[test]
    fn a_flood_is_cut_counted_and_digested() {
        let block = vec![b'x'; 1024 * 1024];
        let (summary, sent) = output_of(&[block.as_slice(); 20]);
        assert!(summary.truncated);
        assert_eq!(summary.bytes, 20 * 1024 * 1024);
        assert_eq!(sent.concat().len() as u64, MAX_RUN_OUTPUT_BYTES);
        assert_eq!(summary.stdout_tail.len(), TAIL_BYTES);
    }

    #[test]
    fn what_fits_into_the_report_is_not_sent_twice() {
        let mut output = Output::default();
        output.take(Source::Stdout, b"1.2.3\n");
        output.end();
        assert!(output.next().is_none());
        assert_eq!(output.summary().stdout_tail, "1.2.3\n");
    }

    #[test]
    fn after_a_piece_that_was_dropped_none_follows() {
        let mut output = Output::default();
        output.take(Source::Stderr, &vec![b'x'; 3 * MAX_CHUNK_BYTES]);
        assert!(!output.has_room() && !output.is_kept());
        assert!(output.next().is_some());
        assert!(output.next().is_none(), "one at a time");
        output.truncate();
        output.take(Source::Stderr, b"more");
        output.end();
        assert!(output.next().is_none() && output.is_kept());
        let summary = output.summary();
        assert!(summary.truncated && summary.stderr_tail.ends_with("xmore"));
    }
}
