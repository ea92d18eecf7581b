use super::{
    AdditionRecorded, AdditionRemoved, Agreement, AgreementAdded, AgreementCommand, AgreementEvent,
    AgreementPeriodChanged, AgreementRejection, AgreementRemoved, AgreementTypeChanged, Period,
    Terms,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::AgreementId;
use crate::kernel::limits::MAX_ADDITIONS;

impl Decider for Agreement {
    type Id = AgreementId;
    type Command = AgreementCommand;
    type Event = AgreementEvent;
    type Rejection = AgreementRejection;
    type Premise = Self;
    const CATEGORY: &'static str = "agreement";

    fn decide(
        &self,
        command: AgreementCommand,
        _: &Context,
    ) -> Result<Vec<AgreementEvent>, AgreementRejection> {
        use AgreementCommand as Command;
        let Some(terms) = &self.terms else {
            return match command {
                Command::Add {
                    tenant,
                    name,
                    agreement_type,
                    period,
                } => Ok(vec![
                    AgreementAdded {
                        tenant,
                        name,
                        agreement_type,
                        period: forwards(period)?,
                    }
                    .into(),
                ]),
                _ => Err(AgreementRejection::NotFound),
            };
        };
        match command {
            Command::Add { .. } => Err(AgreementRejection::AlreadyExists),
            Command::Remove if self.is_removed => Ok(vec![]),
            _ if self.is_removed => Err(AgreementRejection::Removed),
            Command::Remove => Ok(vec![AgreementRemoved {}.into()]),
            Command::Change {
                agreement_type,
                period,
            } => {
                let period = period.map(forwards).transpose()?;
                let of_type = agreement_type
                    .filter(|agreement_type| *agreement_type != terms.agreement_type)
                    .map(|agreement_type| AgreementTypeChanged { agreement_type }.into());
                let of_period = period
                    .filter(|period| *period != terms.period)
                    .map(|period| AgreementPeriodChanged { period }.into());
                Ok(of_type.into_iter().chain(of_period).collect())
            }
            Command::RecordAddition { product, period } => {
                let known = self.additions.get(&product);
                let period = forwards(period.or(known.copied()).unwrap_or_default())?;
                match known {
                    Some(known) if *known == period => Ok(vec![]),
                    None if self.additions.len() >= MAX_ADDITIONS => {
                        Err(AgreementRejection::TooManyAdditions)
                    }
                    _ => Ok(vec![AdditionRecorded { product, period }.into()]),
                }
            }
            Command::RemoveAddition { product } => Ok(if self.additions.contains_key(&product) {
                vec![AdditionRemoved { product }.into()]
            } else {
                vec![]
            }),
        }
    }

    fn premise(&self) -> Self {
        self.clone()
    }

    fn evolve(mut self, event: &AgreementEvent) -> Self {
        match event {
            AgreementEvent::Added(added) => {
                self.terms = Some(Terms {
                    tenant: added.tenant,
                    name: added.name.clone(),
                    agreement_type: added.agreement_type.clone(),
                    period: added.period,
                });
            }
            AgreementEvent::TypeChanged(changed) => {
                if let Some(terms) = &mut self.terms {
                    terms.agreement_type = changed.agreement_type.clone();
                }
            }
            AgreementEvent::PeriodChanged(changed) => {
                if let Some(terms) = &mut self.terms {
                    terms.period = changed.period;
                }
            }
            AgreementEvent::AdditionRecorded(recorded) => {
                self.additions
                    .insert(recorded.product.clone(), recorded.period);
            }
            AgreementEvent::AdditionRemoved(removed) => {
                self.additions.remove(&removed.product);
            }
            AgreementEvent::Removed(_) => self.is_removed = true,
        }
        self
    }
}

fn forwards(period: Period) -> Result<Period, AgreementRejection> {
    if period.is_backwards() {
        Err(AgreementRejection::Backwards)
    } else {
        Ok(period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, id, nothing};
    use crate::kernel::ids::TenantId;
    use crate::kernel::name::Name;
    use chrono::NaiveDate;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn period(first: (u32, u32), last: (u32, u32)) -> Period {
        let day = |(month, day)| NaiveDate::from_ymd_opt(2026, month, day);
        Period {
            first_day: day(first),
            last_day: day(last),
        }
    }

    fn added() -> AgreementEvent {
        AgreementAdded {
            tenant: TenantId(id(1)),
            name: name("Contoso managed"),
            agreement_type: name("Managed"),
            period: Period::default(),
        }
        .into()
    }

    fn recorded(period: Period) -> AgreementEvent {
        AdditionRecorded {
            product: name("Backup"),
            period,
        }
        .into()
    }

    #[test]
    fn a_product_counts_only_while_it_and_its_agreement_do() {
        let november = period((11, 1), (11, 30));
        let state = [added(), recorded(november)]
            .iter()
            .fold(Agreement::default(), Agreement::evolve);
        let on = |month, day| {
            let day = NaiveDate::from_ymd_opt(2026, month, day).unwrap();
            state.products(day).count()
        };
        assert_eq!((on(10, 31), on(11, 1), on(11, 30), on(12, 1)), (0, 1, 1, 0));
        let ended = AgreementPeriodChanged {
            period: period((1, 1), (11, 15)),
        };
        let state = state.evolve(&ended.into());
        let day = NaiveDate::from_ymd_opt(2026, 11, 16).unwrap();
        assert_eq!(state.products(day).count(), 0);
    }

    #[test]
    fn a_period_does_not_run_backwards() {
        let record = AgreementCommand::RecordAddition {
            product: name("Backup"),
            period: Some(period((11, 30), (11, 1))),
        };
        given::<Agreement>([added()])
            .when(record)
            .then_rejected(AgreementRejection::Backwards);
    }

    #[test]
    fn recording_the_same_days_changes_nothing() {
        let november = period((11, 1), (11, 30));
        let record = AgreementCommand::RecordAddition {
            product: name("Backup"),
            period: Some(november),
        };
        given::<Agreement>([added()])
            .when(record.clone())
            .then([recorded(november)]);
        given::<Agreement>([added(), recorded(november)])
            .when(record)
            .then_nothing();
    }

    #[test]
    fn days_that_are_not_given_stay() {
        let record = AgreementCommand::RecordAddition {
            product: name("Backup"),
            period: None,
        };
        given::<Agreement>([added(), recorded(period((11, 1), (11, 30)))])
            .when(record.clone())
            .then_nothing();
        given::<Agreement>([added()])
            .when(record)
            .then([recorded(Period::default())]);
    }

    #[test]
    fn what_was_removed_stays_removed() {
        given::<Agreement>([added(), AgreementRemoved {}.into()])
            .when(AgreementCommand::Change {
                agreement_type: Some(name("Break-fix")),
                period: None,
            })
            .then_rejected(AgreementRejection::Removed);
        nothing::<Agreement>()
            .when(AgreementCommand::Remove)
            .then_rejected(AgreementRejection::NotFound);
    }
}
