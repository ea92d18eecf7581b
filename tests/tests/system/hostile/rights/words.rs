//! What somebody of a tenant reads anywhere, held against what may be read: random worlds full of words that are others', and
//! every field of the schema asked as each role.

use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use upkeep_agent_protocol::{AgentFrame, ServerFrame};
use upkeep_tests::client::text;
use upkeep_tests::everything::{Everything, Ids};
use upkeep_tests::peer::success;
use upkeep_tests::subscription::Subscription;
use upkeep_tests::{Client, Peer, Server};
use uuid::Uuid;

const ROUNDS: u64 = 3;
/// Rules that are created or retargeted in one round.
const CHANGES: usize = 12;
/// In every word that members must not read, and in no other; with a dot, which no id has.
const MARK: &str = "zq.x";

/// Numbers from a seed that is printed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("small")
    }
}

struct World {
    own: String,
    computer: String,
    software: String,
    session: String,
    /// One's own and others', by their kinds. Deployments are whoever's they are at the moment.
    ids: Ids,
    other: String,
    above: String,
    group: String,
    foreign_group: String,
}

async fn world(server: &Server, admin: &Client) -> World {
    let above = admin.tenant(&format!("{MARK} Above")).await;
    let other = admin.tenant(&format!("{MARK} Other")).await;
    let query = "mutation($name: String!, $parent: ID!) { createTenant(input: { name: $name, parentId: $parent })
        { tenant { id } userErrors { code message } } }";
    let own = admin
        .ask(query, json!({ "name": "Own", "parent": above }))
        .await;
    let own = text(&own["createTenant"]["tenant"]["id"]);
    let software = admin
        .software_detected_by("tool", &format!("# {MARK} licence\necho 1.0"))
        .await;
    let secret = json!({ "text": format!("# {MARK} licence\ntrue") });
    admin.publish(&software, "1.0", &secret, &secret).await;
    let mut ids = Ids::default();
    let mut know = |kind, id: &str| ids.entry(kind).or_default().push(id.to_owned());
    let mut groups = Vec::new();
    for (tenant, word) in [(&own, "Own"), (&other, MARK)] {
        let person = format!("{{ tenantId: \"{tenant}\", name: \"{word} person\" }}");
        let group =
            format!("{{ tenantId: \"{tenant}\", kind: DIRECTORY, name: \"{word} group\" }}");
        let agreement = format!(
            "{{ tenantId: \"{tenant}\", name: \"{word} agreement\", agreementType: \"{word} type\" }}"
        );
        know("person", &admin.made("addPerson", "person", &person).await);
        let group = admin.made("createGroup", "group", &group).await;
        know("group", &group);
        groups.push(group);
        let agreement = admin.made("addAgreement", "agreement", &agreement).await;
        know("agreement", &agreement);
        know("tenant", tenant);
    }
    know("tenant", &above);
    know("software", &software);

    // Everybody's rule, which runs here: its sentence goes into a session.
    let tags = format!("{{ on: {{ tenantId: \"{own}\" }}, add: [\"shared\"] }}");
    let change =
        format!("mutation {{ changeTags(input: {tags}) {{ userErrors {{ code message }} }} }}");
    admin.ask(&change, json!({})).await;
    let expression = format!("\"shared\" in tenant.tags || tenant.name == \"{MARK}\"");
    let target =
        json!({ "scope": { "crossTenant": true }, "membership": { "expression": expression } });
    let rule = admin
        .deploy(&software, target, json!({ "kind": "INSTALLED_LATEST" }))
        .await;
    let token = admin.enrolment_token(&own, 2).await;
    let there = admin.enrolment_token(&other, 2).await;
    let stranger = Peer::enrol(&server.base(), &there, &format!("{MARK}-pc")).await;
    assert!(stranger.is_ok());
    let peer = Peer::enrol(&server.base(), &token, "pc").await;
    let peer = peer.expect("it is enrolled");
    let mut line = peer.connect().await;
    let computer = admin.online("pc").await;
    let session = admin.start_session(&computer).await;
    let order = line.order().await;
    line.say(
        1,
        AgentFrame::RunStarted {
            run_id: order.run_id,
        },
    )
    .await;
    let ended = AgentFrame::RunEnded {
        run_id: order.run_id,
        report: success("1.0"),
    };
    line.say(2, ended).await;
    let over = admin.over(&session).await;
    assert!(
        text(&over["actions"][0]["because"]).contains(MARK),
        "the one who may reads it: {over}"
    );
    while let Ok(Some(frame)) =
        tokio::time::timeout(std::time::Duration::from_millis(1), line.hear()).await
    {
        assert!(!matches!(frame, ServerFrame::Run { .. }));
    }
    know("computer", &computer);
    know("session", &session);
    know("deployment", &rule);
    let mut groups = groups.into_iter();
    World {
        own,
        computer,
        software,
        session,
        ids,
        other,
        above,
        group: groups.next().expect("a group"),
        foreign_group: groups.next().expect("a group"),
    }
}

