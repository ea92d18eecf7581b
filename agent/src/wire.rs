//! The WebSocket to the server, straight or through a proxy. What is said on it is the core's.

use crate::ports::{Inbox, Machine, Wire};
use crate::proxy;
use futures_util::{SinkExt, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async_tls_with_config, connect_async_with_config,
};
use tokio_util::sync::CancellationToken;
use upkeep_agent_core::Input;
use upkeep_agent_protocol::proof::NONCE_BYTES;
use upkeep_agent_protocol::{AgentMessage, CONNECT_PATH, MAX_FRAME_BYTES, SUBPROTOCOL};

/// How long connecting and each write may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// Frames that wait to be written at once. The core says no more than a page of its outbox before it has left.
const UNWRITTEN: usize = 256;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The way to one server.
pub struct Sockets {
    way: Arc<Way>,
    link: Option<Link>,
}

struct Way {
    /// Such as `https://upkeep.example`.
    server: String,
    machine: Arc<dyn Machine>,
    inbox: Inbox,
}

/// A connection, or the attempt at one.
struct Link {
    messages: mpsc::Sender<AgentMessage>,
    hung_up: CancellationToken,
}

impl Sockets {
    pub fn new(server: String, machine: Arc<dyn Machine>, inbox: Inbox) -> Self {
        let way = Arc::new(Way {
            server,
            machine,
            inbox,
        });
        Self { way, link: None }
    }
}

impl Wire for Sockets {
    fn dial(&mut self) {
        let (messages, to_say) = mpsc::channel(UNWRITTEN);
        let hung_up = CancellationToken::new();
        self.link = Some(Link {
            messages,
            hung_up: hung_up.clone(),
        });
        let way = self.way.clone();
        let inbox = way.inbox.clone();
        let talk = tokio::spawn(async move { way.converse(to_say, &hung_up).await });
        tokio::spawn(async move {
            // Whatever becomes of it: nobody dials again before its end is told.
            let why = talk.await;
            let why = why.unwrap_or_else(|error| format!("the connection broke: {error}"));
            let luck = luck(getrandom::u64());
            let _ = inbox.send(Input::LinkLost { why, luck }).await;
        });
    }

    fn say(&mut self, message: AgentMessage) {
        if let Some(link) = &self.link
            && link.messages.try_send(message).is_err()
        {
            // A gap in what is said would be worse than no connection.
            link.hung_up.cancel();
        }
    }

    fn hang_up(&mut self) {
        if let Some(link) = self.link.take() {
            link.hung_up.cancel();
        }
    }
}

impl Way {
    /// A whole connection; why it ended.
    async fn converse(
        &self,
        to_say: mpsc::Receiver<AgentMessage>,
        hung_up: &CancellationToken,
    ) -> String {
        let opened = tokio::select! {
            // Who does not want it any more does not wait for it.
            biased;
            () = hung_up.cancelled() => return "it is given up".to_owned(),
            opened = timeout(PATIENCE, self.open()) => opened,
        };
        let (mut socket, host) = match opened {
            Ok(Ok(opened)) => opened,
            Ok(Err(why)) => return format!("the server cannot be reached: {why}"),
            Err(_) => return "the server cannot be reached: it took too long".to_owned(),
        };
        tokio::select! {
            // Whatever is under way: what is said after this is not heard.
            biased;
            () = hung_up.cancelled() => {
                // The server notices anyway.
                let _ = timeout(FAREWELL, socket.close(None)).await;
                "it is given up".to_owned()
            }
            why = self.talk(&mut socket, host, to_say) => format!("the connection broke: {why}"),
        }
    }

