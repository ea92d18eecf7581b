//! What other servers do and this one does not, so that tests find out whether our own client copes with it.

use crate::Shared;
use crate::proto::streams::{BatchAppendResp, ReadResp};
use std::net::SocketAddr;
use tokio::sync::{mpsc, watch};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

/// How a server behaves in a test. The default is how it is.
#[derive(Clone, Debug, Default)]
pub struct Imitation {
    pub half_closed_batches: HalfClosed,
    /// Calls of one connection that go on at once; a client waits with more.
    pub calls_per_connection: Option<u32>,
    pub acknowledgements: Acknowledgements,
    /// A read ends after so many messages, as a subscription whose reader is too slow.
    pub messages_per_read: Option<usize>,
    /// Who leads, if it is not this node: calls that need the leader are refused with its address.
    pub leader: Option<watch::Receiver<Option<SocketAddr>>>,
}

/// When the server's machine acknowledges what it has received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Acknowledgements {
    #[default]
    AtOnce,
    /// As its kernel likes, some 40 ms later: a client that waits for them is slow.
    Delayed,
}

/// What becomes of a `BatchAppend` call when its client has ended its half and has all answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HalfClosed {
    #[default]
    Ends,
    /// As with the real server: it stays until the client resets it.
    Stays,
}

impl Imitation {
    /// Refuses a call that needs another node.
    pub(crate) fn check(&self, call: &MetadataMap) -> Result<(), Status> {
        let needs_leader = call.get("requires-leader").is_some_and(|it| it == "true");
        match &self.leader {
            Some(leader) if needs_leader => {
                leader.borrow().map_or(Ok(()), |it| Err(not_leader(it)))
            }
            _ => Ok(()),
        }
    }

    /// Keeps a batch as long as the imitated server does; `appends` takes what comes in it.
    pub(crate) async fn around(
        shared: Shared,
        answers: mpsc::Sender<Result<BatchAppendResp, Status>>,
        appends: impl Future<Output = ()>,
    ) {
        tokio::select! {
            () = appends => {}
            leader = shared.imitation.another_leads() => {
                // Who left needs no reason.
                let _ = answers.send(Err(not_leader(leader))).await;
                return;
            }
        }
        if shared.imitation.half_closed_batches == HalfClosed::Stays {
            tokio::select! {
                () = answers.closed() => {}
                () = shared.stop.cancelled() => {}
            }
        }
    }

    /// Ends a read as the imitated server does.
    pub(crate) fn cut_short(
        &self,
        shared: &Shared,
        mut answers: mpsc::Receiver<Result<ReadResp, Status>>,
    ) -> mpsc::Receiver<Result<ReadResp, Status>> {
        let Some(most) = self.messages_per_read else {
            return answers;
        };
        let (sender, cut) = mpsc::channel(1);
        shared.tasks.spawn(async move {
            for _ in 0..most {
                let Some(answer) = answers.recv().await else {
                    return;
                };
                if sender.send(answer).await.is_err() {
                    return;
                }
            }
            // Who left needs no reason.
            let _ = sender.send(Err(Status::aborted("consumer too slow"))).await;
        });
        cut
    }

    async fn another_leads(&self) -> SocketAddr {
        if let Some(mut leader) = self.leader.clone()
            && let Ok(other) = leader.wait_for(Option::is_some).await
            && let Some(other) = *other
        {
            return other;
        }
        std::future::pending().await
    }
}

fn not_leader(leader: SocketAddr) -> Status {
    let mut trailers = MetadataMap::new();
    trailers.insert("exception", MetadataValue::from_static("not-leader"));
    let host = MetadataValue::try_from(leader.ip().to_string());
    if let Ok(host) = host {
        trailers.insert("leader-endpoint-host", host);
    }
    trailers.insert("leader-endpoint-port", leader.port().into());
    Status::with_metadata(Code::NotFound, "Leader info available", trailers)
}
