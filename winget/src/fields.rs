//! The keys of a map, read one by one into what they mean. Keys match in large and small letters alike, unknown ones are passed
//! over, and whatever is wrong is told with the path that leads to it.

use crate::document::{Node, Pair};
use crate::limits::{MAX_LABEL_CHARS, MAX_LINE_CHARS, MAX_LIST_ITEMS, MAX_PROSE_CHARS};
use crate::manifest::Word;
use crate::refusal::{Quote, Refusal, Warning, Warnings, Why};

#[derive(Clone)]
pub(crate) struct Fields<'a> {
    file: &'a str,
    path: String,
    pairs: &'a [Pair],
}

/// How long a text may be, and whether it has lines.
#[derive(Clone, Copy)]
enum Length {
    Label,
    Line,
    Prose,
}

impl Length {
    fn most(self) -> usize {
        match self {
            Self::Label => MAX_LABEL_CHARS,
            Self::Line => MAX_LINE_CHARS,
            Self::Prose => MAX_PROSE_CHARS,
        }
    }

    fn allows(self, c: char) -> bool {
        !c.is_control() || matches!((self, c), (Self::Prose, '\n' | '\r' | '\t'))
    }
}

impl<'a> Fields<'a> {
    /// Of a whole document.
    pub(crate) fn of(file: &'a str, node: &'a Node) -> Result<Self, Refusal> {
        let whole = Self {
            file,
            path: String::new(),
            pairs: &[],
        };
        match node {
            Node::Map(pairs) => Ok(Self { pairs, ..whole }),
            other => Err(whole.refuse("", shape("keys with values", other))),
        }
    }

