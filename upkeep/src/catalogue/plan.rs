//! What a sync would change, as the server tells it, and in lines for people.

use super::batch::{batches, written};
use super::shown;
use super::source::{Offer, Offered};
use super::way::Way;
use serde::Deserialize;
use serde_json::{Value, json};
use upkeep_domain::catalogue::pack::SCHEMA_VERSION;

const PLAN: &str = "query($source: String!, $revision: String!, $schemaVersion: Int!, $titles: [String!]!) {
    planCatalogueSync(source: $source, revision: $revision, schemaVersion: $schemaVersion, titles: $titles) {
        results { identifier change refusal parts impact versions { version change } } } }";

const TITLES: &str = "query($source: String!, $after: String) {
    catalogue(filter: { source: $source, isWithdrawn: false }, first: 100, after: $after) {
        nodes { id origin { identifier } } pageInfo { hasNextPage endCursor } } }";

/// What would become of one title.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    change: Option<String>,
    refusal: Option<String>,
    #[serde(default)]
    parts: Vec<String>,
    impact: u32,
    #[serde(default)]
    versions: Vec<OfVersion>,
}

#[derive(Debug, Deserialize)]
struct OfVersion {
    version: String,
    change: String,
}

/// A title that the source has no more.
#[derive(Debug, PartialEq, Eq)]
pub struct Gone {
    pub id: String,
    pub identifier: String,
}

/// A title that would be another one than it is here.
#[derive(Debug)]
pub struct Pending {
    pub offer: Offer,
    /// On how many computers its scripts run.
    pub impact: u32,
}

/// All that a sync would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order in which titles were offered.
    pub pending: Vec<Pending>,
    pub gone: Vec<Gone>,
    pub unchanged: usize,
    /// What of it would be refused.
    pub refused: usize,
    /// A line for each of the above but what is unchanged.
    pub lines: Vec<String>,
}

/// Asks the server.
pub async fn plan(way: &Way, offered: &Offered) -> anyhow::Result<Plan> {
    let mut plan = Plan::default();
    let titles = offered.titles.clone();
    for batch in batches(titles, |title| written(&title.json)) {
        let variables = json!({
            "source": offered.source,
            "revision": offered.revision,
            "schemaVersion": SCHEMA_VERSION,
            "titles": batch.iter().map(|title| &title.json).collect::<Vec<_>>(),
        });
        let data = way.ask(PLAN, variables).await?;
        let judged: Vec<Judged> = Deserialize::deserialize(&data["planCatalogueSync"]["results"])?;
        for (offer, judged) in batch.into_iter().zip(judged) {
            plan.take_in(offer, &judged);
        }
    }
    for gone in here(way, &offered.source).await? {
        if !offered.may_have(&gone.identifier) {
            let line = format!("- {}: the source has it no more", gone.identifier);
            plan.lines.push(shown(&line));
            plan.gone.push(gone);
        }
    }
    Ok(plan)
}

/// What the server has of the source and is not withdrawn.
async fn here(way: &Way, source: &str) -> anyhow::Result<Vec<Gone>> {
    let mut titles = vec![];
    let mut after = Value::Null;
    loop {
        let data = way
            .ask(TITLES, json!({ "source": source, "after": after }))
            .await?;
        let page = &data["catalogue"];
        for title in page["nodes"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            titles.push(Gone {
                id: text(&title["id"]),
                identifier: text(&title["origin"]["identifier"]),
            });
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(titles);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

impl Plan {
    fn take_in(&mut self, offer: Offer, judged: &Judged) {
        match (judged.change.as_deref(), &judged.refusal) {
            (Some("UNCHANGED"), _) => self.unchanged += 1,
            (Some(change), _) => {
                self.lines
                    .push(shown(&judged.line(change, &offer.identifier)));
                let impact = judged.impact;
                self.pending.push(Pending { offer, impact });
            }
            (None, refusal) => {
                self.refused += 1;
                let why = refusal.as_deref().unwrap_or("the server does not say why");
                self.lines
                    .push(shown(&format!("! {}: {why}", offer.identifier)));
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.pending.is_empty() && self.gone.is_empty()
    }

    /// All of it in one line.
    pub fn summary(&self) -> String {
        format!(
            "{} titles to take over, {} to withdraw, {} unchanged, {} refused",
            self.pending.len(),
            self.gone.len(),
            self.unchanged,
            self.refused
        )
    }
}

impl Judged {
    fn line(&self, change: &str, identifier: &str) -> String {
        let sign = match change {
            "ADDED" => "+",
            "RETURNED" => "+ (again)",
            _ => "~",
        };
        let versions = self.versions.iter().map(|of| {
            let sign = match of.change.as_str() {
                "ADDED" => "+",
                "WITHDRAWN" => "-",
                _ => "~",
            };
            format!("{sign}{}", of.version)
        });
        let parts = self.parts.iter().filter(|part| *part != "VERSIONS");
        let parts = parts.map(|part| part.to_lowercase().replace('_', " "));
        let told: Vec<String> = if change == "ADDED" {
            versions.collect()
        } else {
            parts.chain(versions).collect()
        };
        let reach = match self.impact {
            0 => String::new(),
            computers => format!(" (runs on {computers} computers)"),
        };
        let told = if told.is_empty() {
            String::new()
        } else {
            format!(": {}", told.join(", "))
        };
        format!("{sign} {identifier}{told}{reach}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(value: Value) -> Judged {
        Deserialize::deserialize(value).unwrap()
    }

    #[test]
    fn a_change_is_told_in_a_line() {
        let versions = json!([{ "version": "2.0", "change": "ADDED" }, { "version": "1.0", "change": "WITHDRAWN" }]);
        let changed = judged(json!({
            "change": "CHANGED", "parts": ["NOTES", "EXIT_CODES", "VERSIONS"], "impact": 12, "versions": versions,
        }));
        let mut plan = Plan::default();
        let offer = || Offer {
            identifier: "A.B".into(),
            json: String::new(),
        };
        plan.take_in(offer(), &changed);
        let new = json!({ "change": "ADDED", "parts": ["NAME", "VERSIONS"], "impact": 0, "versions": versions });
        plan.take_in(offer(), &judged(new));
        let refused = json!({ "change": null, "refusal": "name: too\nlong", "impact": 0 });
        plan.take_in(offer(), &judged(refused));
        plan.take_in(
            offer(),
            &judged(json!({ "change": "UNCHANGED", "impact": 3 })),
        );
        plan.take_in(
            offer(),
            &judged(json!({ "change": "RETURNED", "impact": 26 })),
        );
        assert_eq!(
            plan.lines,
            [
                "~ A.B: notes, exit codes, +2.0, -1.0 (runs on 12 computers)",
                "+ A.B: +2.0, -1.0",
                "! A.B: name: too\\nlong",
                "+ (again) A.B (runs on 26 computers)",
            ]
        );
        assert_eq!(
            plan.summary(),
            "3 titles to take over, 0 to withdraw, 1 unchanged, 1 refused"
        );
    }
}
