//! A YAML document as texts, lists and maps: no text becomes a number or a day, and nothing in it can grow.

use crate::limits::{MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_NODES, MAX_KEYS, MAX_QUOTED_CHARS};
use crate::refusal::{Refusal, Why};
use saphyr_parser::{Event, Parser, ScalarStyle};

#[derive(Debug, PartialEq)]
pub(crate) enum Node {
    /// Nothing was written, or that there is nothing.
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Pair>),
}

#[derive(Debug, PartialEq)]
pub(crate) struct Pair {
    pub key: String,
    pub line: usize,
    pub value: Node,
}

/// What is being read: the lists and maps that are open, the outermost first.
#[derive(Default)]
struct Reading {
    open: Vec<Open>,
    nodes: usize,
    whole: Option<Node>,
}

enum Open {
    List(Vec<Node>),
    Map {
        pairs: Vec<Pair>,
        key: Option<(String, usize)>,
    },
}

/// Reads the one document of a file, whose name is for the refusal.
pub(crate) fn read(file: &str, text: &str) -> Result<Node, Refusal> {
    let mut reading = Reading::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let (line, what) = (error.marker().line(), error.info().to_owned());
            refuse(file, String::new(), Why::Syntax { line, what })
        })?;
        (reading.take(event, span.start.line()))
            .map_err(|why| refuse(file, reading.path(), why))?;
    }
    match reading.whole {
        Some(Node::Null) | None => Err(refuse(file, String::new(), Why::Empty)),
        Some(node) => Ok(node),
    }
}

fn refuse(file: &str, key: String, why: Why) -> Refusal {
    Refusal {
        file: file.to_owned(),
        key,
        why,
    }
}

impl Reading {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Why> {
        match event {
            Event::Alias(_) => Err(Why::Alias(line)),
            Event::DocumentStart(_) if self.whole.is_some() => Err(Why::SeveralDocuments),
            Event::Scalar(text, style, ..) => {
                let says_nothing = matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let node = if style == ScalarStyle::Plain && says_nothing {
                    Node::Null
                } else {
                    Node::Text(text.into_owned())
                };
                self.put(node, line)
            }
            Event::SequenceStart(..) => self.begin(Open::List(Vec::new()), line),
            Event::MappingStart(..) => self.begin(
                Open::Map {
                    pairs: Vec::new(),
                    key: None,
                },
                line,
            ),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(items)) => self.put(Node::List(items), line),
                Some(Open::Map { pairs, .. }) => self.put(Node::Map(pairs), line),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, open: Open, line: usize) -> Result<(), Why> {
        if self.open.len() == MAX_DOCUMENT_DEPTH {
            return Err(Why::TooDeep(line));
        }
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            return Err(Why::KeyShape(line));
        }
        self.open.push(open);
        Ok(())
    }

    fn put(&mut self, node: Node, line: usize) -> Result<(), Why> {
        self.nodes += 1;
        if self.nodes > MAX_DOCUMENT_NODES {
            return Err(Why::TooManyNodes);
        }
        match self.open.last_mut() {
            None => self.whole = Some(node),
            Some(Open::List(items)) => items.push(node),
            Some(Open::Map { pairs, key }) => match (key.take(), node) {
                (Some((key, line)), value) => pairs.push(Pair { key, line, value }),
                (None, Node::Text(_)) if pairs.len() == MAX_KEYS => {
                    return Err(Why::TooMany(MAX_KEYS));
                }
                (None, Node::Text(text)) => {
                    let earlier = pairs
                        .iter()
                        .find(|pair| pair.key.eq_ignore_ascii_case(&text));
                    let first = earlier.map(|pair| pair.line);
                    *key = Some((text, line));
                    if let Some(first) = first {
                        return Err(Why::DuplicateKey {
                            first,
                            second: line,
                        });
                    }
                }
                (None, _) => return Err(Why::KeyShape(line)),
            },
        }
        Ok(())
    }

    /// Where in the document the reading is, as a person would say it.
    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            match open {
                Open::List(items) => path = format!("{path}[{}]", items.len()),
                Open::Map {
                    key: Some((key, _)),
                    ..
                } => {
                    let key: String = key.chars().take(MAX_QUOTED_CHARS).collect();
                    let dot = if path.is_empty() { "" } else { "." };
                    path = format!("{path}{dot}{}", key.escape_debug());
                }
                Open::Map { key: None, .. } => {}
            }
        }
        path
    }
}

#[cfg(test)]
mod tests;
