//! What a person asks to have done, as data: orders, take-backs, publications, each with what was seen. Doing it is left to the
//! office.

use super::Ticket;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, OrderId, SiteName, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::name::PatchName;
use std::sync::Arc;

/// Things to do one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Returned with every answer.
    pub ticket: Ticket,
    /// The application.
    pub application: AppName,
    /// What to do, in order.
    pub tasks: Vec<Task>,
    /// Each builds on the one before: after a failure the rest is not done. Else a failure doesn't stop the rest.
    pub chained: bool,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Order a site to put a content.
    Put(PutTask),
    /// Order a site to remove a file.
    Remove(RemoveTask),
    /// Order a site to run its hook once more.
    Again(AgainTask),
    /// Take an order back.
    TakeBack(TakeBackTask),
    /// Make a content current.
    Publish(PublishTask),
    /// Take a patch off the published table.
    Unpublish(UnpublishTask),
}

/// One order to give: put this content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutTask {
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// The version that the site ran when the person looked.
    pub version: Version,
    /// The content.
    pub sha256: ContentHash,
    /// What the site had when the person looked.
    pub expected: Option<ContentHash>,
    /// The open order that the person saw on the cell.
    pub seen: Option<OrderId>,
    /// The content was shown, so it may be sent without a publication.
    pub shown: bool,
    /// What it goes over was shown too, so that undoing may put it back without another look.
    pub over_shown: bool,
}

/// One order to give: remove exactly these bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveTask {
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// The version that the site ran when the person looked.
    pub version: Version,
    /// What the site had when the person looked.
    pub expected: ContentHash,
    /// The open order that the person saw on the cell.
    pub seen: Option<OrderId>,
}

/// One order to give: change nothing, and run the hook once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgainTask {
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// The version that the site ran when the person looked.
    pub version: Version,
    /// What the site has, as it was ordered; nothing after a removal.
    pub outcome: Option<ContentHash>,
}

/// One order to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeBackTask {
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// The order.
    pub order: OrderId,
}

/// A content to make current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishTask {
    /// The patch.
    pub patch: PatchName,
    /// The content.
    pub sha256: ContentHash,
    /// Why it may be signed.
    pub basis: Basis,
    /// The tracker entry that the row shows.
    pub issue: Option<Issue>,
    /// The versions, each with what was current when the person looked.
    pub versions: Vec<(Version, Option<ContentHash>)>,
    /// It undoes what it replaces, as if that had never been published.
    pub takes_back: bool,
}

/// Why a content may be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The person made it here. The server doesn't have it yet.
    Made {
        /// The content.
        bytes: Arc<Vec<u8>>,
    },
    /// The person saw it.
    Shown {
        /// Its size in bytes, as it was shown.
        size: u64,
    },
    /// A trusted developer signed before that it is this patch. The server hands that statement out with what an order needs,
    /// so it takes a site that runs the application to ask for it.
    Published {
        /// A site that runs the application.
        at: SiteName,
    },
}

/// A patch to take off the published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpublishTask {
    /// The patch.
    pub patch: PatchName,
    /// The versions, each with what was current when the person looked.
    pub versions: Vec<(Version, ContentHash)>,
    /// It undoes a first publication, as if that had never been made.
    pub takes_back: bool,
}

/// What became of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// The order is given.
    Given(OrderId),
    /// The order has ended, with this word for how.
    TakenBack(&'static str),
    /// It is current; `false`: it was before.
    Published(bool),
    /// It is off the table.
    Unpublished,
}

/// Done, or why not, in words for people.
pub type Report = Result<Done, String>;

impl Task {
    /// The patch.
    pub fn patch(&self) -> &PatchName {
        match self {
            Self::Put(task) => &task.patch,
            Self::Remove(task) => &task.patch,
            Self::Again(task) => &task.patch,
            Self::TakeBack(task) => &task.patch,
            Self::Publish(task) => &task.patch,
            Self::Unpublish(task) => &task.patch,
        }
    }

    /// The site, where there is one.
    pub fn site(&self) -> Option<&SiteName> {
        match self {
            Self::Put(task) => Some(&task.site),
            Self::Remove(task) => Some(&task.site),
            Self::Again(task) => Some(&task.site),
            Self::TakeBack(task) => Some(&task.site),
            Self::Publish(_) | Self::Unpublish(_) => None,
        }
    }

    /// On what, for people: `Order.st → acme`, `Order.st for 7.7`.
    pub fn what(&self) -> String {
        let list = |versions: Vec<&str>| format!("{} for {}", self.patch(), versions.join(", "));
        match self {
            Self::Publish(task) => list(task.versions.iter().map(|(version, _)| version.as_str()).collect()),
            Self::Unpublish(task) => list(task.versions.iter().map(|(version, _)| version.as_str()).collect()),
            Self::Put(PutTask { site, .. })
            | Self::Remove(RemoveTask { site, .. })
            | Self::Again(AgainTask { site, .. })
            | Self::TakeBack(TakeBackTask { site, .. }) => {
                format!("{} → {site}", self.patch())
            }
        }
    }

    /// What the site has once the order is carried out: a content, or nothing.
    pub fn outcome(&self) -> Option<ContentHash> {
        match self {
            Self::Put(task) => Some(task.sha256),
            Self::Again(task) => task.outcome,
            Self::Remove(_) | Self::TakeBack(_) | Self::Publish(_) | Self::Unpublish(_) => None,
        }
    }

    /// Whether it orders a site to do something.
    pub fn is_order(&self) -> bool {
        matches!(self, Self::Put(_) | Self::Remove(_) | Self::Again(_))
    }
}
