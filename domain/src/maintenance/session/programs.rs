//! What a look at the installed programs is worth.

use super::finding::Finding;
use super::unread::{Unread, shown};
use crate::catalogue::program::{FoundPrograms, InstalledProgram};
use crate::catalogue::version::Version;

impl FoundPrograms {
    /// Nothing that fits is absence. Of several the newest version counts: an older one beside it is what an update leaves
    /// behind, or what another architecture needs. One whose version cannot be read may be the newest.
    pub(super) fn finding(&self) -> Result<Finding, Unread> {
        let told = u64::try_from(self.programs.len()).unwrap_or(u64::MAX);
        if told < self.program_count {
            let count = self.program_count;
            return Err(Unread::TooManyPrograms { count });
        }
        let versions: Vec<Version> = self
            .programs
            .iter()
            .map(version)
            .collect::<Result<_, _>>()?;
        let newest = versions.into_iter().max();
        Ok(newest.map_or(Finding::Absent, Finding::from))
    }
}

fn version(found: &InstalledProgram) -> Result<Version, Unread> {
    let said = |text: &str| shown(&text.into());
    let program = said(&found.name);
    match found.version.as_deref().map(str::trim) {
        None | Some("") => Err(Unread::ProgramWithoutVersion { program }),
        Some(text) => Version::new(text).map_err(|_| {
            let version = said(text);
            Unread::ProgramVersion { program, version }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::program::ProgramSource;

    fn program(version: Option<&str>) -> InstalledProgram {
        InstalledProgram {
            name: "Reader".into(),
            publisher: None,
            version: version.map(str::to_owned),
            product_code: None,
            source: ProgramSource::Registry,
            scope: None,
            architecture: None,
        }
    }

    fn found(versions: &[Option<&str>]) -> Result<Finding, Unread> {
        let programs: Vec<_> = versions.iter().map(|version| program(*version)).collect();
        let program_count = programs.len() as u64;
        FoundPrograms {
            programs,
            program_count,
        }
        .finding()
    }

    #[test]
    fn nothing_that_fits_is_absence_and_of_several_the_newest_counts() {
        assert_eq!(found(&[]), Ok(Finding::Absent));
        let newest = Finding::from(Version::new("1.10").unwrap());
        let versions = [Some("1.9"), Some(" 1.10 "), Some("1.2")];
        assert_eq!(found(&versions), Ok(newest));
        let debian = Finding::from(Version::new("1:9.2-1+b2").unwrap());
        assert_eq!(found(&[Some("1:9.2-1+b2"), Some("10.0")]), Ok(debian));
    }

    #[test]
    fn one_whose_version_cannot_be_read_may_be_the_newest() {
        for unknown in [None, Some(""), Some(" "), Some("unknown"), Some("7 beta")] {
            let why = found(&[Some("1.0"), unknown]).unwrap_err().to_string();
            assert!(why.contains("\"Reader\""), "{unknown:?}: {why}");
            assert!(found(&[unknown]).is_err(), "and never absence");
        }
    }

    #[test]
    fn what_was_not_told_may_be_the_newest() {
        let all = FoundPrograms {
            programs: vec![program(Some("1.0"))],
            program_count: 17,
        };
        assert_eq!(all.finding(), Err(Unread::TooManyPrograms { count: 17 }));
    }
}
