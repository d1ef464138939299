//! Everything that the app knows, and what it is told: plain data. Changing it is left to `update`, showing it to `view`.

use super::activity::ActivityView;
use super::dialog::Dialog;
use super::grid::GridView;
use super::jobs::Jobs;
use super::keymap::Context;
use super::messages::Messages;
use super::office::{Answer, Request, Ticket};
use super::review::Review;
use super::screens::{Screen, Screens, Tab};
use super::sites::SitesView;
use super::theme::Theme;
use crossterm::event::KeyEvent;
use fieldpost_common::api::{AppSettings, Role};
use fieldpost_common::id::AppName;
use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;
use std::time::Duration;

/// Who sits here, for the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seat {
    /// The user.
    pub user: String,
    /// The server's address, without scheme.
    pub server: String,
}

/// What reaches the app.
#[derive(Debug)]
pub(crate) enum Message {
    Key(KeyEvent),
    Paste(String),
    Resize(u16, u16),
    Answer(Answer),
    /// Time went by.
    Tick,
    /// Back from the shell.
    Resumed,
}

/// What the driver must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    Ask(Request),
    Suspend,
    Quit,
}

/// How it stands with the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// No answer yet.
    Connecting,
    Online,
    Offline {
        since: Timestamp,
        why: String,
        /// How long the next try waits.
        wait: Duration,
    },
}

/// The list of applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Apps {
    Unread,
    Read(Vec<AppSettings>),
}

/// Grid loads: at most one under way, at most one more wanted after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Loading {
    Idle,
    Under(AppName),
    Again(AppName),
}

/// A line that comes and goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Toast {
    /// Goes by itself at that moment.
    Note(String, Timestamp),
    /// Stays until the next key.
    Error(String),
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) seat: Seat,
    pub(crate) role: Option<Role>,
    pub(crate) theme: Theme,
    /// Columns and rows of the terminal.
    pub(crate) size: (u16, u16),
    /// The own clock.
    pub(crate) now: Timestamp,
    /// Where the clock on the wall is.
    pub(crate) zone: TimeZone,
    pub(crate) link: Link,
    /// Whether a request for changes is under way.
    pub(crate) watching: bool,
    pub(crate) apps: Apps,
    pub(crate) loading: Loading,
    pub(crate) grid: GridView,
    pub(crate) sites: SitesView,
    pub(crate) activity: ActivityView,
    pub(crate) screens: Screens,
    pub(crate) dialog: Option<Dialog>,
    /// The help lies over everything; how far it is scrolled.
    pub(crate) help: Option<usize>,
    pub(crate) toast: Option<Toast>,
    /// How many things are being asked that are no jobs.
    pub(crate) working: usize,
    pub(crate) messages: Messages,
    /// What this person asked to have done in this session.
    pub(crate) jobs: Jobs,
    /// What the diff on the screen leads to, beside a look.
    pub(crate) review: Option<Review>,
    tickets: u64,
}

/// How long a note stays.
const NOTE_FOR: Duration = Duration::from_secs(4);

impl Model {
    pub(crate) fn new(seat: Seat, theme: Theme, size: (u16, u16), now: Timestamp) -> Self {
        Self {
            seat,
            role: None,
            theme,
            size,
            now,
            zone: TimeZone::UTC,
            link: Link::Connecting,
            watching: false,
            apps: Apps::Unread,
            loading: Loading::Idle,
            grid: GridView::default(),
            sites: SitesView::default(),
            activity: ActivityView::default(),
            screens: Screens::default(),
            dialog: None,
            help: None,
            toast: None,
            working: 0,
            messages: Messages::default(),
            jobs: Jobs::default(),
            review: None,
            tickets: 0,
        }
    }

    /// Where keys go now, below the help.
    pub(crate) fn place(&self) -> Context {
        use super::grid::Mode;
        if let Some(dialog) = &self.dialog {
            return dialog.context();
        }
        match (self.screens.top(), self.screens.tab) {
            (Some(Screen::Diff(_)), _) if self.review.is_some() => Context::Review,
            (Some(Screen::Diff(_)), _) => Context::Diff,
            (Some(Screen::Site(_)), _) => Context::Site,
            (Some(Screen::Jobs(_)), _) => Context::Jobs,
            (Some(Screen::Messages(_)), _) => Context::Messages,
            (None, Tab::Patches) if self.grid.mode == Mode::Filter => Context::Filter,
            (None, Tab::Patches) => Context::Grid,
            (None, Tab::Sites) if self.sites.typing => Context::Filter,
            (None, Tab::Sites) => Context::Sites,
            (None, Tab::Activity) if self.activity.typing => Context::Filter,
            (None, Tab::Activity) => Context::Activity,
        }
    }

    /// Where keys go now.
    pub(crate) fn context(&self) -> Context {
        if self.help.is_some() { Context::Help } else { self.place() }
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    pub(crate) fn note(&mut self, words: impl Into<String>) {
        let words = words.into();
        self.messages.keep(&words, false, self.now);
        self.toast = Some(Toast::Note(words, self.now.plus(NOTE_FOR)));
    }

    pub(crate) fn error(&mut self, words: impl Into<String>) {
        let words = words.into();
        self.messages.keep(&words, true, self.now);
        self.toast = Some(Toast::Error(words));
    }

    /// When the screen changes by itself: a note goes, or ages turn over.
    pub(crate) fn wake(&self) -> Timestamp {
        let minute = Timestamp::from_ms((self.now.as_ms() / 60_000 + 1) * 60_000);
        match &self.toast {
            Some(Toast::Note(_, until)) => minute.min(*until),
            _ => minute,
        }
    }

    /// Whether this person may change anything.
    pub(crate) fn may_act(&self) -> bool {
        self.role != Some(Role::Viewer)
    }
}
