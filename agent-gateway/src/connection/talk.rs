//! What keeps a connection busy: the agent's words, what the store says, other connections, the clock.

use super::Connection;
use super::end::End;
use crate::registry::Order;
use upkeep_agent_protocol::{
    AgentMessage, MAX_FRAME_BYTES, PING_EVERY, SILENCE_LIMIT, ServerFrame,
};
use upkeep_world::Every;

/// What a connection waits for.
enum Event {
    Stop,
    Heard(Result<Box<AgentMessage>, End>),
    /// The store says something else of the agent than before.
    Changed,
    Told(Option<Order>),
    Tick,
}

impl Connection<'_> {
    pub(super) async fn talk(&mut self) -> End {
        let mut ping = self.shared.world().every(PING_EVERY);
        loop {
            let event = self.wait(&mut ping).await;
            // On the heap, and only as long as it takes: most connections only wait.
            if let Err(end) = Box::pin(self.answer(event)).await {
                return end;
            }
        }
    }

    async fn wait(&mut self, ping: &mut Every) -> Event {
        tokio::select! {
            // An order goes before a change, which may end the connection while somebody waits for an answer. The pace comes before
            // what the agent says, which may come without end.
            biased;
            () = self.shared.stop.cancelled() => Event::Stop,
            order = self.orders.recv() => Event::Told(order),
            () = self.wake.notified() => Event::Changed,
            () = ping.tick() => Event::Tick,
            message = self.wire.receive(MAX_FRAME_BYTES) => Event::Heard(message.map(Box::new)),
        }
    }

    async fn answer(&mut self, event: Event) -> Result<(), End> {
        match event {
            Event::Stop => Err(End::restart()),
            Event::Heard(message) => self.take_in(*message?).await,
            Event::Changed => self.look().await,
            Event::Told(order) => self.obey(order).await,
            Event::Tick if self.is_silent() => match self.wire.receive_ready(MAX_FRAME_BYTES) {
                Some(message) => self.take_in(message?).await,
                None => Err(End::silent("nothing was heard")),
            },
            Event::Tick => {
                self.tell_news().await;
                self.ping().await
            }
        }
    }

    async fn take_in(&mut self, message: AgentMessage) -> Result<(), End> {
        let heard = self.hear_all(message).await;
        // It may have waited for the store, and the agent's next words behind it.
        self.last_heard = self.shared.world().uptime();
        heard
    }

    /// Waits for what may have to wait for the store, and pings meanwhile: the agent stays, and whatever it says waits behind.
    pub(super) async fn stay_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, End> {
        let mut ping = self.shared.world().every_after(PING_EVERY);
        tokio::pin!(work);
        loop {
            tokio::select! {
                // What is done needs no ping.
                biased;
                done = &mut work => return Ok(done),
                () = ping.tick() => self.ping().await?,
            }
        }
    }

    fn is_silent(&self) -> bool {
        self.shared.world().uptime() > self.last_heard + SILENCE_LIMIT
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
