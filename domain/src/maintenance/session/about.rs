//! Whose session it is, and what it is about.

use super::SessionCreated;
use crate::access::Overridden;
use crate::fleet::computer::Computer;
use crate::kernel::ids::{ComputerId, DeploymentId, TenantId};
use crate::kernel::limits::{DRAFT_MAX_WAIT, SESSION_MAX_WAIT};
use crate::rules::deployment::MaintenanceItem;
use crate::rules::resolution::{ComputerFacts, Occasion, Phase, Rulebook, World};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What is brought into its desired state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Subject {
    Computer { computer: ComputerId },
}

/// What a session is about: which of the winners it carries out, or none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum About {
    /// Every item that a deployment wins.
    Everything,
    /// One item, if a deployment wins it.
    Item { item: MaintenanceItem },
    /// The deployment that somebody named: it wins its item if its target holds the computer.
    Deployment {
        deployment: DeploymentId,
        /// What it may go over: whoever may not touch what is to be left alone names it over what is wanted otherwise only
        /// (access/matrix.rs).
        over: Overridden,
    },
    /// None of the winners: a script that somebody tries, which is in an event of its own.
    Draft,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Requested {
    pub subject: Subject,
    pub tenant: TenantId,
    pub about: About,
    pub at: DateTime<Utc>,
}

impl From<&SessionCreated> for Requested {
    fn from(created: &SessionCreated) -> Self {
        Self {
            subject: created.subject,
            tenant: created.tenant,
            about: created.about,
            at: created.at,
        }
    }
}

impl Requested {
    pub fn computer(&self) -> ComputerId {
        self.subject.computer()
    }
}

impl Subject {
    pub fn computer(self) -> ComputerId {
        let Self::Computer { computer } = self;
        computer
    }
}

impl From<ComputerId> for Subject {
    fn from(computer: ComputerId) -> Self {
        Self::Computer { computer }
    }
}

impl About {
    /// Whatever the rules say of the deployment's item.
    pub fn named(deployment: DeploymentId) -> Self {
        Self::Deployment {
            deployment,
            over: Overridden::LeftAlone,
        }
    }

    /// The deployment that was named.
    pub fn deployment(self) -> Option<DeploymentId> {
        match self {
            Self::Everything | Self::Item { .. } | Self::Draft => None,
            Self::Deployment { deployment, .. } => Some(deployment),
        }
    }

    /// How long a session may wait for its turn. Who tries a script waits for it: it is not to run when nobody thinks of it any more.
    pub(super) fn max_wait(self) -> Duration {
        match self {
            Self::Everything | Self::Item { .. } | Self::Deployment { .. } => SESSION_MAX_WAIT,
            Self::Draft => DRAFT_MAX_WAIT,
        }
    }

    /// For what such a session asks the rules of a computer. Only a session about everything ends its onboarding.
    pub fn occasion(self, computer: &Computer) -> Occasion {
        match self {
            Self::Everything => Occasion::next_of(computer),
            Self::Item { .. } | Self::Draft => Occasion {
                phase: Phase::Maintenance,
                named: None,
            },
            Self::Deployment { deployment, .. } => Occasion {
                named: Some(deployment),
                ..Occasion::next_of(computer)
            },
        }
    }

    /// The same at the moment of its resolution: what is to be left alone by then is left alone, whoever may not say otherwise.
    pub fn occasion_among<W: World>(
        self,
        rulebook: &Rulebook,
        facts: &ComputerFacts<'_, W>,
    ) -> Occasion {
        let occasion = self.occasion(facts.computer);
        let Self::Deployment {
            deployment,
            over: Overridden::Wanted,
        } = self
        else {
            return occasion;
        };
        let unnamed = Occasion {
            named: None,
            ..occasion
        };
        let slot = rulebook
            .number_of(deployment)
            .and_then(|number| rulebook.slot(number));
        match slot {
            Some(slot) if rulebook.leaves_alone(slot.rule.item, facts, &unnamed) => unnamed,
            _ => occasion,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::id;
    use crate::kernel::ids::SoftwareId;

    #[test]
    fn a_session_about_a_deployment_names_it_whatever_it_may_go_over_and_no_other_names_one() {
        let deployment = DeploymentId(id(1));
        for over in [Overridden::Wanted, Overridden::LeftAlone] {
            let about = About::Deployment { deployment, over };
            assert_eq!(about.deployment(), Some(deployment), "{over:?}");
        }
        let item = MaintenanceItem::Software(SoftwareId(id(1)));
        for about in [About::Everything, About::Item { item }, About::Draft] {
            assert_eq!(about.deployment(), None, "{about:?}");
        }
    }
}
