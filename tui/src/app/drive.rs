//! The loop: waits for keys, answers, signals and the clock; hands them to `update`; carries out effects; draws when something
//! changed. Decides nothing.

use super::dialog::Info;
use super::editor::{self, Edit, Edited};
use super::login::LoginView;
use super::look::{Effects, Look};
use super::model::{Copied, Effect, Message, Model, Seat};
use super::office::{Answer, Office};
use super::settings::Settings;
use super::terminal::{Asked, Guard, Screen, Stops, bell, enter, leave, leave_on_panic, panicked, title};
use super::update::{start, update};
use super::view::view;
use super::{clipboard, look};
use crate::clock::{self, Stopwatch};
use crate::surroundings::{Browser, Surroundings};
use crossterm::event::{Event, EventStream};
use futures_util::StreamExt as _;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IsTerminal as _};
use std::process::Stdio;
use std::task::Poll;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The least time between two frames, and the same for slow lines.
const FRAME: Duration = Duration::from_millis(16);
const SLOW_FRAME: Duration = Duration::from_millis(66);

/// How the app starts.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    /// Who sits here; `None`: nobody has logged in yet.
    pub(crate) seat: Option<Seat>,
    pub(crate) settings: Settings,
    /// The settings file, for people.
    pub(crate) file: String,
    pub(crate) look: Look,
    pub(crate) around: Surroundings,
    /// What is to be read first; empty: nothing.
    pub(crate) words: Vec<String>,
}

/// Runs the app with whoever answers its requests, with default settings.
pub async fn run_with(seat: Seat, office: impl Office) -> anyhow::Result<()> {
    let around = Surroundings::read();
    let look = look::look(look::ColorChoice::Auto, look::LookWish::default(), &around);
    run_setup(Setup { seat: Some(seat), look, around, ..Setup::default() }, office).await
}

/// Runs the app.
pub(crate) async fn run_setup(setup: Setup, office: impl Office) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        anyhow::bail!("the app needs a terminal; in scripts use a command, such as `fieldpost patches --json`");
    }
    leave_on_panic();
    let mut signals = Signals::new()?;
    let _guard = Guard;
    enter()?;
    let mut driver = Driver::new(setup, office)?;
    if driver.model.login.is_none() {
        for effect in start() {
            driver.carry_out(effect)?;
        }
    }
    driver.run(&mut signals).await
}

/// What a signal asks for.
enum FromOutside {
    End,
    Stops(Asked),
}

