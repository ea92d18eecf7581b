//! What other accounts on this machine must not see: the files that are made here, and the passwords that somebody typed into the
//! wrong place.
//!
//! Whatever is told of an error may repeat a setting, and a setting may be a connection string. So each text on its way out,
//! an answer of the command line, a line of the log, a panic, loses what stands where a password would.

use crate::log::one_line;
use rustix::fs::Mode;
use std::borrow::Cow;
use std::io::{self, Write};
use tracing_subscriber::fmt::MakeWriter;

/// What stands in the place of a name and a password.
const NOT_SHOWN: &str = "[not shown]";
/// What a connection string or an address cannot go on behind; everything else may be in a password.
const ENDS: [char; 3] = [' ', '\n', '\t'];

/// The first thing that a command does: from here on, nothing that it makes can be read by others, and a panic tells no secret.
pub fn begin() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{}", redact(&panic.to_string()));
    }));
}

/// The text without what stands between `://` and `@`, or else before an `@` and has a colon in it.
pub fn redact(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let pieces = text.split_inclusive(ENDS).map(without_password);
    Cow::Owned(pieces.collect())
}

fn without_password(piece: &str) -> Cow<'_, str> {
    let Some(at) = piece.rfind('@') else {
        return Cow::Borrowed(piece);
    };
    let (before, behind) = piece.split_at(at);
    let kept = match (before.find("://"), before.find(":/"), before.find(':')) {
        (Some(scheme), _, _) => scheme + "://".len(),
        (None, Some(scheme), _) => scheme + ":/".len(),
        // As in `--event-store=user:password@host`.
        (None, None, Some(_)) => before.rfind('=').map_or(0, |equals| equals + 1),
        (None, None, None) => return Cow::Borrowed(piece),
    };
    Cow::Owned(format!("{}{NOT_SHOWN}{behind}", &before[..kept]))
}

/// Standard error, for the log.
#[derive(Clone, Copy)]
pub struct Log;

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(Vec::new())
    }
}

/// One line of the log, written when it is whole.
pub struct Line(Vec<u8>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.0);
        // A log that cannot be written has nobody to be told.
        let _ = io::stderr().write_all(one_line(&redact(&text)).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_told_wherever_it_was_typed() {
        for (text, told) in [
            (
                "invalid value 'esbd://u:secret@host:2113'",
                "invalid value 'esbd://[not shown]@host:2113'",
            ),
            (
                "no store in esdb:/u:secret@host",
                "no store in esdb:/[not shown]@host",
            ),
            (
                "no store in u:secret@host, look",
                "no store in [not shown]@host, look",
            ),
            (
                "--event-store=u:secret@host",
                "--event-store=[not shown]@host",
            ),
            (
                "invalid 'esdb://u:se'cr(e)t@host'",
                "invalid 'esdb://[not shown]@host'",
            ),
            ("esdb://u:s@secret@host?x=y", "esdb://[not shown]@host?x=y"),
            (
                "two: a://u:secret@b c://v:secret@d",
                "two: a://[not shown]@b c://[not shown]@d",
            ),
        ] {
            assert_eq!(redact(text), told);
        }
        for harmless in [
            "nobody@example.org has it",
            "a: b",
            "http://127.0.0.1:8080 listens",
            "",
        ] {
            assert_eq!(redact(harmless), harmless);
        }
    }
}
