//! Looks at the programs that a computer's own system lists: what is looked for, and what was found.

use serde::{Deserialize, Serialize};

/// What is looked for: what any of these signs fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramsOrder {
    /// At least one.
    pub any: Vec<ProgramSign>,
}

/// By what a program is told from others. Upper and lower case are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ProgramSign {
    /// A weak sign: it counts where no strong one fits anything.
    Name {
        name: NamePattern,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        publisher: Option<NamePattern>,
    },
    /// The name of its key in Windows' list.
    ProductCode {
        code: String,
    },
    UpgradeCode {
        code: String,
    },
    PackageFamily {
        name: String,
    },
    /// What the system's package manager calls it, without its architecture.
    Package {
        name: String,
    },
    /// Something newer than this program: the order is refused.
    #[serde(other)]
    Unknown,
}

/// What a name has to look like. Upper and lower case are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum NamePattern {
    Equals {
        text: String,
    },
    Contains {
        text: String,
    },
    /// All of it, where `*` stands for anything and `?` for one character.
    Wildcard {
        text: String,
    },
    /// In the syntax of Rust's crate `regex`, anywhere in the name; a group `version` takes the version out of it.
    Regex {
        text: String,
    },
    /// Something newer than this program: the order is refused.
    #[serde(other)]
    Unknown,
}

/// Who lists a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProgramSource {
    Dpkg,
    Registry,
    Msix,
    #[serde(other)]
    Other,
}

/// For whom a program is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProgramScope {
    Machine,
    User,
    /// Something newer than this program.
    #[serde(other)]
    Other,
}

/// A program that fits. What its entry does not say is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramEntry {
    pub name: String,
    pub publisher: Option<String>,
    /// What the group `version` took of its name, where the pattern that fits has one; else what its entry says.
    pub version: Option<String>,
    pub product_code: Option<String>,
    pub source: ProgramSource,
    pub scope: Option<ProgramScope>,
    pub architecture: Option<String>,
}

/// What a look found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Programs {
    /// Those that fit, at most [`MAX_PROGRAM_ENTRIES`](crate::MAX_PROGRAM_ENTRIES).
    pub entries: Vec<ProgramEntry>,
    /// How many fit.
    pub count: u64,
}
