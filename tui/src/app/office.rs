//! What the app asks of the outside and what comes back, as data; who answers is left to an [`Office`].

mod command;
mod work;

use crate::app::compare::lines::{Lines, Spaces};
use crate::app::compare::{Comparison, Texts};
use crate::app::grid::sheet::Sheet;
use crate::drafts::DraftKey;
pub use command::{Askable, Brought, Known, Output, Wish};
use fieldpost_common::api::{
    Activity, AppSettings, AuditState, Changes, CommandInfo, ErrorGroup, ErrorView, Errors, History, MarkError, OrderInfo,
    SetHold, Site, StateView, Status, Whoami,
};
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::grid::Feed;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, CommandId, SiteName};
use fieldpost_common::incident::{Incident, IncidentId};
use fieldpost_common::merge::{Decision, Merge};
use fieldpost_common::name::PatchName;
use fieldpost_common::stamp::Stamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
pub use work::{AgainTask, Basis, Done, PublishTask, PutTask, RemoveTask, Report, TakeBackTask, Task, UnpublishTask, Work};

/// Carries out requests beside the app's loop and hands the answers back.
pub trait Office: Send + Sync + 'static {
    /// Takes a request and returns at once. Exactly one answer follows later; work is answered part by part, and a comparison once
    /// more, with its stamps.
    fn ask(&self, request: Request, answers: UnboundedSender<Answer>);

    /// Keeps decisions of a conflict on the disk before it returns; the error is for people.
    fn keep(&self, draft: &Draft) -> Result<(), String>;
}

/// Ties an answer to the request that it belongs to, so that a late one is not taken for a newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(pub u64);

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Who the token belongs to.
    Whoami,
    /// The applications.
    Apps,
    /// One application's grid.
    Grid(AppName),
    /// Wait for a change.
    Watch {
        /// The place in the feed that is known.
        feed: Feed,
        /// How long to wait before asking.
        after: Duration,
    },
    /// Fetch two contents and compare them at a first look. What they say about themselves comes in a second answer.
    Compare {
        /// Returned with the answer.
        ticket: Ticket,
        /// What to compare.
        pair: Pair,
    },
    /// Compare the lines of two contents anew, and closely.
    Lines {
        /// Returned with the answer.
        ticket: Ticket,
        /// Both contents.
        texts: Arc<Texts>,
        /// Whether blanks count.
        spaces: Spaces,
    },
    /// Everything that is known of one patch.
    History {
        /// Returned with the answer.
        ticket: Ticket,
        /// The application.
        application: AppName,
        /// The patch.
        patch: PatchName,
    },
    /// The sites.
    Sites,
    /// One site's orders.
    SiteOrders(SiteName),
    /// The newest state of each application of a site.
    States(SiteName),
    /// Ask a site for the states of these applications now.
    AskStates(SiteName, Vec<AppName>),
    /// What is wrong, in brief.
    Status,
    /// What is over, newest first.
    Over {
        /// The most that is wanted.
        limit: usize,
    },
    /// Say something to an incident.
    Hold {
        /// Which.
        incident: IncidentId,
        /// What.
        hold: SetHold,
    },
    /// What applications reported, in groups.
    Errors,
    /// The same of one site, with when it happened there.
    ErrorsOf(SiteName),
    /// All that is known of one of them.
    Error(ErrorGroupId),
    /// Say something to one of them.
    MarkError {
        /// Which.
        group: ErrorGroupId,
        /// What.
        mark: MarkError,
    },
    /// Say that the files that vanished at a site are meant to be gone.
    AcceptDrop(SiteName),
    /// What was asked of a site, or what people asked of any, newest first.
    Commands(Option<SiteName>),
    /// Where a command stands, and what it brought so far.
    Output(CommandId),
    /// What a site can be asked for, as its agent said last.
    Askable {
        /// Which.
        site: SiteName,
        /// Ask the agent anew where that is long ago.
        refresh: bool,
    },
    /// Ask something of a site.
    Ask {
        /// Which.
        site: SiteName,
        /// What.
        wish: Wish,
    },
    /// Take a command back.
    CancelCommand(CommandId),
    /// Make a new enrolment string for a site.
    Enrol(SiteName),
    /// What happened, newest first.
    Activity {
        /// Only what came before this number.
        before: Option<u64>,
        /// The most that is wanted.
        limit: usize,
    },
    /// Have the server check the audit chain.
    Audit,
    /// Sign and give, one thing after another.
    Work(Work),
    /// Fetch the three contents of a conflict and merge them.
    Merge {
        /// Returned with the answer.
        ticket: Ticket,
        /// What to merge.
        three: Three,
    },
    /// Write a new file.
    Save {
        /// Where.
        path: String,
        /// What.
        bytes: Vec<u8>,
    },
    /// Trade a login string for a login of one's own.
    LogIn(LoginString),
}

/// The three contents of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Three {
    /// The application.
    pub application: AppName,
    /// What both last agreed on; `None`: they never did.
    pub base: Option<ContentHash>,
    /// What is published for the site's version.
    pub published: ContentHash,
    /// What the site has.
    pub site: ContentHash,
}

impl Three {
    /// What decisions about them are kept under.
    pub fn key(&self) -> DraftKey {
        DraftKey::of(self.base.as_ref(), &self.published, &self.site)
    }
}

