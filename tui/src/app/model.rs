//! Everything that the app knows, and what it is told: plain data. Changing it is left to `update`, showing it to `view`.

use super::activity::ActivityView;
use super::alerts::AlertsView;
use super::commands::CommandsView;
use super::dialog::Dialog;
use super::editor::{Edit, Edited};
use super::errors::ErrorsView;
use super::grid::GridView;
use super::jobs::Jobs;
use super::keymap::{Action, Context, Keymap};
use super::list::List;
use super::login::LoginView;
use super::look::Look;
use super::messages::Messages;
use super::office::{Answer, Draft, Request, Ticket};
use super::overlay::Overlay;
use super::review::Review;
use super::screens::{Screen, Screens, Tab};
use super::sites::SitesView;
use crate::drafts::DraftKey;
use crate::surroundings::Browser;
use crossterm::event::KeyEvent;
use fieldpost_common::api::{AppSettings, Role};
use fieldpost_common::id::AppName;
use fieldpost_common::merge::Decision;
use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;
use std::collections::HashMap;
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
    /// Back from the editor.
    Edited(Edited),
    /// Decisions of a conflict could not be kept on the disk.
    NotKept(String),
    Copied(Copied),
    /// The browser was started, or why it wasn't.
    Browsed(Result<(), String>),
}

/// Where a text went that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) what: &'static str,
    /// Whether the terminal was asked to put it on the clipboard; it doesn't say whether it did.
    pub(crate) sent: bool,
    /// The file that has it too.
    pub(crate) file: Result<String, String>,
}

