//! The loop: waits for keys, answers, signals and the clock; hands them to `update`; carries out effects; draws when something
//! changed. Decides nothing.

use super::editor::{self, Edit, Edited};
use super::model::{Effect, Message, Model, Seat};
use super::office::{Answer, Office};
use super::terminal::{Guard, Screen, enter, leave, leave_on_panic};
use super::theme::Theme;
use super::update::{start, update};
use super::view::view;
use crate::clock::{self, Stopwatch};
use crossterm::event::{Event, EventStream};
use futures_util::StreamExt as _;
use std::future::poll_fn;
use std::io::{self, IsTerminal as _};
use std::task::Poll;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The least time between two frames.
const FRAME: Duration = Duration::from_millis(16);

/// Runs the app with whoever answers its requests.
pub async fn run_with(seat: Seat, office: impl Office) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        anyhow::bail!("the app needs a terminal; in scripts use a command, such as `fieldpost patches --json`");
    }
    // Under NO_COLOR crossterm writes escape sequences that wipe reverse and bold; the theme without colours does it right.
    crossterm::style::force_color_output(true);
    leave_on_panic();
    let mut signals = Signals::new()?;
    let _guard = Guard;
    enter()?;
    let mut driver = Driver::new(seat, office)?;
    for effect in start() {
        driver.carry_out(effect)?;
    }
    driver.run(&mut signals).await
}

/// What ends the app from outside.
struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// What was typed at an editor was not meant for the app.
    fn forget_interrupt(&mut self) -> io::Result<()> {
        self.interrupt = signal(SignalKind::interrupt())?;
        Ok(())
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

struct Driver<O> {
    model: Model,
    screen: Screen,
    office: O,
    ask: UnboundedSender<Answer>,
    answers: UnboundedReceiver<Answer>,
    /// `None` only while the terminal is lent: its thread would take the editor's keys.
    events: Option<EventStream>,
    dirty: bool,
    /// The terminal no longer shows the last frame: the next is drawn whole.
    stale: bool,
    /// An editor had the terminal just now.
    lent: bool,
    since_frame: Stopwatch,
}

/// Whether to go on.
#[derive(PartialEq, Eq)]
enum Next {
    On,
    End,
}

impl<O: Office> Driver<O> {
    fn new(seat: Seat, office: O) -> io::Result<Self> {
        let mut screen = Screen::new()?;
        screen.forget()?;
        let theme = if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) { Theme::Mono } else { Theme::Colour };
        let mut model = Model::new(seat, theme, screen.size()?, clock::now());
        model.zone = clock::zone();
        let (ask, answers) = unbounded_channel();
        let events = Some(EventStream::new());
        Ok(Self {
            model,
            screen,
            office,
            ask,
            answers,
            events,
            dirty: true,
            stale: false,
            lent: false,
            since_frame: Stopwatch::start(),
        })
    }

    async fn run(&mut self, signals: &mut Signals) -> anyhow::Result<()> {
        loop {
            self.draw_if_due()?;
            let rest = self.wait();
            let message = tokio::select! {
                () = signals.any() => return Ok(()),
                event = next(&mut self.events) => match event {
                    Some(Ok(event)) => message(event),
                    // The terminal is gone.
                    Some(Err(_)) | None => return Ok(()),
                },
                Some(answer) = self.answers.recv() => Some(Message::Answer(answer)),
                () = tokio::time::sleep(rest) => self.due(),
            };
            if self.take(message)? == Next::End || self.drain().await? == Next::End {
                return Ok(());
            }
            if std::mem::take(&mut self.lent) {
                signals.forget_interrupt()?;
            }
        }
    }

    /// Takes everything else that is there already, so that many keys make one frame.
    async fn drain(&mut self) -> anyhow::Result<Next> {
        loop {
            // Polled with this task's waker: the stream remembers whom to wake only once.
            let events = &mut self.events;
            let ready = poll_fn(|context| Poll::Ready(events.as_mut().map(|events| events.poll_next_unpin(context)))).await;
            let message = if let Some(Poll::Ready(Some(Ok(event)))) = ready {
                message(event)
            } else if let Ok(answer) = self.answers.try_recv() {
                Some(Message::Answer(answer))
            } else {
                return Ok(Next::On);
            };
            if self.take(message)? == Next::End {
                return Ok(Next::End);
            }
        }
    }

    fn take(&mut self, message: Option<Message>) -> anyhow::Result<Next> {
        let Some(message) = message else { return Ok(Next::On) };
        self.dirty = true;
        // A terminal that shrank and grew again has lost what it showed, though its size is the same as before.
        self.stale |= matches!(message, Message::Resize(..));
        for effect in update(&mut self.model, message, clock::now()) {
            if self.carry_out(effect)? == Next::End {
                return Ok(Next::End);
            }
        }
        Ok(Next::On)
    }

    fn carry_out(&mut self, effect: Effect) -> anyhow::Result<Next> {
        match effect {
            Effect::Ask(request) => self.office.ask(request, self.ask.clone()),
            Effect::Suspend => {
                self.suspend()?;
                return self.take(Some(Message::Resumed));
            }
            Effect::Keep(draft) => {
                if let Err(words) = self.office.keep(&draft) {
                    return self.take(Some(Message::NotKept(words)));
                }
            }
            Effect::Edit(edit) => {
                let edited = self.edit(edit)?;
                return self.take(Some(Message::Edited(edited)));
            }
            Effect::Quit => return Ok(Next::End),
        }
        Ok(Next::On)
    }

    /// Lends the terminal to an editor.
    fn edit(&mut self, edit: Edit) -> io::Result<Edited> {
        drop(self.events.take());
        leave();
        self.lent = true;
        let edited = editor::edit(edit);
        enter()?;
        self.events = Some(EventStream::new());
        self.screen.forget()?;
        self.model.size = self.screen.size()?;
        Ok(edited)
    }

    /// Stops like any program on Ctrl-z, and takes the terminal again once continued.
    fn suspend(&mut self) -> io::Result<()> {
        leave();
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
        enter()?;
        self.screen.forget()?;
        self.model.size = self.screen.size()?;
        Ok(())
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        if self.dirty && self.since_frame.left_of(FRAME).is_zero() {
            if std::mem::take(&mut self.stale) {
                self.screen.forget()?;
            }
            let model = &self.model;
            self.screen.draw(|frame| view(model, frame))?;
            self.dirty = false;
            self.since_frame = Stopwatch::start();
        }
        Ok(())
    }

    /// How long there is nothing to do by itself.
    fn wait(&self) -> Duration {
        if self.dirty {
            return self.since_frame.left_of(FRAME);
        }
        let ahead = self.model.wake().as_ms() - clock::now().as_ms();
        Duration::from_millis(u64::try_from(ahead).unwrap_or(0))
    }

    fn due(&self) -> Option<Message> {
        (clock::now() >= self.model.wake()).then_some(Message::Tick)
    }
}

async fn next(events: &mut Option<EventStream>) -> Option<io::Result<Event>> {
    events.as_mut()?.next().await
}

fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => Some(Message::Key(key)),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(width, height) => Some(Message::Resize(width, height)),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}
