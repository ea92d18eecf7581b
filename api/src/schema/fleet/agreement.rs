//! Agreements of tenants and the products on them.

use crate::request::{Request, view_at};
use crate::schema::change::{change, name, optional_name, seen};
use crate::schema::fleet::tenant::{TenantNode, confine};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Page, PageArguments, assumed, list_cost, skip_cost, times, walk};
use crate::schema::part::Part;
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{AsOfInput, Change, Day, global_id_in, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use std::sync::Arc;
use upkeep_commands::{Ask, Change as Changing, Confirmation, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::fleet::agreement::{self, Agreement, AgreementCommand, Terms};
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::ids::AgreementId;
use upkeep_domain::kernel::name::Name;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// From one day to another, both included, in the tenant's time zone; without an end where none is given.
#[derive(Clone, SimpleObject)]
pub struct Period {
    /// The first day.
    first_day: Option<Day>,
    /// The last day.
    last_day: Option<Day>,
}

impl From<agreement::Period> for Period {
    fn from(period: agreement::Period) -> Self {
        Self {
            first_day: period.first_day.map(Day),
            last_day: period.last_day.map(Day),
        }
    }
}

/// A product on an agreement.
#[derive(Clone, SimpleObject)]
pub struct AgreementAddition {
    /// The product.
    product: String,
    /// The days on which it counts.
    period: Period,
}

/// An agreement of a tenant, as a PSA knows it.
#[derive(Clone)]
pub struct AgreementNode {
    view: Arc<View>,
    id: AgreementId,
    entry: Arc<Entry<Agreement>>,
    terms: Terms,
}

impl AgreementNode {
    /// The agreement, if known and the caller may see its tenant.
    pub fn find(request: &Request, view: &Arc<View>, id: AgreementId) -> Option<Self> {
        let entry = view.agreements.get(id)?.clone();
        let terms = entry.state.terms.clone()?;
        let action = Action::ReadTenant {
            tenant: terms.tenant,
        };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            terms,
        })
    }
}

/// An agreement of a tenant, as a PSA knows it: its type and its products choose the tenant's computers.
#[Object(name = "Agreement")]
impl AgreementNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Agreement", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> &str {
        self.terms.name.as_str()
    }

    /// Its type.
    async fn agreement_type(&self) -> &str {
        self.terms.agreement_type.as_str()
    }

    /// The days on which it counts.
    async fn period(&self) -> Period {
        self.terms.period.into()
    }

    /// The tenant whose it is.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.terms.tenant)
    }

    /// The products on it, at most 1,000, by name.
    #[graphql(complexity = "times(assumed::ADDITIONS, child_complexity)")]
    async fn additions(&self) -> Vec<AgreementAddition> {
        let additions = self.entry.state.additions.iter();
        additions
            .map(|(product, period)| AgreementAddition {
                product: product.to_string(),
                period: (*period).into(),
            })
            .collect()
    }

    /// Whether it was removed.
    async fn is_removed(&self) -> bool {
        self.entry.state.is_removed
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Agreement>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Agreement>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who added it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed it, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}

/// Which agreements; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AgreementFilter {
    /// Only those of this tenant.
    tenant_id: Option<ID>,
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
}

/// What can be asked about agreements.
#[derive(Default)]
pub struct AgreementQuery;

#[Object]
impl AgreementQuery {
    /// One agreement.
    async fn agreement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<AgreementNode>> {
        let view = view_at(context, as_of).await?;
        let id = AgreementId(uuid_of("Agreement", &id)?);
        Ok(AgreementNode::find(Request::of(context), &view, id))
    }

    /// The agreements that you may see, in the order in which they were added.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn agreements(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all that were not removed if not given.")] filter: OrDefault<
            AgreementFilter,
        >,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(
            desc = "How many to pass over from the start, 0 to 200,000, in place of a cursor; none if not given."
        )]
        skip: Option<i32>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<AgreementNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let AgreementFilter {
            tenant_id,
            name_contains,
        } = filter.0;
        let of = confine(request, &view, tenant_id.as_ref())?;
        let part = Part::of(name_contains.as_deref());
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        walk(
            context,
            &view,
            &arguments,
            move |view, within| view.agreements_within(of, within),
            move |_, view, id| {
                let entry = view.agreements.get(id);
                entry.is_some_and(|entry| {
                    let terms = entry.state.terms.as_ref();
                    !entry.state.is_removed
                        && terms.is_some_and(|terms| part.is_in(terms.name.as_str()))
                })
            },
            |id| AgreementNode::find(request, &view, id),
        )
        .map(Some)
    }
}

payloads! {
    /// The answer to a mutation of an agreement.
    [AddAgreementPayload ChangeAgreementPayload RecordAgreementAdditionPayload RemoveAgreementAdditionPayload RemoveAgreementPayload] of Agreement {
        /// The agreement, with the change.
        agreement: AgreementNode
    }
}

