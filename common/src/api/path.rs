//! Paths, as axum writes them.

/// `POST` [`super::LoginRequest`] → [`super::LoginAnswer`]. No token.
pub const LOGIN: &str = "/api/v1/login";
/// `GET` → [`super::Whoami`].
pub const WHOAMI: &str = "/api/v1/whoami";
/// `GET` → [`super::TrustChain`]; `PUT` [`crate::trust::SignedTrust`]: the next version.
pub const TRUST: &str = "/api/v1/trust";
/// `POST` [`super::Recall`] → [`super::Recalled`]: what a restored server lacks.
pub const RECALL: &str = "/api/v1/recall";
/// `GET` → list of [`super::User`]; `POST` [`super::NewUser`] → [`super::Invited`].
pub const USERS: &str = "/api/v1/users";
/// `PUT` [`super::NewRole`]; `DELETE`: shuts a person out.
pub const USER: &str = "/api/v1/users/{user}";
/// `POST` → [`super::Invited`]: a new login string for somebody who is there.
pub const USER_LOGIN: &str = "/api/v1/users/{user}/login-string";
/// `GET` → list of [`super::AppSettings`]; `POST` one.
pub const APPS: &str = "/api/v1/apps";
/// `PUT` [`super::AppSettings`].
pub const APP: &str = "/api/v1/apps/{application}";
/// `GET` → [`crate::grid::Grid`].
pub const GRID: &str = "/api/v1/apps/{application}/grid";
/// `GET ?patch=NAME` → [`super::History`].
pub const HISTORY: &str = "/api/v1/apps/{application}/history";
/// `GET ?patch=NAME&sha256=HASH` → [`super::AllStamps`].
pub const STAMPS: &str = "/api/v1/apps/{application}/stamps";
/// `PUT` [`super::Correct`] → [`super::Revision`].
pub const CORRECTION: &str = "/api/v1/apps/{application}/correction";
/// `POST` [`super::Publish`] → [`super::Published`].
pub const PUBLICATIONS: &str = "/api/v1/publications";
/// `POST` [`super::Unpublish`].
pub const UNPUBLISH: &str = "/api/v1/unpublish";
/// `POST` [`super::PurgeRequest`] → [`super::Purged`].
pub const PURGES: &str = "/api/v1/purges";
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
/// `GET` → [`super::Status`].
pub const STATUS: &str = "/api/v1/status";
/// `GET ?closed=true&limit=N` → list of [`crate::incident::Incident`]: the open ones, or the newest that are over.
pub const INCIDENTS: &str = "/api/v1/incidents";
/// `POST` [`super::SetHold`] → [`crate::incident::Incident`].
pub const INCIDENT_HOLD: &str = "/api/v1/incidents/{incident}/hold";
/// `GET` → list of [`super::StateView`], one for each application.
pub const STATES: &str = "/api/v1/sites/{site}/state";
/// `GET` → list of [`super::CommandInfo`], newest first; `POST` [`crate::command::CommandKind`] → [`super::CommandInfo`].
pub const COMMANDS: &str = "/api/v1/sites/{site}/commands";
/// `GET` → [`super::CommandInfo`].
pub const COMMAND: &str = "/api/v1/commands/{command}";
/// `GET ?limit=N` → list of [`super::CommandInfo`], newest first: what people asked for, at any site.
pub const ALL_COMMANDS: &str = "/api/v1/commands";
/// `GET` → [`super::CommandOutput`]: what it has brought so far.
pub const COMMAND_OUTPUT: &str = "/api/v1/commands/{command}/output";
/// `POST`: it is taken back; once the site has it, when the site says so → [`super::CommandInfo`].
pub const COMMAND_CANCEL: &str = "/api/v1/commands/{command}/cancel";
/// `GET` → list of [`super::Maintenance`]; `POST` one.
pub const MAINTENANCE: &str = "/api/v1/maintenance";
/// `DELETE`: it ends now.
pub const MAINTENANCE_END: &str = "/api/v1/maintenance/{id}";
/// `GET ?application=&site=` → [`super::Errors`]; with a site only those that happened there, each with how it is there.
pub const ERRORS: &str = "/api/v1/errors";
/// `GET` → [`super::ErrorView`].
pub const ERROR: &str = "/api/v1/errors/{group}";
/// `POST` [`super::MarkError`] → [`super::ErrorGroup`].
pub const ERROR_MARK: &str = "/api/v1/errors/{group}/mark";
/// `GET` → list of [`super::Badge`]; `POST` [`super::SiteScope`] → [`super::Badge`].
pub const BADGES: &str = "/api/v1/badges";
/// `DELETE`: its address is void.
pub const BADGE: &str = "/api/v1/badges/{key}";
