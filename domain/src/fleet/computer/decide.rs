use super::{
    Computer, ComputerCommand, ComputerEvent, ComputerExcludedFromMaintenance,
    ComputerIncludedInMaintenance, ComputerMoved, ComputerOnboarded, ComputerRegistered,
    ComputerRejection, ComputerRemoved, ComputerRestored, ComputerTagged, ComputerUntagged,
    DetailReport, InventoryDetailReported, InventoryReported, Maintenance, MetascriptAnswer,
    MetascriptAnswered, OnboardingStatus, OptionalApprovalWithdrawn, OptionalDeploymentApproved,
    PrimaryPersonSet, Registration, SessionAdmitted,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{ComputerId, DeploymentId, PersonId, SessionId, TenantId};
use crate::kernel::limits::{MAX_APPROVALS, MAX_CLOCK_LEAD, MAX_METASCRIPT_ANSWERS};
use crate::kernel::name::Name;

impl Decider for Computer {
    type Id = ComputerId;
    type Command = ComputerCommand;
    type Event = ComputerEvent;
    type Rejection = ComputerRejection;
    type Premise = Option<TenantId>;
    const CATEGORY: &'static str = "computer";

    fn decide(
        &self,
        command: ComputerCommand,
        context: &Context,
    ) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        match (&self.registration, command) {
            (
                None,
                ComputerCommand::Register {
                    tenant,
                    name,
                    hardware,
                },
            ) => Ok(vec![
                ComputerRegistered {
                    tenant,
                    name,
                    hardware,
                }
                .into(),
            ]),
            (None, _) => Err(ComputerRejection::NotFound),
            (
                Some(known),
                ComputerCommand::Register {
                    tenant, hardware, ..
                },
            ) => {
                if known.tenant == tenant && known.hardware.uuid == hardware.uuid {
                    Ok(vec![])
                } else {
                    Err(ComputerRejection::RegisteredDifferently)
                }
            }
            (Some(_), ComputerCommand::ReportInventory(inventory)) => {
                Ok(if self.inventory.as_ref() == Some(&inventory) {
                    vec![]
                } else {
                    vec![InventoryReported { inventory }.into()]
                })
            }
            (Some(_), command @ (ComputerCommand::Remove | ComputerCommand::Restore)) => {
                Ok(self.come_or_go(&command))
            }
            (Some(_), _) if self.is_removed => Err(ComputerRejection::Removed),
            (Some(_), ComputerCommand::CompleteOnboarding) => Ok(match self.onboarding {
                OnboardingStatus::Onboarded => vec![],
                OnboardingStatus::NeedsOnboarding => vec![ComputerOnboarded {}.into()],
            }),
            (
                Some(known),
                ComputerCommand::AdmitSession {
                    session,
                    tenant,
                    over,
                },
            ) => {
                if known.tenant == tenant {
                    self.admit(session, over)
                } else {
                    Err(ComputerRejection::Elsewhere)
                }
            }
            (Some(known), ComputerCommand::Move { tenant }) => Ok(if known.tenant == tenant {
                vec![]
            } else {
                vec![ComputerMoved { tenant }.into()]
            }),
            (Some(_), ComputerCommand::ReportDetail(report)) => Ok(self.report_detail(&report)),
            (Some(_), ComputerCommand::ChangeTags(change)) => {
                let difference = change.against(&self.tags)?;
                let tagged = |tags| ComputerTagged { tags }.into();
                let untagged = |tags| ComputerUntagged { tags }.into();
                Ok(difference.events(tagged, untagged))
            }
            (Some(known), ComputerCommand::SetPrimaryPerson { person }) => {
                self.set_primary_person(known.tenant, person)
            }
            (Some(_), ComputerCommand::ExcludeFromMaintenance) => Ok(match self.maintenance {
                Maintenance::Excluded => vec![],
                Maintenance::Included => vec![ComputerExcludedFromMaintenance {}.into()],
            }),
            (Some(_), ComputerCommand::IncludeInMaintenance) => Ok(match self.maintenance {
                Maintenance::Included => vec![],
                Maintenance::Excluded => vec![ComputerIncludedInMaintenance {}.into()],
            }),
            (
                Some(_),
                ComputerCommand::RecordMetascriptAnswer {
                    metascript,
                    answer,
                    observed_at,
                },
            ) => {
                let answer = MetascriptAnswer {
                    answer,
                    observed_at: observed_at.unwrap_or(context.now),
                };
                self.record_answer(metascript, answer, context)
            }
            (Some(_), ComputerCommand::ApproveOptional { deployment }) => self.approve(deployment),
            (Some(_), ComputerCommand::WithdrawApproval { deployment }) => {
                Ok(self.withdraw(deployment))
            }
        }
    }

    fn premise(&self) -> Option<TenantId> {
        self.registration.as_ref().map(|known| known.tenant)
    }

    fn evolve(mut self, event: &ComputerEvent) -> Self {
        match event {
            ComputerEvent::Registered(registered) => {
                self.registration = Some(Registration {
                    tenant: registered.tenant,
                    name: registered.name.clone(),
                    hardware: registered.hardware,
                });
            }
            ComputerEvent::InventoryReported(reported) => {
                self.inventory = Some(reported.inventory.clone());
            }
            ComputerEvent::Onboarded(_) => self.onboarding = OnboardingStatus::Onboarded,
            ComputerEvent::SessionAdmitted(admitted) => self.session = Some(admitted.session),
            ComputerEvent::DetailReported(reported) => self.detail = reported.detail.clone(),
            ComputerEvent::Tagged(tagged) => self.tags.extend(tagged.tags.iter().cloned()),
            ComputerEvent::Untagged(untagged) => {
                self.tags.retain(|tag| !untagged.tags.contains(tag));
            }
            ComputerEvent::PrimaryPersonSet(set) => self.primary_person = set.person,
            ComputerEvent::ExcludedFromMaintenance(_) => self.maintenance = Maintenance::Excluded,
            ComputerEvent::IncludedInMaintenance(_) => self.maintenance = Maintenance::Included,
            ComputerEvent::MetascriptAnswered(answered) => {
                let answer = MetascriptAnswer {
                    answer: answered.answer,
                    observed_at: answered.observed_at,
                };
                self.answers.insert(answered.metascript.clone(), answer);
            }
            ComputerEvent::OptionalApproved(approved) => {
                self.approvals.insert(approved.deployment);
            }
            ComputerEvent::ApprovalWithdrawn(withdrawn) => {
                self.approvals.remove(&withdrawn.deployment);
            }
            ComputerEvent::Removed(_) => self.is_removed = true,
            ComputerEvent::Restored(_) => self.is_removed = false,
            ComputerEvent::Moved(moved) => {
                if let Some(known) = &mut self.registration {
                    known.tenant = moved.tenant;
                }
            }
        }
        self
    }
}

