//! What a filter expression can speak of. The documentation is made from this table.

/// A fact about a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    ComputerName,
    ComputerClass,
    ComputerTags,
    ComputerOnboarded,
    TenantName,
    TenantTags,
    PersonName,
    PersonUpn,
    PersonTags,
    HostName,
    OsFamily,
    OsName,
    OsVersion,
    OsBuild,
    ChassisType,
    Manufacturer,
    Model,
    SerialNumber,
    MemoryBytes,
    DomainName,
    DomainRole,
}

/// What kind of value a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactType {
    Text,
    Whole,
    Truth,
    /// A list of texts, each in lower case.
    Tags,
}

impl FactType {
    /// As CEL calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Whole => "int",
            Self::Truth => "bool",
            Self::Tags => "list(string)",
        }
    }
}

/// One line of the schema.
#[derive(Clone, Copy, Debug)]
pub struct FactDescription {
    pub fact: Fact,
    /// As it is written in an expression.
    pub path: &'static str,
    pub fact_type: FactType,
    /// A value that it can have, as it is written in an expression; of tags, one of them.
    pub example: &'static str,
    /// All values that it can have; empty where there is no closed list.
    pub values: &'static [&'static str],
    pub description: &'static str,
}

const fn line(
    fact: Fact,
    path: &'static str,
    fact_type: FactType,
    example: &'static str,
    values: &'static [&'static str],
    description: &'static str,
) -> FactDescription {
    FactDescription {
        fact,
        path,
        fact_type,
        example,
        values,
        description,
    }
}

/// Every fact, in the order of [`Fact`].
pub const SCHEMA: [FactDescription; 21] = [
    line(
        Fact::ComputerName,
        "computer.name",
        FactType::Text,
        r#""CAD-07""#,
        &[],
        "The name under which it is registered.",
    ),
    line(
        Fact::ComputerClass,
        "computer.class",
        FactType::Text,
        r#""workstation""#,
        &["workstation", "portable", "server"],
        "What kind of computer it is: a server where its domain role says so, whatever its chassis; else by its chassis, and \
         unknown where that does not say.",
    ),
    line(
        Fact::ComputerTags,
        "computer.tags",
        FactType::Tags,
        r#""finance""#,
        &[],
        "The computer's tags; none is an empty list.",
    ),
    line(
        Fact::ComputerOnboarded,
        "computer.onboarded",
        FactType::Truth,
        "true",
        &[],
        "Whether it had its onboarding.",
    ),
    line(
        Fact::TenantName,
        "tenant.name",
        FactType::Text,
        r#""Contoso""#,
        &[],
        "The name of its tenant.",
    ),
    line(
        Fact::TenantTags,
        "tenant.tags",
        FactType::Tags,
        r#""gold""#,
        &[],
        "The tenant's tags; none is an empty list.",
    ),
    line(
        Fact::PersonName,
        "person.name",
        FactType::Text,
        r#""Ada Lovelace""#,
        &[],
        "The name of its primary person; unknown where there is none.",
    ),
    line(
        Fact::PersonUpn,
        "person.upn",
        FactType::Text,
        r#""ada@contoso.example""#,
        &[],
        "The primary person's user principal name.",
    ),
    line(
        Fact::PersonTags,
        "person.tags",
        FactType::Tags,
        r#""vip""#,
        &[],
        "The primary person's tags; unknown where there is no primary person.",
    ),
    line(
        Fact::HostName,
        "inventory.hostName",
        FactType::Text,
        r#""CAD-07""#,
        &[],
        "What the computer calls itself.",
    ),
    line(
        Fact::OsFamily,
        "inventory.osFamily",
        FactType::Text,
        r#""windows""#,
        &["linux", "windows"],
        "The kind of its operating system.",
    ),
    line(
        Fact::OsName,
        "inventory.osName",
        FactType::Text,
        r#""Windows 11 Pro""#,
        &[],
        "The operating system, as it calls itself.",
    ),
    line(
        Fact::OsVersion,
        "inventory.osVersion",
        FactType::Text,
        r#""10.0.22631""#,
        &[],
        "The operating system's version, as it calls itself; `version(...)` compares it.",
    ),
    line(
        Fact::OsBuild,
        "inventory.osBuild",
        FactType::Text,
        r#""22631""#,
        &[],
        "The operating system's build; `version(...)` compares it.",
    ),
    line(
        Fact::ChassisType,
        "inventory.chassisType",
        FactType::Whole,
        "10",
        &[],
        "The SMBIOS chassis type (DSP0134, section 7.4.1).",
    ),
    line(
        Fact::Manufacturer,
        "inventory.manufacturer",
        FactType::Text,
        r#""Dell Inc.""#,
        &[],
        "Who made it.",
    ),
    line(
        Fact::Model,
        "inventory.model",
        FactType::Text,
        r#""Latitude 5440""#,
        &[],
        "Its model.",
    ),
    line(
        Fact::SerialNumber,
        "inventory.serialNumber",
        FactType::Text,
        r#""5CG1234XYZ""#,
        &[],
        "Its serial number.",
    ),
    line(
        Fact::MemoryBytes,
        "inventory.memoryBytes",
        FactType::Whole,
        "17179869184",
        &[],
        "Its memory, in bytes.",
    ),
    line(
        Fact::DomainName,
        "inventory.domainName",
        FactType::Text,
        r#""contoso.example""#,
        &[],
        "The domain or directory that it is joined to.",
    ),
    line(
        Fact::DomainRole,
        "inventory.domainRole",
        FactType::Text,
        r#""memberServer""#,
        &[
            "standaloneWorkstation",
            "memberWorkstation",
            "standaloneServer",
            "memberServer",
            "backupDomainController",
            "primaryDomainController",
        ],
        "Its part in a Windows domain.",
    ),
];

impl Fact {
    /// Its line of the schema.
    pub fn description(self) -> &'static FactDescription {
        &SCHEMA[self as usize]
    }

    /// As it is written in an expression.
    pub fn path(self) -> &'static str {
        self.description().path
    }

    /// Whether it is a version, which only `version()` puts in order.
    pub fn is_version(self) -> bool {
        matches!(self, Self::OsVersion | Self::OsBuild)
    }

    pub(super) fn named(path: &str) -> Option<&'static FactDescription> {
        SCHEMA.iter().find(|line| line.path == path)
    }
}
