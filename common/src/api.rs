//! What the terminal app and scripts say to the server: bodies below `/api/v1`.

use crate::envelope::{Envelope, PublicKey};
use crate::grid::Feed;
use crate::hash::ContentHash;
use crate::id::{AppName, Generation, GroupName, KeyId, OrderId, SiteName, UserName, Version};
use crate::inventory::{Directory, Ignored};
use crate::issue::Issue;
use crate::name::PatchName;
use crate::order::Action;
use crate::order::state::OrderState;
use crate::stamp::When;
use crate::time::Timestamp;
use crate::trust::SignedTrust;
use crate::wire::{HookReport, SiteApp};
use serde::{Deserialize, Serialize};

/// Paths, as axum writes them.
pub mod path {
    /// `POST` [`super::LoginRequest`] → [`super::LoginAnswer`]. No token.
    pub const LOGIN: &str = "/api/v1/login";
    /// `GET` → [`super::Whoami`].
    pub const WHOAMI: &str = "/api/v1/whoami";
    /// `GET` → [`super::TrustChain`]; `PUT` [`super::SignedTrust`]: the next version.
    pub const TRUST: &str = "/api/v1/trust";
    /// `GET` → list of [`super::User`]; `POST` [`super::NewUser`] → [`super::Invited`].
    pub const USERS: &str = "/api/v1/users";
    /// `GET` → list of [`super::AppSettings`]; `POST` one.
    pub const APPS: &str = "/api/v1/apps";
    /// `PUT` [`super::AppSettings`].
    pub const APP: &str = "/api/v1/apps/{application}";
    /// `GET` → [`crate::grid::Grid`].
    pub const GRID: &str = "/api/v1/apps/{application}/grid";
    /// `GET ?patch=NAME` → [`super::History`].
    pub const HISTORY: &str = "/api/v1/apps/{application}/history";
    /// `POST` [`super::Publish`] → [`super::Published`].
    pub const PUBLICATIONS: &str = "/api/v1/publications";
    /// `POST` [`super::Unpublish`].
    pub const UNPUBLISH: &str = "/api/v1/unpublish";
    /// `GET` → list of [`super::Site`]; `POST` [`super::NewSite`] → [`super::Invited`].
    pub const SITES: &str = "/api/v1/sites";
    /// `GET` → [`super::Site`]; `PUT` [`super::SiteSettings`]; `DELETE`.
    pub const SITE: &str = "/api/v1/sites/{site}";
    /// `POST`: the mass drop of a site is meant.
    pub const ACCEPT_DROP: &str = "/api/v1/sites/{site}/accept-drop";
    /// `POST`: a new enrolment secret → [`super::Invited`].
    pub const REENROLL: &str = "/api/v1/sites/{site}/enrolment";
    /// `GET ?application=` and `PUT` a content by its hash.
    pub const CONTENT: &str = "/api/v1/content/{sha256}";
    /// `POST` [`super::Prepare`] → list of [`super::Prepared`].
    pub const PREPARE: &str = "/api/v1/orders/prepare";
    /// `POST` list of [`super::NewOrder`] → list of [`super::OrderAnswer`]; `GET ?site=&application=&open=&limit=N` → list of
    /// [`super::OrderInfo`], newest first.
    pub const ORDERS: &str = "/api/v1/orders";
    /// `GET` → [`super::OrderInfo`].
    pub const ORDER: &str = "/api/v1/orders/{order}";
    /// `POST`: takes it back → [`super::OrderInfo`].
    pub const CANCEL: &str = "/api/v1/orders/{order}/cancel";
    /// `GET ?epoch=&since=` with `Prefer: wait=S` → [`super::Changes`].
    pub const CHANGES: &str = "/api/v1/changes";
    /// `GET ?before=SEQ&limit=N` → list of [`super::Activity`], newest first.
    pub const ACTIVITY: &str = "/api/v1/activity";
    /// `GET` → [`super::AuditState`].
    pub const AUDIT: &str = "/api/v1/audit";
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look.
    Viewer,
    /// Publish, send, retrieve.
    Developer,
    /// Everything: applications, sites, people.
    Admin,
}

/// Trades a login string for a token of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// The user.
    pub user: UserName,
    /// The one-time secret out of the login string.
    pub secret: String,
    /// The SHA-256 of the token that the app made.
    pub token_sha256: ContentHash,
    /// The public half of the signing key that the app made.
    pub key: PublicKey,
}

