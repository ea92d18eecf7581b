//! Which versions of a software are meant.

use async_graphql::{InputObject, Object};
use upkeep_commands::Stop;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::rules::prerequisite;

/// Which versions of a software are meant: one, those from one on, those below one, or those between two. Any version if
/// nothing is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct VersionRangeInput {
    /// Exactly this one; then nothing else is given.
    exactly: Option<String>,
    /// This one and newer ones; older ones too if not given.
    from: Option<String>,
    /// Older ones than this; newer ones too if not given.
    below: Option<String>,
}

/// A version of a field of an input.
pub fn version(text: &str, field: &'static str) -> Result<Version, Stop> {
    Version::new(text).map_err(|error| Stop::invalid(&error).at(field))
}

impl VersionRangeInput {
    pub fn check(&self, field: &'static str) -> Result<prerequisite::VersionRange, Stop> {
        use prerequisite::VersionRange as Range;
        let version = |text: &String| version(text, field);
        Ok(match (&self.exactly, &self.from, &self.below) {
            (None, None, None) => Range::Any,
            (Some(exactly), None, None) => Range::Exactly {
                version: version(exactly)?,
            },
            (None, Some(from), None) => Range::AtLeast {
                version: version(from)?,
            },
            (None, None, Some(below)) => Range::Below {
                version: version(below)?,
            },
            (None, Some(from), Some(below)) => Range::Between {
                from: version(from)?,
                below: version(below)?,
            },
            (Some(_), _, _) => {
                let message =
                    "one exact version has no other bounds: give exactly, or from and below";
                return Err(Stop::invalid(message).at(field));
            }
        })
    }
}

/// Which versions of a software are meant.
#[derive(Clone)]
pub struct VersionRange(pub prerequisite::VersionRange);

/// Which versions of a software are meant: any, where nothing else is said. It can be written back as it is read.
#[Object]
impl VersionRange {
    /// Exactly this one.
    async fn exactly(&self) -> Option<&str> {
        match &self.0 {
            prerequisite::VersionRange::Exactly { version } => Some(version.as_str()),
            _ => None,
        }
    }

    /// This one and newer ones; older ones too if not given.
    async fn from(&self) -> Option<&str> {
        match &self.0 {
            prerequisite::VersionRange::AtLeast { version: from }
            | prerequisite::VersionRange::Between { from, .. } => Some(from.as_str()),
            _ => None,
        }
    }

    /// Older ones than this; newer ones too if not given.
    async fn below(&self) -> Option<&str> {
        match &self.0 {
            prerequisite::VersionRange::Below { version: below }
            | prerequisite::VersionRange::Between { below, .. } => Some(below.as_str()),
            _ => None,
        }
    }

    /// In words.
    async fn text(&self) -> String {
        let text = self.0.phrase();
        match text.trim_start() {
            "" => "in any version".to_owned(),
            text => text.to_owned(),
        }
    }
}