impl Computer {
    fn admit(
        &self,
        session: SessionId,
        over: Option<SessionId>,
    ) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        match self.session {
            Some(known) if known == session => Ok(vec![]),
            Some(known) if over != Some(known) => Err(ComputerRejection::SessionRunning),
            _ => Ok(vec![SessionAdmitted { session }.into()]),
        }
    }

    fn report_detail(&self, report: &DetailReport) -> Vec<ComputerEvent> {
        let detail = self.detail.with(report);
        if detail == self.detail {
            vec![]
        } else {
            vec![InventoryDetailReported { detail }.into()]
        }
    }

    /// Removed, or there again; what is so already changes nothing.
    fn come_or_go(&self, command: &ComputerCommand) -> Vec<ComputerEvent> {
        match (command, self.is_removed) {
            (ComputerCommand::Remove, false) => vec![ComputerRemoved {}.into()],
            (ComputerCommand::Restore, true) => vec![ComputerRestored {}.into()],
            _ => vec![],
        }
    }

    fn approve(&self, deployment: DeploymentId) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        if self.approvals.contains(&deployment) {
            Ok(vec![])
        } else if self.approvals.len() >= MAX_APPROVALS {
            Err(ComputerRejection::TooManyApprovals)
        } else {
            Ok(vec![OptionalDeploymentApproved { deployment }.into()])
        }
    }

    fn withdraw(&self, deployment: DeploymentId) -> Vec<ComputerEvent> {
        if self.approvals.contains(&deployment) {
            vec![OptionalApprovalWithdrawn { deployment }.into()]
        } else {
            vec![]
        }
    }

    fn set_primary_person(
        &self,
        own: TenantId,
        person: Option<(PersonId, TenantId)>,
    ) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        if person.is_some_and(|(_, tenant)| tenant != own) {
            return Err(ComputerRejection::PersonOfOtherTenant);
        }
        let person = person.map(|(person, _)| person);
        Ok(if person == self.primary_person {
            vec![]
        } else {
            vec![PrimaryPersonSet { person }.into()]
        })
    }

    /// An answer that is older than the known one says nothing new.
    fn record_answer(
        &self,
        metascript: Name,
        new: MetascriptAnswer,
        context: &Context,
    ) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        if new.observed_at > context.now + MAX_CLOCK_LEAD {
            return Err(ComputerRejection::ObservedInFuture(new.observed_at));
        }
        match self.answers.get(&metascript) {
            Some(known) if new.observed_at <= known.observed_at => return Ok(vec![]),
            None if self.answers.len() >= MAX_METASCRIPT_ANSWERS => {
                return Err(ComputerRejection::TooManyAnswers);
            }
            _ => {}
        }
        let answered = MetascriptAnswered {
            metascript,
            answer: new.answer,
            observed_at: new.observed_at,
        };
        Ok(vec![answered.into()])
    }
}

#[cfg(test)]
mod tests;
