//! What holds for the whole of the schema.

use super::*;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::{ServerError, ValidationMode, ValidationResult};
use std::collections::{HashMap, VecDeque};

#[tokio::test]
async fn every_type_field_and_argument_has_a_description() {
    assert_eq!(undescribed().await, Vec::<String>::new());
}

async fn asked(query: &str) -> serde_json::Value {
    let schema = Schema::new(Query::default(), Mutation::default(), Subscription);
    let answer = schema.execute(Request::new(query)).await;
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    answer.data.into_json().unwrap()
}

#[tokio::test]
async fn the_text_says_what_introspection_says() {
    let answer = asked("{ __schema { description types { name specifiedByURL } } }").await;
    let sdl = sdl();
    let description = answer["__schema"]["description"].as_str().unwrap();
    assert!(sdl.contains(description), "{description}");
    let scalars = list(&answer["__schema"]["types"]).iter();
    let urls = scalars.filter_map(|scalar| Some((scalar, scalar["specifiedByURL"].as_str()?)));
    let mut seen = 0;
    for (scalar, url) in urls {
        let name = scalar["name"].as_str().unwrap();
        let line = format!("scalar {name} @specifiedBy(url: \"{url}\")");
        assert!(sdl.contains(&line), "{line}");
        seen += 1;
    }
    assert!(seen >= 3, "{seen}");
}

/// A client whose variable has no value sends null, whatever the schema's default is.
#[tokio::test]
async fn what_may_be_left_out_may_be_null() {
    let input = "name defaultValue type { kind }";
    let query = format!(
        "{{ __schema {{ types {{ name inputFields {{ {input} }} fields {{ name args {{ {input} }} }} }} }} }}"
    );
    let answer = asked(&query).await;
    let types = list(&answer["__schema"]["types"]).iter();
    let ours = types.filter(|kind| !kind["name"].as_str().unwrap().starts_with("__"));
    let mut seen = 0;
    for kind in ours {
        let arguments = list(&kind["fields"]).iter();
        let arguments = arguments.flat_map(|field| list(&field["args"]));
        for input in list(&kind["inputFields"]).iter().chain(arguments) {
            seen += 1;
            let has_default = !input["defaultValue"].is_null();
            let is_strict = input["type"]["kind"] == "NON_NULL";
            assert!(!(has_default && is_strict), "{}: {input}", kind["name"]);
        }
    }
    assert!(seen > 200, "{seen}");
}

#[tokio::test]
async fn what_may_be_left_out_says_what_is_taken_then() {
    const WORDS: [&str; 12] = [
        "if not given",
        "stays",
        "they stay",
        "othing",
        "Only ",
        "Also ",
        "may be left out",
        "Those after",
        "Those before",
        "from the end",
        "are given",
        "all if",
    ];
    let input = "name description type { kind }";
    let query = format!(
        "{{ __schema {{ types {{ name isOneOf inputFields {{ {input} }} fields {{ name args {{ {input} }} }} }} }} }}"
    );
    let answer = asked(&query).await;
    let (mut seen, mut silent) = (0, vec![]);
    for kind in list(&answer["__schema"]["types"]) {
        let name = kind["name"].as_str().unwrap();
        if name.starts_with("__") || kind["isOneOf"] == true {
            continue;
        }
        let arguments = list(&kind["fields"]).iter();
        let arguments = arguments.flat_map(|field| list(&field["args"]));
        for input in list(&kind["inputFields"]).iter().chain(arguments) {
            let description = input["description"].as_str().unwrap_or_default();
            let is_strict = input["type"]["kind"] == "NON_NULL";
            seen += usize::from(!is_strict);
            if !is_strict && !WORDS.iter().any(|words| description.contains(words)) {
                silent.push(format!("{name} {}: {description}", input["name"]));
            }
        }
    }
    assert!(seen > 200, "{seen}");
    assert_eq!(silent, Vec::<String>::new());
}

/// What stops the second one must not take what the first one tells once with it.
#[tokio::test]
async fn each_mutation_has_an_input_and_an_answer_of_its_own_that_may_fail_alone() {
    let query = "{ __schema { mutationType { fields { name type { kind name } args { name type { ofType { name } } } } } } }";
    let answer = asked(query).await;
    let fields = list(&answer["__schema"]["mutationType"]["fields"]);
    assert!(fields.len() > 40, "{}", fields.len());
    for field in fields {
        assert_eq!(field["type"]["kind"], "OBJECT", "{field}");
        // Its own, so that each can grow by itself.
        let name = field["name"].as_str().unwrap();
        let name = name[..1].to_uppercase() + &name[1..];
        assert_eq!(field["type"]["name"], format!("{name}Payload"));
        let input = &field["args"][0];
        assert_eq!(input["name"], "input");
        assert_eq!(input["type"]["ofType"]["name"], format!("{name}Input"));
        assert_eq!(list(&field["args"]).len(), 1);
    }
}

