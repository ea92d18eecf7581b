//! What a metascript asked and was answered: all that is kept of one that waits.
//!
//! It is folded from events, two for each call: that it was asked, written down before it is carried out, and its answer. What was
//! asked and has no answer after a crash is not carried out again by whoever finds it so; they ask what came of it.

use crate::answer::Answer;
use crate::call::PendingCall;
use crate::program::Pins;
use crate::{MAX_ANSWER_BYTES, MAX_CALLS, MAX_JOURNAL_BYTES};
use serde::{Deserialize, Serialize};
use upkeep_domain::kernel::digest::Sha256Digest;

/// The calls of one metascript, in the order in which it made them. All but the last are answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Journal {
    pins: Pins,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub key: Sha256Digest,
    pub summary: String,
    pub answer: Option<Answer>,
}

/// Whether a call was asked for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requested {
    Now,
    /// It may have been carried out: ask what came of it.
    Before,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    #[error("call {number} cannot be written down: call {next} is the next one")]
    AnotherNumber { number: usize, next: usize },
    #[error("call {number} was {was}, and is now {now}")]
    AnotherCall {
        number: usize,
        was: String,
        now: String,
    },
    #[error("call {0} was not made, or is answered already")]
    NotAsked(usize),
    #[error(
        "an answer of {0} bytes is too large: at most {MAX_ANSWER_BYTES} are allowed; keep its beginning"
    )]
    AnswerTooLarge(usize),
    #[error(
        "the journal is full: at most {MAX_CALLS} calls and {MAX_JOURNAL_BYTES} bytes are allowed"
    )]
    Full,
}

impl Journal {
    /// That of a script which has not asked for anything.
    pub fn new(pins: Pins) -> Self {
        Self {
            pins,
            entries: Vec::new(),
        }
    }