/// Days, both included, in the tenant's time zone; without an end where none is given. From 2100 on time zones have no summer
/// time here: nobody has decided on it yet, and days begin and end by the standard time.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PeriodInput {
    /// The first day; from ever on if not given.
    first_day: Option<Day>,
    /// The last day; for ever if not given.
    last_day: Option<Day>,
}

impl From<&PeriodInput> for agreement::Period {
    fn from(input: &PeriodInput) -> Self {
        Self {
            first_day: input.first_day.map(|day| day.0),
            last_day: input.last_day.map(|day| day.0),
        }
    }
}

inputs! {
    /// A new agreement.
    AddAgreementInput {
        /// The tenant whose it is.
        tenant_id: ID,
        /// Its name.
        name: String,
        /// Its type.
        agreement_type: String,
        /// The days on which it counts; all if not given.
        period: OrDefault<PeriodInput>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// What changes in an agreement; what is not given stays.
    ChangeAgreementInput {
        /// The agreement.
        id: ID,
        /// Its type; it stays if not given.
        agreement_type: Option<String>,
        /// The days on which it counts; they stay if not given.
        period: Option<PeriodInput>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A product on an agreement.
    RecordAgreementAdditionInput {
        /// The agreement.
        id: ID,
        /// The product.
        product: String,
        /// The days on which it counts; where it is not given they stay, and a new product counts on all days.
        period: Option<PeriodInput>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A product to be taken off an agreement.
    RemoveAgreementAdditionInput {
        /// The agreement.
        id: ID,
        /// The product.
        product: String,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// An agreement.
    RemoveAgreementInput {
        /// The agreement.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl Changing for AddAgreementInput {
    type Of = Agreement;

    fn plan(&self, ask: &Ask) -> Result<Plan<Agreement>, Stop> {
        let tenant = seen::<Tenant>(ask, &self.tenant_id, "tenantId")?.id;
        let add = AgreementCommand::Add {
            tenant,
            name: name("name", &self.name)?,
            agreement_type: name("agreementType", &self.agreement_type)?,
            period: (&self.period.0).into(),
        };
        ask.make(AgreementId(ask.new_id("agreement")), add)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Changing for ChangeAgreementInput {
    type Of = Agreement;

    fn plan(&self, ask: &Ask) -> Result<Plan<Agreement>, Stop> {
        let change = AgreementCommand::Change {
            agreement_type: optional_name("agreementType", self.agreement_type.as_ref())?,
            period: self.period.as_ref().map(Into::into),
        };
        seen::<Agreement>(ask, &self.id, "id")?.plan(change)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Changing for RecordAgreementAdditionInput {
    type Of = Agreement;

    fn plan(&self, ask: &Ask) -> Result<Plan<Agreement>, Stop> {
        let record = AgreementCommand::RecordAddition {
            product: name("product", &self.product)?,
            period: self.period.as_ref().map(Into::into),
        };
        seen::<Agreement>(ask, &self.id, "id")?.plan(record)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Changing for RemoveAgreementAdditionInput {
    type Of = Agreement;

    fn plan(&self, ask: &Ask) -> Result<Plan<Agreement>, Stop> {
        let product = Name::known(&self.product);
        let remove = AgreementCommand::RemoveAddition { product };
        seen::<Agreement>(ask, &self.id, "id")?.plan(remove)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Changing for RemoveAgreementInput {
    type Of = Agreement;

    fn plan(&self, ask: &Ask) -> Result<Plan<Agreement>, Stop> {
        seen::<Agreement>(ask, &self.id, "id")?.plan(AgreementCommand::Remove)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

/// What can be changed about agreements.
#[derive(Default)]
pub struct AgreementMutation;

#[Object]
impl AgreementMutation {
    /// Adds an agreement of a tenant.
    async fn add_agreement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The agreement.")] input: AddAgreementInput,
    ) -> Result<Option<AddAgreementPayload>> {
        change(context, "addAgreement", input).await
    }

    /// Changes an agreement's type, its days, or both.
    async fn change_agreement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeAgreementInput,
    ) -> Result<Option<ChangeAgreementPayload>> {
        change(context, "changeAgreement", input).await
    }

    /// Puts a product on an agreement, or changes the days on which it counts: an offboarding can be scheduled so.
    async fn record_agreement_addition(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The product and its days.")] input: RecordAgreementAdditionInput,
    ) -> Result<Option<RecordAgreementAdditionPayload>> {
        change(context, "recordAgreementAddition", input).await
    }

    /// Takes a product off an agreement.
    async fn remove_agreement_addition(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The product.")] input: RemoveAgreementAdditionInput,
    ) -> Result<Option<RemoveAgreementAdditionPayload>> {
        change(context, "removeAgreementAddition", input).await
    }

    /// Removes an agreement.
    async fn remove_agreement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The agreement.")] input: RemoveAgreementInput,
    ) -> Result<Option<RemoveAgreementPayload>> {
        change(context, "removeAgreement", input).await
    }
}
