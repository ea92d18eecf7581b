//! Why something is refused, as programs read it: one closed list. GraphQL's enum is made from it; the texts are part of the
//! public contract and never change.

/// Hands the list to a macro: for each code its description, its name, its text.
#[macro_export]
macro_rules! for_all_codes {
    ($make:ident) => {
        $make! {
            /// There is no such thing, or you may not see it.
            NotFound = "NOT_FOUND",
            /// It exists already.
            AlreadyExists = "ALREADY_EXISTS",
            /// A value is not possible; the message says why.
            Invalid = "INVALID",
            /// Somebody changed it since you read it.
            RevisionConflict = "REVISION_CONFLICT",
            /// Somebody changed it while it was looked whether you may and how far your change reaches. Read it again, and repeat it.
            ChangedMeanwhile = "CHANGED_MEANWHILE",
            /// The command id was used for another command.
            CommandIdReused = "COMMAND_ID_REUSED",
            /// The tenant would become its own ancestor.
            TenantCycle = "TENANT_CYCLE",
            /// The tenant tree would become too deep.
            TenantTooDeep = "TENANT_TOO_DEEP",
            /// The version is published already.
            VersionExists = "VERSION_EXISTS",
            /// The software has no such version.
            VersionNotFound = "VERSION_NOT_FOUND",
            /// The software has as many versions as it may.
            TooManyVersions = "TOO_MANY_VERSIONS",
            /// The package's file name is not a bare file name.
            BadFileName = "BAD_FILE_NAME",
            /// The package is too large.
            PackageTooLarge = "PACKAGE_TOO_LARGE",
            /// The package was not uploaded yet.
            PackageMissing = "PACKAGE_MISSING",
            /// The deployment was deleted.
            DeploymentDeleted = "DEPLOYMENT_DELETED",
            /// The agent was revoked.
            AgentRevoked = "AGENT_REVOKED",
            /// The agent is held.
            AgentHeld = "AGENT_HELD",
            /// The agent claims a known computer's hardware, and releasedAs does not say what it is.
            AgentUndecided = "AGENT_UNDECIDED",
            /// The number of uses is not possible.
            BadMaxUses = "BAD_MAX_USES",
            /// The moment of expiry is not possible.
            BadExpiry = "BAD_EXPIRY",
            /// The session is over.
            SessionOver = "SESSION_OVER",
            /// The computer has as many sessions waiting as it may.
            TooManySessionsWaiting = "TOO_MANY_SESSIONS_WAITING",
            /// There is an administrator already.
            HasAdministrator = "HAS_ADMINISTRATOR",
            /// The setup token is not the newest one.
            WrongSetupToken = "WRONG_SETUP_TOKEN",
            /// It was removed.
            Removed = "REMOVED",
            /// There are tenants below the one that would be removed.
            TenantHasChildren = "TENANT_HAS_CHILDREN",
            /// The tenant has another computer with the same hardware.
            HardwareKnown = "HARDWARE_KNOWN",
            /// The tenant has another person with the same user principal name.
            UpnKnown = "UPN_KNOWN",
            /// It is of another tenant.
            OtherTenant = "OTHER_TENANT",
            /// There would be more tags than there may.
            TooManyTags = "TOO_MANY_TAGS",
            /// More members would change at once, or be in the group, than may.
            TooManyMembers = "TOO_MANY_MEMBERS",
            /// The agreement has as many products as it may.
            TooManyAdditions = "TOO_MANY_ADDITIONS",
            /// The computer keeps as many metascripts' answers as it may.
            TooManyAnswers = "TOO_MANY_ANSWERS",
            /// As many optional deployments are approved for the computer as may be.
            TooManyApprovals = "TOO_MANY_APPROVALS",
            /// The deployment does not apply, whoever names it: it waits for an approval, or for a new computer.
            DoesNotApply = "DOES_NOT_APPLY",
            /// No catalogue recommends the deployment.
            NotRecommended = "NOT_RECOMMENDED",
            /// The change reaches many computers, and confirmImpact does not say how many.
            ImpactUnconfirmed = "IMPACT_UNCONFIRMED",
            /// There are as many deployments for the tenant as may be, or as many with a filter expression.
            TooManyDeployments = "TOO_MANY_DEPLOYMENTS",
            /// The package is empty.
            PackageEmpty = "PACKAGE_EMPTY",
            /// The groups would be nested too deep.
            GroupTooDeep = "GROUP_TOO_DEEP",
            /// Your role does not allow it. Of one of many that are changed at once; otherwise it is an error of the request.
            Forbidden = "FORBIDDEN",
            /// The store takes nothing now: send it again later with the same command id. Of one of many that are changed at once; otherwise it
            /// is an error of the request.
            Unavailable = "UNAVAILABLE",
            /// Another reason; the message says which.
            Rejected = "REJECTED",
            /// The agent is enrolled for another tenant.
            AgentOfOtherTenant = "AGENT_OF_OTHER_TENANT",
            /// The computer is registered for another tenant or hardware.
            ComputerRegisteredDifferently = "COMPUTER_REGISTERED_DIFFERENTLY",
            /// The enrolment token is not known.
            EnrolmentTokenUnknown = "ENROLMENT_TOKEN_UNKNOWN",
            /// The enrolment token has expired.
            EnrolmentTokenExpired = "ENROLMENT_TOKEN_EXPIRED",
            /// The enrolment token was used as often as it may be.
            EnrolmentTokenUsedUp = "ENROLMENT_TOKEN_USED_UP",
            /// The enrolment token was revoked.
            EnrolmentTokenRevoked = "ENROLMENT_TOKEN_REVOKED",
            /// Another session runs on the computer.
            SessionRunning = "SESSION_RUNNING",
            /// Another server works on the session.
            SessionClaimedElsewhere = "SESSION_CLAIMED_ELSEWHERE",
            /// As many items are ordered there as may be.
            TooManyOrderedItems = "TOO_MANY_ORDERED_ITEMS",
            /// A version would lack a script that it needs.
            ScriptMissing = "SCRIPT_MISSING",
            /// The software has no such script for all of its versions.
            ScriptNotFound = "SCRIPT_NOT_FOUND",
            /// The software is a title of the catalogue: copy it, and change the copy.
            OfCatalogue = "OF_CATALOGUE",
            /// The software is no title of the catalogue.
            NotOfCatalogue = "NOT_OF_CATALOGUE",
            /// The values of a deployment do not fit the parameters of its task.
            ParametersDoNotFit = "PARAMETERS_DO_NOT_FIT",
            /// Deployments hold values that would not fit any more: change them first.
            ParametersInUse = "PARAMETERS_IN_USE",
            /// No agent of the computer is connected.
            ComputerOffline = "COMPUTER_OFFLINE",
            /// The server has no key under which secrets could be kept.
            SecretsNotSetUp = "SECRETS_NOT_SET_UP",
            /// Deployments tell this secret: have them tell another one first.
            SecretInUse = "SECRET_IN_USE",
            /// The session has no such run for the agent.
            UnknownRun = "UNKNOWN_RUN",
            /// A software would need itself before it, by way of others or at once.
            PrerequisiteCircle = "PREREQUISITE_CIRCLE",
            /// Too many installations would have to come before one another.
            PrerequisiteTooDeep = "PREREQUISITE_TOO_DEEP",
            /// The prerequisite contradicts another one of the same software.
            PrerequisiteContradiction = "PREREQUISITE_CONTRADICTION",
            /// There are as many prerequisites as may be, or as many of the software.
            TooManyPrerequisites = "TOO_MANY_PREREQUISITES",
        }
    };
}

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal,)*) => {
        /// Why something is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$meta])* $variant,)* }

        impl Code {
            /// As it stands in answers.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

for_all_codes!(codes);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
