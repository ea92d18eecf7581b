//! Connections that say nothing, or not all of it.

use super::{assert_healthy, hear, open, say, socket, subscribe, within};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use upkeep_tests::peer::dial;
use upkeep_tests::{Client, Peer, Server};

/// This test itself holds many sockets.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).expect("the limit is raised");
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(&server.address)
        .await
        .expect("a connection")
}

/// What comes until the server closes.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end, too.
    let _ = within("the end", stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// What the first answer says in its first line.
async fn status(stream: &mut TcpStream) -> String {
    let mut answer = [0; 4_096];
    let length = within("an answer", stream.read(&mut answer))
        .await
        .expect("one");
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    answer.lines().next().unwrap_or_default().to_owned()
}

fn post(token: Option<&str>, length: usize) -> String {
    let token = token.map_or(String::new(), |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\n{token}content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_that_say_nothing_keep_no_other_out() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 10).await;
    let before = Peer::enrol(&server.base(), &token, "before")
        .await
        .expect("it is enrolled");
    let mut line_before = before.connect().await;
    admin.online("before").await;
    let mut silent = Vec::new();
    for _ in 0..400 {
        silent.push(dial(&server.base()).await);
    }
    let honest = Peer::enrol(&server.base(), &token, "honest")
        .await
        .expect("it is enrolled");
    let _line = honest.connect().await;
    admin.online("honest").await;
    drop(silent);
    // Who was there before is there still.
    admin.online("before").await;
    line_before
        .say(0, upkeep_agent_protocol::AgentFrame::Pong)
        .await;
    assert_healthy(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_show_no_token_keep_no_subscriber_out() {
    allow_many_files();
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let mut silent = Vec::new();
    for _ in 0..2_100 {
        // Some have to make room for the next ones.
        silent.extend(socket(&server).await);
    }
    let mut line = open(&server, &admin.token).await;
    say(&mut line, subscribe("1", "{ server { version } }")).await;
    assert_eq!(hear(&mut line).await.expect("it is open")["type"], "next");
    drop(silent);
    assert_healthy(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_send_nothing_leave_room_for_others() {
    allow_many_files();
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let peer = Peer::enrol(&server.base(), &token, "pc")
        .await
        .expect("it is enrolled");
    let _line = peer.connect().await;
    admin.online("pc").await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.process_id()));
    let limits = limits.expect("its limits");
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let files: Vec<&str> = files.expect("a limit").split_whitespace().collect();
    assert_eq!(files[3], files[4], "as many files as it is allowed");

    let mut silent = Vec::new();
    for _ in 0..1_500 {
        silent.push(connect(&server).await);
    }
    assert_healthy(&mut server, &admin).await;
    admin.online("pc").await;
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.process_id())).expect("its files");
    assert!(open.count() < 1_400, "the oldest had to go");
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_no_token_is_told_before_the_body_comes() {
    let server = Server::start().await;
    let admin = server.admin().await;
    for token in [None, Some("upt_0_0")] {
        let mut stream = connect(&server).await;
        let request = post(token, 1_000_000) + "{\"query\": ";
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is taken");
        assert_eq!(status(&mut stream).await, "HTTP/1.1 401 Unauthorized");
    }
    // And who announces too much, before it is read.
    let mut stream = connect(&server).await;
    let request = post(Some(&admin.token), 100_000_000);
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is taken");
    assert_eq!(status(&mut stream).await, "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_head_half_a_body_and_nothing_at_all_end() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let enrolment = "POST /agent/v1/enrol HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{";
    let mut ends = Vec::new();
    for sent in [
        String::new(),
        "POST /graphql HTTP/1.1\r\nhost: ".to_owned(),
        "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        post(Some(&admin.token), 500) + "{",
        enrolment.to_owned(),
    ] {
        let mut stream = connect(&server).await;
        stream
            .write_all(sent.as_bytes())
            .await
            .expect("it is taken");
        ends.push(tokio::spawn(until_closed(stream)));
    }
    let mut answers = Vec::new();
    for end in ends {
        answers.push(end.await.expect("it ends"));
    }
    assert!(
        answers[2].contains("200 OK"),
        "idle after its answer: {}",
        answers[2]
    );
    for late in &answers[3..] {
        assert!(late.contains("408 Request Timeout"), "{late}");
    }
    assert_healthy(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_requests_take_only_the_share_of_their_token() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let (member, _) = super::member(&admin, &tenant).await;
    let mut halves = Vec::new();
    for _ in 0..80 {
        let mut stream = connect(&server).await;
        let request = post(Some(&member.token), 1_000) + "{";
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is taken");
        halves.push(stream);
    }
    let mut refused = 0;
    for half in &mut halves {
        let answer = status(half).await;
        refused += usize::from(answer == "HTTP/1.1 429 Too Many Requests");
    }
    assert_eq!(refused, 80 - 64, "the others' time is over");
    let answer = Client::ask(&member, "{ viewer { role } }", json!({})).await;
    assert_eq!(answer["viewer"]["role"], "TENANT_MEMBER");
    assert_healthy(&mut server, &admin).await;
}
