//! Callers who ask for more than their share, and callers who may ask no more.

use super::{assert_healthy, hear, heavy, member, open, say, subscribe, within};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use upkeep_tests::{Server, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_without_end_is_told_to_wait_and_others_are_not() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let greedy = member(&admin, &admin.tenant("Contoso").await).await.0;
    let other = member(&admin, &admin.tenant("Fabrikam").await).await.0;
    let answered = Arc::new(AtomicUsize::new(0));
    let asking: Vec<_> = (0..100)
        .map(|_| {
            let (greedy, answered) = (greedy.clone(), answered.clone());
            tokio::spawn(async move {
                let response =
                    within("an answer", greedy.request(&heavy(), &json!({})).send()).await;
                let response = response.expect("an answer");
                answered.fetch_add(1, Ordering::Relaxed);
                let retry_after = response.headers().get("retry-after").cloned();
                let status = response.status().as_u16();
                let code = response.json::<Value>().await.expect("JSON")["errors"][0]["extensions"]
                    ["code"]
                    .clone();
                (status, retry_after.is_some(), code)
            })
        })
        .collect();
    // Some were refused already, so that the token's share is used up; the rest is under way.
    let so_far = &answered;
    eventually("some are refused", || async move {
        (so_far.load(Ordering::Relaxed) >= 30).then_some(())
    })
    .await;
    let answer = within(
        "the other tenant's answer",
        other.ask("{ viewer { role } }", json!({})),
    )
    .await;
    assert_eq!(answer["viewer"]["role"], "TENANT_MEMBER");
    assert!(
        answered.load(Ordering::Relaxed) < 100,
        "it did not wait for all of them"
    );
    let mut refused = 0;
    for asking in asking {
        let (status, retry_after, code) = asking.await.expect("it ends");
        if status == 429 {
            refused += 1;
            assert!(retry_after);
            assert_eq!(code, "UNAVAILABLE");
        } else {
            assert_eq!((status, code), (200, json!("LIMIT_EXCEEDED")));
        }
    }
    assert!(refused > 0, "more were here at once than a token may have");
    assert_healthy(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_stops_whatever_it_is_asked() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let admin = admin.clone();
            tokio::spawn(async move { admin.try_ask(&heavy(), json!({})).await })
        })
        .collect();
    assert_eq!(
        within("its end", server.stop()).await,
        Some(0),
        "{}",
        server.log()
    );
    for asking in asking {
        // Answered or broken off.
        let _ = asking.await.expect("it ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_hears_nothing_that_happens_afterwards() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let create = "mutation { createApiToken(input: { name: \"x\", role: MSP_ADMIN })
        { apiToken { id } secret userErrors { code message } } }";
    let data = admin.ask(create, json!({})).await;
    let token = &data["createApiToken"];
    let secret = token["secret"].as_str().expect("a secret");
    let mut line = open(&server, secret).await;
    let now = admin.ask("{ server { position } }", json!({})).await;
    let events = format!(
        "subscription {{ events(after: {}) {{ type }} }}",
        now["server"]["position"]
    );
    say(&mut line, subscribe("1", &events)).await;
    admin.tenant("Contoso").await;
    let first = hear(&mut line).await.expect("it is open");
    assert_eq!(
        first["payload"]["data"]["events"]["type"], "TenantCreated",
        "{first}"
    );
    let revoke =
        "mutation($id: ID!) { revokeApiToken(input: { id: $id }) { userErrors { code message } } }";
    admin
        .ask(revoke, json!({ "id": token["apiToken"]["id"] }))
        .await;
    admin.tenant("Fabrikam").await;
    assert_eq!(hear(&mut line).await, Err(4403), "nothing more, and why");
    assert_healthy(&mut server, &admin).await;
}