/// A conflict as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The contents and where they differ.
    pub merge: Merge,
    /// What was decided before; or why that can't be read, in words for people.
    pub kept: Result<Vec<Decision>, String>,
}

/// Decisions to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Of which contents.
    pub key: DraftKey,
    /// All of them; none: there is nothing to keep any more.
    pub decisions: Vec<Decision>,
}

/// A login string. It holds a secret: it is never shown or logged.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginString(pub(crate) String);

impl std::fmt::Debug for LoginString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginString(…)")
    }
}

/// Somebody who has just logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// The user.
    pub user: String,
    /// The server's address, without scheme.
    pub server: String,
    /// What to do next, in words; empty when nothing is.
    pub advice: Vec<String>,
}

/// Two contents of one patch; a side without hash is a file that isn't there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// What says how the application's stamps are read.
    pub settings: Option<AppSettings>,
    /// What is shown as taken away.
    pub left: Option<ContentHash>,
    /// What is shown as added.
    pub right: Option<ContentHash>,
}

/// A site's orders, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteOrders {
    /// Those of which something may still come.
    pub open: Vec<OrderInfo>,
    /// The last ones that have ended.
    pub finished: Vec<OrderInfo>,
}

/// Why a request came to nothing, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The server can't be reached, or what answers is not our server.
    Unreachable(String),
    /// The server, or a rule of trust, says no.
    Refused(String),
}

impl Trouble {
    /// The words.
    pub fn words(&self) -> &str {
        match self {
            Self::Unreachable(words) | Self::Refused(words) => words,
        }
    }

    /// The words, by themselves.
    pub(crate) fn into_words(self) -> String {
        match self {
            Self::Unreachable(words) | Self::Refused(words) => words,
        }
    }
}

/// What became of a file that was to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// On what: its name.
    pub what: String,
    /// Done, or why not.
    pub result: Result<String, String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Request::Whoami`].
    Whoami(Result<Whoami, Trouble>),
    /// To [`Request::Apps`].
    Apps(Result<Vec<AppSettings>, Trouble>),
    /// To [`Request::Grid`], ready to be looked at: the loop has no time for ten thousand rows.
    Grid(AppName, Result<Box<Sheet>, Trouble>),
    /// To [`Request::Watch`].
    Changes(Result<Changes, Trouble>),
    /// To [`Request::Compare`].
    Compared(Ticket, Result<Box<Comparison>, Trouble>),
    /// What the contents of a comparison say about themselves: left and right.
    Stamped(Ticket, Box<[Option<Stamp>; 2]>),
    /// To [`Request::Lines`].
    Lines(Ticket, Result<Lines, Trouble>),
    /// To [`Request::History`].
    History(Ticket, Result<Box<History>, Trouble>),
    /// To [`Request::AcceptDrop`].
    DropAccepted(SiteName, Result<(), Trouble>),
    /// To [`Request::Save`].
    Saved(Outcome),
    /// To [`Request::Sites`].
    Sites(Result<Vec<Site>, Trouble>),
    /// To [`Request::SiteOrders`].
    SiteOrders(SiteName, Result<SiteOrders, Trouble>),
    /// To [`Request::States`].
    States(SiteName, Result<Vec<StateView>, Trouble>),
    /// To [`Request::AskStates`].
    StatesAsked(SiteName, Result<(), Trouble>),
    /// To [`Request::Status`].
    Status(Result<Box<Status>, Trouble>),
    /// To [`Request::Over`].
    Over(Result<Vec<Incident>, Trouble>),
    /// To [`Request::Hold`]: the incident as it is now.
    Held(IncidentId, Result<Box<Incident>, Trouble>),
    /// To [`Request::Errors`].
    Errors(Result<Box<Errors>, Trouble>),
    /// To [`Request::ErrorsOf`].
    ErrorsOf(SiteName, Result<Box<Errors>, Trouble>),
    /// To [`Request::Error`].
    Error(ErrorGroupId, Result<Box<ErrorView>, Trouble>),
    /// To [`Request::MarkError`]: the group as it is now.
    ErrorMarked(Result<Box<ErrorGroup>, Trouble>),
    /// To [`Request::Commands`].
    Commands(Option<SiteName>, Result<Vec<CommandInfo>, Trouble>),
    /// To [`Request::Output`].
    Output(CommandId, Result<Box<Brought>, Trouble>),
    /// To [`Request::Askable`].
    Askable(SiteName, Result<Box<Askable>, Trouble>),
    /// To [`Request::Ask`].
    Asked(SiteName, Result<Box<CommandInfo>, Trouble>),
    /// To [`Request::CancelCommand`]: the command as it is now.
    CommandCancelled(Result<Box<CommandInfo>, Trouble>),
    /// To [`Request::Enrol`]: the string.
    Enrolled(SiteName, Result<String, Trouble>),
    /// To [`Request::Activity`]: what came before a number.
    Activity {
        /// The number.
        before: Option<u64>,
        /// What happened, newest first.
        answer: Result<Vec<Activity>, Trouble>,
    },
    /// To [`Request::Audit`].
    Audit(Result<AuditState, Trouble>),
    /// To [`Request::Merge`].
    Merged(Ticket, Result<Box<Merged>, Trouble>),
    /// To [`Request::LogIn`].
    LoggedIn(Result<Newcomer, Trouble>),
    /// To [`Request::Work`]: what became of the next tasks, in their order. Every task is answered once.
    Worked(Ticket, Vec<Report>),
}
