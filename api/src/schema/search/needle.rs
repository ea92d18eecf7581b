//! What is looked for in texts, and how well it fits.

use upkeep_projections::folded;

/// How well a text fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is the whole text.
    Whole,
    /// The text begins with it.
    Beginning,
    /// A word of the text begins with it.
    Word,
    /// It stands anywhere.
    Inside,
}

/// What is looked for, whatever the case.
pub struct Needle {
    /// In small letters; never empty.
    text: String,
    /// The same at the beginning of a line that is not the first.
    begun: String,
}

impl Needle {
    /// Nothing where nothing is looked for.
    pub fn of(text: &str) -> Option<Self> {
        let text = folded(text.trim());
        let begun = format!("\n{text}");
        (!text.is_empty()).then_some(Self { text, begun })
    }

    /// How well a text fits.
    pub fn fit(&self, text: &str) -> Option<Fit> {
        let fit = self.fit_lines(&folded(text), Fit::Inside);
        fit.map(|(fit, _)| fit)
    }

    /// How well the best of some lines fits, which are in small letters already, and where it fits, counted in bytes. Nothing
    /// where it fits less well than it has to: most of what is looked at is passed over without a second look.
    pub fn fit_lines(&self, lines: &str, at_least: Fit) -> Option<(Fit, usize)> {
        let may_fit = match at_least {
            Fit::Whole | Fit::Beginning => {
                lines.starts_with(&self.text) || lines.contains(&self.begun)
            }
            Fit::Word | Fit::Inside => lines.contains(&self.text),
        };
        let found = may_fit.then(|| self.places(lines)).into_iter().flatten();
        let best = found.map(|at| (self.fit_at(lines, at), at)).min();
        best.filter(|(fit, _)| *fit <= at_least)
    }

    /// Wherever it stands. Lines are short: they are walked through faster than a search is made ready.
    fn places(&self, lines: &str) -> impl Iterator<Item = usize> {
        let (lines, text) = (lines.as_bytes(), self.text.as_bytes());
        let begins = move |byte: &u8| text.first() == Some(byte);
        let places = lines.iter().enumerate();
        let places = places.filter_map(move |(at, byte)| begins(byte).then_some(at));
        places.filter(move |at| lines[*at..].starts_with(text))
    }

    fn fit_at(&self, lines: &str, at: usize) -> Fit {
        let before = lines[..at].chars().next_back();
        let behind = lines[at + self.text.len()..].chars().next();
        let is_edge = |next: Option<char>| next.is_none_or(|next| next == '\n');
        match (is_edge(before), is_edge(behind)) {
            (true, true) => Fit::Whole,
            (true, false) => Fit::Beginning,
            (false, _) if before.is_some_and(|before| !before.is_alphanumeric()) => Fit::Word,
            (false, _) => Fit::Inside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fit(needle: &str, text: &str) -> Option<Fit> {
        Needle::of(needle).unwrap().fit(text)
    }

    #[test]
    fn the_whole_is_before_its_beginning_and_that_before_words_and_these_before_the_rest() {
        for (needle, text, expected) in [
            ("contoso", "Contoso", Some(Fit::Whole)),
            (" CON ", "Contoso", Some(Fit::Beginning)),
            ("ltd", "Contoso Ltd", Some(Fit::Word)),
            ("12", "ws-12", Some(Fit::Word)),
            ("toso", "Contoso", Some(Fit::Inside)),
            ("a", "ba a", Some(Fit::Word)),
            ("É", "cafe\u{301}", Some(Fit::Inside)),
            ("k", "\u{212a}", Some(Fit::Whole)),
            ("fabrikam", "Contoso", None),
            ("contoso ltd", "Contoso", None),
        ] {
            assert_eq!(fit(needle, text), expected, "{needle} in {text}");
        }
        assert!(Needle::of(" ").is_none());
        let lines = Needle::of("ada")
            .unwrap()
            .fit_lines("nada\n\nada l\nx", Fit::Inside);
        assert_eq!(lines, Some((Fit::Beginning, 6)), "the best line");
    }

    proptest! {
        #[test]
        fn what_has_to_fit_well_is_found_where_it_does(needle in "[ab-]{1,2}", lines in "[ab\n -]{0,12}") {
            if let Some(looked_for) = Needle::of(&needle) {
                let best = looked_for.fit_lines(&lines, Fit::Inside);
                for at_least in [Fit::Whole, Fit::Beginning, Fit::Word, Fit::Inside] {
                    let expected = best.filter(|(fit, _)| *fit <= at_least);
                    prop_assert_eq!(looked_for.fit_lines(&lines, at_least), expected);
                }
            }
        }

        #[test]
        fn what_fits_is_what_has_it_in_small_letters(needle in "[abÄä ]{1,3}", text in "[aAbBÄä -]{0,12}") {
            if let Some(looked_for) = Needle::of(&needle) {
                let expected = folded(&text).contains(&folded(needle.trim()));
                prop_assert_eq!(looked_for.fit(&text).is_some(), expected);
            }
        }
    }
}
