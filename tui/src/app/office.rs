//! What the app asks of the outside and what comes back, as data; who answers is left to an [`Office`].

mod work;

use crate::app::compare::Comparison;
use fieldpost_common::api::{Activity, AppSettings, AuditState, Changes, OrderInfo, Site, Whoami};
use fieldpost_common::grid::{Feed, Grid};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
pub use work::{Basis, Done, PublishTask, PutTask, RemoveTask, Report, TakeBackTask, Task, UnpublishTask, Work};

/// Carries out requests beside the app's loop and hands the answers back.
pub trait Office: Send + Sync + 'static {
    /// Takes a request and returns at once. Exactly one answer follows later; work is answered part by part.
    fn ask(&self, request: Request, answers: UnboundedSender<Answer>);
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
    /// Fetch two contents and compare them.
    Compare {
        /// Returned with the answer.
        ticket: Ticket,
        /// What to compare.
        pair: Pair,
    },
    /// The sites.
    Sites,
    /// One site's orders.
    SiteOrders(SiteName),
    /// Say that the files that vanished at a site are meant to be gone.
    AcceptDrop(SiteName),
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
}

/// Two contents of one patch; a side without hash is a file that isn't there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
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
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Request::Whoami`].
    Whoami(Result<Whoami, Trouble>),
    /// To [`Request::Apps`].
    Apps(Result<Vec<AppSettings>, Trouble>),
    /// To [`Request::Grid`].
    Grid(AppName, Result<Box<Grid>, Trouble>),
    /// To [`Request::Watch`].
    Changes(Result<Changes, Trouble>),
    /// To [`Request::Compare`].
    Compared(Ticket, Result<Box<Comparison>, Trouble>),
    /// To [`Request::AcceptDrop`].
    DropAccepted(SiteName, Result<(), Trouble>),
    /// To [`Request::Sites`].
    Sites(Result<Vec<Site>, Trouble>),
    /// To [`Request::SiteOrders`].
    SiteOrders(SiteName, Result<SiteOrders, Trouble>),
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
    /// To [`Request::Work`]: what became of the next tasks, in their order. Every task is answered once.
    Worked(Ticket, Vec<Report>),
}
