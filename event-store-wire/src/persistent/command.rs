//! What can be asked of a running group.

use super::consumers::ConsumerId;
use super::group::Unhandled;
use crate::convert::IdForm;
use crate::proto::persistent::{ReadResp, SubscriptionInfo};
use tokio::sync::{mpsc, oneshot};
use tonic::Status;
use uuid::Uuid;

pub type Answers = mpsc::Sender<Result<ReadResp, Status>>;

pub enum Command {
    Join {
        seat: Box<Seat>,
        reply: oneshot::Sender<Result<ConsumerId, Status>>,
    },
    Leave(ConsumerId),
    Ack(Vec<Uuid>),
    Nack(Vec<Uuid>, Unhandled),
    Replay {
        /// The revision in the parked stream at which to stop.
        stop_at: Option<u64>,
        reply: oneshot::Sender<()>,
    },
    Info(oneshot::Sender<SubscriptionInfo>),
    /// The group ends: everybody has to go.
    End(oneshot::Sender<()>),
}

/// A consumer's place in a group.
pub struct Seat {
    pub slots: usize,
    pub user: String,
    pub from: String,
    pub connection_name: String,
    pub ids: IdForm,
    pub answers: Answers,
}
