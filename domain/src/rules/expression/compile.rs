//! From CEL's syntax tree to a condition: every mistake is found here, with its place.

use super::schema::{Fact, FactDescription, FactType, SCHEMA};
use crate::catalogue::version::Version;
use crate::fleet::tag::Tag;
use crate::kernel::limits::{MAX_EXPRESSION_BYTES, MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_PARTS};
use crate::kernel::pattern::{Budget, Pattern};
use crate::kernel::text;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use cel::parser::Parser;
use std::fmt;

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ExpressionError {
    pub message: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn of(operator: &str) -> Option<Self> {
        Some(match operator {
            operators::EQUALS => Self::Equal,
            operators::NOT_EQUALS => Self::NotEqual,
            operators::LESS => Self::Less,
            operators::LESS_EQUALS => Self::LessOrEqual,
            operators::GREATER => Self::Greater,
            operators::GREATER_EQUALS => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// Whether it asks which one comes first.
    fn is_of_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    fn mirrored(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

/// Something that is true, false or unknown.
pub(super) enum Condition {
    Literal(bool),
    Fact(Fact),
    Known(Fact),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    If(Box<Self>, Box<Self>, Box<Self>),
    CompareText(Text, Comparison, Text),
    CompareWhole(Whole, Comparison, Whole),
    CompareTruth(Box<Self>, Comparison, Box<Self>),
    CompareVersion(Fact, Comparison, Version),
    TextIn(Text, Vec<String>),
    WholeIn(Whole, Vec<i64>),
    Tagged(Tag, Fact),
    StartsWith(Text, Text),
    EndsWith(Text, Text),
    Contains(Text, Text),
    Matches(Text, Pattern),
}

pub(super) enum Text {
    Literal(String),
    Fact(Fact),
}

pub(super) enum Whole {
    Literal(i64),
    Fact(Fact),
    /// Of a text in characters, of tags in tags.
    Size(Fact),
}

/// Any part of an expression, with its type.
enum Part {
    Truth(Condition),
    Text(Text),
    Whole(Whole),
    Tags(Fact),
    Texts(Vec<String>),
    Wholes(Vec<i64>),
    Version(VersionPart),
}

enum VersionPart {
    Literal(Version),
    Fact(Fact),
}

impl Part {
    fn type_name(&self) -> &'static str {
        match self {
            Self::Truth(_) => "a bool",
            Self::Text(_) => "a string",
            Self::Whole(_) => "an int",
            Self::Tags(_) | Self::Texts(_) => "a list of strings",
            Self::Wholes(_) => "a list of ints",
            Self::Version(_) => "a version",
        }
    }
}

/// When an expression was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Now,
    /// It is in the history: what became stricter since does not make it another one. Only bounds of memory hold for it too.
    Before,
}

/// Checks an expression and makes it into a condition.
pub(super) fn compile(source: &str, written: Written) -> Result<Condition, ExpressionError> {
    let at_start = |message: String| ExpressionError {
        message,
        line: 1,
        column: 1,
    };
    if source.trim().is_empty() {
        return Err(at_start(
            "the expression is empty: write a condition".into(),
        ));
    }
    if source.len() > MAX_EXPRESSION_BYTES {
        return Err(at_start(format!(
            "the expression has {} bytes: at most {MAX_EXPRESSION_BYTES} are allowed",
            source.len()
        )));
    }
    let parser = Parser::new().max_recursion_depth(MAX_EXPRESSION_DEPTH);
    let (tree, places) = parser.parse_with_source_info(source).map_err(|errors| {
        let first = errors.errors.into_iter().next();
        first.map_or_else(
            || at_start("the expression cannot be read".into()),
            |error| ExpressionError {
                message: format!("this is not CEL: {}", error.msg),
                line: usize::try_from(error.pos.0).unwrap_or(1).max(1),
                column: usize::try_from(error.pos.1).unwrap_or(0) + 1,
            },
        )
    })?;
    let mut compiler = Compiler {
        source,
        places: &places,
        written,
        parts: 0,
        budget: Budget::default(),
    };
    let part = compiler.part(&tree)?;
    compiler.truth(part, &tree)
}

struct Compiler<'a> {
    source: &'a str,
    places: &'a SourceInfo,
    written: Written,
    parts: usize,
    /// What is left of the memory for its regular expressions.
    budget: Budget,
}

type Compiled<T> = Result<T, ExpressionError>;

impl Compiler<'_> {
    fn error(&self, at: &IdedExpr, message: impl fmt::Display) -> ExpressionError {
        let start = (self.places.offset_for(at.id)).map_or(0, |(start, _)| start as usize);
        // The parser counts bytes, people count characters.
        let before = self.source.get(..start).unwrap_or(self.source);
        let line = before.matches('\n').count() + 1;
        let in_line = before.rsplit('\n').next().unwrap_or_default();
        let column = in_line.chars().count() + 1;
        ExpressionError {
            message: message.to_string(),
            line,
            column,
        }
    }

    fn part(&mut self, expr: &IdedExpr) -> Compiled<Part> {
        self.parts += 1;
        if self.parts > MAX_EXPRESSION_PARTS {
            let message = format!(
                "the expression has more than {MAX_EXPRESSION_PARTS} parts: make it smaller"
            );
            return Err(self.error(expr, message));
        }
        match &expr.expr {
            Expr::Literal(literal) => self.literal(expr, literal),
            Expr::List(list) => self.list(expr, &list.elements),
            Expr::Ident(name) => Err(self.error(expr, unknown_fact(name))),
            Expr::Select(select) => {
                let line = self.fact(expr, &select.operand, &select.field)?;
                Ok(if select.test {
                    Part::Truth(Condition::Known(line.fact))
                } else {
                    of_fact(line)
                })
            }
            Expr::Call(call) => self.call(expr, call),
            Expr::Comprehension(_) => Err(self.error(
                expr,
                "macros such as exists() and all() are not allowed: use `in`, for example \"finance\" in computer.tags",
            )),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err(self.error(expr, "maps and messages are not allowed here"))
            }
        }
    }

    fn fact(
        &self,
        expr: &IdedExpr,
        operand: &IdedExpr,
        field: &str,
    ) -> Compiled<&'static FactDescription> {
        let Expr::Ident(root) = &operand.expr else {
            return Err(self.error(expr, unknown_fact(field)));
        };
        let path = format!("{root}.{field}");
        // A selection's own place is its dot; the fact begins with its root.
        Fact::named(&path).ok_or_else(|| self.error(operand, unknown_fact(&path)))
    }

    fn literal(&self, expr: &IdedExpr, literal: &LiteralValue) -> Compiled<Part> {
        Ok(match literal {
            LiteralValue::Boolean(truth) => Part::Truth(Condition::Literal(*truth.inner())),
            LiteralValue::Int(number) => Part::Whole(Whole::Literal(*number.inner())),
            // As the facts that people write are (a name, a tag).
            LiteralValue::String(text) => Part::Text(Text::Literal(text::composed(text.inner()))),
            LiteralValue::UInt(_)
            | LiteralValue::Double(_)
            | LiteralValue::Bytes(_)
            | LiteralValue::Null => {
                return Err(self.error(
                    expr,
                    "only strings, whole numbers, true and false are allowed as values",
                ));
            }
        })
    }

    fn list(&mut self, expr: &IdedExpr, elements: &[IdedExpr]) -> Compiled<Part> {
        let mut texts = Vec::new();
        let mut wholes = Vec::new();
        for element in elements {
            match self.part(element)? {
                Part::Text(Text::Literal(text)) => texts.push(text),
                Part::Whole(Whole::Literal(number)) => wholes.push(number),
                _ => {
                    return Err(self.error(element, "a list holds only strings or whole numbers"));
                }
            }
        }
        match (texts.is_empty(), wholes.is_empty()) {
            (false, false) => {
                Err(self.error(expr, "a list holds strings or whole numbers, not both"))
            }
            (_, true) => Ok(Part::Texts(texts)),
            (true, false) => Ok(Part::Wholes(wholes)),
        }
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Compiled<Part> {
        let name = call.func_name.as_str();
        if let Some(target) = &call.target {
            return self.method(expr, name, target, &call.args);
        }
        if let (Some(comparison), [left, right]) = (Comparison::of(name), &call.args[..]) {
            let parts = (self.part(left)?, self.part(right)?);
            return self.compare(expr, comparison, parts).map(Part::Truth);
        }
        match (name, &call.args[..]) {
            (operators::LOGICAL_AND, [left, right]) => {
                let (left, right) = (self.condition(left)?, self.condition(right)?);
                Ok(Part::Truth(Condition::And(left, right)))
            }
            (operators::LOGICAL_OR, [left, right]) => {
                let (left, right) = (self.condition(left)?, self.condition(right)?);
                Ok(Part::Truth(Condition::Or(left, right)))
            }
            (operators::LOGICAL_NOT, [inner]) => {
                Ok(Part::Truth(Condition::Not(self.condition(inner)?)))
            }
            (operators::CONDITIONAL, [condition, yes, no]) => {
                let condition = self.condition(condition)?;
                let (yes, no) = (self.condition(yes)?, self.condition(no)?);
                Ok(Part::Truth(Condition::If(condition, yes, no)))
            }
            (operators::NEGATE, [inner]) => match self.part(inner)? {
                Part::Whole(Whole::Literal(number)) => {
                    Ok(Part::Whole(Whole::Literal(number.saturating_neg())))
                }
                _ => Err(self.error(expr, "only a whole number can be negative")),
            },
            (operators::IN, [needle, list]) => {
                let parts = (self.part(needle)?, self.part(list)?);
                self.within(expr, parts).map(Part::Truth)
            }
            ("size", [inner]) => self.size(expr, inner),
            ("version", [inner]) => self.version(expr, inner),
            _ => Err(self.error(
                expr,
                format!(
                    "{} is not allowed: use ==, !=, <, <=, >, >=, in, &&, ||, !, ?:, has(), size(), version(), \
                     startsWith(), endsWith(), contains(), matches()",
                    name.trim_matches(['_', '@'])
                ),
            )),
        }
    }

    fn method(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        target: &IdedExpr,
        arguments: &[IdedExpr],
    ) -> Compiled<Part> {
        if let ("size", []) = (name, arguments) {
            return self.size(expr, target);
        }
        let [argument] = arguments else {
            return Err(self.error(expr, format!("{name}() takes one argument")));
        };
        let text = match self.part(target)? {
            Part::Text(text) => text,
            other => {
                let message = format!(
                    "{name}() is for a string, and this is {}",
                    other.type_name()
                );
                return Err(self.error(target, message));
            }
        };
        let part = match self.part(argument)? {
            Part::Text(text) => text,
            other => {
                let message = format!("{name}() takes a string, and this is {}", other.type_name());
                return Err(self.error(argument, message));
            }
        };
        Ok(Part::Truth(match name {
            "startsWith" => Condition::StartsWith(text, part),
            "endsWith" => Condition::EndsWith(text, part),
            "contains" => Condition::Contains(text, part),
            "matches" => Condition::Matches(text, self.pattern(argument, &part)?),
            _ => {
                let message = format!(
                    "there is no {name}(): use startsWith(), endsWith(), contains(), matches() or size()"
                );
                return Err(self.error(expr, message));
            }
        }))
    }

    /// As CEL has it: a regular expression that is matched in linear time, anywhere in the text.
    fn pattern(&mut self, expr: &IdedExpr, text: &Text) -> Compiled<Pattern> {
        let Text::Literal(pattern) = text else {
            return Err(self.error(expr, "matches() takes a string that is written here"));
        };
        Pattern::new(pattern, &mut self.budget).map_err(|error| self.error(expr, error))
    }

    fn size(&mut self, expr: &IdedExpr, inner: &IdedExpr) -> Compiled<Part> {
        match self.part(inner)? {
            Part::Tags(fact) | Part::Text(Text::Fact(fact)) => Ok(Part::Whole(Whole::Size(fact))),
            Part::Text(Text::Literal(text)) => {
                let size = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
                Ok(Part::Whole(Whole::Literal(size)))
            }
            other => {
                let message = format!("{} has no size()", other.type_name());
                Err(self.error(expr, message))
            }
        }
    }

    fn version(&mut self, expr: &IdedExpr, inner: &IdedExpr) -> Compiled<Part> {
        match self.part(inner)? {
            Part::Text(Text::Fact(fact)) => Ok(Part::Version(VersionPart::Fact(fact))),
            Part::Text(Text::Literal(text)) => Version::new(&text)
                .map(|version| Part::Version(VersionPart::Literal(version)))
                .map_err(|error| self.error(inner, error)),
            other => {
                let message = format!(
                    "version() takes a string, and this is {}",
                    other.type_name()
                );
                Err(self.error(expr, message))
            }
        }
    }

    fn condition(&mut self, expr: &IdedExpr) -> Compiled<Box<Condition>> {
        let part = self.part(expr)?;
        self.truth(part, expr).map(Box::new)
    }

    fn truth(&self, part: Part, expr: &IdedExpr) -> Compiled<Condition> {
        match part {
            Part::Truth(condition) => Ok(condition),
            other => {
                let message = format!(
                    "a condition is needed here, and this is {}",
                    other.type_name()
                );
                Err(self.error(expr, message))
            }
        }
    }

    fn compare(
        &self,
        expr: &IdedExpr,
        comparison: Comparison,
        parts: (Part, Part),
    ) -> Compiled<Condition> {
        match parts {
            (Part::Text(left), Part::Text(right)) => {
                if comparison.is_of_order() && self.written == Written::Now {
                    self.not_versions(expr, [&left, &right])?;
                }
                self.closed(expr, &left, &right)?;
                self.closed(expr, &right, &left)?;
                Ok(Condition::CompareText(left, comparison, right))
            }
            (Part::Whole(left), Part::Whole(right)) => {
                Ok(Condition::CompareWhole(left, comparison, right))
            }
            (Part::Truth(left), Part::Truth(right)) => {
                let (left, right) = (Box::new(left), Box::new(right));
                Ok(Condition::CompareTruth(left, comparison, right))
            }
            (
                Part::Version(VersionPart::Fact(fact)),
                Part::Version(VersionPart::Literal(version)),
            ) => Ok(Condition::CompareVersion(fact, comparison, version)),
            (
                Part::Version(VersionPart::Literal(version)),
                Part::Version(VersionPart::Fact(fact)),
            ) => Ok(Condition::CompareVersion(
                fact,
                comparison.mirrored(),
                version,
            )),
            (Part::Version(_), Part::Version(_)) => Err(self.error(
                expr,
                "compare the version of a fact with one that is written here",
            )),
            (left, right) => {
                let message = format!(
                    "{} cannot be compared with {}",
                    left.type_name(),
                    right.type_name()
                );
                Err(self.error(expr, message))
            }
        }
    }

    /// As texts, 12 comes before 9.
    fn not_versions(&self, expr: &IdedExpr, texts: [&Text; 2]) -> Compiled<()> {
        for text in texts {
            if let Text::Fact(fact) = text
                && fact.is_version()
            {
                let path = fact.path();
                let message = format!(
                    "{path} is a version, and as texts \"12\" comes before \"9\": compare versions, as in version({path}) < version(\"9\")"
                );
                return Err(self.error(expr, message));
            }
        }
        Ok(())
    }

    /// A value that a fact can never have is a mistake.
    fn closed(&self, expr: &IdedExpr, fact: &Text, value: &Text) -> Compiled<()> {
        match (fact, value) {
            (Text::Fact(fact), Text::Literal(value)) => self.possible(expr, *fact, value),
            _ => Ok(()),
        }
    }

    fn possible(&self, expr: &IdedExpr, fact: Fact, value: &str) -> Compiled<()> {
        let line = fact.description();
        if line.values.is_empty() || line.values.contains(&value) {
            return Ok(());
        }
        let message = format!(
            "{} is never {value:?}: it is one of {}",
            line.path,
            line.values.join(", ")
        );
        Err(self.error(expr, message))
    }

    fn within(&self, expr: &IdedExpr, parts: (Part, Part)) -> Compiled<Condition> {
        match parts {
            (Part::Text(needle), Part::Texts(list)) => {
                if let Text::Fact(fact) = needle {
                    for value in &list {
                        self.possible(expr, fact, value)?;
                    }
                }
                Ok(Condition::TextIn(needle, list))
            }
            (Part::Whole(needle), Part::Wholes(list)) => Ok(Condition::WholeIn(needle, list)),
            (Part::Text(Text::Literal(text)), Part::Tags(fact)) => Tag::new(&text)
                .map(|tag| Condition::Tagged(tag, fact))
                .map_err(|error| self.error(expr, error)),
            (needle, list) => {
                let message = format!(
                    "{} cannot be looked for in {}",
                    needle.type_name(),
                    list.type_name()
                );
                Err(self.error(expr, message))
            }
        }
    }
}

fn of_fact(line: &FactDescription) -> Part {
    match line.fact_type {
        FactType::Text => Part::Text(Text::Fact(line.fact)),
        FactType::Whole => Part::Whole(Whole::Fact(line.fact)),
        FactType::Truth => Part::Truth(Condition::Fact(line.fact)),
        FactType::Tags => Part::Tags(line.fact),
    }
}

fn unknown_fact(path: &str) -> String {
    let all: Vec<&str> = SCHEMA.iter().map(|line| line.path).collect();
    format!("there is no fact {path}: use one of {}", all.join(", "))
}
