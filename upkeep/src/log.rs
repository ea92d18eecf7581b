//! The log: a line a message. What is logged may come from outside, and a line break in it would be a line that nobody
//! wrote; so whatever a message holds, it stays one line.

use crate::privacy;
use log::LevelFilter;
use std::io::{self, IsTerminal};
use tracing_subscriber::EnvFilter;

/// Writes what `UPKEEP_LOG` asks for, or this level, to standard error.
pub fn start(default_level: &str) {
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env("UPKEEP_LOG").unwrap_or_else(|_| EnvFilter::new(default_level)),
        )
        .with_writer(privacy::Log)
        .with_ansi(io::stderr().is_terminal())
        .init();
    // The WebSockets' library writes whole frames there, and in those to agents are the secrets that scripts are told.
    log::set_max_level(log::max_level().min(LevelFilter::Debug));
}

/// The message with every control character inside it written out. Colours are left to the layer above, which writes
/// out those that are not its own.
pub fn one_line(message: &str) -> String {
    let (inside, end) = match message.strip_suffix('\n') {
        Some(inside) => (inside, "\n"),
        None => (message, ""),
    };
    let mut line = String::with_capacity(message.len());
    for c in inside.chars() {
        let breaks = c.is_control() && c != '\u{1b}' && c != '\t';
        if breaks || matches!(c, '\u{2028}' | '\u{2029}') {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line.push_str(end);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_whatever_it_holds() {
        let rows = [
            (
                "INFO an agent enrolled host=pc-1\n",
                "INFO an agent enrolled host=pc-1\n",
            ),
            (
                "INFO host=pc\nERROR forged\r\n",
                "INFO host=pc\\nERROR forged\\r\n",
            ),
            ("a\u{85}b\u{2028}c\0", "a\\u{85}b\\u{2028}c\\u{0}"),
            (
                "\u{1b}[32m INFO\u{1b}[0m Grüße\tx\n",
                "\u{1b}[32m INFO\u{1b}[0m Grüße\tx\n",
            ),
        ];
        for (message, line) in rows {
            assert_eq!(one_line(message), line);
        }
    }
}
