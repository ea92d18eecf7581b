//! The socket: frames with their numbers, one at a time, and the end of it.

use super::end::End;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use futures_util::FutureExt;
use std::time::Duration;
use upkeep_agent_protocol::{AgentMessage, MAX_FRAME_BYTES, ServerFrame, ServerMessage};
use upkeep_world::World;

/// What each connection reads into, in bytes: there are many connections, most of their frames are small, and a larger one has
/// room made for it when it comes.
const READ_BUFFER_BYTES: usize = 1024;
/// How long writing one frame may take before the connection counts as dead.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// A socket of which each holds little of the server's memory and takes no frame that is too large.
pub(super) fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
}

/// The socket with its numbers.
pub(super) struct Wire {
    socket: WebSocket,
    world: World,
    /// The number of the last frame that was sent.
    pub(super) sent: u64,
    /// The highest number that was taken in.
    pub(super) received: u64,
    /// The last frame for which room had to be made, until the socket reads elsewhere.
    large: Option<Bytes>,
}

impl Wire {
    pub(super) fn new(socket: WebSocket, world: &World) -> Self {
        Self {
            socket,
            world: world.clone(),
            sent: 0,
            received: 0,
            large: None,
        }
    }

    pub(super) async fn send(&mut self, frame: ServerFrame) -> Result<(), End> {
        self.sent += 1;
        let message = ServerMessage {
            seq: self.sent,
            ack: self.received,
            frame,
        };
        let text = serde_json::to_string(&message)
            .map_err(|_| End::malformed("a frame could not be written"))?;
        let written = self.socket.send(Message::Text(text.into()));
        match self.world.within(WRITE_PATIENCE, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::closed()),
            Err(_) => Err(End::silent("nothing can be written")),
        }
    }

    /// The next frame, of at most so many bytes; pings of the WebSocket itself are answered below us.
    pub(super) async fn receive(&mut self, at_most: usize) -> Result<AgentMessage, End> {
        loop {
            match self.socket.recv().await {
                None | Some(Ok(Message::Close(_))) => return Err(End::closed()),
                Some(Ok(Message::Text(text))) => {
                    let message = parse(&text, at_most);
                    self.make_small_again(text.into());
                    return message;
                }
                Some(Ok(Message::Binary(_))) => {
                    return Err(End::malformed("frames are text, not binary"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Err(_)) => return Err(End::malformed("a frame is broken or too large")),
            }
        }
    }

    /// The next frame, if it has come.
    pub(super) fn receive_ready(&mut self, at_most: usize) -> Option<Result<AgentMessage, End>> {
        self.receive(at_most).now_or_never()
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

    pub(super) async fn close(&mut self, end: &End) {
        let frame = CloseFrame {
            code: end.code,
            reason: end.why.into(),
        };
        // A peer that is gone needs no goodbye.
        let goodbye = self.socket.send(Message::Close(Some(frame)));
        let _ = self.world.within(WRITE_PATIENCE, goodbye).await;
    }
}

fn parse(text: &str, at_most: usize) -> Result<AgentMessage, End> {
    if text.len() > at_most {
        return Err(End::malformed("a frame is too large"));
    }
    serde_json::from_str(text).map_err(|_| End::malformed("a frame is not of the protocol"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::proof::MAX_AUTH_BYTES;
    use axum::Router;
    use axum::routing::any;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::mpsc;

    fn frame(bytes: usize) -> String {
        let more = "a".repeat(bytes);
        format!(r#"{{"seq":0,"ack":0,"t":"pong","more":"{more}"}}"#)
    }

    #[test]
    fn a_first_frame_holds_a_proof_and_no_more() {
        let why = |text: &str, at_most| parse(text, at_most).err().map(|end| end.why);
        assert_eq!(why(&frame(10), MAX_AUTH_BYTES), None);
        assert_eq!(
            why(&frame(MAX_AUTH_BYTES), MAX_AUTH_BYTES),
            Some("a frame is too large")
        );
        assert_eq!(why(&frame(MAX_AUTH_BYTES), MAX_FRAME_BYTES), None);
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
                let mut wire = Wire::new(socket, &upkeep_world::real_world());
                while wire.receive(MAX_FRAME_BYTES).await.is_ok() {
                    let held = wire.large.as_ref().map(Bytes::len);
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