    async fn open(&self) -> Result<(Socket, String), String> {
        let told = |error: Error| error.to_string();
        let address = format!("{}{CONNECT_PATH}", self.server.replacen("http", "ws", 1));
        let mut request = address.into_client_request().map_err(told)?;
        request.headers_mut().insert(
            "sec-websocket-protocol",
            HeaderValue::from_static(SUBPROTOCOL),
        );
        let host = request.headers().get("host");
        let host = host.and_then(|host| host.to_str().ok());
        let host = host.unwrap_or_default().to_owned();
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_FRAME_BYTES))
            .max_frame_size(Some(MAX_FRAME_BYTES));
        let opened = match proxy::tunnel(&self.server).await? {
            Some(stream) => client_async_tls_with_config(request, stream, Some(config), None).await,
            None => connect_async_with_config(request, Some(config), true).await,
        };
        let (socket, _) = opened.map_err(told)?;
        Ok((socket, host))
    }

    /// Brings frames to and fro; why it ended.
    async fn talk(
        &self,
        socket: &mut Socket,
        host: String,
        mut to_say: mpsc::Receiver<AgentMessage>,
    ) -> String {
        let mut nonce = [0; NONCE_BYTES];
        if let Err(error) = getrandom::fill(&mut nonce) {
            return format!("the operating system gave no random bytes: {error}");
        }
        let facts = self.machine.facts();
        self.tell(Input::LinkUp { host, nonce, facts }).await;
        loop {
            tokio::select! {
                // Who only spoke would never hear that it is to stop speaking; who hears too much waits for the inbox.
                biased;
                message = socket.next() => match heard(message) {
                    Ok(Some(input)) => self.tell(input).await,
                    Ok(None) => {}
                    Err(why) => return why,
                },
                message = to_say.recv() => {
                    let Some(message) = message else {
                        return "nobody speaks any more".to_owned();
                    };
                    if let Err(why) = write(socket, &message).await {
                        return why;
                    }
                    if to_say.is_empty() {
                        self.tell(Input::Written).await;
                    }
                }
            }
        }
    }

    async fn tell(&self, input: Input) {
        // Nobody listens any more only when the agent ends.
        let _ = self.inbox.send(input).await;
    }
}

/// Without chance it is the same wait for everybody, and a wait it is.
fn luck(chance: Result<u64, getrandom::Error>) -> u64 {
    chance.unwrap_or(1 << 63)
}

/// A frame; nothing for what the WebSocket itself sends.
fn heard(message: Option<Result<Message, Error>>) -> Result<Option<Input>, String> {
    match message {
        None => Err("it was closed".to_owned()),
        Some(Err(error)) => Err(error.to_string()),
        Some(Ok(Message::Close(frame))) => Err(frame.map_or_else(String::new, |frame| {
            format!("{} ({})", frame.reason, u16::from(frame.code))
        })),
        Some(Ok(Message::Text(text))) => serde_json::from_str(&text)
            .map(|message| Some(Input::Frame(Box::new(message))))
            .map_err(|_| "the server said something that cannot be read".to_owned()),
        Some(Ok(_)) => Ok(None),
    }
}

async fn write(socket: &mut Socket, message: &AgentMessage) -> Result<(), String> {
    let text = serde_json::to_string(message).map_err(|error| error.to_string())?;
    match timeout(PATIENCE, socket.send(Message::text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("nothing can be written".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_hdr_async;
    use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
    use upkeep_agent_protocol::Facts;

    struct Unspeakable;

    impl Machine for Unspeakable {
        fn facts(&self) -> Facts {
            panic!("nobody thought of this computer")
        }
    }

    #[test]
    fn without_chance_there_is_a_wait() {
        assert_eq!(luck(Ok(7)), 7);
        assert_eq!(luck(Err(getrandom::Error::UNSUPPORTED)), u64::MAX / 2 + 1);
    }

    #[tokio::test]
    async fn a_link_that_ends_in_a_panic_is_lost_like_any_other() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = format!("http://{}", listener.local_addr().unwrap());
        let (inbox, mut inputs) = mpsc::channel(1);
        let mut wire = Sockets::new(server, Arc::new(Unspeakable), inbox);
        wire.dial();
        #[expect(clippy::result_large_err, reason = "the library's callback")]
        let protocol = |_: &Request, mut response: Response| {
            let name = HeaderValue::from_static(SUBPROTOCOL);
            response
                .headers_mut()
                .insert("sec-websocket-protocol", name);
            Ok(response)
        };
        let (stream, _) = listener.accept().await.unwrap();
        let _socket = accept_hdr_async(stream, protocol).await.unwrap();
        let input = timeout(PATIENCE, inputs.recv()).await.unwrap();
        let Some(Input::LinkLost { why, .. }) = input else {
            panic!("{input:?}")
        };
        assert!(why.contains("nobody thought of this computer"), "{why}");
    }
}
