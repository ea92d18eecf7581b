use super::*;
use std::sync::Arc;
use tokio::net::TcpListener;

const CONTENT: &[u8] = b"0123456789";

/// A server that breaks off in the middle of its first answer and serves the rest where it is asked to.
async fn breaking_server() -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answers = [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123",
        "HTTP/1.1 206 Partial Content\r\ncontent-length: 6\r\n\r\n456789",
    ];
    let served = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4_096];
            let length = socket.read(&mut request).await.unwrap();
            requests.push(String::from_utf8_lossy(&request[..length]).to_lowercase());
            socket.write_all(answer.as_bytes()).await.unwrap();
            socket.shutdown().await.unwrap();
        }
        requests
    });
    (address, served)
}

fn order(sha256: String) -> PackageOrder {
    PackageOrder {
        file_name: "x".into(),
        sha256,
        size: CONTENT.len() as u64,
        url: None,
    }
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    // Another test may have been faster.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::TempDir::new().unwrap();
    let (address, served) = breaking_server().await;
    let fetcher = Fetcher::new(address, folder.path().join("packages")).unwrap();
    let target = folder.path().join("x");
    let order = order(hex::encode(Sha256::digest(CONTENT)));
    fetcher.fetch(&order, "ticket", &target).await.unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), CONTENT);
    let requests = served.await.unwrap();
    assert!(!requests[0].contains("range:"), "{}", requests[0]);
    assert!(requests[1].contains("range: bytes=4-"), "{}", requests[1]);
}

#[tokio::test]
async fn a_package_that_does_not_fit_is_not_begun_and_old_downloads_make_room() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::TempDir::new().unwrap();
    let (young, other) = (folder.path().join("a.part"), folder.path().join("b"));
    let fetcher = Fetcher::new("http://127.0.0.1:1".into(), folder.path().to_owned()).unwrap();
    for file in [&young, &other] {
        std::fs::write(file, "x").unwrap();
    }
    let mut order = order("0".repeat(64));
    order.size = u64::MAX / 4;
    let answer = fetcher
        .fetch(&order, "ticket", &folder.path().join("x"))
        .await;
    let Err(Outcome::PackageUnavailable { why }) = answer else {
        panic!("{answer:?}");
    };
    assert!(why.contains("not enough room"), "{why}");
    assert!(!young.exists(), "it made room");
    assert!(other.exists(), "it is no download");
}

#[test]
fn a_download_that_broke_off_is_kept_for_a_while() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = |name: &str, age: Duration| {
        let path = folder.path().join(name);
        let file = std::fs::File::create(&path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
        path
    };
    let (young, old) = (file("a.part", KEPT / 2), file("b.part", 2 * KEPT));
    forget_partials(folder.path(), KEPT);
    assert!(young.exists() && !old.exists());
}

#[tokio::test]
async fn a_digest_that_is_none_leads_nowhere() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::TempDir::new().unwrap();
    let fetcher = Fetcher::new("http://127.0.0.1:1".into(), folder.path().to_owned()).unwrap();
    let order = order(format!("../../{}", "0".repeat(58)));
    let answer = fetcher.fetch(&order, "", &folder.path().join("x")).await;
    assert!(matches!(answer, Err(Outcome::PackageUnavailable { .. })));
}

/// A vendor's host: each request is answered by what its path says, and all are told of.
async fn host(answer: fn(&str, &str) -> String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (here, told) = (address.clone(), asked.clone());
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4_096];
            let length = socket.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let answer = answer(&path, &here);
            told.lock().await.push(request);
            socket.write_all(answer.as_bytes()).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    (address, asked)
}

fn answers(path: &str, here: &str) -> String {
    let lead_on =
        |to: &str| format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
    let path = path.split('?').next().unwrap_or_default();
    let digits = path.trim_start_matches("/again/");
    match path {
        "/file" => "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789".to_owned(),
        "/endless" => "HTTP/1.1 200 OK\r\n\r\n0123456789".to_owned(),
        "/other" => "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n9876543210".to_owned(),
        "/huge" => format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n0123456789",
            MAX_PACKAGE_BYTES + 1
        ),
        "/plain" => lead_on("http://example.com/file?token=secret"),
        path if path.starts_with("/again/") => match digits.parse::<u32>().unwrap_or(0) {
            0 => lead_on(&format!("{here}/file")),
            left => lead_on(&format!("{here}/again/{}", left - 1)),
        },
        _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
    }
}

/// What comes of a package from that path, and what the host was asked.
async fn from_host(path: &str, size: u64) -> (Result<Vec<u8>, Outcome>, Vec<String>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::TempDir::new().unwrap();
    let (address, asked) = host(answers).await;
    let server = "http://127.0.0.1:1".to_owned();
    let fetcher = Fetcher::new(server, folder.path().join("packages")).unwrap();
    let target = folder.path().join("x");
    let package = PackageOrder {
        size,
        url: Some(format!("{address}{path}")),
        ..order(hex::encode(Sha256::digest(CONTENT)))
    };
    let fetched = fetcher.fetch(&package, "ticket", &target).await;
    let asked = asked.lock().await.clone();
    if fetched.is_err() {
        assert!(!target.exists(), "nobody sees what was not checked");
    }
    (fetched.map(|()| std::fs::read(&target).unwrap()), asked)
}

#[tokio::test]
async fn a_vendors_file_comes_without_the_servers_ticket() {
    for (path, size) in [
        ("/file?v=1", 10),
        ("/file", 0),
        ("/endless", 0),
        ("/again/4", 0),
    ] {
        let (fetched, asked) = from_host(path, size).await;
        assert_eq!(fetched.as_deref(), Ok(CONTENT), "{path}");
        for request in &asked {
            assert!(request.contains("user-agent: upkeep-agent/"), "{request}");
            let tells = ["ticket", "authorization", "referer"];
            assert!(
                !tells.iter().any(|word| request.contains(word)),
                "{request}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_vendor_does_not_give_is_told_with_its_host_and_nothing_of_the_address() {
    for (path, size, why, requests) in [
        (
            "/nothing?token=secret",
            10,
            "127.0.0.1 answered 404 Not Found",
            1,
        ),
        (
            "/plain?token=secret",
            10,
            "it leads on to example.com, not by https",
            1,
        ),
        (
            "/again/5?token=secret",
            10,
            "it leads on more than 5 times",
            6,
        ),
        ("/huge", 0, "at most 17179869184 are fetched", 1),
    ] {
        let (fetched, asked) = from_host(path, size).await;
        let Err(Outcome::PackageUnavailable { why: told }) = fetched else {
            panic!("{path}: {fetched:?}");
        };
        assert!(told.contains(why), "{path}: {told}");
        assert!(
            !told.contains("secret") && !told.contains("/again"),
            "{told}"
        );
        assert_eq!(
            asked.len(),
            requests,
            "{path}: no other attempt would bring it"
        );
    }
}

#[tokio::test]
async fn what_is_something_else_is_corrupt() {
    for size in [10, 0] {
        let (fetched, _) = from_host("/other", size).await;
        assert!(matches!(fetched, Err(Outcome::PackageCorrupt { .. })));
    }
}