/// What the driver must do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there are a few for each key, and they are gone at once")]
pub(crate) enum Effect {
    Ask(Request),
    Suspend,
    /// Draw the next frame whole, whatever the terminal seems to show.
    Redraw,
    /// Keep decisions of a conflict, before anything else is done.
    Keep(Draft),
    /// Give the terminal to an editor and take what it wrote.
    Edit(Edit),
    Quit,
    /// Put a text on the clipboard, and into a file besides.
    Copy {
        what: &'static str,
        text: String,
    },
    /// Ring the terminal's bell.
    Bell,
    /// Say something in the terminal's title; only the app's own words.
    Title(String),
    /// Open an address.
    Browse {
        browser: Browser,
        link: String,
    },
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

/// What else tells of a problem that is news: `[alerts]` of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ringing {
    /// The terminal's bell.
    pub(crate) bell: bool,
    /// The terminal's title, for as long as something is wrong.
    pub(crate) title: bool,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) seat: Seat,
    pub(crate) role: Option<Role>,
    pub(crate) look: Look,
    pub(crate) keys: Keymap,
    /// What opens addresses, where something does.
    pub(crate) browser: Option<Browser>,
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
    pub(crate) alerts: AlertsView,
    pub(crate) errors: ErrorsView,
    pub(crate) activity: ActivityView,
    pub(crate) commands: CommandsView,
    /// What else tells of a problem that is news.
    pub(crate) ringing: Ringing,
    pub(crate) screens: Screens,
    pub(crate) dialog: Option<Dialog>,
    /// Nobody is logged in: it is shown instead of everything.
    pub(crate) login: Option<LoginView>,
    /// Lies over everything.
    pub(crate) overlay: Option<Overlay>,
    /// Actions that were chosen from the list of them, the latest first.
    pub(crate) recent: Vec<Action>,
    pub(crate) toast: Option<Toast>,
    /// How many things are being asked that are no jobs.
    pub(crate) working: usize,
    /// Decisions of conflicts, for when one is opened again.
    pub(crate) drafts: HashMap<DraftKey, Vec<Decision>>,
    /// Jobs that publish and send what conflicts were resolved to.
    pub(crate) settling: HashMap<Ticket, DraftKey>,
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
    pub(crate) fn new(seat: Seat, look: Look, size: (u16, u16), now: Timestamp) -> Self {
        Self {
            seat,
            role: None,
            look,
            keys: Keymap::default(),
            browser: None,
            size,
            now,
            zone: TimeZone::UTC,
            link: Link::Connecting,
            watching: false,
            apps: Apps::Unread,
            loading: Loading::Idle,
            grid: GridView::default(),
            sites: SitesView::default(),
            alerts: AlertsView::default(),
            errors: ErrorsView::default(),
            activity: ActivityView::default(),
            commands: CommandsView::default(),
            ringing: Ringing::default(),
            screens: Screens::default(),
            dialog: None,
            login: None,
            overlay: None,
            recent: Vec::new(),
            toast: None,
            working: 0,
            drafts: HashMap::new(),
            settling: HashMap::new(),
            messages: Messages::default(),
            jobs: Jobs::default(),
            review: None,
            tickets: 0,
        }
    }

    /// Where keys go now, below what lies over everything.
    pub(crate) fn place(&self) -> Context {
        use super::grid::Mode;
        if self.login.is_some() {
            return Context::Login;
        }
        if let Some(dialog) = &self.dialog {
            return dialog.context();
        }
        if self.list().is_some_and(|list| list.typing) {
            return Context::Filter;
        }
        match (self.screens.top(), self.screens.tab) {
            (Some(Screen::Diff(diff)), _) if diff.search.typing.is_some() => Context::Search,
            (Some(Screen::Diff(_)), _) if self.review.is_some() => Context::Review,
            (Some(Screen::Diff(_)), _) => Context::Diff,
            (Some(Screen::Conflict(_)), _) => Context::Conflict,
            (Some(Screen::Site(_)), _) => Context::Site,
            (Some(Screen::Error(_)), _) => Context::Error,
            (Some(Screen::History(_)), _) => Context::History,
            (Some(Screen::Jobs(_)), _) => Context::Jobs,
            (Some(Screen::Commands), _) => Context::Commands,
            (Some(Screen::Output(page)), _) if page.search.typing.is_some() => Context::Search,
            (Some(Screen::Output(_)), _) => Context::Output,
            (Some(Screen::Messages(_)), _) => Context::Messages,
            (None, Tab::Patches) if self.grid.mode == Mode::Filter => Context::Filter,
            (None, Tab::Patches) => Context::Grid,
            (None, Tab::Sites) => Context::Sites,
            (None, Tab::Alerts) => Context::Alerts,
            (None, Tab::Errors) => Context::Errors,
            (None, Tab::Activity) => Context::Activity,
        }
    }

    /// The list that is shown, where one is. The grid has rows and columns of its own.
    pub(crate) fn list(&self) -> Option<&List> {
        match (self.screens.top(), self.screens.tab) {
            (Some(Screen::Commands), _) => Some(&self.commands.list),
            (Some(_), _) | (None, Tab::Patches) => None,
            (None, Tab::Sites) => Some(&self.sites.list),
            (None, Tab::Alerts) => Some(&self.alerts.list),
            (None, Tab::Errors) => Some(&self.errors.list),
            (None, Tab::Activity) => Some(&self.activity.list),
        }
    }

    /// The same, to be changed.
    pub(crate) fn list_mut(&mut self) -> Option<&mut List> {
        match (self.screens.top(), self.screens.tab) {
            (Some(Screen::Commands), _) => Some(&mut self.commands.list),
            (Some(_), _) | (None, Tab::Patches) => None,
            (None, Tab::Sites) => Some(&mut self.sites.list),
            (None, Tab::Alerts) => Some(&mut self.alerts.list),
            (None, Tab::Errors) => Some(&mut self.errors.list),
            (None, Tab::Activity) => Some(&mut self.activity.list),
        }
    }

    /// Where keys go now.
    pub(crate) fn context(&self) -> Context {
        self.overlay.as_ref().map_or_else(|| self.place(), Overlay::context)
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Own words, with the keys that they name as they are now.
    pub(crate) fn say(&self, context: Context, words: &'static str) -> String {
        self.keys.say(context, words)
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
