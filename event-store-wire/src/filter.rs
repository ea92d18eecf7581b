//! Which events of `$all` a client wants.

use fancy_regex::{Regex, RegexBuilder};
use tonic::Status;
use upkeep_event_store::StreamName;

/// Most prefixes of one filter.
const MAX_PREFIXES: usize = 1_000;
/// Largest compiled regular expression, in bytes.
const MAX_REGEX_BYTES: usize = 256 * 1024;
/// Steps of a match that goes back and forth.
const MAX_BACKTRACKS: usize = 1_000;

#[derive(Clone, Debug)]
pub struct Filter {
    by: By,
    matcher: Matcher,
}

#[derive(Clone, Copy, Debug)]
pub enum By {
    Stream,
    Type,
}

#[derive(Clone, Debug)]
enum Matcher {
    Everything,
    Prefixes(Vec<String>),
    Regex(Regex),
}

impl Filter {
    pub fn everything() -> Self {
        Self {
            by: By::Type,
            matcher: Matcher::Everything,
        }
    }

    pub fn new(by: By, regex: &str, prefixes: &[String]) -> Result<Self, Status> {
        let matcher = if !prefixes.is_empty() {
            if prefixes.len() > MAX_PREFIXES {
                return Err(Status::invalid_argument(format!(
                    "a filter has at most {MAX_PREFIXES} prefixes"
                )));
            }
            Matcher::Prefixes(prefixes.to_vec())
        } else if regex.is_empty() {
            // As the real server: what names nothing takes nothing.
            Matcher::Prefixes(vec![])
        } else {
            // With look-ahead: the Python client leaves out system events by `^(?!…)`.
            let regex = RegexBuilder::new(regex)
                .delegate_size_limit(MAX_REGEX_BYTES)
                .backtrack_limit(MAX_BACKTRACKS)
                .build()
                .map_err(|error| {
                    Status::invalid_argument(format!(
                        "the filter is no regular expression that is served: {error}"
                    ))
                })?;
            Matcher::Regex(regex)
        };
        Ok(Self { by, matcher })
    }

    pub fn takes(&self, stream: &StreamName, event_type: &str) -> bool {
        let text = match self.by {
            By::Stream => stream.as_str(),
            By::Type => event_type,
        };
        match &self.matcher {
            Matcher::Everything => true,
            Matcher::Prefixes(prefixes) => {
                prefixes.iter().any(|prefix| text.starts_with(&**prefix))
            }
            // One that takes too long to say no is a yes: too much is delivered, never too little.
            Matcher::Regex(regex) => regex.is_match(text).unwrap_or(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(name: &str) -> StreamName {
        StreamName::new(name).unwrap()
    }

    #[test]
    fn by_prefix_by_regex_by_stream_and_by_type() {
        let system = Filter::new(By::Stream, r"^[^\$].*", &[]).unwrap();
        assert!(system.takes(&stream("tenant-1"), "T"));
        assert!(!system.takes(&stream("$$tenant-1"), "T"));
        let types = Filter::new(By::Type, "", &["Tenant".into(), "Agent".into()]).unwrap();
        assert!(types.takes(&stream("x"), "AgentHeld"));
        assert!(!types.takes(&stream("Tenant"), "Deployment"));
        assert!(Filter::everything().takes(&stream("$x"), "$y"));
        assert!(Filter::new(By::Type, "(", &[]).is_err());
        let python = Filter::new(By::Type, r"^(?!(\$.+$|PersistentConfig\d+$)).+$", &[]).unwrap();
        assert!(python.takes(&stream("x"), "AgentHeld"));
        assert!(!python.takes(&stream("x"), "$metadata"));
    }
}
