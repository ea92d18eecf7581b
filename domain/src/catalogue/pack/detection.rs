//! From what a pack says of a program to what computers are asked for.

use super::format::{PackedName, PackedPattern, PackedSign};
use crate::catalogue::program::{NamePattern, ProgramMatch, ProgramRegex, ProgramSign};
use crate::kernel::name::Name;

/// The signs, or the sentence that says which one tells nothing, and why.
pub(super) fn program(packed: &[PackedSign]) -> Result<ProgramMatch, String> {
    let signs = packed.iter().enumerate().map(|(at, packed)| {
        sign(packed).map_err(|why| format!("sign {number}: {why}", number = at + 1))
    });
    let signs = signs.collect::<Result<Vec<_>, _>>()?;
    ProgramMatch::new(signs).map_err(|error| error.to_string())
}

fn sign(packed: &PackedSign) -> Result<ProgramSign, String> {
    Ok(match packed {
        PackedSign::ProductCode(code) => ProgramSign::ProductCode { code: name(code)? },
        PackedSign::UpgradeCode(code) => ProgramSign::UpgradeCode { code: name(code)? },
        PackedSign::PackageFamily(family) => ProgramSign::PackageFamily {
            name: name(family)?,
        },
        PackedSign::Package(package) => ProgramSign::Package {
            name: name(package)?,
        },
        PackedSign::Name(PackedName { name, publisher }) => ProgramSign::Name {
            name: pattern(name)?,
            publisher: publisher.as_ref().map(pattern).transpose()?,
        },
    })
}

fn pattern(packed: &PackedPattern) -> Result<NamePattern, String> {
    Ok(match packed {
        PackedPattern::Equals(text) => NamePattern::Equals { text: name(text)? },
        PackedPattern::Contains(text) => NamePattern::Contains { text: name(text)? },
        PackedPattern::Wildcard(text) => NamePattern::Wildcard { text: name(text)? },
        PackedPattern::Regex(text) => NamePattern::Regex {
            text: ProgramRegex::new(text).map_err(|error| error.to_string())?,
        },
    })
}

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).map_err(|error| error.to_string())
}
