//! Polls, and where they go: an address that the trust document names is tried before it is used.

use super::Driver;
use crate::address_book::{self, Change};
use crate::clock::Clock;
use crate::machine::Event;
use crate::server::{PollAnswer, PollAsk, Server};
use crate::trouble::Trouble;
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::id::BootId;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

impl Driver {
    pub(super) fn poll(&self, ask: PollAsk) {
        let (server, trial) = (self.server.clone(), self.trial());
        let (boot, clock, events) = (self.boot.clone(), self.clock, self.events.clone());
        self.beside(async move {
            let number = ask.number;
            if let Some(trial) = trial {
                let at_once = PollAsk { wait: Duration::ZERO, ..ask.clone() };
                let answer = poll_at(&trial, &at_once, &boot, clock, &events).await;
                // Nobody listens any more when the agent stops.
                let _ = events.send(Event::AddressTried(answer.is_ok()));
                if answer.is_ok() {
                    return Event::Polled { number, answer };
                }
            }
            Event::Polled { number, answer: poll_at(&server, &ask, &boot, clock, &events).await }
        });
    }

    /// The way to the address that is to be tried, if one is.
    fn trial(&self) -> Option<Server> {
        let trial = self.server.at(&self.config, self.addresses.trial()?);
        trial.inspect_err(|error| tracing::warn!("the new address of the server can't be tried: {error}")).ok()
    }

    /// A poll ended at the address in use. One that the server answered with a no was answered.
    pub(super) fn address_polled(&mut self, answer: &Result<PollAnswer, Trouble>) {
        let lost = matches!(answer, Err(Trouble::Unreachable { .. } | Trouble::Lost { .. } | Trouble::NotOurs { .. }));
        self.addresses.polled(!lost);
    }

    /// A poll ended at the address that was tried.
    pub(super) fn address_tried(&mut self, answered: bool) {
        let before = self.addresses.current().clone();
        let change = self.addresses.tried(answered);
        let now = self.addresses.current().clone();
        match change {
            Change::None => return,
            Change::Moved => tracing::info!("the server is at {now} from now on, as the trust document says; it was at {before}"),
            Change::FellBack => tracing::warn!("the server doesn't answer at {before}: {now} is used again meanwhile"),
        }
        match self.server.at(&self.config, &now) {
            Ok(server) => self.server = server,
            Err(error) => tracing::error!("{now} can't be used: {error}"),
        }
        if let Err(error) = self.addresses.save(&self.config.state(address_book::FILE)) {
            tracing::warn!("the server's address can't be kept, and is tried again at the next start: {error}");
        }
    }

    /// There is another trust document than before.
    pub(super) fn address_signed(&mut self) {
        let signed = self.state.trust.address().map(str::to_owned);
        if self.addresses.set_signed(&self.config, signed.as_deref()) {
            let words = signed.as_deref().unwrap_or("where the config says");
            tracing::info!("the trust document says that the server is {words}: used once a poll there is answered");
            if let Ok(server) = self.server.at(&self.config, &self.addresses.current().clone()) {
                self.server = server;
            }
        }
    }
}

async fn poll_at(
    server: &Server,
    ask: &PollAsk,
    boot: &BootId,
    clock: Clock,
    events: &UnboundedSender<Event>,
) -> Result<PollAnswer, Trouble> {
    let (answer, server_clock) = server.poll(ask, boot, clock.now().wall).await?;
    if let Some(server) = server_clock {
        // Before what the answer brings is judged. Nobody listens any more when the agent stops.
        let _ = events.send(Event::ServerClock(ClockError::between(clock.now().wall, server)));
    }
    Ok(answer)
}
