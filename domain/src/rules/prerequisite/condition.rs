use super::range::{VersionRange, VersionRangeError};
use crate::kernel::ids::SoftwareId;
use crate::maintenance::session::Finding;
use serde::{Deserialize, Serialize};

/// What is asked of a computer before a prerequisite applies there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Condition {
    /// It is there, in one of these versions, whether it works or not.
    Installed {
        software: SoftwareId,
        versions: VersionRange,
    },
    /// It is not there, in no version.
    NotInstalled { software: SoftwareId },
}

/// How many of the conditions have to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Quantifier {
    /// One of them is enough.
    Any,
    All,
}

/// When a prerequisite applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conditions {
    pub hold: Quantifier,
    /// None: it always applies.
    pub of: Vec<Condition>,
}

/// Whether something holds, as far as what was seen tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Judgement {
    Holds,
    DoesNotHold,
    /// A look that it depends on told nothing.
    Unknown,
}

impl Condition {
    pub fn software(&self) -> SoftwareId {
        match self {
            Self::Installed { software, .. } | Self::NotInstalled { software } => *software,
        }
    }

    /// Nothing was found by who could not look: that is never absence.
    pub fn judge(&self, finding: Option<&Finding>) -> Judgement {
        let Some(finding) = finding else {
            return Judgement::Unknown;
        };
        let holds = match self {
            Self::Installed { versions, .. } => {
                (finding.version()).is_some_and(|there| versions.has(there))
            }
            Self::NotInstalled { .. } => finding.version().is_none(),
        };
        if holds {
            Judgement::Holds
        } else {
            Judgement::DoesNotHold
        }
    }
}

impl Conditions {
    /// What has none always applies.
    pub fn always() -> Self {
        Self {
            hold: Quantifier::All,
            of: vec![],
        }
    }

    pub fn are_none(&self) -> bool {
        self.of.is_empty()
    }

    /// Each software that has to be looked at, once.
    pub fn software(&self) -> Vec<SoftwareId> {
        let mut named: Vec<_> = self.of.iter().map(Condition::software).collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    pub(super) fn check(&self) -> Result<(), VersionRangeError> {
        self.of.iter().try_for_each(|condition| match condition {
            Condition::Installed { versions, .. } => versions.check(),
            Condition::NotInstalled { .. } => Ok(()),
        })
    }

    /// Whether it applies where this was seen. What cannot be known is not guessed at, unless the others decide without it.
    pub fn judge<'f>(&self, seen: impl Fn(SoftwareId) -> Option<&'f Finding>) -> Judgement {
        if self.are_none() {
            return Judgement::Holds;
        }
        let decisive = match self.hold {
            Quantifier::Any => Judgement::Holds,
            Quantifier::All => Judgement::DoesNotHold,
        };
        let each: Vec<_> = (self.of.iter())
            .map(|condition| condition.judge(seen(condition.software())))
            .collect();
        if each.contains(&decisive) {
            decisive
        } else if each.contains(&Judgement::Unknown) {
            Judgement::Unknown
        } else if decisive == Judgement::Holds {
            Judgement::DoesNotHold
        } else {
            Judgement::Holds
        }
    }

    /// Whether both hold on the same computers: whatever order they are written in.
    pub(super) fn are_same(&self, other: &Self) -> bool {
        let all_in = |one: &Self, other: &Self| one.of.iter().all(|it| other.of.contains(it));
        let same_quantifier = self.hold == other.hold || self.software_count_is_trivial(other);
        same_quantifier && all_in(self, other) && all_in(other, self)
    }

    /// Of one condition, or none, any and all are the same.
    fn software_count_is_trivial(&self, other: &Self) -> bool {
        self.of.len() <= 1 && other.of.len() <= 1
    }
}

#[cfg(test)]
mod tests {
    use super::Judgement::{DoesNotHold, Holds, Unknown};
    use super::Quantifier::{All, Any};
    use super::*;
    use crate::catalogue::version::Version;
    use crate::kernel::harness::id;

    fn software(n: u128) -> SoftwareId {
        SoftwareId(id(n))
    }

    fn found(text: &str) -> Finding {
        Finding::from(Version::new(text).unwrap())
    }

    #[test]
    fn a_condition_is_judged_by_what_was_seen_and_by_nothing_else() {
        let versions = VersionRange::Below {
            version: Version::new("3").unwrap(),
        };
        let software = software(1);
        let installed = Condition::Installed { software, versions };
        let missing = Condition::NotInstalled { software };
        let broken = Finding::Broken {
            version: Version::new("2").unwrap(),
        };
        let rows = [
            (Some(found("2")), Holds, DoesNotHold),
            (Some(broken), Holds, DoesNotHold),
            (Some(found("3")), DoesNotHold, DoesNotHold),
            (Some(Finding::Absent), DoesNotHold, Holds),
            (None, Unknown, Unknown),
        ];
        for (finding, is_installed, is_missing) in rows {
            assert_eq!(installed.judge(finding.as_ref()), is_installed);
            assert_eq!(missing.judge(finding.as_ref()), is_missing, "{finding:?}");
        }
    }

    #[test]
    fn what_is_not_known_counts_only_where_it_decides() {
        let there = found("1");
        // The first software is there, the second is not, of the third nothing is known.
        let judge = |hold, of: &[u128]| {
            let missing = |n: &u128| Condition::NotInstalled {
                software: software(*n),
            };
            let of = of.iter().map(missing).collect();
            Conditions { hold, of }.judge(|asked| {
                [(1, Some(&there)), (2, Some(&Finding::Absent)), (3, None)]
                    .into_iter()
                    .find(|(n, _)| software(*n) == asked)?
                    .1
            })
        };
        let rows: [(_, &[u128], _); 9] = [
            (Any, &[], Holds),
            (All, &[], Holds),
            (Any, &[1, 2], Holds),
            (All, &[1, 2], DoesNotHold),
            (All, &[2], Holds),
            (Any, &[2, 3], Holds),
            (All, &[1, 3], DoesNotHold),
            (Any, &[1, 3], Unknown),
            (All, &[2, 3], Unknown),
        ];
        for (hold, of, expected) in rows {
            assert_eq!(judge(hold, of), expected, "{hold:?} {of:?}");
        }
    }

    #[test]
    fn conditions_are_the_same_in_whatever_order_they_are_written() {
        let missing = |n| Condition::NotInstalled {
            software: software(n),
        };
        let of = |hold, of: &[u128]| Conditions {
            hold,
            of: of.iter().copied().map(missing).collect(),
        };
        assert!(of(All, &[1, 2]).are_same(&of(All, &[2, 1])));
        assert!(of(All, &[1]).are_same(&of(Any, &[1])));
        assert!(of(All, &[]).are_same(&of(Any, &[])));
        assert!(!of(All, &[1, 2]).are_same(&of(Any, &[1, 2])));
        assert!(!of(All, &[1, 2]).are_same(&of(All, &[1])));
    }
}
