//! What decides between deployments, and why some do not apply.

use async_graphql::Enum;
use upkeep_domain::rules::resolution::{self, NotCandidateReason};

/// The keys by which deployments are compared, in this order; the first difference decides.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "resolution::Key")]
pub enum ResolutionKey {
    /// Named by the session > all others.
    Named,
    /// Local > recommended by a catalogue.
    Origin,
    /// One computer or person > one tenant > every tenant.
    Scope,
    /// The computer itself > its primary person.
    Subject,
    /// The computer's own tenant > its parent > the one above that.
    TenantDistance,
    /// Tag > integration group > metascript > filter expression > directory group > all computers.
    Membership,
    /// Primary domain controllers > domain controllers > servers > portable devices > workstations > both of these > all
    /// computers.
    Filter,
    /// Onboarding > required, in an onboarding session.
    Enforcement,
    /// Ignored > every other state > update if found.
    State,
    /// The one created later, between rules that are equal otherwise; a conflict where the two want different states.
    Created,
}

macro_rules! reasons {
    ($($(#[$meta:meta])* $kind:ident = $pattern:pat,)*) => {
        /// Why a deployment does not apply.
        #[derive(Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(name = "NotCandidateReason")]
        pub enum NotCandidateKind { $($(#[$meta])* $kind,)* }

        impl From<&NotCandidateReason> for NotCandidateKind {
            fn from(reason: &NotCandidateReason) -> Self {
                use NotCandidateReason as Reason;
                match reason { $($pattern => Self::$kind,)* }
            }
        }
    };
}

reasons! {
    /// It is disabled.
    Disabled = Reason::Disabled,
    /// It was deleted.
    Deleted = Reason::Deleted,
    /// A catalogue recommends it, and nobody decided yet.
    Undecided = Reason::Undecided,
    /// A catalogue recommends it, and it was dismissed.
    Dismissed = Reason::Dismissed,
    /// The computer was removed.
    ComputerRemoved = Reason::ComputerRemoved,
    /// Its tenant was removed.
    TenantRemoved = Reason::TenantRemoved,
    /// The computer is excluded from maintenance.
    ComputerExcluded = Reason::ComputerExcluded,
    /// The tenant is excluded from cross-tenant deployments.
    TenantExcluded = Reason::TenantExcluded,
    /// It is for another computer.
    OtherComputer = Reason::OtherComputer { .. },
    /// It is for the computers of another person.
    OtherPerson = Reason::OtherPerson { .. },
    /// It is for another tenant.
    OtherTenant = Reason::OtherTenant { .. },
    /// It is for a tenant above, without those below.
    NotForChildren = Reason::NotForChildren { .. },
    /// The tag is missing.
    NotTagged = Reason::NotTagged { .. },
    /// It is for people with a tag, and there is no primary person.
    NoPrimaryPerson = Reason::NoPrimaryPerson { .. },
    /// Neither the computer nor its primary person is in the group.
    NotInGroup = Reason::NotInGroup { .. },
    /// The group is not there any more.
    GroupMissing = Reason::GroupMissing { .. },
    /// The tenant has no agreement of the type today.
    NoAgreement = Reason::NoAgreement { .. },
    /// The product is on no agreement of the tenant today.
    NoProduct = Reason::NoProduct { .. },
    /// The metascript said no.
    MetascriptSaidNo = Reason::MetascriptSaidNo { .. },
    /// The metascript was not asked yet.
    MetascriptUnanswered = Reason::MetascriptUnanswered { .. },
    /// The filter expression does not match.
    ExpressionFalse = Reason::ExpressionFalse,
    /// The filter expression depends on a fact that is not known.
    ExpressionUnknown = Reason::ExpressionUnknown { .. },
    /// The target was written under older rules and is not understood any more.
    ExpressionRefused = Reason::ExpressionRefused,
    /// It is for another kind of computers.
    OtherClass = Reason::OtherClass { .. },
    /// The kind of this computer is not known.
    UnknownClass = Reason::UnknownClass { .. },
    /// The computer's part in its domain is another one.
    OtherRole = Reason::OtherRole { .. },
    /// The computer's part in its domain is not known.
    UnknownRole = Reason::UnknownRole { .. },
    /// It is ad hoc, and no session names it.
    OnlyWhenNamed = Reason::OnlyWhenNamed,
    /// It acts only in onboarding.
    OnlyInOnboarding = Reason::OnlyInOnboarding,
    /// It is optional, and not approved for this computer.
    NotApproved = Reason::NotApproved,
}
