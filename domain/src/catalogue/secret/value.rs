use crate::kernel::limits::{MAX_SECRET_BYTES, MIN_SECRET_BYTES};

/// Why a text cannot be a secret. It says nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretValueError {
    #[error(
        "the secret is too short: give at least {MIN_SECRET_BYTES} bytes, as it is masked wherever a script prints it"
    )]
    TooShort,
    #[error("the secret is too long: at most {MAX_SECRET_BYTES} bytes are allowed")]
    TooLong,
    #[error("the secret holds a control character that is no line break and no tab: remove it")]
    ControlCharacter,
}

impl SecretValueError {
    /// Refuses what cannot be handed to a script, or could not be kept out of what it says.
    pub fn check(text: &str) -> Result<(), Self> {
        let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        match text.len() {
            bytes if bytes < MIN_SECRET_BYTES => Err(Self::TooShort),
            bytes if bytes > MAX_SECRET_BYTES => Err(Self::TooLong),
            _ if text.contains(is_control) => Err(Self::ControlCharacter),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_its_bounds_and_lines() {
        use SecretValueError as Error;
        let longest = "x".repeat(MAX_SECRET_BYTES);
        for text in ["1234", "a\tb\r\nc", &longest] {
            assert_eq!(Error::check(text), Ok(()));
        }
        assert_eq!(Error::check("123"), Err(Error::TooShort));
        assert_eq!(Error::check(&format!("{longest}x")), Err(Error::TooLong));
        for text in ["a\0bcd", "abc\u{1b}", "abc\u{85}"] {
            assert_eq!(Error::check(text), Err(Error::ControlCharacter));
        }
    }
}
