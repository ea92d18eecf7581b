//! What may stand in a header.

use crate::MAX_TEXT_BYTES;

/// Those that say how a message is sent, which is not the script's to say.
const OURS: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];
const MAX_NAME_BYTES: usize = 128;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("{0:?} is no name of a header: use letters, digits and -")]
    Name(String),
    #[error("the header {0} is set by whoever sends the request: leave it out")]
    Ours(String),
    /// Says nothing of the value, which may be a secret.
    #[error("the value of a header holds a character that would end it, or is too long")]
    Value,
}

/// The name as it is sent.
pub fn header_name(name: &str) -> Result<String, HeaderError> {
    let is_name = (1..=MAX_NAME_BYTES).contains(&name.len())
        && name
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    let lower = name.to_ascii_lowercase();
    if !is_name {
        Err(HeaderError::Name(
            name.chars().take(MAX_NAME_BYTES).collect(),
        ))
    } else if OURS.contains(&&*lower) {
        Err(HeaderError::Ours(lower))
    } else {
        Ok(lower)
    }
}

/// Judged once as the script wrote it, and again with the values of secrets in it.
pub fn header_value(value: &str) -> Result<(), HeaderError> {
    let fits = value.len() <= MAX_TEXT_BYTES
        && value
            .bytes()
            .all(|c| (c >= b' ' && c != 0x7f) || c == b'\t');
    if fits {
        Ok(())
    } else {
        Err(HeaderError::Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_cannot_become_two_or_say_how_the_message_is_sent() {
        assert_eq!(header_name("X-Api_Key"), Ok("x-api_key".into()));
        for name in ["", "a b", "a:", "a\r\nb", "ä", &"x".repeat(129)] {
            assert!(
                matches!(header_name(name), Err(HeaderError::Name(_))),
                "{name}"
            );
        }
        for name in ["Host", "content-length", "Transfer-Encoding"] {
            assert!(
                matches!(header_name(name), Err(HeaderError::Ours(_))),
                "{name}"
            );
        }
        assert_eq!(header_value("Bearer ä\tb"), Ok(()));
        for value in ["a\r\nHost: b", "a\n", "a\0", "a\u{7f}"] {
            assert_eq!(header_value(value), Err(HeaderError::Value), "{value:?}");
        }
    }
}
