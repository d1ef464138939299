//! One line of the site's history: what was done, on what, by whose signature, why, and how it ended.

use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, UserName};
use fieldpost_common::name::PatchName;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One record. As JSON it is one line: field names are stable, and what is empty is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When, by the site's clock.
    pub at: Timestamp,
    /// What was done.
    pub act: Act,
    /// How far it came.
    pub outcome: Outcome,
    /// The application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<AppName>,
    /// The patch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<PatchName>,
    /// What else has a name: a log, an action, a file that was sent home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Clean>,
    /// The content that was put, removed, loaded or sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<ContentHash>,
    /// The content that stood there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<ContentHash>,
    /// The id of the order or command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Clean>,
    /// Who signed it; nobody signs what only reads: there the server asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Signer>,
    /// Why, in the signer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Clean>,
    /// What else is to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Clean>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A content was put in place.
    Put,
    /// A file was taken away.
    Remove,
    /// The program ran that the config names for after an installation.
    Hook,
    /// An action of the config was run.
    Action,
    /// What an application says about its health was read and sent.
    State,
    /// A part of a log was read and sent.
    Log,
    /// What the agent knows of itself and its machine was sent.
    Info,
    /// The content of a patch directory's file was sent.
    Upload,
    /// A walkback was sent.
    Walkback,
    /// A version of the trust document was accepted.
    Trust,
    /// The agent began or ended, or was enrolled.
    Agent,
    /// A patch directory was marked, went away or came back.
    Directory,
    /// Something that this version doesn't know.
    #[serde(other)]
    Other,
}

impl Act {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Remove => "remove",
            Self::Hook => "hook",
            Self::Action => "action",
            Self::State => "state",
            Self::Log => "log",
            Self::Info => "info",
            Self::Upload => "upload",
            Self::Walkback => "walkback",
            Self::Trust => "trust",
            Self::Agent => "agent",
            Self::Directory => "directory",
            Self::Other => "other",
        }
    }

    /// Whether it reads something here and sends it away, which the server may ask for as often as it likes.
    pub fn is_reading(self) -> bool {
        matches!(self, Self::State | Self::Log | Self::Info | Self::Upload | Self::Walkback)
    }
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It begins; where no end follows, the agent was ended meanwhile.
    Began,
    /// It is done.
    Done,
    /// It was not done, or not well.
    Failed,
    /// Nobody can say.
    Unknown,
    /// Something that this version doesn't know.
    #[serde(other)]
    Other,
}

impl Outcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Other => "other",
        }
    }
}

/// Whose signature it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The name that the trust document gives the key.
    pub user: UserName,
    /// The key's id in groups of four, as people compare it.
    pub key: Clean,
}

impl Record {
    /// A record of which nothing else is known yet.
    pub fn new(act: Act, outcome: Outcome, at: Timestamp) -> Self {
        Self {
            at,
            act,
            outcome,
            application: None,
            patch: None,
            name: None,
            sha256: None,
            replaced: None,
            order: None,
            by: None,
            reason: None,
            detail: None,
        }
    }

    /// Whether this is the end of what `began` begins.
    pub fn ends(&self, began: &Self) -> bool {
        let same = match (&self.order, &began.order) {
            (Some(order), Some(other)) => order == other,
            (None, None) => self.sha256 == began.sha256,
            _ => false,
        };
        // Of a command that the server no longer names nobody knows the kind any more.
        same && (self.act == began.act || self.act == Act::Other)
    }

    /// Takes over from its beginning what only that knew.
    pub fn fill_from(&mut self, began: &Self) {
        self.act = began.act;
        let Self { application, patch, name, sha256, replaced, order, by, reason, .. } = self;
        fill(application, began.application.as_ref());
        fill(patch, began.patch.as_ref());
        fill(name, began.name.as_ref());
        fill(sha256, began.sha256.as_ref());
        fill(replaced, began.replaced.as_ref());
        fill(order, began.order.as_ref());
        fill(by, began.by.as_ref());
        fill(reason, began.reason.as_ref());
    }

    /// Tells the log.
    pub fn trace(&self) {
        let Self { act, outcome, application, patch, name, sha256, replaced, order, by, reason, detail, .. } = self;
        tracing::info!(
            act = act.word(),
            application = application.as_ref().map(tracing::field::display),
            patch = patch.as_ref().map(tracing::field::display),
            name = name.as_ref().map(tracing::field::display),
            sha256 = sha256.as_ref().map(tracing::field::display),
            replaced = replaced.as_ref().map(tracing::field::display),
            order = order.as_ref().map(tracing::field::display),
            by = by.as_ref().map(|by| tracing::field::display(&by.user)),
            key = by.as_ref().map(|by| tracing::field::display(&by.key)),
            reason = reason.as_ref().map(tracing::field::display),
            detail = detail.as_ref().map(tracing::field::display),
            "{}",
            outcome.word(),
        );
    }
}

fn fill<T: Clone>(field: &mut Option<T>, known: Option<&T>) {
    if field.is_none() {
        *field = known.cloned();
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, act, outcome, application, patch, name, sha256, replaced, order, by, reason, detail } = self;
        // A file may have been written by another hand: nothing of it is printed as it stands.
        let clean = |text: &Clean| Clean::line(text.as_str());
        write!(f, "{at}  {:<9}  {:<7}", act.word(), outcome.word())?;
        match (application, patch) {
            (Some(application), Some(patch)) => write!(f, "  {application}/{patch}")?,
            (Some(application), None) => write!(f, "  {application}")?,
            (None, Some(patch)) => write!(f, "  {patch}")?,
            (None, None) => {}
        }
        name.as_ref().map_or(Ok(()), |name| write!(f, "  {}", clean(name)))?;
        sha256.as_ref().map_or(Ok(()), |sha256| write!(f, "  {}", sha256.short()))?;
        replaced.as_ref().map_or(Ok(()), |replaced| write!(f, " in place of {}", replaced.short()))?;
        by.as_ref().map_or(Ok(()), |by| write!(f, "  signed by {} (key {})", by.user, clean(&by.key)))?;
        reason.as_ref().map_or(Ok(()), |reason| write!(f, "  why: {}", clean(reason)))?;
        order.as_ref().map_or(Ok(()), |order| write!(f, "  order {}", clean(order)))?;
        detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {}", clean(detail)))?;
        Ok(())
    }
}
