//! What a script is told that nobody may read, taken out of everything that it says: a script that prints a secret, or whose error quotes
//! one, must not carry it into the server's records.
//!
//! Found is the secret as it is, without the line breaks at its end (a shell's `$(…)` takes them off), each of its lines, and what JSON, JSON within JSON, Base64
//! and percent-encoding make of it. What a script makes of it otherwise (backwards, in halves, in its own cipher) is not: this keeps accidents from happening,
//! not a script from telling.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::ops::Bound;
use upkeep_agent_protocol::RunOrder;

/// What stands in the place of a secret.
const MASKED: &[u8] = b"(secret)";
/// A shorter line of a secret that has several is not looked for by itself: "}" would be found everywhere.
const MIN_LINE_BYTES: usize = 8;

/// What is looked for; nothing where a run is told no secret.
pub struct Masks(Option<Known>);

struct Known {
    searcher: AhoCorasick,
    /// The same texts, to know which ends may still become one of them.
    texts: BTreeSet<Vec<u8>>,
    longest: usize,
}

impl Masks {
    /// Fails where they could not be looked for, which is so for texts of gigabytes alone: then nothing may be run.
    pub fn of(order: &RunOrder) -> io::Result<Self> {
        let texts: BTreeSet<Vec<u8>> = order
            .secrets
            .values()
            .flat_map(|secret| looks_of(&secret.0))
            .filter(|text| !text.is_empty())
            .collect();
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        if texts.is_empty() {
            return Ok(Self(None));
        }
        // The kind that it takes by itself has a row of a table for each byte that is looked for: many megabytes for long secrets.
        let searcher = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::LeftmostLongest)
            .build(&texts);
        Ok(Self(Some(Known {
            searcher: searcher.map_err(io::Error::other)?,
            texts,
            longest,
        })))
    }

    /// All of a text, without what is looked for.
    pub fn whole(&self, bytes: Vec<u8>) -> Vec<u8> {
        match &self.0 {
            None => bytes,
            Some(known) => known.masked(&bytes),
        }
    }
}

impl Known {
    fn masked(&self, bytes: &[u8]) -> Vec<u8> {
        let with = vec![MASKED; self.texts.len()];
        self.searcher.replace_all_bytes(bytes, &with)
    }

    /// Where the first end begins that may still become something that is looked for.
    fn held_from(&self, bytes: &[u8]) -> usize {
        let first = bytes.len().saturating_sub(self.longest.saturating_sub(1));
        let may_become = |from: &usize| {
            let end = bytes.get(*from..).unwrap_or_default();
            let behind = (Bound::Included(end), Bound::Unbounded);
            let mut behind = self.texts.range::<[u8], _>(behind);
            behind.next().is_some_and(|text| text.starts_with(end))
        };
        (first..bytes.len()).find(may_become).unwrap_or(bytes.len())
    }
}

/// Masks a stream of output: what comes in pieces is found across them.
#[derive(Default)]
pub struct Stream(Vec<u8>);

impl Stream {
    /// What can be said of all that came so far.
    pub fn take(&mut self, masks: &Masks, bytes: &[u8]) -> Vec<u8> {
        let Some(known) = &masks.0 else {
            return bytes.to_vec();
        };
        self.0.extend_from_slice(bytes);
        // Nothing that is found may reach into what is held: where the last find ends, holding begins at the earliest.
        let finds = known.searcher.find_iter(&self.0);
        let held = known.held_from(&self.0);
        let crossing = finds.filter(|find| find.start() < held && find.end() > held);
        let held = crossing.map(|find| find.start()).min().unwrap_or(held);
        let kept = self.0.split_off(held);
        let said = std::mem::replace(&mut self.0, kept);
        known.masked(&said)
    }

    /// What is left at the end.
    pub fn end(&mut self, masks: &Masks) -> Vec<u8> {
        masks.whole(std::mem::take(&mut self.0))
    }
}

/// A secret in the ways in which it comes out of scripts.
fn looks_of(secret: &str) -> Vec<Vec<u8>> {
    let without_break = secret.trim_end_matches(['\r', '\n']);
    let mut texts = vec![secret.to_owned(), without_break.to_owned()];
    let lines = secret.lines().map(str::trim);
    texts.extend(
        lines
            .filter(|line| line.len() >= MIN_LINE_BYTES)
            .map(str::to_owned),
    );
    let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let ways = texts.iter().flat_map(|text| {
        let json = in_json(text);
        let once = [
            in_ascii(&json, false),
            in_ascii(&json, true),
            json,
            percent(text),
        ];
        let again = once.clone().map(|text| in_json(&text));
        once.into_iter().chain(again)
    });
    let mut all: Vec<Vec<u8>> = ways.map(String::into_bytes).collect();
    for bytes in [secret.as_bytes(), &utf16] {
        all.push(STANDARD.encode(bytes).into_bytes());
        all.push(STANDARD_NO_PAD.encode(bytes).into_bytes());
        all.push(URL_SAFE_NO_PAD.encode(bytes).into_bytes());
    }
    all.push(utf16);
    all.extend(texts.into_iter().map(String::into_bytes));
    all
}

