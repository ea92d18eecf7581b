//! What an answer says of a field that failed: null in its place, and where null may not be, null for what it is in (GraphQL, 6.4.4).
//!
//! The library leaves a field that failed out of its object and lets the object stand, whatever the schema says. Each field and
//! each element of a list passes here when it is resolved, those inside before what they are in.

use async_graphql::extensions::ResolveInfo;
use async_graphql::{
    PathSegment, QueryPathNode, QueryPathSegment, Response, ServerError, ServerResult, Value,
};
use std::collections::HashSet;
use std::iter::once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What failed in one answer.
#[derive(Default)]
pub struct Faults {
    /// Most answers have none.
    is_any: AtomicBool,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    errors: Vec<ServerError>,
    /// Where they are.
    failed: HashSet<Path>,
    /// What holds something that may not be null and is.
    void: HashSet<Path>,
    /// Lists of which an element is null; whether it may be is known where the list is.
    with_nulls: HashSet<Path>,
    /// Where null stands for what failed.
    nulls: Vec<Path>,
}

/// Names and numbers from the root on, the numbers in digits: no name begins with one.
type Path = Vec<String>;

impl Faults {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next answer of a subscription begins.
    pub fn begin_answer(&self) {
        if self.is_any.swap(false, Ordering::AcqRel) {
            *self.found() = Found::default();
        }
    }

    /// What stands in the answer for what was resolved here.
    pub fn settle(
        &self,
        at: &At<'_>,
        resolved: ServerResult<Option<Value>>,
    ) -> (Option<Value>, usize) {
        let mut bytes = 0;
        match resolved {
            Ok(value) => {
                if !at.holds_others
                    || !self.is_any.load(Ordering::Acquire)
                    || !self.found().takes(at)
                {
                    return (value, bytes);
                }
            }
            Err(mut error) => {
                if error.path.is_empty() {
                    error.path = segments_of(at.node);
                }
                bytes = error.message.len();
                self.is_any.store(true, Ordering::Release);
                let mut found = self.found();
                // What is asked for in two places is resolved twice, and fails once.
                if found.failed.insert(path_of(at.node)) {
                    found.errors.push(error);
                }
            }
        }
        let mut path = path_of(at.node);
        let mut found = self.found();
        match at.kind {
            Kind::Element => {
                found.nulls.push(path.clone());
                path.pop();
                found.with_nulls.insert(path);
            }
            Kind::Field { of } if of.ends_with('!') => {
                path.pop();
                found.void.insert(path);
            }
            Kind::Field { .. } => found.nulls.push(path),
        }
        (Some(Value::Null), bytes)
    }

    /// Says what failed in the whole answer. What is asked for in two places is resolved twice and put together, so that one of
    /// them may have come before the other failed.
    pub fn tell(&self, mut response: Response) -> Response {
        if !self.is_any.load(Ordering::Acquire) {
            return response;
        }
        let found = std::mem::take(&mut *self.found());
        if found.void.contains(&Path::new()) {
            response.data = Value::Null;
        }
        for path in &found.nulls {
            put_null(&mut response.data, path);
        }
        response.errors.extend(found.errors);
        response
    }
}

impl Found {
    /// Whether what failed inside takes this with it.
    fn takes(&self, at: &At<'_>) -> bool {
        let path = path_of(at.node);
        self.void.contains(&path) || at.has_strict_elements() && self.with_nulls.contains(&path)
    }
}

/// Where something is resolved.
pub struct At<'a> {
    node: &'a QueryPathNode<'a>,
    kind: Kind<'a>,
    /// Whether something inside it is resolved by itself.
    holds_others: bool,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    /// Of this type, as the schema writes it.
    Field { of: &'a str },
    /// Of a list. What the library says of its type does not tell whether it may be null.
    Element,
}

impl<'a> At<'a> {
    pub fn of(info: &ResolveInfo<'a>) -> Self {
        let kind = match info.path_node.segment {
            QueryPathSegment::Name(_) => Kind::Field {
                of: info.return_type,
            },
            QueryPathSegment::Index(_) => Kind::Element,
        };
        let is_list = matches!(kind, Kind::Field { of } if of.starts_with('['));
        let holds_fields = !info.field.selection_set.node.items.is_empty();
        Self {
            node: info.path_node,
            kind,
            holds_others: holds_fields || is_list,
        }
    }

    /// Lists of lists there are none.
    fn has_strict_elements(&self) -> bool {
        matches!(self.kind, Kind::Field { of } if of.trim_end_matches('!').ends_with("!]"))
    }
}

fn nodes<'a>(node: &'a QueryPathNode<'a>) -> Vec<&'a QueryPathNode<'a>> {
    let mut nodes: Vec<_> = once(node).chain(node.parents()).collect();
    nodes.reverse();
    nodes
}

fn path_of(node: &QueryPathNode<'_>) -> Path {
    let step = |node: &QueryPathNode<'_>| match node.segment {
        QueryPathSegment::Name(name) => name.to_owned(),
        QueryPathSegment::Index(index) => index.to_string(),
    };
    nodes(node).into_iter().map(step).collect()
}

fn segments_of(node: &QueryPathNode<'_>) -> Vec<PathSegment> {
    let segment = |node: &QueryPathNode<'_>| match node.segment {
        QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
        QueryPathSegment::Index(index) => PathSegment::Index(index),
    };
    nodes(node).into_iter().map(segment).collect()
}

fn put_null(data: &mut Value, path: &[String]) {
    let mut place = data;
    for step in path {
        let inner = match place {
            Value::Object(fields) => fields.get_mut(step.as_str()),
            Value::List(items) => step.parse().ok().and_then(|n: usize| items.get_mut(n)),
            _ => None,
        };
        // What it is in is null already.
        let Some(inner) = inner else {
            return;
        };
        place = inner;
    }
    *place = Value::Null;
}
