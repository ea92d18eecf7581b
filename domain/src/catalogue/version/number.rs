//! A number as versions hold them: of any length, so that no text overflows.

/// A number of any length: by its digits' count, then by its digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number(usize, String);

impl Number {
    /// Of decimal digits; of none, zero.
    pub(super) fn new(digits: &str) -> Self {
        let digits = digits.trim_start_matches('0');
        Self(digits.len(), digits.to_owned())
    }

    /// Numbers with a mark between them, without the zeros at their end; nothing if anything else is among them.
    pub(super) fn dotted(text: &str, mark: char) -> Option<Vec<Self>> {
        let mut numbers = text
            .split(mark)
            .map(|part| {
                let is_number = !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
                is_number.then(|| Self::new(part))
            })
            .collect::<Option<Vec<_>>>()?;
        while numbers.last().is_some_and(Self::is_zero) {
            numbers.pop();
        }
        Some(numbers)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0 == 0
    }
}
