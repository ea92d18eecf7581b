//! What keeps a connection busy: the agent's words, what the store says, other connections, the clock.

use super::Connection;
use super::end::End;
use crate::registry::Order;
use tokio::time::{Instant, interval, interval_at};
use upkeep_agent_protocol::{MAX_FRAME_BYTES, PING_EVERY, SILENCE_LIMIT, ServerFrame};

impl Connection<'_> {
    pub(super) async fn talk(&mut self) -> End {
        let mut ping = interval(PING_EVERY);
        let mut last_heard = Instant::now();
        loop {
            let wake = self.wake.clone();
            let step = tokio::select! {
                () = self.shared.stop.cancelled() => Err(End::restart()),
                message = self.wire.receive(MAX_FRAME_BYTES) => {
                    let heard = match message {
                        Ok(message) => self.hear(message).await,
                        Err(end) => Err(end),
                    };
                    // It may have waited for the store, and the agent's next words behind it.
                    last_heard = Instant::now();
                    heard
                }
                () = wake.notified() => self.look().await,
                order = self.orders.recv() => self.obey(order).await,
                _ = ping.tick() => {
                    if last_heard.elapsed() > SILENCE_LIMIT {
                        Err(End::silent("nothing was heard"))
                    } else {
                        self.tell_news().await;
                        let server_time = Some(self.shared.commands.clock().now());
                        self.wire.send(ServerFrame::Ping { server_time }).await
                    }
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Waits for what may have to wait for the store, and pings meanwhile: the agent stays, and whatever it says waits behind.
    pub(super) async fn stay_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, End> {
        let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = ping.tick() => {
                    let server_time = Some(self.shared.commands.clock().now());
                    self.wire.send(ServerFrame::Ping { server_time }).await?;
                }
            }
        }
    }

    async fn obey(&mut self, order: Option<Order>) -> Result<(), End> {
        match order {
            Some(Order::Probe(reply)) => {
                self.wire
                    .send(ServerFrame::Ping { server_time: None })
                    .await?;
                self.probes.push((self.wire.sent, reply));
                Ok(())
            }
            Some(Order::Yield) | None => Err(End::replaced("another connection took over")),
        }
    }
}
