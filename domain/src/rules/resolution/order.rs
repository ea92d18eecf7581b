//! The order of candidates, key by key, as data: the comparison, the sentences and the
//! documentation are made from this one table.

use crate::rules::deployment::{
    DesiredState, Enforcement, Membership, Origin, Rule, Scope, TargetFilter,
};

/// The keys by which candidates are compared, in this order; the first difference decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Named by the session > all others.
    Named,
    /// Local > recommended.
    Origin,
    /// Individual > single tenant > cross tenant.
    Scope,
    /// The computer itself > its primary person.
    Subject,
    /// The computer's own tenant > its parent > grandparent.
    TenantDistance,
    /// Tag > integration group > metascript > filter expression > directory group > all computers.
    Membership,
    /// A subset beats its superset.
    Filter,
    /// Onboarding > required, in an onboarding session.
    Enforcement,
    /// Ignored > everything else > update if found.
    State,
    /// The one created later. It decides only between rules that are equal otherwise; a conflict where the two want different states.
    Created,
}

/// One key of the order.
#[derive(Clone, Copy, Debug)]
pub struct KeyDescription {
    pub key: Key,
    pub name: &'static str,
    /// What beats what, best first; empty where the key is a number.
    pub ranks: &'static [&'static str],
    /// In words, where there are no ranks.
    pub words: &'static str,
    /// How many bits a rank takes.
    bits: u32,
}

const fn ranks(
    key: Key,
    name: &'static str,
    bits: u32,
    ranks: &'static [&'static str],
) -> KeyDescription {
    KeyDescription {
        key,
        name,
        ranks,
        words: "",
        bits,
    }
}

const fn words(key: Key, name: &'static str, bits: u32, words: &'static str) -> KeyDescription {
    KeyDescription {
        key,
        name,
        ranks: &[],
        words,
        bits,
    }
}

/// Every key, the first to be compared first.
pub const ORDER: [KeyDescription; 10] = [
    ranks(
        Key::Named,
        "named",
        1,
        &["named by the session", "not named"],
    ),
    ranks(Key::Origin, "origin", 1, &["local", "recommended"]),
    ranks(
        Key::Scope,
        "scope",
        2,
        &["one computer or person", "one tenant", "every tenant"],
    ),
    ranks(
        Key::Subject,
        "subject",
        1,
        &["the computer itself", "its primary person"],
    ),
    words(
        Key::TenantDistance,
        "tenant distance",
        6,
        "the computer's own tenant beats its parent, which beats the one above it",
    ),
    ranks(
        Key::Membership,
        "membership",
        3,
        &[
            "a tag",
            "an integration's group",
            "a metascript",
            "a filter expression",
            "a directory group",
            "all computers",
        ],
    ),
    ranks(
        Key::Filter,
        "filter",
        3,
        &[
            "primary domain controllers",
            "domain controllers",
            "servers",
            "portable devices",
            "workstations",
            "workstations and portable devices",
            "computers of any kind",
        ],
    ),
    ranks(
        Key::Enforcement,
        "enforcement",
        1,
        &["onboarding", "required"],
    ),
    ranks(
        Key::State,
        "state",
        2,
        &["ignored", "everything else", "update if found"],
    ),
    words(
        Key::Created,
        "created",
        INDEX_BITS,
        "the one created later wins between rules that are equal otherwise; a conflict where the two want different states",
    ),
];

const INDEX_BITS: u32 = 32;

impl Key {
    /// Its line of the order.
    pub fn description(self) -> &'static KeyDescription {
        &ORDER[self as usize]
    }

    /// The lowest bit of its rank in a standing.
    const fn shift(self) -> u32 {
        let mut shift = 0;
        let mut place = ORDER.len() - 1;
        while place > self as usize {
            shift += ORDER[place].bits;
            place -= 1;
        }
        shift
    }

    fn place(self, rank: u8) -> u64 {
        u64::from(rank) << self.shift()
    }
}

/// A candidate's place by every key; the smaller one wins. It is one number, so that comparing costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing(u64);

impl Standing {
    pub(super) const WORST: Self = Self(u64::MAX);

