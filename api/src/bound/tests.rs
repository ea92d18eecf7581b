//! What an answer says where something failed or is not there, beside what GraphQL says (spec, 6.3 and 6.4).

use crate::auth::Authenticated;
use crate::bound::document;
use crate::bound::meter::Metered;
use crate::bound::order::Keys;
use crate::request::Request;
use async_graphql::{
    EmptyMutation, Interface, Object, Response, Result, Schema, SimpleObject, Subscription,
    Variables,
};
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use std::sync::Arc;
use upkeep_domain::access::Principal;
use upkeep_projections::View;

struct Query;

#[Object]
impl Query {
    async fn thing(&self) -> Option<Thing> {
        Some(Thing(0))
    }

    async fn strict(&self) -> Thing {
        Thing(0)
    }

    async fn things(&self) -> Option<Vec<Option<Thing>>> {
        Some((0..3).map(|n| Some(Thing(n))).collect())
    }

    async fn strict_things(&self) -> Option<Vec<Thing>> {
        Some((0..3).map(Thing).collect())
    }

    async fn node(&self) -> Option<Node> {
        Some(Node::Other(Other { id: 1 }))
    }

    async fn slow(&self) -> u32 {
        tokio::task::yield_now().await;
        1
    }

    async fn quick(&self) -> u32 {
        2
    }
}

/// Of three the second one fails.
struct Thing(u32);

#[Object]
impl Thing {
    async fn id(&self) -> u32 {
        self.0
    }

    async fn may_fail(&self) -> Result<Option<u32>> {
        if self.0 == 1 {
            Ok(Some(1))
        } else {
            Err("it failed".into())
        }
    }

    async fn must_not_fail(&self) -> Result<u32> {
        if self.0 == 1 {
            Err("it failed".into())
        } else {
            Ok(self.0)
        }
    }

    async fn fails(&self) -> Result<u32> {
        tokio::task::yield_now().await;
        Err("it failed".into())
    }

    async fn inner(&self) -> Option<Thing> {
        Some(Thing(self.0 + 1))
    }

    async fn strict_inner(&self) -> Thing {
        Thing(self.0 + 1)
    }
}

#[derive(Interface)]
#[graphql(field(name = "id", ty = "&u32"))]
enum Node {
    Other(Other),
    Another(Another),
}

#[derive(SimpleObject)]
struct Other {
    id: u32,
}

#[derive(SimpleObject)]
struct Another {
    id: u32,
    name: String,
}

struct Following;

#[Subscription]
impl Following {
    async fn strict(&self) -> impl Stream<Item = Thing> {
        stream::iter([Thing(1), Thing(2)])
    }
}

fn prepared(text: &str) -> async_graphql::Request {
    let mut document = document::parse(text, &Variables::default()).ok().unwrap();
    let keys = Keys::prepare(&mut document, None);
    let caller = Authenticated::Principal(Principal::Operator);
    let state = Request::new(caller, Arc::new(View::default())).ordered_by(keys);
    let mut request = async_graphql::Request::new(text).data(Arc::new(state));
    request.set_parsed_query(document);
    request
}

fn schema() -> Schema<Query, EmptyMutation, Following> {
    Schema::build(Query, EmptyMutation, Following)
        .extension(Metered)
        .finish()
}

fn told(answer: &Response) -> (String, Vec<String>) {
    let path = |error: &async_graphql::ServerError| {
        let path = serde_json::to_string(&error.path).unwrap();
        assert!(!error.path.is_empty(), "{error:?}");
        path
    };
    let mut paths: Vec<String> = answer.errors.iter().map(path).collect();
    paths.sort();
    (serde_json::to_string(&answer.data).unwrap(), paths)
}

async fn ask(text: &str) -> (String, Vec<String>) {
    told(&schema().execute(prepared(text)).await)
}

fn is(data: &Value, paths: &[Value]) -> (String, Vec<String>) {
    let mut paths: Vec<String> = paths.iter().map(Value::to_string).collect();
    paths.sort();
    (data.to_string(), paths)
}