#[tokio::test]
async fn every_list_is_a_connection_or_says_its_bound() {
    let query =
        "{ __schema { types { name fields { name description type { kind ofType { kind } } } } } }";
    let answer = asked(query).await;
    let (mut seen, mut boundless) = (0, vec![]);
    for kind in list(&answer["__schema"]["types"]) {
        let name = kind["name"].as_str().unwrap();
        if name.starts_with("__") || name.ends_with("Connection") {
            continue;
        }
        for field in list(&kind["fields"]) {
            let is_list = ["kind", "ofType"].iter().any(|level| {
                field["type"][level] == "LIST" || field["type"][level]["kind"] == "LIST"
            });
            let description = field["description"].as_str().unwrap_or_default();
            let says_so = ["at most", "one for each"];
            let is_bound = says_so.iter().any(|words| description.contains(words));
            seen += usize::from(is_list);
            if is_list && !is_bound && field["name"] != "userErrors" {
                boundless.push(format!("{name}.{}", field["name"].as_str().unwrap()));
            }
        }
    }
    assert!(seen > 50, "{seen}");
    assert_eq!(boundless, Vec::<String>::new());
}

/// `bound::faults` knows of elements what the field says of them.
#[tokio::test]
async fn there_is_no_list_of_lists() {
    let inner = "kind ofType { kind ofType { kind ofType { kind } } }";
    let query = format!("{{ __schema {{ types {{ fields {{ name type {{ {inner} }} }} }} }} }}");
    let answer = asked(&query).await;
    for kind in list(&answer["__schema"]["types"]) {
        for field in list(&kind["fields"]) {
            let text = field["type"].to_string();
            assert!(text.matches("LIST").count() < 2, "{field}");
        }
    }
}

#[tokio::test]
async fn every_connection_has_a_page_and_nested_pages_cost_their_product() {
    let query = "{ __schema { types { fields { name type { ofType { name } } args { name } } } } }";
    let schema = Schema::new(Query::default(), Mutation::default(), Subscription);
    let answer = schema
        .execute(Request::new(query))
        .await
        .data
        .into_json()
        .unwrap();
    let types = list(&answer["__schema"]["types"]);
    let fields: Vec<_> = types
        .iter()
        .flat_map(|kind| list(&kind["fields"]))
        .filter(|field| {
            let name = field["type"]["ofType"]["name"].as_str().unwrap_or_default();
            name.ends_with("Connection")
        })
        .collect();
    assert!(fields.len() >= 10, "there are connections");
    for field in fields {
        assert!(
            list(&field["args"])
                .iter()
                .any(|argument| argument["name"] == "first"),
            "{field}"
        );
    }

    let greedy =
        "{ computers(first: 100) { nodes { sessions(first: 100) { nodes { id status } } } } }";
    let answer = builder().finish().execute(Request::new(greedy)).await;
    assert!(
        answer.errors[0].message.contains("this query costs 30201"),
        "{:?}",
        answer.errors
    );
}

/// The cost of each document that is checked, whatever else is wrong with it.
#[derive(Clone, Default)]
struct Costs(Arc<std::sync::Mutex<Vec<usize>>>);

impl ExtensionFactory for Costs {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(self.clone())
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Costs {
    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let checked = next.run(context).await?;
        self.0.lock().unwrap().push(checked.complexity);
        Err(vec![ServerError::new("it is not executed", None)])
    }
}

/// How to reach each object type from the root, as the beginning and the end of a document.
fn paths(types: &[serde_json::Value]) -> HashMap<String, (String, String)> {
    let fields: HashMap<&str, &[serde_json::Value]> = types
        .iter()
        .map(|kind| (kind["name"].as_str().unwrap(), list(&kind["fields"])))
        .collect();
    let mut paths = HashMap::new();
    let mut next = VecDeque::new();
    for root in ["Query", "Mutation", "Subscription"] {
        let kind = root.to_lowercase();
        paths.insert(root.to_owned(), (format!("{kind} {{"), "}".to_owned()));
        next.push_back(root.to_owned());
    }
    while let Some(name) = next.pop_front() {
        let (begin, end) = paths[&name].clone();
        for field in fields.get(name.as_str()).copied().unwrap_or_default() {
            let (kind, _) = named(&field["type"]);
            if !list_is_empty(&fields, &kind) && !paths.contains_key(&kind) {
                let field = asked_for(field["name"].as_str().unwrap());
                let path = (format!("{begin} {field} {{"), format!("}} {end}"));
                paths.insert(kind.clone(), path);
                next.push_back(kind);
            }
        }
    }
    paths
}