/// What ends or stops the app from outside.
struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    /// These end nothing.
    stops: Stops,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stops: Stops::new()?,
        })
    }

    /// What was typed at an editor was not meant for the app.
    fn forget_interrupt(&mut self) -> io::Result<()> {
        self.interrupt = signal(SignalKind::interrupt())?;
        Ok(())
    }

    async fn any(&mut self) -> FromOutside {
        tokio::select! {
            _ = self.terminate.recv() => FromOutside::End,
            _ = self.hang_up.recv() => FromOutside::End,
            _ = self.interrupt.recv() => FromOutside::End,
            asked = self.stops.asked() => FromOutside::Stops(asked),
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
    around: Surroundings,
}

/// Whether to go on.
#[derive(PartialEq, Eq)]
enum Next {
    On,
    End,
}

impl<O: Office> Driver<O> {
    fn new(setup: Setup, office: O) -> io::Result<Self> {
        let mut screen = Screen::new()?;
        screen.forget()?;
        let Setup { seat, settings, file, look, around, words } = setup;
        let login = seat.is_none().then(LoginView::default);
        let mut model = Model::new(seat.unwrap_or_default(), look, screen.size()?, clock::now());
        model.login = login;
        model.keys = settings.keys;
        model.ringing = settings.ringing;
        model.zone = clock::zone();
        model.browser = around.browser();
        if !words.is_empty() {
            model.dialog = Some(Info::first(words));
        }
        if !settings.complaints.is_empty() {
            model.dialog = Some(Info::settings(&file, &settings.complaints));
        }
        let (ask, answers) = unbounded_channel();
        let (events, since_frame) = (Some(EventStream::new()), Stopwatch::start());
        Ok(Self { model, screen, office, ask, answers, events, dirty: true, stale: false, lent: false, since_frame, around })
    }

    async fn run(&mut self, signals: &mut Signals) -> anyhow::Result<()> {
        loop {
            self.draw_if_due()?;
            let rest = self.wait();
            let message = tokio::select! {
                from_outside = signals.any() => match from_outside {
                    FromOutside::End => return Ok(()),
                    FromOutside::Stops(Asked::Stop) => Some(self.suspend(signals).await?),
                    FromOutside::Stops(Asked::Continued) => Some(self.take_again()?),
                },
                () = panicked() => anyhow::bail!("something went wrong inside the app; its words stand above"),
                event = next(&mut self.events) => match event {
                    Some(Ok(event)) => message(event),
                    // The terminal is gone.
                    Some(Err(_)) | None => return Ok(()),
                },
                Some(answer) = self.answers.recv() => Some(Message::Answer(answer)),
                () = tokio::time::sleep(rest) => self.due(),
            };
            if self.take(message, signals).await? == Next::End || self.drain(signals).await? == Next::End {
                return Ok(());
            }
            if std::mem::take(&mut self.lent) {
                signals.forget_interrupt()?;
            }
        }
    }

    /// Takes everything else that is there already, so that many keys make one frame.
    async fn drain(&mut self, signals: &mut Signals) -> anyhow::Result<Next> {
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
            if self.take(message, signals).await? == Next::End {
                return Ok(Next::End);
            }
        }
    }

    async fn take(&mut self, message: Option<Message>, signals: &mut Signals) -> anyhow::Result<Next> {
        let mut queue: VecDeque<_> = message.into_iter().collect();
        while let Some(message) = queue.pop_front() {
            self.dirty = true;
            // A terminal that shrank and grew again has lost what it showed, though its size is the same as before.
            self.stale |= matches!(message, Message::Resize(..));
            for effect in update(&mut self.model, message, clock::now()) {
                match effect {
                    Effect::Quit => return Ok(Next::End),
                    Effect::Suspend => queue.push_back(self.suspend(signals).await?),
                    Effect::Edit(edit) => queue.push_back(Message::Edited(self.edit(edit, signals).await?)),
                    other => queue.extend(self.carry_out(other)?),
                }
            }
        }
        Ok(Next::On)
    }

    /// Does what needs no waiting; what came of it is the next message.
    fn carry_out(&mut self, effect: Effect) -> io::Result<Option<Message>> {
        Ok(match effect {
            Effect::Ask(request) => {
                self.office.ask(request, self.ask.clone());
                None
            }
            Effect::Keep(draft) => self.office.keep(&draft).err().map(Message::NotKept),
            Effect::Copy { what, text } => Some(Message::Copied(self.copy(what, &text))),
            Effect::Browse { browser, link } => Some(Message::Browsed(browse(&browser, &link))),
            Effect::Bell => {
                bell()?;
                None
            }
            Effect::Title(words) => {
                title(&words)?;
                None
            }
            Effect::Redraw => {
                self.stale = true;
                None
            }
            Effect::Suspend | Effect::Edit(_) | Effect::Quit => None,
        })
    }

    fn copy(&self, what: &'static str, text: &str) -> Copied {
        let sent = clipboard::send(text);
        let file = match self.around.copied_file() {
            Some(file) => clipboard::keep(&file, text).map(|()| file.display().to_string()).map_err(|error| error.to_string()),
            None => Err("HOME isn't set".to_owned()),
        };
        Copied { what, sent, file }
    }

    /// Lends the terminal to an editor.
    async fn edit(&mut self, edit: Edit, signals: &mut Signals) -> io::Result<Edited> {
        drop(self.events.take());
        leave();
        self.lent = true;
        let edited = editor::edit(edit, &mut signals.stops).await;
        enter()?;
        self.events = Some(EventStream::new());
        self.screen.forget()?;
        self.model.size = self.screen.size()?;
        Ok(edited)
    }

    /// Stops like any program on Ctrl-z, and takes the terminal again once continued.
    async fn suspend(&mut self, signals: &mut Signals) -> io::Result<Message> {
        leave();
        signals.stops.stop().await?;
        self.take_again()
    }

    /// Takes the terminal again, whatever happened to it.
    fn take_again(&mut self) -> io::Result<Message> {
        // Modes are set anew only when they were given back before.
        leave();
        enter()?;
        self.screen.forget()?;
        self.model.size = self.screen.size()?;
        Ok(Message::Resumed)
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        if self.dirty && self.since_frame.left_of(self.frame()).is_zero() {
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

    fn frame(&self) -> Duration {
        if self.model.look.effects == Effects::Low { SLOW_FRAME } else { FRAME }
    }

    /// How long there is nothing to do by itself.
    fn wait(&self) -> Duration {
        if self.dirty {
            return self.since_frame.left_of(self.frame());
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

/// Starts a browser of its own, that neither writes on this terminal nor ends with it.
fn browse(browser: &Browser, link: &str) -> Result<(), String> {
    let words = browser.command(link);
    let Some((program, arguments)) = words.split_first() else { return Err("BROWSER names no program".to_owned()) };
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().map(drop).map_err(|error| format!("{program}: {error}"))
}