#[tokio::test]
async fn what_failed_is_null() {
    let answer = ask("{ thing { id mayFail } }").await;
    assert_eq!(
        answer.0, r#"{"thing":{"id":0,"mayFail":null}}"#,
        "in its place"
    );
    assert_eq!(answer.1, [r#"["thing","mayFail"]"#]);
    let nothing_else = ask("{ thing { mayFail } }").await;
    assert_eq!(nothing_else.0, r#"{"thing":{"mayFail":null}}"#);
    let renamed = ask("{ a: thing { b: mayFail } }").await;
    assert_eq!(renamed.0, r#"{"a":{"b":null}}"#);
    assert_eq!(renamed.1, [r#"["a","b"]"#]);
}

#[tokio::test]
async fn what_may_not_be_null_takes_what_it_is_in_with_it() {
    let at = |path: Value| [path];
    let cases = [
        (
            "{ quick thing { id fails } }",
            json!({"quick": 2, "thing": null}),
            at(json!(["thing", "fails"])).to_vec(),
        ),
        (
            "{ thing { inner { strictInner { fails } } } }",
            json!({"thing": {"inner": null}}),
            at(json!(["thing", "inner", "strictInner", "fails"])).to_vec(),
        ),
        (
            "{ quick strict { strictInner { fails } } }",
            Value::Null,
            at(json!(["strict", "strictInner", "fails"])).to_vec(),
        ),
        (
            "{ things { mustNotFail } }",
            json!({"things": [{"mustNotFail": 0}, null, {"mustNotFail": 2}]}),
            at(json!(["things", 1, "mustNotFail"])).to_vec(),
        ),
        (
            "{ quick strictThings { mustNotFail } }",
            json!({"quick": 2, "strictThings": null}),
            at(json!(["strictThings", 1, "mustNotFail"])).to_vec(),
        ),
        (
            "{ things { mayFail } }",
            json!({"things": [{"mayFail": null}, {"mayFail": 1}, {"mayFail": null}]}),
            vec![
                json!(["things", 0, "mayFail"]),
                json!(["things", 2, "mayFail"]),
            ],
        ),
    ];
    for (text, data, paths) in cases {
        assert_eq!(ask(text).await, is(&data, &paths), "{text}");
    }
}

#[tokio::test]
async fn what_is_asked_for_in_two_places_is_null_in_both() {
    for text in [
        "{ thing { id } thing { fails } }",
        "{ thing { fails } thing { id } }",
        "{ thing { ...A ...B } } fragment A on Thing { inner { id } } fragment B on Thing { inner { fails } fails }",
    ] {
        assert_eq!(ask(text).await.0, r#"{"thing":null}"#, "{text}");
    }
}

#[tokio::test]
async fn keys_come_in_the_order_in_which_they_are_asked_for() {
    for (text, data) in [
        ("{ slow quick }", r#"{"slow":1,"quick":2}"#),
        (
            "{ z: slow ...F a: quick } fragment F on Query { quick thing { inner { id } id } slow }",
            r#"{"z":1,"quick":2,"thing":{"inner":{"id":1},"id":0},"slow":1,"a":2}"#,
        ),
        (
            "{ things { inner { id } id } }",
            r#"{"things":[{"inner":{"id":1},"id":0},{"inner":{"id":2},"id":1},{"inner":{"id":3},"id":2}]}"#,
        ),
        (
            "{ slow thing { fails } quick }",
            r#"{"slow":1,"thing":null,"quick":2}"#,
        ),
    ] {
        assert_eq!(ask(text).await.0, data, "{text}");
    }
}

#[tokio::test]
async fn an_object_of_which_nothing_comes_is_there_all_the_same() {
    for (text, data) in [
        ("{ node { ... on Another { name } } }", r#"{"node":{}}"#),
        (
            "{ node { ...F } } fragment F on Another { id name }",
            r#"{"node":{}}"#,
        ),
        ("{ thing { id @skip(if: true) } }", r#"{"thing":{}}"#),
        ("{ quick @include(if: false) }", "{}"),
        ("{ node { ... on Other { id } } }", r#"{"node":{"id":1}}"#),
        (
            "{ node { __upkeep_kept: id } thing { __typename } }",
            r#"{"node":{"__upkeep_kept":1},"thing":{"__typename":"Thing"}}"#,
        ),
    ] {
        assert_eq!(ask(text).await, (data.to_owned(), vec![]), "{text}");
    }
}

#[tokio::test]
async fn each_answer_of_a_subscription_tells_its_own_faults() {
    let request = prepared("subscription { strict { id mustNotFail } }");
    let answers: Vec<Response> = schema().execute_stream(request).collect().await;
    let answers: Vec<_> = answers.iter().map(told).collect();
    assert_eq!(
        answers,
        [
            is(&Value::Null, &[json!(["strict", "mustNotFail"])]),
            is(&json!({"strict": {"id": 2, "mustNotFail": 2}}), &[]),
        ]
    );
}