/// What is asked for by its ids costs as many as there are.
fn asked_for(field: &str) -> String {
    let arguments = match field {
        "startSessions" => "(input: { computerIds: [1, 2, 3] })",
        "cancelSessions" | "completeOnboardings" | "removeComputers" | "tagComputers" => {
            "(input: { ids: [1, 2, 3] })"
        }
        "setComputersMaintenanceExclusion" => "(input: { ids: [1, 2, 3], isExcluded: true })",
        "withdrawCatalogueTitles" => "(input: { ids: [1, 2, 3], source: \"a\", revision: \"b\" })",
        "planCatalogueSync" => {
            "(source: \"a\", revision: \"b\", schemaVersion: 1, titles: [\"1\", \"2\", \"3\"])"
        }
        "syncCatalogueTitles" => {
            "(input: { source: \"a\", revision: \"b\", schemaVersion: 1, titles: [{ json: \"1\" }] })"
        }
        _ => "",
    };
    format!("{field}{arguments}")
}

/// A field that costs one.
fn leaf_of(types: &[serde_json::Value], name: &str) -> String {
    const DEAR: [&str; 5] = ["data", "reach", "stderrTail", "stdoutTail", "text"];
    let find = |name: &str| types.iter().find(|kind| kind["name"] == name).unwrap();
    let fields = list(&find(name)["fields"]).iter();
    let mut leaves = fields.filter(|field| {
        let (kind, is_list) = named(&field["type"]);
        let is_leaf = ["SCALAR", "ENUM"].map(|leaf| find(&kind)["kind"] == leaf);
        let is_dear = DEAR.iter().any(|dear| field["name"] == *dear);
        is_leaf.contains(&true) && !is_list && !is_dear && list(&field["args"]).is_empty()
    });
    let leaf = leaves.next().map(|field| field["name"].as_str().unwrap());
    leaf.unwrap_or("software { id }").to_owned()
}

fn list_is_empty(fields: &HashMap<&str, &[serde_json::Value]>, kind: &str) -> bool {
    fields.get(kind).is_none_or(|fields| fields.is_empty())
}

/// The name of a type, and whether it is in a list.
fn named(kind: &serde_json::Value) -> (String, bool) {
    if kind["ofType"].is_object() {
        let (name, is_list) = named(&kind["ofType"]);
        return (name, is_list || kind["kind"] == "LIST");
    }
    (kind["name"].as_str().unwrap_or_default().to_owned(), false)
}

