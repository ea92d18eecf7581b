//! A network that breaks: passes connections on, and does to them what is asked.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Fair,
    /// Connections end as soon as they are there, and those that were there have ended.
    Refusing,
    /// Everything stays open and nothing comes through, in either direction; nothing is lost either.
    Hanging,
    /// What is said to the server comes through, what it answers does not.
    HalfOpen,
}

pub struct Proxy {
    pub address: SocketAddr,
    cut: watch::Sender<u64>,
    goal: watch::Sender<String>,
    weather: watch::Sender<Weather>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (cut, cuts) = watch::channel(0);
        let (goal, goals) = watch::channel(server);
        let (weather, reports) = watch::channel(Weather::Fair);
        let task = tokio::spawn(async move {
            while let Ok((inside, _)) = listener.accept().await {
                let (server, mut cuts) = (goals.borrow().clone(), cuts.clone());
                cuts.mark_unchanged();
                let reports = reports.clone();
                tokio::spawn(async move {
                    if *reports.borrow() == Weather::Refusing {
                        return;
                    }
                    let mut fair = reports.clone();
                    let Ok(outside) = TcpStream::connect(server).await else {
                        return;
                    };
                    for stream in [&inside, &outside] {
                        stream.set_nodelay(true).expect("a socket");
                    }
                    let (from_inside, to_inside) = inside.into_split();
                    let (from_outside, to_outside) = outside.into_split();
                    let asked = pass(from_inside, to_outside, reports.clone(), |weather| {
                        weather == Weather::Hanging
                    });
                    let answered = pass(from_outside, to_inside, reports, |weather| {
                        matches!(weather, Weather::Hanging | Weather::HalfOpen)
                    });
                    tokio::select! {
                        _ = cuts.changed() => {}
                        _ = fair.wait_for(|weather| *weather == Weather::Refusing) => {}
                        () = async { tokio::join!(asked, answered); } => {}
                    }
                });
            }
        });
        Self {
            address,
            cut,
            goal,
            weather,
            task,
        }
    }

    /// Passes new connections on to another server.
    pub fn point_to(&self, server: String) {
        self.goal.send_replace(server);
    }

    /// Ends every connection, in the middle of whatever it says.
    pub fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }

    /// From now on the network is like this.
    pub fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// The network is like this for a while, and fair again.
    pub async fn turn_for(&self, weather: Weather, time: Duration) {
        self.turn(weather);
        tokio::time::sleep(time).await;
        self.turn(Weather::Fair);
    }
}

/// Passes bytes on until there are no more; not while the weather is such that they stay.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut weather: watch::Receiver<Weather>,
    holds: impl Fn(Weather) -> bool,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(count) = from.read(&mut buffer).await else {
            return;
        };
        if weather.wait_for(|now| !holds(*now)).await.is_err() {
            return;
        }
        if count == 0 {
            // Whoever has gone already needs no end.
            let _ = to.shutdown().await;
            return;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}