    pub fn pins(&self) -> Pins {
        self.pins
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Writes down that a call is made, before it is carried out.
    pub fn request(&mut self, call: &PendingCall) -> Result<Requested, JournalError> {
        if let Some(entry) = self.entries.get(call.number) {
            return if entry.key == call.key {
                Ok(Requested::Before)
            } else {
                Err(JournalError::AnotherCall {
                    number: call.number,
                    was: entry.summary.clone(),
                    now: call.summary.clone(),
                })
            };
        }
        let waits = self
            .entries
            .last()
            .is_some_and(|entry| entry.answer.is_none());
        let next = self.entries.len() - usize::from(waits);
        if waits || call.number != next {
            let number = call.number;
            return Err(JournalError::AnotherNumber { number, next });
        }
        if self.entries.len() >= MAX_CALLS {
            return Err(JournalError::Full);
        }
        self.entries.push(Entry {
            key: call.key,
            summary: call.summary.clone(),
            answer: None,
        });
        Ok(Requested::Now)
    }

    /// Writes down the answer to the call that waits.
    pub fn answer(&mut self, number: usize, answer: Answer) -> Result<(), JournalError> {
        let size = answer_bytes(&answer);
        if size > MAX_ANSWER_BYTES {
            return Err(JournalError::AnswerTooLarge(size));
        }
        if self.bytes() + size > MAX_JOURNAL_BYTES {
            return Err(JournalError::Full);
        }
        match self.entries.get_mut(number) {
            Some(entry) if entry.answer.is_none() => {
                entry.answer = Some(answer);
                Ok(())
            }
            _ => Err(JournalError::NotAsked(number)),
        }
    }

    /// Whether it is as [`Journal::request`] and [`Journal::answer`] make it: it may have been read from somewhere.
    pub(crate) fn is_whole(&self) -> bool {
        let (_, before_last) = match self.entries.split_last() {
            Some((last, before)) => (Some(last), before),
            None => (None, &[][..]),
        };
        self.entries.len() <= MAX_CALLS
            && self.bytes() <= MAX_JOURNAL_BYTES
            && before_last.iter().all(|entry| entry.answer.is_some())
    }

    fn bytes(&self) -> usize {
        (self.entries.iter())
            .map(|entry| entry.summary.len() + entry.answer.as_ref().map_or(0, answer_bytes))
            .sum()
    }
}

fn answer_bytes(answer: &Answer) -> usize {
    match answer {
        // The two that are large are weighed without being written.
        Answer::Command(end) => end.output.len() + end.errors.len(),
        Answer::Http(response) => {
            let headers = response.headers.iter();
            response.body.len()
                + headers
                    .map(|(name, value)| name.len() + value.len())
                    .sum::<usize>()
        }
        Answer::Failed(why) => why.len(),
        Answer::Moment(_) | Answer::Chance(_) => size_of::<u64>(),
        Answer::Computer(facts) => facts.to_string().len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Call;
    use crate::program::{Inputs, Program};

    fn journal() -> Journal {
        Journal::new(Program::of("").unwrap().pins(&Inputs::default()))
    }

    fn now(number: usize) -> PendingCall {
        PendingCall::new(number, Call::Now)
    }

    #[test]
    fn a_call_is_asked_once_and_answered_once() {
        let mut journal = journal();
        assert_eq!(
            journal.answer(0, Answer::Moment(1)),
            Err(JournalError::NotAsked(0))
        );
        assert_eq!(journal.request(&now(0)), Ok(Requested::Now));
        assert_eq!(journal.request(&now(0)), Ok(Requested::Before));
        let early = JournalError::AnotherNumber { number: 1, next: 0 };
        assert_eq!(journal.request(&now(1)), Err(early));
        assert_eq!(journal.answer(0, Answer::Moment(1)), Ok(()));
        assert_eq!(
            journal.answer(0, Answer::Moment(2)),
            Err(JournalError::NotAsked(0))
        );
        assert_eq!(journal.request(&now(1)), Ok(Requested::Now));
        assert!(journal.is_whole());
    }

    #[test]
    fn another_call_at_a_number_is_refused_and_both_are_named() {
        let mut journal = journal();
        journal.request(&now(0)).unwrap();
        let refused = journal
            .request(&PendingCall::new(0, Call::Random))
            .unwrap_err();
        assert_eq!(refused.to_string(), "call 0 was now, and is now random");
    }

    #[test]
    fn a_journal_is_bounded() {
        let mut full = journal();
        for number in 0..MAX_CALLS {
            full.request(&now(number)).unwrap();
            full.answer(number, Answer::Moment(0)).unwrap();
        }
        assert_eq!(full.request(&now(MAX_CALLS)), Err(JournalError::Full));

        let mut large = journal();
        large.request(&now(0)).unwrap();
        let too_large = Answer::Failed("x".repeat(MAX_ANSWER_BYTES + 1));
        assert_eq!(
            large.answer(0, too_large),
            Err(JournalError::AnswerTooLarge(MAX_ANSWER_BYTES + 1))
        );
        let fitting = MAX_JOURNAL_BYTES / MAX_ANSWER_BYTES;
        let answers = (0..).map_while(|number| {
            large.request(&now(number)).ok()?;
            large
                .answer(number, Answer::Failed("x".repeat(MAX_ANSWER_BYTES)))
                .ok()
        });
        assert_eq!(answers.count(), fitting - 1);
    }

    #[test]
    fn it_is_the_same_after_it_was_written_and_read() {
        let mut journal = journal();
        journal.request(&now(0)).unwrap();
        journal
            .answer(0, Answer::failed("the computer is away"))
            .unwrap();
        journal.request(&now(1)).unwrap();
        let written = serde_json::to_string(&journal).unwrap();
        assert_eq!(serde_json::from_str::<Journal>(&written).unwrap(), journal);
    }

    #[test]
    fn one_that_was_not_made_so_is_not_whole() {
        let mut gap = journal();
        gap.request(&now(0)).unwrap();
        gap.entries.push(gap.entries[0].clone());
        assert!(!gap.is_whole());
        let mut long = journal();
        let entry = Entry {
            answer: Some(Answer::Moment(0)),
            ..gap.entries[0].clone()
        };
        long.entries = vec![entry; MAX_CALLS + 1];
        assert!(!long.is_whole());
    }
}