#[tokio::test]
async fn every_list_costs_more_than_one_of_its_items() {
    let of_type = "ofType { kind name ofType { kind name ofType { kind name } } }";
    let query = format!(
        "{{ __schema {{ types {{ kind name fields {{ name args {{ name }} type {{ kind name {of_type} }} }} }} }} }}"
    );
    let answer = asked(&query).await;
    let types = list(&answer["__schema"]["types"]);
    let paths = paths(types);
    let cost = async |document: String| cost_of(&document).await;
    let (mut seen, mut cheap) = (0, vec![]);
    for kind in types.iter().filter(|kind| kind["kind"] == "OBJECT") {
        let name = kind["name"].as_str().unwrap();
        let Some((begin, end)) = paths.get(name).filter(|_| !name.starts_with("__")) else {
            continue;
        };
        for field in list(&kind["fields"]) {
            let (item, is_list) = named(&field["type"]);
            let field = field["name"].as_str().unwrap();
            // A page costs its size where it is asked for, what is changed at once where it is; a mutation's errors are one or two.
            let is_counted_elsewhere = ["edges", "nodes", "results", "userErrors"].contains(&field)
                && !(name == "Query" && field == "nodes");
            if !is_list || is_counted_elsewhere || name == "UserError" {
                continue;
            }
            seen += 1;
            let of = async |inside: &str| cost(format!("{begin} {inside} {end}")).await;
            let is_leaf = list_is_leaf(types, field, name);
            let field = match (name, field) {
                ("Query", "nodes") => "nodes(ids: [1, 2, 3])",
                _ => field,
            };
            let (few, more) = if is_leaf {
                (of("__typename").await, of(field).await)
            } else {
                let leaf = leaf_of(types, &item);
                let few = of(&format!("{field} {{ a: {leaf} }}")).await;
                let more = of(&format!("{field} {{ a: {leaf} b: {leaf} }}")).await;
                (few, more)
            };
            if more - few < 2 {
                cheap.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(seen >= 10, "there are lists: {seen}");
    assert_eq!(cheap, Vec::<String>::new());
    let of_three = |leaves: &str| {
        let tag = asked_for("tagComputers");
        cost(format!("mutation {{ {tag} {{ results {{ {leaves} }} }} }}"))
    };
    assert_eq!(
        of_three("a: givenId b: givenId").await - of_three("a: givenId").await,
        3
    );
}

/// What is counted by looking through much costs as much wherever it is asked for.
#[tokio::test]
async fn what_is_counted_by_looking_through_much_is_dear() {
    let of_type = "ofType { kind name ofType { kind name ofType { kind name } } }";
    let query = format!(
        "{{ __schema {{ types {{ kind name fields {{ name args {{ name }} type {{ kind name {of_type} }} }} }} }} }}"
    );
    let answer = asked(&query).await;
    let types = list(&answer["__schema"]["types"]);
    let paths = paths(types);
    for (name, field) in [
        ("Software", "reach"),
        ("Task", "reach"),
        ("Task", "waitingCount"),
        ("CatalogueTitlePlan", "impact"),
    ] {
        let (begin, end) = &paths[name];
        let cost = async |inside: &str| cost_of(&format!("{begin} {inside} {end}")).await;
        let leaf = leaf_of(types, name);
        let most = cost(&format!("{leaf} {field}")).await - cost(&leaf).await;
        assert!(most >= 100, "{name}.{field} costs {most}");
    }
}

/// What a document costs, whatever else is wrong with it.
async fn cost_of(document: &str) -> usize {
    let costs = Costs::default();
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription)
        .validation_mode(ValidationMode::Fast)
        .extension(costs.clone())
        .finish();
    schema.execute(Request::new(document)).await;
    let cost = costs.0.lock().unwrap().pop();
    cost.unwrap_or_else(|| panic!("{document}"))
}

/// They are refused before anybody looks at what they hold.
#[tokio::test]
async fn lists_of_inputs_are_refused_beyond_what_the_domain_takes() {
    let conditions = "addPrerequisite(input: { softwareId: \"a\", then: { fail: \"no\" }, when: { of: [LIST] } })";
    let change = "changeDeployment(input: { id: \"a\", parameters: [LIST] })";
    let create = "createDeployment(input: { taskId: \"a\", target: { scope: { crossTenant: true } }, desired: { kind: ENFORCE }, parameters: [LIST] })";
    let define = "defineTaskParameters(input: { id: \"a\", parameters: [LIST] })";
    let given = "{ name: \"a\", value: { boolean: true } }";
    for (mutation, item, most) in [
        (conditions, "{ softwareId: \"a\", isInstalled: true }", 20),
        (change, given, 50),
        (create, given, 50),
        (define, "{ name: \"a\", kind: TEXT }", 50),
    ] {
        let list = vec![item; most + 1].join(",");
        let document = mutation.replace("LIST", &list);
        let document = format!("mutation {{ {document} {{ userErrors {{ code }} }} }}");
        let schema = Schema::new(Query::default(), Mutation::default(), Subscription);
        let answer = schema.execute(Request::new(document)).await;
        let message = &answer.errors[0].message;
        let says = format!("must be less than or equal to {most}");
        assert!(message.contains(&says), "{message}");
    }
}

fn list_is_leaf(types: &[serde_json::Value], field: &str, of: &str) -> bool {
    let find = |name: &str| types.iter().find(|kind| kind["name"] == name);
    let fields = list(&find(of).unwrap()["fields"]);
    let field = fields.iter().find(|other| other["name"] == field).unwrap();
    let (name, _) = named(&field["type"]);
    list(&find(&name).unwrap()["fields"]).is_empty()
}

#[tokio::test]
async fn costs_of_lists_in_lists_never_overflow() {
    let (mut query, mut end) = ("{ computers { nodes {".to_owned(), "} } }".to_owned());
    for _ in 0..8 {
        query += " sessions(first: 100) { nodes { computer {";
        end += " } } }";
    }
    query += " id ";
    query += end.as_str();
    let answer = builder().finish().execute(Request::new(query)).await;
    let message = &answer.errors[0].message;
    assert!(message.contains("this query costs"), "{message}");
}
