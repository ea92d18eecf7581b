//! Who may do what, as data: the check, the sentence of a refusal, `docs/roles.md` and what GraphQL
//! answers to `viewer { may }` are made from this one table. A new permission is a line of it.

use crate::access::api_token::Role;

/// Hands the table to a macro: each permission with its sentence, and how far it reaches for an MSP admin, an MSP technician,
/// a tenant admin and a tenant member.
///
/// `All` is everywhere, `Own` in the role's own tenant, `No` nowhere. What belongs to one tenant is out of reach for
/// another's roles whatever is said here (`access::reaches`); to them, `All` gives what belongs to the whole installation.
#[macro_export]
macro_rules! permissions {
    ($with:ident!) => {
        $with! {
            /// See a tenant with its people, groups and agreements.
            ReadTenants                  => [All, All, Own, Own],
            /// Create, change, remove and restore tenants.
            ManageTenants                => [All, No,  No,  No],
            /// See software with its versions, prerequisites, tasks and cloud tasks.
            ReadCatalogue                => [All, All, All, All],
            /// See the texts of scripts.
            ReadScripts                  => [All, All, No,  No],
            /// Create and change software, prerequisites, tasks and cloud tasks, publish versions and upload packages.
            ManageCatalogue              => [All, All, No,  No],
            /// Take titles of a catalogue over for the whole installation, and withdraw them.
            SyncCatalogue                => [All, No,  No,  No],
            /// See deployments for one tenant, one computer or one person.
            ReadDeployments              => [All, All, Own, Own],
            /// See deployments for every tenant.
            ReadCrossTenantDeployments   => [All, All, No,  No],
            /// Create, change, disable, enable and delete deployments for one computer or one person.
            ManageIndividualDeployments  => [All, All, Own, Own],
            /// Create, change, disable, enable and delete deployments for one tenant.
            ManageTenantDeployments      => [All, All, Own, No],
            /// Create, change, disable, enable and delete deployments for a tenant and those below it.
            ManageTenantTreeDeployments  => [All, All, No,  No],
            /// Create, change, disable, enable and delete deployments for every tenant.
            ManageCrossTenantDeployments => [All, No,  No,  No],
            /// Create, change, approve and dismiss what a catalogue recommends for the whole installation.
            DecideRecommendations        => [All, No,  No,  No],
            /// Choose in which order items are executed.
            ManageOrdering               => [All, All, No,  No],
            /// See computers with their agents, sessions, resolution and output.
            ReadComputers                => [All, All, Own, Own],
            /// Start and cancel maintenance sessions.
            RunSessions                  => [All, All, Own, Own],
            /// Run a script on a computer without making software or a task of it.
            RunScripts                   => [All, All, No,  No],
            /// Name a deployment for a session, over what the other rules want.
            NameDeployments              => [All, All, Own, Own],
            /// Name a deployment for a session where the rules leave the item alone.
            OverrideLeftAlone            => [All, All, Own, No],
            /// Onboard, change, move, remove and restore computers, and release and revoke their agents.
            ManageComputers              => [All, All, Own, No],
            /// See, create and revoke the tokens with which agents enrol.
            ManageEnrolment              => [All, All, Own, No],
            /// Add, change and remove people and groups.
            ManagePeople                 => [All, All, Own, No],
            /// Add, change and remove agreements.
            ManageAgreements             => [All, All, No,  No],
            /// Create, replace and remove secrets, and have tasks told them; nobody reads one.
            ManageSecrets                => [All, All, Own, No],
            /// See, create and revoke API tokens.
            ManageTokens                 => [All, No,  Own, No],
            /// Read events.
            ReadEvents                   => [All, All, Own, Own],
        }
    };
}

/// What the holder of a role is, whichever tenant it is bound to; the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    MspAdmin,
    MspTechnician,
    TenantAdmin,
    TenantMember,
}

impl Rank {
    /// In the order of the table's columns.
    pub const ALL: [Self; 4] = [
        Self::MspAdmin,
        Self::MspTechnician,
        Self::TenantAdmin,
        Self::TenantMember,
    ];

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::MspAdmin => "MSP admin",
            Self::MspTechnician => "MSP technician",
            Self::TenantAdmin => "tenant admin",
            Self::TenantMember => "tenant member",
        }
    }

    /// One of them.
    pub fn one(self) -> String {
        let article = if self.is_confined() { "a" } else { "an" };
        format!("{article} {}", self.words())
    }

    /// Whether it works for one tenant only.
    pub fn is_confined(self) -> bool {
        match self {
            Self::MspAdmin | Self::MspTechnician => false,
            Self::TenantAdmin | Self::TenantMember => true,
        }
    }
}

impl Role {
    pub fn rank(self) -> Rank {
        match self {
            Self::MspAdmin => Rank::MspAdmin,
            Self::MspTechnician => Rank::MspTechnician,
            Self::TenantAdmin(_) => Rank::TenantAdmin,
            Self::TenantMember(_) => Rank::TenantMember,
        }
    }
}

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What is of the tenant that the role is bound to.
    OwnTenant,
    /// All there is; for a role that is bound to a tenant, all that is of no other tenant.
    Everywhere,
}

macro_rules! reach {
    (All) => {
        Some(Reach::Everywhere)
    };
    (Own) => {
        Some(Reach::OwnTenant)
    };
    (No) => {
        None
    };
}

macro_rules! table {
    ($(#[doc = $sentence:literal] $name:ident => [$($reach:ident),*],)*) => {
        /// What may be done: one row of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Permission { $(#[doc = $sentence] $name,)* }

        impl Permission {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What it is for, as a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence.trim_ascii(),)* }
            }

            /// How far it reaches for each rank, if it reaches anything.
            fn row(self) -> [Option<Reach>; 4] {
                match self { $(Self::$name => [$(reach!($reach)),*],)* }
            }
        }
    };
}

permissions!(table!);

impl Permission {
    /// What it is for, as it stands within a sentence: who has it may "see the texts of scripts".
    pub fn phrase(self) -> String {
        let sentence = self.sentence().trim_end_matches('.');
        let (verb, rest) = sentence.split_at(1);
        verb.to_lowercase() + rest
    }

    /// How far it reaches for those of this rank; nothing if they have none of it.
    pub fn reach(self, rank: Rank) -> Option<Reach> {
        let [msp_admin, msp_technician, tenant_admin, tenant_member] = self.row();
        match rank {
            Rank::MspAdmin => msp_admin,
            Rank::MspTechnician => msp_technician,
            Rank::TenantAdmin => tenant_admin,
            Rank::TenantMember => tenant_member,
        }
    }
}
