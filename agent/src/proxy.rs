//! The way to the server: straight, or through the proxy that the environment names.
//!
//! The same variables in the same way as for enrolment and packages (`http_proxy`, `https_proxy`, `all_proxy`,
//! `no_proxy`): the same library reads them. A WebSocket goes through a proxy by CONNECT, with TLS or without.

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::http::Uri;

/// The longest head of a proxy's answer, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// A connection to the server through its proxy; nothing if there is none on the way.
pub async fn tunnel(server: &str) -> Result<Option<TcpStream>, String> {
    let address: Uri = server
        .parse()
        .map_err(|error| format!("{server} is no address: {error}"))?;
    match Matcher::from_system().intercept(&address) {
        None => Ok(None),
        Some(proxy) => through(&proxy, &address)
            .await
            .map(Some)
            .map_err(|why| format!("the proxy {} {why}", proxy.uri())),
    }
}

async fn through(proxy: &Intercept, address: &Uri) -> Result<TcpStream, String> {
    if proxy.uri().scheme_str() != Some("http") {
        return Err("is not spoken to over http://, which is all that agents can".to_owned());
    }
    let at = authority(proxy.uri())?;
    let mut stream = TcpStream::connect(&at)
        .await
        .map_err(|error| format!("cannot be reached: {error}"))?;
    // Frames are small, and each is waited for.
    let _ = stream.set_nodelay(true);
    let goal = authority(address)?;
    let mut request = format!("CONNECT {goal} HTTP/1.1\r\nHost: {goal}\r\n");
    if let Some(secret) = proxy.basic_auth().and_then(|value| value.to_str().ok()) {
        request = format!("{request}Proxy-Authorization: {secret}\r\n");
    }
    request.push_str("\r\n");
    let broke = |error: std::io::Error| format!("broke off: {error}");
    stream.write_all(request.as_bytes()).await.map_err(broke)?;
    let mut head = Vec::new();
    // Byte by byte: what follows the head belongs to the server.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_HEAD_BYTES {
            return Err("answers without an end".to_owned());
        }
        let byte = stream.read_u8().await.map_err(broke)?;
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head);
    let status = head.lines().next().unwrap_or_default();
    let is_open = status
        .split(' ')
        .nth(1)
        .is_some_and(|code| code.len() == 3 && code.starts_with('2'));
    if is_open {
        Ok(stream)
    } else {
        Err(format!(
            "does not let agents through to {goal} ({status}): allow CONNECT to it, or name it in no_proxy"
        ))
    }
}

/// Host and port.
fn authority(uri: &Uri) -> Result<String, String> {
    let host = uri.host().ok_or("names no host")?;
    let port = uri
        .port_u16()
        .unwrap_or(if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        });
    Ok(format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// What a proxy is asked, and what comes of its answer.
    async fn ask(answer: &'static str) -> (String, Result<String, String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let asked = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4_096];
            let length = socket.read(&mut request).await.unwrap();
            socket.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let matcher = Matcher::builder()
            .all(format!("http://agent:secret@{at}"))
            .no("inside.example")
            .build();
        assert!(
            matcher
                .intercept(&Uri::from_static("https://inside.example"))
                .is_none()
        );
        let address = Uri::from_static("https://upkeep.example");
        let proxy = matcher.intercept(&address).unwrap();
        let opened = match through(&proxy, &address).await {
            Ok(mut stream) => {
                let mut rest = String::new();
                stream.read_to_string(&mut rest).await.unwrap();
                Ok(rest)
            }
            Err(why) => Err(why),
        };
        (asked.await.unwrap(), opened)
    }

    #[tokio::test]
    async fn a_proxy_is_asked_to_connect_and_what_follows_is_the_servers() {
        let (asked, opened) =
            ask("HTTP/1.1 200 Connection established\r\nvia: x\r\n\r\nhello").await;
        assert!(
            asked.starts_with("CONNECT upkeep.example:443 HTTP/1.1\r\n"),
            "{asked}"
        );
        assert!(
            asked.contains("Proxy-Authorization: Basic YWdlbnQ6c2VjcmV0\r\n"),
            "{asked}"
        );
        assert_eq!(opened.as_deref(), Ok("hello"));
    }

    #[tokio::test]
    async fn a_proxy_that_refuses_is_named_with_its_reason() {
        let (_, opened) = ask("HTTP/1.1 403 Forbidden\r\n\r\n").await;
        let why = opened.unwrap_err();
        assert!(why.contains("403 Forbidden"), "{why}");
        let (_, opened) = ask("HTTP/1.1 200").await;
        assert!(opened.is_err(), "it broke off");
    }
}