/// A target, everybody's or somebody's. Words of a rule that is not this tenant's alone are marked.
fn target(world: &World, random: &mut Random) -> (Value, bool) {
    let single = |tenant: &str, below: bool| json!({ "singleTenant": { "tenantId": tenant, "includeChildren": below } });
    let (scope, is_own) = match random.below(5) {
        0 => (json!({ "crossTenant": true }), false),
        1 => (single(&world.above, true), false),
        2 => (single(&world.other, false), false),
        3 => (json!({ "computerId": world.computer }), true),
        _ => (single(&world.own, false), true),
    };
    if scope["computerId"].is_string() {
        return (json!({ "scope": scope }), is_own);
    }
    let text = if is_own { "own" } else { MARK };
    let group = if is_own {
        &world.group
    } else {
        &world.foreign_group
    };
    let can_hold_group = is_own || scope["crossTenant"] == true;
    let membership = match random.below(6) {
        0 => json!({ "tag": { "tag": format!("{text} tag") } }),
        1 if can_hold_group => json!({ "directoryGroupId": group }),
        2 => json!({ "agreementType": format!("{text} type") }),
        3 => json!({ "metascript": format!("{text} metascript") }),
        4 => {
            json!({ "expression": format!("computer.name == \"{text}\" || computer.name == \"pc\"") })
        }
        _ => json!({ "allComputers": true }),
    };
    (json!({ "scope": scope, "membership": membership }), is_own)
}

/// Rules come, go from one tenant to another and back, and change.
async fn turn(admin: &Client, world: &mut World, random: &mut Random) {
    for _ in 0..CHANGES {
        let desired = match random.below(3) {
            0 => json!({ "kind": "IGNORED" }),
            1 => json!({ "kind": "UNINSTALLED" }),
            _ => json!({ "kind": "INSTALLED_LATEST" }),
        };
        let options = json!({ "reason": format!("{MARK} reason") });
        let (target, is_own) = target(world, random);
        let rules = world.ids.entry("deployment").or_default();
        if random.below(2) == 0 || rules.len() > 30 {
            let at = random.below(rules.len());
            let mut input = json!({ "id": rules[at], "target": target, "desired": desired });
            if !is_own {
                input["options"] = options;
            }
            let change =
                "mutation($input: ChangeDeploymentInput!) { changeDeployment(input: $input)
                { userErrors { code message } } }";
            admin.ask(change, json!({ "input": input })).await;
        } else {
            let kind = ["REQUIRED", "OPTIONAL", "AD_HOC", "ONBOARDING"][random.below(4)];
            let mut input = json!({ "softwareId": world.software, "target": target,
                "desired": desired, "enforcement": kind });
            if !is_own {
                input["options"] = options;
            }
            let create =
                "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
                { deployment { id } userErrors { code message } } }";
            let data = admin.ask(create, json!({ "input": input })).await;
            rules.push(text(&data["createDeployment"]["deployment"]["id"]));
        }
    }
}

async fn assert_silent(client: &Client, who: &str, query: &str) {
    let answer = client.ask_raw(query, json!({})).await;
    let code = &answer["errors"][0]["extensions"]["code"];
    assert!(
        code.is_null() || code == "FORBIDDEN" || code == "NOT_FOUND",
        "{who}: {query}: {answer}"
    );
    let told = answer.to_string().to_lowercase();
    if let Some(at) = told.find(MARK) {
        let around: String = told
            .chars()
            .skip(at.saturating_sub(300))
            .take(400)
            .collect();
        panic!("{who} reads what is others': {query}\n… {around} …");
    }
}

