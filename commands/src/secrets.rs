//! Whether the secrets that deployments tell are there, and which deployments tell one, as far as a view says.

use crate::ask::Ask;
use crate::stop::Stop;
use upkeep_domain::catalogue::Catalogue as _;
use upkeep_domain::catalogue::parameter::Faults;
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::SecretId;
use upkeep_domain::kernel::limits::MAX_NAMED_IN_REFUSAL;
use upkeep_domain::rules::deployment::Rule;
use upkeep_domain::rules::resolution::target_phrase;
use upkeep_projections::ViewNames;

impl Ask {
    /// The secrets that a rule tells, held to what is there and whose it is.
    pub fn secrets_serve(&self, rule: &Rule) -> Result<(), Faults> {
        let view = &**self.view();
        rule.secrets_serve(view, |id| view.secret(id))
    }

    /// Refuses to take away what deployments tell. Who manages a secret sees all of them: they are for the tenant whose it is, or it is
    /// the installation's. One that went to another tenant cannot tell it any more, and is nothing that this one hears of.
    pub fn refuse_if_told(&self, secret: SecretId) -> Result<(), Stop> {
        let view = &**self.view();
        let known = view.secret(secret);
        let rules = view.deployments.iter().filter_map(|(_, entry)| {
            let rule = entry.state.rule.as_ref()?;
            let is_served = known.is_some_and(|known| rule.is_served_by(known, view));
            (is_served && entry.state.tells(secret)).then_some(rule)
        });
        let targets: Vec<_> = rules
            .map(|rule| target_phrase(&rule.target, &ViewNames(view)))
            .collect();
        if targets.is_empty() {
            return Ok(());
        }
        let named = targets.get(..MAX_NAMED_IN_REFUSAL).unwrap_or(&targets);
        let more = match targets.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "deployments tell this secret: {}{more}; have them tell another one first, or delete them",
            named.join(", ")
        );
        Err(Stop::refused(Code::SecretInUse, message))
    }
}