/// The answer to a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAnswer {
    /// The user.
    pub user: UserName,
    /// What the user may do.
    pub role: Role,
    /// The trust document's versions; empty: the app founds it.
    pub trust: Vec<SignedTrust>,
}

/// Who the token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whoami {
    /// The user.
    pub user: UserName,
    /// What the user may do.
    pub role: Role,
    /// The server's data.
    pub generation: Generation,
    /// The server's public address, for enrolment strings.
    pub url: String,
    /// The server's version.
    pub server_version: String,
    /// The server's clock.
    pub now: Timestamp,
}

/// All versions of the trust document, and keys that wait to be put into it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TrustChain {
    /// From version 1 on.
    pub versions: Vec<SignedTrust>,
    /// Keys of people who logged in and are not trusted yet.
    pub pending: Vec<PendingKey>,
}

/// A key that no trust document names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingKey {
    /// Whose.
    pub user: UserName,
    /// The key.
    pub key: PublicKey,
    /// Since when.
    pub since: Timestamp,
}

/// Invites a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// The name.
    pub name: UserName,
    /// What the person may do.
    pub role: Role,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name.
    pub name: UserName,
    /// What the person may do.
    pub role: Role,
    /// The signing key, once logged in.
    pub key: Option<KeyId>,
    /// Last request.
    pub last_seen: Option<Timestamp>,
}

/// What the app makes a login or enrolment string of, together with the root key that it pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The server's public address.
    pub url: String,
    /// The user or site.
    pub name: String,
    /// The one-time secret.
    pub secret: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSettings {
    /// Its name.
    pub name: AppName,
    /// Its versions, oldest first; never empty.
    pub versions: Vec<Version>,
    /// The tracker's address, with `{issue}` where the number goes.
    #[serde(default)]
    pub issue_url: Option<String>,
    /// A regular expression for the issue in a patch's name.
    #[serde(default)]
    pub issue_prefix: Option<String>,
    /// A regular expression with named groups `author` and `time`, which wins over all formats.
    #[serde(default)]
    pub stamp: Option<String>,
}

impl AppSettings {
    /// The address of an issue in the tracker.
    pub fn issue_link(&self, issue: &Issue) -> Option<String> {
        self.issue_url.as_ref().map(|url| url.replace("{issue}", issue.as_str()))
    }
}

/// Makes a site and its enrolment secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSite {
    /// The name.
    pub name: SiteName,
    /// What is expected to run there; the agent's config has the last word.
    pub applications: Vec<SiteApp>,
    /// Its groups.
    #[serde(default)]
    pub groups: Vec<GroupName>,
}

/// What can be changed of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSettings {
    /// Its groups.
    pub groups: Vec<GroupName>,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The name.
    pub name: SiteName,
    /// Its groups.
    pub groups: Vec<GroupName>,
    /// What runs there.
    pub applications: Vec<SiteListing>,
    /// When an agent took the enrolment string.
    pub enrolled_at: Option<Timestamp>,
    /// The last poll.
    pub last_seen: Option<Timestamp>,
    /// Where it came from.
    pub address: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// How far the agent's clock is ahead of the server's, in milliseconds.
    pub clock_error_ms: Option<i64>,
    /// How many orders are open.
    pub open_orders: usize,
    /// Two agents poll as this site: the addresses.
    pub clones: Option<[String; 2]>,
}

/// One application at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteListing {
    /// The application.
    pub application: AppName,
    /// The version that runs there.
    pub version: Version,
    /// The state of its directory, once an inventory came.
    pub directory: Option<Directory>,
    /// How many patches are there.
    pub files: usize,
    /// Files that are left alone, and why.
    pub ignored: Vec<Ignored>,
    /// A mass drop that waits for a person.
    pub held: Option<HeldDrop>,
}

/// A mass drop that waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldDrop {
    /// How many files are gone.
    pub dropped: usize,
    /// Out of how many.
    pub of: usize,
    /// Since when.
    pub at: Timestamp,
}

/// Publishes a content that the server already has (`PUT /api/v1/content`, or from a site).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// The signed statement.
    pub publication: Envelope,
    /// For each of its versions, in their order: what was current when the developer looked.
    pub replaces: Vec<Option<ContentHash>>,
}

/// What the server made of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The patch.
    pub patch: PatchName,
    /// The content.
    pub sha256: ContentHash,
    /// The stamp's author.
    pub author: Option<String>,
    /// The stamp's time.
    pub changed_at: Option<When>,
    /// The issue.
    pub issue: Option<Issue>,
    /// Whether anything changed: the same content published again is silently the same.
    pub changed: bool,
}

