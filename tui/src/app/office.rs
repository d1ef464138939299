//! What the app asks of the outside and what comes back, as data; who answers is left to an [`Office`].

use crate::app::compare::Comparison;
use crate::app::grid::sheet::Sheet;
use fieldpost_common::api::{Activity, AppSettings, AuditState, Changes, OrderInfo, Site, Whoami};
use fieldpost_common::grid::Feed;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, OrderId, SiteName, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::name::PatchName;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Carries out requests beside the app's loop and hands the answers back.
pub trait Office: Send + Sync + 'static {
    /// Takes a request and returns at once; exactly one answer follows later.
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
    /// Sign orders and give them.
    Send(SendJob),
    /// Sign a publication and make it current.
    Publish(PublishJob),
    /// Take an order back.
    Cancel(OrderId),
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

/// Orders to give, with what the person saw in each cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendJob {
    /// The application.
    pub application: AppName,
    /// One for each order.
    pub items: Vec<SendItem>,
}

/// One order to give: put this content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendItem {
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// The published content.
    pub sha256: ContentHash,
    /// What the site had when the person looked.
    pub expected: Option<ContentHash>,
    /// The open order that the person saw on the cell.
    pub seen: Option<OrderId>,
}

/// A content, shown to the person before, to make current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishJob {
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The content.
    pub sha256: ContentHash,
    /// Its size in bytes, as it was shown.
    pub size: u64,
    /// The tracker entry that the row shows.
    pub issue: Option<Issue>,
    /// The versions, each with what was current when the person looked.
    pub versions: Vec<(Version, Option<ContentHash>)>,
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

/// What became of one order or publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// On what: `Order.st → acme`.
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
    /// To [`Request::Send`], [`Request::Publish`], [`Request::Cancel`] and [`Request::AcceptDrop`]: one line for each thing that was asked.
    Done(Vec<Outcome>),
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
}
