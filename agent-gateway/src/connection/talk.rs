//! What keeps a connection busy: the agent's words, what the store says, other connections, the clock.

use super::Connection;
use super::end::End;
use crate::registry::Order;
use tokio::time::{Instant, Interval, interval, interval_at};
use upkeep_agent_protocol::{
    AgentMessage, MAX_FRAME_BYTES, PING_EVERY, SILENCE_LIMIT, ServerFrame,
};

/// What a connection waits for.
enum Event {
    Stop,
    Heard(Result<AgentMessage, End>),
    /// The store says something else of the agent than before.
    Changed,
    Told(Option<Order>),
    Tick,
}

impl Connection<'_> {
    pub(super) async fn talk(&mut self) -> End {
        let mut ping = interval(PING_EVERY);
        loop {
            let event = self.wait(&mut ping).await;
            // On the heap, and only as long as it takes: most connections only wait.
            if let Err(end) = Box::pin(self.answer(event)).await {
                return end;
            }
        }
    }

    async fn wait(&mut self, ping: &mut Interval) -> Event {
        tokio::select! {
            () = self.shared.stop.cancelled() => Event::Stop,
            message = self.wire.receive(MAX_FRAME_BYTES) => Event::Heard(message),
            () = self.wake.notified() => Event::Changed,
            order = self.orders.recv() => Event::Told(order),
            _ = ping.tick() => Event::Tick,
        }
    }

    async fn answer(&mut self, event: Event) -> Result<(), End> {
        match event {
            Event::Stop => Err(End::restart()),
            Event::Heard(message) => {
                let heard = self.hear_all(message?).await;
                // It may have waited for the store, and the agent's next words behind it.
                self.last_heard = Instant::now();
                heard
            }
            Event::Changed => self.look().await,
            Event::Told(order) => self.obey(order).await,
            Event::Tick if self.last_heard.elapsed() > SILENCE_LIMIT => {
                Err(End::silent("nothing was heard"))
            }
            Event::Tick => {
                self.tell_news().await;
                self.ping().await
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
                _ = ping.tick() => self.ping().await?,
            }
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        let server_time = Some(self.shared.commands.clock().now());
        self.wire.send(ServerFrame::Ping { server_time }).await
    }

    async fn obey(&mut self, order: Option<Order>) -> Result<(), End> {
        match order {
            Some(Order::Probe(reply)) => {
                let asked = self.ask().await?;
                self.probes.push((asked, reply));
                Ok(())
            }
            Some(Order::Yield) | None => Err(End::replaced("another connection took over")),
        }
    }

    /// Asks the agent whether it is here. The answer acknowledges the number that this returns.
    pub(super) async fn ask(&mut self) -> Result<u64, End> {
        self.wire
            .send(ServerFrame::Ping { server_time: None })
            .await?;
        Ok(self.wire.sent)
    }
}