    /// What a rule's own text decides; `index` counts deployments in the order of creation.
    pub(super) fn of_rule(rule: &Rule, index: u32) -> Self {
        let ranks = [
            (Key::Named, 1),
            (Key::Origin, origin(rule.origin)),
            (Key::Scope, scope(rule.target.scope)),
            (Key::Subject, subject(rule.target.scope)),
            (Key::Membership, membership(&rule.target.membership)),
            (Key::Filter, filter(rule.target.filter)),
            (Key::Enforcement, enforcement(rule.enforcement)),
            (Key::State, state(&rule.desired)),
        ];
        let own: u64 = ranks.iter().map(|(key, rank)| key.place(*rank)).sum();
        Self(own | u64::from(!index))
    }

    /// The same, that far up in the tenant tree.
    pub(super) fn above(self, distance: u8) -> Self {
        Self(self.0 | Key::TenantDistance.place(distance))
    }

    /// The same, named by the session.
    pub(super) fn named(self) -> Self {
        Self(self.0 & !Key::Named.place(1))
    }

    /// The deployment's index.
    pub(super) fn index(self) -> u32 {
        !u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }

    /// The key on which two differ first, with the rank of each.
    pub fn first_difference(self, other: Self) -> Difference {
        let differing = self.0 ^ other.0;
        let key = ORDER
            .iter()
            .map(|line| line.key)
            .find(|key| differing >> key.shift() != 0)
            .unwrap_or(Key::Created);
        Difference {
            key,
            winner: self.rank(key),
            loser: other.rank(key),
        }
    }

    fn rank(self, key: Key) -> u8 {
        let rank = (self.0 >> key.shift()) & ((1 << key.description().bits) - 1);
        u8::try_from(rank).unwrap_or(u8::MAX)
    }
}

/// On which key one beats the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    pub key: Key,
    pub(super) winner: u8,
    pub(super) loser: u8,
}

impl Difference {
    /// Why the winner beats the loser: `scope: one tenant beats every tenant`.
    pub fn sentence(self) -> String {
        let line = self.key.description();
        let text = |rank: u8| line.ranks.get(usize::from(rank));
        match (text(self.winner), text(self.loser)) {
            (Some(winner), Some(loser)) => format!("{}: {winner} beats {loser}", line.name),
            _ => match self.key {
                Key::TenantDistance => {
                    "tenant distance: its tenant is nearer to the computer's own".to_owned()
                }
                _ => "the two are equal in everything else, and the winner was created later"
                    .to_owned(),
            },
        }
    }
}

fn origin(origin: Origin) -> u8 {
    match origin {
        Origin::Local => 0,
        Origin::Recommended => 1,
    }
}

fn scope(scope: Scope) -> u8 {
    match scope {
        Scope::Individual { .. } | Scope::Person { .. } => 0,
        Scope::SingleTenant { .. } => 1,
        Scope::CrossTenant => 2,
    }
}

fn subject(scope: Scope) -> u8 {
    u8::from(matches!(scope, Scope::Person { .. }))
}

fn membership(membership: &Membership) -> u8 {
    match membership {
        Membership::Tag { .. } => 0,
        Membership::DeviceGroup { .. }
        | Membership::AgreementType { .. }
        | Membership::AgreementProduct { .. } => 1,
        Membership::Metascript { .. } => 2,
        Membership::Expression { .. } => 3,
        Membership::DirectoryGroup { .. } => 4,
        Membership::AllComputers => 5,
    }
}

fn filter(filter: TargetFilter) -> u8 {
    match filter {
        TargetFilter::PrimaryDomainControllers => 0,
        TargetFilter::DomainControllers => 1,
        TargetFilter::Servers => 2,
        TargetFilter::PortableDevices => 3,
        TargetFilter::Workstations => 4,
        TargetFilter::WorkstationsAndPortableDevices => 5,
        TargetFilter::None => 6,
    }
}

/// Outside onboarding no onboarding rule is a candidate, so that this decides in onboarding only.
fn enforcement(enforcement: Enforcement) -> u8 {
    u8::from(enforcement != Enforcement::Onboarding)
}

fn state(desired: &DesiredState) -> u8 {
    match desired {
        DesiredState::Ignored => 0,
        DesiredState::UpdateIfFound => 2,
        _ => 1,
    }
}