/// As JSON has it, without its quotes.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let within = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    within.unwrap_or(&quoted).to_owned()
}

/// The same in ASCII; as Windows PowerShell writes it, in which quotes and angle brackets are escaped, too.
fn in_ascii(json: &str, is_powershell: bool) -> String {
    let mut ascii = String::new();
    for c in json.chars() {
        if c.is_ascii() && !(is_powershell && matches!(c, '\'' | '<' | '>' | '&')) {
            ascii.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // To write into a text never fails.
            let _ = write!(ascii, "\\u{unit:04x}");
        }
    }
    ascii
}

/// As it stands in an address.
fn percent(text: &str) -> String {
    let mut address = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // To write into a text never fails.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::tests::plain;
    use proptest::prelude::*;
    use upkeep_agent_protocol::{Interpreter, Secret};

    fn masks(secrets: &[&str]) -> Masks {
        let named = secrets.iter().enumerate();
        let secrets = named.map(|(n, secret)| (format!("S{n}"), Secret((*secret).to_owned())));
        let order = RunOrder {
            secrets: secrets.collect(),
            ..plain(Interpreter::Sh)
        };
        Masks::of(&order).unwrap()
    }

    /// What comes out where it goes in by pieces of this size.
    fn streamed(masks: &Masks, text: &[u8], piece: usize) -> Vec<u8> {
        let mut stream = Stream::default();
        let mut out = vec![];
        for piece in text.chunks(piece) {
            out.extend(stream.take(masks, piece));
        }
        out.extend(stream.end(masks));
        out
    }

    #[test]
    fn a_secret_is_masked_however_it_comes_out() {
        let secret = "it's <\"hush\"> é\\1";
        let known = masks(&[secret]);
        let json = in_json(secret);
        for look in [
            secret.to_owned(),
            json.clone(),
            in_ascii(&json, false),
            in_ascii(&json, true),
            percent(secret),
            STANDARD.encode(secret),
        ] {
            let text = format!("before {look} behind").into_bytes();
            for piece in 1..text.len() {
                let said = streamed(&known, &text, piece);
                assert_eq!(said, b"before (secret) behind", "{look} by {piece}");
            }
        }
    }

    /// `$(…)` takes the line break off, and short lines of several are not looked for.
    #[test]
    fn a_secret_is_masked_without_the_line_breaks_at_its_end() {
        for end in ["\n", "\r\n", "\n\n"] {
            let known = masks(&[&format!("hush\"12{end}")]);
            for look in ["hush\"12", "hush\\\"12", "hush%2212"] {
                let said = known.whole(format!("before {look} behind").into_bytes());
                assert_eq!(said, b"before (secret) behind", "{look}{end:?}");
            }
        }
    }

    /// A script's answer is JSON, and so may be a text in it.
    #[test]
    fn a_secret_in_json_is_masked_within_another_json() {
        let secret = "it's \"hush\" é\\1";
        let known = masks(&[secret]);
        let inner = serde_json::json!({ "key": secret }).to_string();
        let said = known.whole(serde_json::json!({ "said": inner }).to_string().into());
        let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
        assert_eq!(said["said"], "{\"key\":\"(secret)\"}");
    }

    #[test]
    fn each_line_of_a_key_is_masked_and_short_ones_alone_are_not() {
        let known = masks(&["-----BEGIN KEY-----\nMIIEvQIBADANBg\n}\n-----END KEY-----\n"]);
        let said = known.whole(b"{ MIIEvQIBADANBg }".to_vec());
        assert_eq!(said, b"{ (secret) }");
    }

    #[test]
    fn what_cannot_become_a_secret_is_said_at_once() {
        let known = masks(&["hush1234"]);
        let mut stream = Stream::default();
        assert_eq!(stream.take(&known, b"Password: "), b"Password: ");
        assert_eq!(stream.take(&known, b"hus"), b"");
        assert_eq!(stream.take(&known, b"band"), b"husband");
        let without = masks(&[]);
        assert_eq!(stream.take(&without, b"hush1234"), b"hush1234");
    }

    proptest! {
        #[test]
        fn pieces_come_to_the_same_as_the_whole(
            text in prop::collection::vec(prop::sample::select(b"abX ".to_vec()), 0..200),
            secrets in prop::collection::vec("[abX]{1,6}", 1..4),
            piece in 1..12_usize,
        ) {
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            let known = masks(&secrets);
            let said = streamed(&known, &text, piece);
            for secret in &secrets {
                let secret = secret.as_bytes();
                prop_assert!(!said.windows(secret.len()).any(|part| part == secret), "{:?}", String::from_utf8_lossy(&said));
            }
            prop_assert_eq!(said, known.whole(text));
        }
    }
}
