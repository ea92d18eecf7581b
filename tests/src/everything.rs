//! Queries for every field that the schema has, made from the schema itself: what is added later is asked too.

use crate::Client;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many of a list are asked for, and of one inside another: deep queries of long lists cost too much.
const LIST: &str = "first: 4";
const INNER_LIST: &str = "first: 2";
/// The list whose items cost most: pieces of text.
const TEXTS: (&str, &str) = ("output", "first: 1");
/// The longest way from a field of the query to another field.
const MAX_WAY: usize = 7;

/// Ids by their kinds, as the fields of the query that ask for one are called.
pub type Ids = BTreeMap<&'static str, Vec<String>>;

/// The schema's types, by their names.
pub struct Everything {
    types: BTreeMap<String, Value>,
    roots: Vec<Value>,
}

impl Everything {
    pub async fn of(client: &Client) -> Self {
        let of_type = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
        let query = format!(
            "{{ __schema {{ queryType {{ fields {{ name args {{ name }} type {{ {of_type} }} }} }} types {{ kind name
            possibleTypes {{ name }} fields {{ name args {{ name defaultValue type {{ kind }} }} type {{ {of_type} }} }} }} }} }}"
        );
        let schema = client.ask(&query, json!({})).await["__schema"].clone();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let types = list(&schema["types"]).into_iter().map(|item| {
            let name = item["name"].as_str().expect("a name").to_owned();
            (name, item)
        });
        Self {
            types: types.collect(),
            roots: list(&schema["queryType"]["fields"]),
        }
    }

    /// Whether a field of the query takes this argument.
    pub fn takes(&self, root: &str, argument: &str) -> bool {
        let of_root = self.roots.iter().filter(|field| field["name"] == root);
        let arguments = of_root.flat_map(|field| field["args"].as_array().into_iter().flatten());
        arguments.into_iter().any(|arg| arg["name"] == argument)
    }

    /// The names of all fields of the query.
    pub fn roots(&self) -> Vec<String> {
        let names = self.roots.iter().filter_map(|field| field["name"].as_str());
        names.map(str::to_owned).collect()
    }

    /// The arguments with which a field of the query is asked, for each of what it can be about.
    pub fn arguments(&self, root: &str, ids: &Ids) -> Vec<String> {
        let of = |kind: &str| ids.get(kind).into_iter().flatten();
        let each = |kind: &str, argument: &str| {
            let all = of(kind).map(|id| format!("{argument}: \"{id}\""));
            all.collect::<Vec<_>>()
        };
        let both = || {
            of("computer").flat_map(|computer| {
                of("software").map(move |software| {
                    format!("computerId: \"{computer}\", softwareId: \"{software}\"")
                })
            })
        };
        match root {
            "node" => {
                let all = ids.values().flatten();
                all.map(|id| format!("id: \"{id}\"")).collect()
            }
            "nodes" => vec![format!(
                "ids: {}",
                json!(of("deployment").collect::<Vec<_>>())
            )],
            "resolution" => {
                let kinds = ["", " kind: FULL", " kind: SINGLE_ITEM"].map(str::to_owned);
                let named =
                    of("deployment").map(|id| format!(" kind: AD_HOC, deploymentId: \"{id}\""));
                let kinds: Vec<String> = (kinds.into_iter().chain(named))
                    .filter(|kind| kind.is_empty() || self.takes(root, "kind"))
                    .collect();
                let asked = of("computer").flat_map(|id| {
                    kinds
                        .iter()
                        .map(move |kind| format!("computerId: \"{id}\"{kind}"))
                });
                asked.collect()
            }
            "search" => ["o", "own", "pc", "a"]
                .map(|text| format!("text: \"{text}\", first: 50"))
                .into(),
            "tenantResolution" => each("tenant", "tenantId"),
            "resolutionHistory" => both().map(|both| format!("{both}, first: 100")).collect(),
            "compare" => {
                let one = of("computer").map(|id| format!(", computerId: \"{id}\""));
                let all = std::iter::once(String::new()).chain(one);
                all.map(|one| format!("earlier: {{ position: \"0\" }}{one}"))
                    .collect()
            }
            "compliance" | "winners" => {
                let mut all = each("software", "softwareId");
                all.extend(each("task", "taskId"));
                all
            }
            "previewChange" => {
                let disabled = of("deployment")
                    .map(|id| format!("change: {{ disableDeployment: {{ id: \"{id}\" }} }}"));
                let excluded = of("computer").map(|id| {
                    format!(
                        "change: {{ setComputerMaintenanceExclusion: {{ id: \"{id}\", isExcluded: true }} }}"
                    )
                });
                disabled.chain(excluded).collect()
            }
            "planCatalogueSync" => {
                vec![r#"source: "a", revision: "1", schemaVersion: 1, titles: ["{}"]"#.into()]
            }
            "events" => vec![
                "first: 100, orderBy: { field: RECORDED_AT, direction: DESC }".into(),
                "first: 100".into(),
            ],
            // Each tells the deployments that tell it, which are looked for among all.
            "secrets" => vec!["first: 4".into()],
            _ if self.takes(root, "id") => each(root, "id"),
            _ if self.takes(root, "first") => vec!["first: 100".into()],
            _ => vec![String::new()],
        }
    }

    /// Queries that ask for every field that can be reached from a field of the query and was not asked for yet: `asked`
    /// remembers. The field itself is always asked, with these arguments.
    pub fn queries(
        &self,
        root: &str,
        arguments: &str,
        asked: &mut BTreeSet<(String, String)>,
    ) -> Vec<String> {
        let field = self.roots.iter().find(|field| field["name"] == root);
        let top = named(&field.expect("a field of the query")["type"]);
        let arguments = match arguments {
            "" => String::new(),
            arguments => format!("({arguments})"),
        };
        if self.is_leaf(&top) {
            return vec![format!("{{ {root}{arguments} }}")];
        }
        let mut queries = Vec::new();
        // Each way: the selections that lead to a type.
        let mut ways = VecDeque::from([(top, Vec::<String>::new())]);
        let mut seen = BTreeSet::new();
        while let Some((of, way)) = ways.pop_front() {
            let leaves = self.leaves(&of);
            let is_new = leaves
                .iter()
                .any(|leaf| !asked.contains(&(of.clone(), leaf.clone())));
            if way.is_empty() || is_new {
                asked.extend(leaves.iter().map(|leaf| (of.clone(), leaf.clone())));
                let inner = format!("__typename {}", leaves.join(" "));
                let selection = way
                    .iter()
                    .rev()
                    .fold(inner, |inner, step| format!("{step} {{ {inner} }}"));
                queries.push(format!("{{ {root}{arguments} {{ {selection} }} }}"));
            }
            if way.len() >= MAX_WAY || !seen.insert(of.clone()) {
                continue;
            }
            for (step, to) in self.steps(&of, way.len()) {
                let mut way = way.clone();
                way.push(step);
                ways.push_back((to, way));
            }
        }
        queries
    }

    fn fields(&self, of: &str) -> Vec<&Value> {
        let fields = self.types.get(of).map(|item| &item["fields"]);
        let fields = fields.and_then(Value::as_array).into_iter().flatten();
        // What needs an argument is asked for where somebody knows which.
        let is_free = |field: &&Value| {
            let arguments = field["args"].as_array().into_iter().flatten();
            arguments
                .into_iter()
                .all(|arg| arg["type"]["kind"] != "NON_NULL" || !arg["defaultValue"].is_null())
        };
        fields.filter(is_free).collect()
    }

    fn is_leaf(&self, name: &str) -> bool {
        let kind = self.types.get(name).map(|item| &item["kind"]);
        kind.is_some_and(|kind| kind == "SCALAR" || kind == "ENUM")
    }

    fn leaves(&self, of: &str) -> Vec<String> {
        let leaves = self.fields(of).into_iter();
        leaves
            .filter(|field| self.is_leaf(&named(&field["type"])))
            .filter_map(|field| field["name"].as_str().map(str::to_owned))
            .collect()
    }

    /// From a type to those behind its fields, and to what an interface or a union may be.
    fn steps(&self, of: &str, depth: usize) -> Vec<(String, String)> {
        let possible = self.types.get(of).map(|item| &item["possibleTypes"]);
        let possible = possible.and_then(Value::as_array).into_iter().flatten();
        let fragments = possible.filter_map(|one| {
            let name = one["name"].as_str()?;
            Some((format!("... on {name}"), name.to_owned()))
        });
        let fields = self.fields(of).into_iter().filter_map(|field| {
            let to = named(&field["type"]);
            let name = field["name"].as_str()?;
            let has_pages = field["args"]
                .as_array()
                .is_some_and(|args| args.iter().any(|arg| arg["name"] == "first"));
            let arguments = if name == TEXTS.0 {
                format!("({})", TEXTS.1)
            } else if has_pages {
                format!("({})", if depth < 2 { LIST } else { INNER_LIST })
            } else {
                String::new()
            };
            (!self.is_leaf(&to)).then(|| (format!("{name}{arguments}"), to))
        });
        fragments.chain(fields).collect()
    }
}

/// The name of a type, without lists and "not null".
fn named(of: &Value) -> String {
    match of["name"].as_str() {
        Some(name) if of["ofType"].is_null() => name.to_owned(),
        _ => named(&of["ofType"]),
    }
}