/// Every event that a subscription tells up to one that is made now.
async fn assert_silent_subscription(admin: &Client, client: &Client, who: &str, world: &World) {
    let query = "subscription { events(after: \"0\") { stream type reason data actor { kind apiTokenId agentId } tenantId } }";
    let mut subscription = Subscription::open(client, query).await;
    let person = format!("{{ tenantId: \"{}\", name: \"the last one\" }}", world.own);
    admin.made("addPerson", "person", &person).await;
    loop {
        let told = subscription.next().await.expect("it does not end");
        assert!(told["errors"].is_null(), "{who}: {told}");
        assert!(
            !told.to_string().to_lowercase().contains(MARK),
            "{who} reads what is others': {told}"
        );
        let event = &told["data"]["events"];
        if event["data"]["name"] == "the last one" {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_read_what_they_may_and_no_word_more() {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("random bytes");
    let seed = std::env::var("UPKEEP_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(u64::from_le_bytes(bytes));
    println!("UPKEEP_TEST_SEED={seed}");
    let mut random = Random(seed);
    let server = Server::start().await;
    let admin = server.admin().await;
    let everything = Everything::of(&admin).await;
    let mut world = world(&server, &admin).await;
    let roles = [
        (
            "a member",
            admin.acting_as("TENANT_MEMBER", Some(&world.own)).await,
        ),
        (
            "an administrator",
            admin.acting_as("TENANT_ADMIN", Some(&world.own)).await,
        ),
    ];
    for round in 0..ROUNDS {
        turn(&admin, &mut world, &mut random).await;
        let position = admin.ask("{ server { position } }", json!({})).await;
        let position = text(&position["server"]["position"]);
        let position: usize = position.parse().expect("a number");
        for (who, client) in &roles {
            let (mut asked, mut asked_then) = (BTreeSet::new(), BTreeSet::new());
            let mut queries = Vec::new();
            for root in everything.roots() {
                for arguments in everything.arguments(&root, &world.ids) {
                    // Each round sees all roots, and all that is behind them once.
                    queries.extend(everything.queries(&root, &arguments, &mut asked));
                    if everything.takes(&root, "asOf") {
                        let position = 1 + random.below(position);
                        let then = format!("{arguments} asOf: {{ position: \"{position}\" }}");
                        queries.extend(everything.queries(&root, &then, &mut asked_then));
                    }
                }
            }
            if round == 0 {
                assert!(
                    queries.len() > 100,
                    "the schema is walked: {}",
                    queries.len()
                );
            }
            for some in queries.chunks(8) {
                join_all(some.iter().map(|query| assert_silent(client, who, query))).await;
            }
            assert_silent_subscription(&admin, client, who, &world).await;
        }
    }
    what_is_offered_is_seen(&roles[1].1, &world).await;
}

/// Silence is not all: the computer's own resolution still says what wins, and that rules for every tenant are there.
async fn what_is_offered_is_seen(client: &Client, world: &World) {
    let query = "query($computer: ID!, $session: ID!) { resolution(computerId: $computer)
        { nodes { winner { desired { text } explanation } ranked { nodes { place deploymentId } } } }
        session(id: $session) { actions { because } } }";
    let asked = json!({ "computer": world.computer, "session": world.session });
    let told = client.ask(query, asked).await;
    let because = text(&told["session"]["actions"][0]["because"]);
    assert!(
        because.starts_with("tool should be installed in the latest version, 1.0"),
        "{because}"
    );
    assert!(
        told["resolution"]["nodes"][0]["ranked"]["nodes"].is_array(),
        "{told}"
    );
}

/// Who may not see tokens does not read of them in events; who may not approve does not learn what there is.
#[tokio::test(flavor = "multi_thread")]
async fn events_and_refusals_tell_nothing_that_lists_hide() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let own = admin.tenant("Own").await;
    let other = admin.tenant("Other").await;
    let software = admin.software("tool", &["1.0"]).await;
    let theirs = admin.acting_as("TENANT_ADMIN", Some(&own)).await;
    let member = admin.acting_as("TENANT_MEMBER", Some(&own)).await;
    let technician = admin.acting_as("MSP_TECHNICIAN", None).await;
    let token = admin.enrolment_token(&own, 1).await;
    let peer = Peer::enrol(&server.base(), &token, "pc").await;
    let _line = peer.expect("it is enrolled").connect().await;
    let computer = admin.online("pc").await;
    let count = async |client: &Client, types: &str| {
        let query = format!(
            "{{ events(first: 100, filter: {{ types: {types} }}) {{ nodes {{ type }} }} }}"
        );
        let data = client.ask(&query, json!({})).await;
        data["events"]["nodes"].as_array().expect("events").len()
    };
    let api_tokens = "[\"ApiTokenCreated\"]";
    assert_eq!(count(&technician, api_tokens).await, 0);
    assert_eq!(count(&member, api_tokens).await, 0);
    assert_eq!(count(&theirs, api_tokens).await, 2, "those of its tenant");
    let enrolment = "[\"EnrolmentTokenCreated\", \"EnrolmentTokenUsed\"]";
    assert_eq!(count(&member, enrolment).await, 0);
    assert_eq!(count(&theirs, enrolment).await, 2);
    let query = "{ events(filter: { types: [\"AgentEnrolled\"] }) { nodes { data } } }";
    let enrolled = member.ask(query, json!({})).await["events"]["nodes"][0]["data"].clone();
    assert!(
        enrolled["name"] == "pc" && enrolled["token"].is_null(),
        "{enrolled}"
    );

    let of_other = json!({ "scope": { "singleTenant": { "tenantId": other } } });
    let of_other = admin
        .deploy(&software, of_other, json!({ "kind": "IGNORED" }))
        .await;
    let of_all = admin.deploy_everywhere(&software).await;
    let approve = "mutation($computer: ID!, $deployment: ID!) { setComputerDeploymentApproval(input:
        { id: $computer, deploymentId: $deployment, isApproved: true }) { userErrors { code message } } }";
    let answer = async |deployment: &str| {
        let approval = json!({ "computer": computer, "deployment": deployment });
        theirs.ask_raw(approve, approval).await["data"].clone()
    };
    assert_eq!(
        answer(&of_all).await["setComputerDeploymentApproval"]["userErrors"],
        json!([])
    );
    let hidden = answer(&of_other).await;
    let unknown = answer(&Uuid::now_v7().to_string()).await;
    assert_eq!(
        hidden["setComputerDeploymentApproval"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    assert_eq!(hidden, unknown, "whether it exists is not told");
}