/// Takes a patch off the published table for some versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpublish {
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The versions.
    pub versions: Vec<Version>,
}

/// Asks for what an order needs: counter and signed publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepare {
    /// The application.
    pub application: AppName,
    /// One for each order.
    pub cells: Vec<PrepareCell>,
}

/// One order to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepareCell {
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// The content to put; `None`: a removal.
    pub sha256: Option<ContentHash>,
}

/// What an order needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The counter to sign.
    pub counter: u64,
    /// The size of the content; 0 for a removal.
    pub size: u64,
    /// The newest publication of that content as that patch; the app checks it before it signs.
    pub publication: Option<Envelope>,
}

/// A signed order, with what its signer saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrder {
    /// The order.
    pub order: Envelope,
    /// The open order that the developer saw on the cell and means to replace.
    #[serde(default)]
    pub seen: Option<OrderId>,
}

/// What the server made of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderAnswer {
    /// Taken; also when the same order was taken before.
    Taken(OrderId),
    /// Not taken.
    Refused(crate::problem::Problem),
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderInfo {
    /// Its id.
    pub id: OrderId,
    /// What it asks for.
    pub action: Action,
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// What it expects to find.
    pub expected: Option<ContentHash>,
    /// Who gave it; some states have a `by` of their own, in the same JSON object.
    #[serde(rename = "given_by")]
    pub by: UserName,
    /// When.
    pub created: Timestamp,
    /// Its time limit.
    pub install_by: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: OrderState,
    /// What the after-install hook said.
    #[serde(default)]
    pub hook: Option<HookReport>,
}

/// Everything that is known of one patch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The patch.
    pub patch: PatchName,
    /// Its revisions, newest first.
    pub revisions: Vec<Revision>,
}

/// One content of a patch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The content.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// The stamp's author.
    pub author: Option<String>,
    /// The stamp's time.
    pub changed_at: Option<When>,
    /// The file-out time.
    pub filed_out_at: Option<When>,
    /// The issue.
    pub issue: Option<Issue>,
    /// When the server first had it.
    pub first_seen: Timestamp,
    /// Where it came from.
    pub origin: Origin,
    /// Whether the server has its bytes, or still waits for them.
    pub stored: bool,
    /// Versions for which it is current now.
    pub current_for: Vec<Version>,
    /// When and by whom it was published.
    pub publications: Vec<PublishedAt>,
    /// Sites that have it now.
    pub at_sites: Vec<SiteName>,
}

/// Where a revision came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A person published it.
    User(UserName),
    /// It was filed out at a site.
    Site(SiteName),
}

/// One publication in a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedAt {
    /// For these versions.
    pub versions: Vec<Version>,
    /// By whom.
    pub by: UserName,
    /// When, by the server's clock.
    pub at: Timestamp,
}

/// What changed since a place in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Where the feed stands now.
    pub feed: Feed,
    /// The caller was too far behind, or the server began anew: read everything again.
    pub reload: bool,
    /// What changed, oldest first, without repetitions.
    pub changes: Vec<Change>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// Cells, rows or columns of an application's grid.
    Grid {
        /// Which.
        application: AppName,
    },
    /// The list of applications.
    Apps,
    /// Sites: the list, or what is shown of them.
    Sites,
    /// People, keys, trust.
    Users,
    /// Activity.
    Activity,
    /// Something that this version doesn't know.
    #[serde(other)]
    Other,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Counts up.
    pub seq: u64,
    /// When, by the server's clock.
    pub at: Timestamp,
    /// Who: `user:ada`, `site:acme`, `server`.
    pub who: String,
    /// What: one word, such as `published`, `ordered`, `confirmed`, `logged_in`.
    pub what: String,
    /// On which application.
    pub application: Option<AppName>,
    /// On which patch.
    pub patch: Option<PatchName>,
    /// At which site.
    pub site: Option<SiteName>,
    /// Which content.
    pub sha256: Option<ContentHash>,
    /// By which key.
    pub key: Option<KeyId>,
    /// More, in words.
    pub detail: Option<String>,
}

/// The state of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditState {
    /// How many rows were checked.
    pub rows: u64,
    /// The hash of the last row.
    pub head: Option<ContentHash>,
    /// The first row that doesn't fit the one before, if any.
    pub broken_at: Option<u64>,
}
