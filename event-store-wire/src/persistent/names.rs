//! The names of a group and of its streams.

use super::settings::Source;
use crate::refusal;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use tonic::{Code, Status};
use upkeep_event_store::StreamName;

/// What the store writes for groups; no group sees it.
pub const OWN_PREFIX: &str = "$persistent";
/// Bytes of long names that are kept, before the digest of the whole.
const KEPT_BYTES: usize = 120;
/// Bytes of that digest.
const DIGEST_BYTES: usize = 16;

#[derive(Clone)]
pub struct Names {
    pub source: Source,
    pub group: String,
}

/// A group's own streams.
#[derive(Clone)]
pub struct Streams {
    pub checkpoints: StreamName,
    pub parked: StreamName,
    /// What was taken out of the parked stream and is not done: a crash loses nothing of it.
    pub replaying: StreamName,
}

impl Names {
    pub fn streams(&self) -> Result<Streams, Status> {
        Ok(Streams {
            checkpoints: self.own("checkpoint")?,
            parked: self.own("parked")?,
            replaying: self.own("replaying")?,
        })
    }

    /// Named as on the real server; where that is longer than a stream's name may be, its end gives way to a digest.
    fn own(&self, what: &str) -> Result<StreamName, Status> {
        let whole = id(&self.source, &self.group);
        let name = |id: &str| StreamName::new(&format!("{OWN_PREFIX}subscription-{id}-{what}"));
        name(&whole)
            .or_else(|_| name(&shortened(&whole)))
            .map_err(|error| Status::invalid_argument(error.to_string()))
    }

    pub fn refuse(&self, code: Code, exception: &'static str, what: &str) -> Status {
        refusal::of_group(code, exception, what, self.source.name(), &self.group)
    }

    /// What its consumers are told when they have to go.
    pub fn dropped(&self) -> Status {
        self.refuse(
            Code::Cancelled,
            "persistent-subscription-dropped",
            "was dropped.",
        )
    }
}

/// How a group is called in the names of its streams.
pub fn id(source: &Source, group: &str) -> String {
    format!("{}::{group}", source.name())
}

fn shortened(whole: &str) -> String {
    let mut end = KEPT_BYTES.min(whole.len());
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    let digest = Sha256::digest(whole);
    let mut shortened = format!("{}~", &whole[..end]);
    for byte in &digest[..DIGEST_BYTES] {
        // Writing to a string does not fail.
        let _ = write!(shortened, "{byte:02x}");
    }
    shortened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str, group: &str) -> Names {
        Names {
            source: Source::Stream(source.into()),
            group: group.into(),
        }
    }

    #[test]
    fn the_streams_of_a_group_are_named_as_on_the_real_server() {
        let streams = names("orders-1", "billing").streams().unwrap();
        assert_eq!(
            streams.parked.as_str(),
            "$persistentsubscription-orders-1::billing-parked"
        );
        assert_eq!(
            streams.checkpoints.as_str(),
            "$persistentsubscription-orders-1::billing-checkpoint"
        );
    }

    #[test]
    fn long_names_are_shortened_and_stay_apart() {
        let long = "ü".repeat(120);
        let one = names(&long, &"a".repeat(900)).streams().unwrap();
        let other = names(&long, &"a".repeat(901)).streams().unwrap();
        assert_ne!(one.parked, other.parked);
        assert_ne!(one.parked, one.checkpoints);
    }
}
