use crate::fleet::computer::Computer;
use crate::kernel::ids::DeploymentId;
use crate::rules::deployment::MaintenanceItem;
use crate::rules::resolution::{ComputerFacts, Occasion, Phase, Rulebook, World};
use serde::{Deserialize, Serialize};

/// What a session is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase")]
pub enum SessionKind {
    /// Every item that a deployment wins.
    Full,
    /// One item, if a deployment wins it.
    SingleItem(MaintenanceItem),
    /// The deployment that somebody named: it wins its item if its target holds the computer.
    AdHoc(DeploymentId),
    /// The same, named by somebody who may not touch what is to be left alone (access/matrix.rs).
    AdHocUnlessIgnored(DeploymentId),
}

impl SessionKind {
    /// The deployment that was named.
    pub fn named(self) -> Option<DeploymentId> {
        match self {
            Self::Full | Self::SingleItem(_) => None,
            Self::AdHoc(deployment) | Self::AdHocUnlessIgnored(deployment) => Some(deployment),
        }
    }

    /// For what such a session asks the rules of a computer. Only a full session ends its onboarding.
    pub fn occasion(self, computer: &Computer) -> Occasion {
        match self {
            Self::Full => Occasion::next_of(computer),
            Self::SingleItem(_) => Occasion {
                phase: Phase::Maintenance,
                named: None,
            },
            Self::AdHoc(deployment) | Self::AdHocUnlessIgnored(deployment) => Occasion {
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
        let Self::AdHocUnlessIgnored(deployment) = self else {
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