    pub(crate) fn file(&self) -> &'a str {
        self.file
    }

    /// Where a key is, as a person would say it.
    fn place(&self, key: &str) -> String {
        match (self.path.is_empty(), key.is_empty()) {
            (true, _) => key.to_owned(),
            (false, true) => self.path.clone(),
            (false, false) => format!("{}.{key}", self.path),
        }
    }

    pub(crate) fn refuse(&self, key: &str, why: Why) -> Refusal {
        Refusal {
            file: self.file.to_owned(),
            key: self.place(key),
            why,
        }
    }

    pub(crate) fn warn(&self, key: &str, text: impl Into<String>) -> Warning {
        Warning {
            file: self.file.to_owned(),
            key: self.place(key),
            text: text.into(),
        }
    }

    fn find(&self, key: &str) -> Option<&'a Node> {
        let pair = (self.pairs.iter()).find(|pair| pair.key.eq_ignore_ascii_case(key))?;
        (pair.value != Node::Null).then_some(&pair.value)
    }

    /// A name, a code, a version.
    pub(crate) fn label(&self, key: &str) -> Result<Option<String>, Refusal> {
        self.text(key, Length::Label)
    }

    /// An address, a path, a switch.
    pub(crate) fn line(&self, key: &str) -> Result<Option<String>, Refusal> {
        self.text(key, Length::Line)
    }

    /// A description.
    pub(crate) fn prose(&self, key: &str) -> Result<Option<String>, Refusal> {
        self.text(key, Length::Prose)
    }

    pub(crate) fn required(&self, key: &str) -> Result<String, Refusal> {
        self.label(key)?
            .ok_or_else(|| self.refuse(key, Why::Missing))
    }

    pub(crate) fn is_true(&self, key: &str) -> Result<Option<bool>, Refusal> {
        let text = self.label(key)?;
        Ok(text.map(|text| text.eq_ignore_ascii_case("true")))
    }

    /// One of the words that are known; another one is warned of and passed over, as if it were not there.
    pub(crate) fn word<W: Word>(
        &self,
        key: &str,
        warnings: &mut Warnings,
    ) -> Result<Option<W>, Refusal> {
        let Some(text) = self.label(key)? else {
            return Ok(None);
        };
        let word = W::of(&text);
        if word.is_none() {
            warnings.push(self.warn(key, unknown::<W>(&text)));
        }
        Ok(word)
    }

    /// A list of words that are known; others are warned of and passed over.
    pub(crate) fn words<W: Word>(
        &self,
        key: &str,
        warnings: &mut Warnings,
    ) -> Result<Option<Vec<W>>, Refusal> {
        let Some(texts) = self.labels(key)? else {
            return Ok(None);
        };
        let mut words = Vec::with_capacity(texts.len());
        for text in texts {
            match W::of(&text) {
                Some(word) => words.push(word),
                None => warnings.push(self.warn(key, unknown::<W>(&text))),
            }
        }
        Ok(Some(words))
    }

    /// A word without which nothing can be done.
    pub(crate) fn known_word<W: Word>(&self, key: &str) -> Result<Option<W>, Refusal> {
        let Some(text) = self.label(key)? else {
            return Ok(None);
        };
        let word = W::of(&text)
            .ok_or_else(|| self.refuse(key, Why::Unknown(Quote::of(&text), W::WORDS)))?;
        Ok(Some(word))
    }

    pub(crate) fn labels(&self, key: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(items) = self.items(key, MAX_LIST_ITEMS)? else {
            return Ok(None);
        };
        let mut labels = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let key = format!("{key}[{at}]");
            labels.extend(self.checked(&key, item, Length::Label)?);
        }
        Ok(Some(labels))
    }

    pub(crate) fn map(&self, key: &str) -> Result<Option<Self>, Refusal> {
        (self.find(key))
            .map(|node| self.inside(key, node))
            .transpose()
    }

    pub(crate) fn maps(&self, key: &str, most: usize) -> Result<Option<Vec<Self>>, Refusal> {
        let Some(items) = self.items(key, most)? else {
            return Ok(None);
        };
        let maps =
            (items.iter().enumerate()).map(|(at, item)| self.inside(&format!("{key}[{at}]"), item));
        maps.collect::<Result<_, _>>().map(Some)
    }

    fn inside(&self, key: &str, node: &'a Node) -> Result<Self, Refusal> {
        match node {
            Node::Map(pairs) => Ok(Self {
                file: self.file,
                path: self.place(key),
                pairs,
            }),
            other => Err(self.refuse(key, shape("keys with values", other))),
        }
    }

    fn items(&self, key: &str, most: usize) -> Result<Option<&'a [Node]>, Refusal> {
        match self.find(key) {
            None => Ok(None),
            Some(Node::List(items)) if items.len() > most => {
                Err(self.refuse(key, Why::TooMany(most)))
            }
            Some(Node::List(items)) => Ok(Some(items)),
            Some(other) => Err(self.refuse(key, shape("a list", other))),
        }
    }

    fn text(&self, key: &str, length: Length) -> Result<Option<String>, Refusal> {
        match self.find(key) {
            None => Ok(None),
            Some(node) => self.checked(key, node, length),
        }
    }

    fn checked(&self, key: &str, node: &Node, length: Length) -> Result<Option<String>, Refusal> {
        let text = match node {
            Node::Text(text) => text.trim(),
            Node::Null => return Ok(None),
            other => return Err(self.refuse(key, shape("a text", other))),
        };
        if text.chars().nth(length.most()).is_some() {
            return Err(self.refuse(key, Why::TooLong(length.most())));
        }
        if let Some(c) = text.chars().find(|c| !length.allows(*c)) {
            return Err(self.refuse(key, Why::Invisible(u32::from(c))));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}

fn unknown<W: Word>(text: &str) -> String {
    format!(
        "{:?} is not known and does not count; known are {}",
        Quote::of(text),
        W::WORDS
    )
}

fn shape(expected: &'static str, found: &Node) -> Why {
    let found = match found {
        Node::Null => "nothing",
        Node::Text(_) => "a text",
        Node::List(_) => "a list",
        Node::Map(_) => "keys with values",
    };
    Why::Shape { expected, found }
}
