//! A link over a WebSocket.

use super::link::{Link, Lost, Text};
use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use upkeep_agent_protocol::MAX_FRAME_BYTES;

/// What each connection reads into, in bytes: there are many connections, most of their frames are small, and a larger one has
/// room made for it when it comes.
const READ_BUFFER_BYTES: usize = 1024;

/// A socket of which each holds little of the server's memory and takes no frame that is too large.
pub(super) fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
}

pub(super) struct Socket {
    socket: WebSocket,
    /// The last frame for which room had to be made, until the socket reads elsewhere.
    large: Option<Bytes>,
}

impl Socket {
    pub(super) fn new(socket: WebSocket) -> Self {
        Self {
            socket,
            large: None,
        }
    }

    /// Where a socket has room for a large frame it would read for as long as it lives. It takes new room, and as little as in the
    /// beginning, when what is left of that one is used up and somebody holds a part of it: so the frame is held that long.
    fn make_small_again(&mut self, frame: Bytes) {
        if self.large.as_ref().is_some_and(Bytes::is_unique) {
            self.large = None;
        }
        if frame.len() > READ_BUFFER_BYTES {
            self.large = Some(frame);
        }
    }
}

#[async_trait]
impl Link for Socket {
    async fn say(&mut self, text: String) -> Result<(), Lost> {
        let said = self.socket.send(Message::Text(text.into())).await;
        said.map_err(|_| Lost::Closed)
    }

    /// Pings of the WebSocket itself are answered below us.
    async fn hear(&mut self) -> Result<Text, Lost> {
        loop {
            match self.socket.recv().await {
                None | Some(Ok(Message::Close(_))) => return Err(Lost::Closed),
                Some(Ok(Message::Text(text))) => {
                    self.make_small_again(text.clone().into());
                    return Ok(text);
                }
                Some(Ok(Message::Binary(_))) => return Err(Lost::NoText),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Err(_)) => return Err(Lost::Broken),
            }
        }
    }

    async fn close(&mut self, code: u16, why: &'static str) {
        let reason = why.into();
        let goodbye = Message::Close(Some(CloseFrame { code, reason }));
        // A peer that is gone needs no goodbye.
        let _ = self.socket.send(goodbye).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::any;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::mpsc;

    fn frame(bytes: usize) -> String {
        let more = "a".repeat(bytes);
        format!(r#"{{"seq":0,"ack":0,"t":"pong","more":"{more}"}}"#)
    }

    /// Text in one frame of the WebSocket, under a mask of zeros.
    async fn say(socket: &mut TcpStream, text: &str) {
        let mut bytes = vec![0x81, 0xff];
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(text.as_bytes());
        socket.write_all(&bytes).await.unwrap();
    }

    #[tokio::test]
    async fn the_room_of_a_large_frame_is_given_back_when_small_ones_follow() {
        let (tell, mut holds) = mpsc::channel(1);
        let connect = move |upgrade: WebSocketUpgrade| async move {
            limited(upgrade).on_upgrade(async move |socket| {
                let mut link = Socket::new(socket);
                while link.hear().await.is_ok() {
                    let held = link.large.as_ref().map(Bytes::len);
                    tell.send(held).await.unwrap();
                }
            })
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", any(connect));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut socket = TcpStream::connect(address).await.unwrap();
        let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
                    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(socket.read_u8().await.unwrap());
        }
        for round in 0..3 {
            say(&mut socket, &frame(64 * 1024)).await;
            assert!(holds.recv().await.unwrap().is_some(), "{round}");
            let mut held = true;
            for _ in 0..=READ_BUFFER_BYTES / frame(0).len() {
                say(&mut socket, &frame(0)).await;
                held = holds.recv().await.unwrap().is_some();
            }
            assert!(!held, "{round}");
        }
        let largest = frame(MAX_FRAME_BYTES - frame(0).len());
        say(&mut socket, &largest).await;
        assert_eq!(holds.recv().await.unwrap(), Some(MAX_FRAME_BYTES));
    }
}
