//! Packages that are uploaded in more than one go.

use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use upkeep_tests::{Client, Server, eventually};

/// What a request says of a file's bytes: its offset, and whether the file ends with it.
type Place = (u64, bool);

struct Uploads<'a> {
    client: &'a Client,
    base: String,
    sha256: String,
}

impl Uploads<'_> {
    async fn send(&self, method: Method, place: Option<Place>, content: &[u8]) -> Response {
        let url = format!("{}/packages/{}", self.base, self.sha256);
        let mut request = reqwest::Client::new()
            .request(method, url)
            .bearer_auth(&self.client.token)
            .body(content.to_vec());
        if let Some((offset, is_last)) = place {
            let complete = if is_last { "?1" } else { "?0" };
            request = request
                .header("Upload-Offset", offset)
                .header("Upload-Complete", complete);
        }
        request.send().await.expect("an answer")
    }

    /// How much of the file is here; nothing while somebody sends it.
    async fn there(&self) -> Option<(String, String)> {
        let answer = self.send(Method::HEAD, None, &[]).await;
        (answer.status() == StatusCode::NO_CONTENT).then(|| told(&answer))
    }
}

fn told(answer: &Response) -> (String, String) {
    let header = |name| answer.headers()[name].to_str().unwrap().to_owned();
    (header("upload-offset"), header("upload-complete"))
}

fn is(offset: u64, complete: &str) -> (String, String) {
    (offset.to_string(), complete.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_is_gone_on_with_where_it_broke_off() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let uploads = Uploads {
        client: &admin,
        base: server.base(),
        sha256: hex::encode(Sha256::digest(&content)),
    };
    assert_eq!(uploads.there().await, Some(is(0, "?0")));

    // A line that breaks in the middle.
    let address = server.base().replace("http://", "");
    let mut line = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "PUT /packages/{} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        uploads.sha256,
        admin.token,
        content.len()
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&content[..500_000]).await.unwrap();
    line.flush().await.unwrap();
    drop(line);
    let (kept, _) = eventually("what came is kept", || async {
        let there = uploads.there().await?;
        (there != is(0, "?0")).then_some(there)
    })
    .await;
    let kept: usize = kept.parse().unwrap();
    assert!((1..=500_000).contains(&kept), "{kept}");

    server.kill().await;
    server.restart().await;
    let from = kept as u64;
    assert_eq!(uploads.there().await, Some(is(from, "?0")));
    let elsewhere = uploads
        .send(Method::PATCH, Some((from - 1, true)), &content[kept - 1..])
        .await;
    assert_eq!(elsewhere.status(), StatusCode::CONFLICT);
    assert_eq!(told(&elsewhere), is(from, "?0"));
    let middle = 700_000;
    let piece = uploads
        .send(Method::PATCH, Some((from, false)), &content[kept..middle])
        .await;
    assert_eq!(piece.status(), StatusCode::ACCEPTED);
    assert_eq!(told(&piece), is(middle as u64, "?0"));
    let last = uploads
        .send(
            Method::PATCH,
            Some((middle as u64, true)),
            &content[middle..],
        )
        .await;
    assert_eq!(last.status(), StatusCode::CREATED);
    let whole = is(content.len() as u64, "?1");
    assert_eq!(told(&last), whole);
    assert_eq!(uploads.there().await, Some(whole));
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_that_do_not_fit_are_refused_and_say_why() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let uploads = |client, content: &[u8]| Uploads {
        client,
        base: server.base(),
        sha256: hex::encode(Sha256::digest(content)),
    };
    let mine = uploads(&admin, b"abcdef");
    let placeless = mine.send(Method::PATCH, None, b"abc").await;
    assert_eq!(placeless.status(), StatusCode::BAD_REQUEST);
    let said: Value = placeless.json().await.unwrap();
    let message = said["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("Upload-Offset"), "{message}");

    let begun = mine.send(Method::PATCH, Some((0, false)), b"abX").await;
    assert_eq!(begun.status(), StatusCode::ACCEPTED);
    let other = mine.send(Method::PATCH, Some((3, true)), b"def").await;
    assert_eq!(other.status(), StatusCode::BAD_REQUEST, "another file");
    assert_eq!(mine.there().await, Some(is(0, "?0")), "it begins anew");

    let owner = admin.acting_as("TENANT_ADMIN", Some(&tenant)).await;
    for method in [Method::HEAD, Method::PATCH] {
        let theirs = uploads(&owner, b"abcdef");
        let refused = theirs.send(method, Some((0, false)), b"abc").await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    }
}
